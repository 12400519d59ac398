"""The connection pools of a service, and which of their failures pass by themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.engine import Engine, ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, ResourceClosedError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.runtime.errors import Transient

_TRANSIENT_DRIVER_ERRORS = (
    asyncpg.PostgresConnectionError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)

_ADAPTED: Final = AsyncAdapt_asyncpg_dbapi.Error
"""What the pool lets through as it is when a connection breaks that it is just making; the driver's is its cause."""

DATABASE_ERRORS: Final = (
    SQLAlchemyError,
    _ADAPTED,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""Whatever the database or its driver answers with, also what no later attempt mends, such as a missing table."""

TableMissing = asyncpg.UndefinedTableError
"""Before `centerline migrate` has made the tables: roles that have nothing to do without them wait for it."""

OTHER_SCHEMA: Final = (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError)
"""The tables are not those of this code."""

DatabaseMissing = asyncpg.InvalidCatalogNameError
ServerError = asyncpg.PostgresError
"""What the server itself says; SQLAlchemy hands it on as the `orig` or the cause of an error of its own."""

_WORDS_OF_LIBPQ = frozenset(
    {
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "sslcrl",
        "ssl_min_protocol_version",
        "ssl_max_protocol_version",
        "target_session_attrs",
    }
)
_CLOSED = "connection is closed"
_ENDED_IDLE = "cannot switch to state"


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds sessions of a pool wait: for a connection, for a lock, for a statement's end. None: as long as
    it takes.
    """

    connection: float = 30.0
    lock: float | None = None
    statement: float | None = None


ENDLESS: Final = Patience()


def create_engine(
    url: str, *, application: str, pool_size: int = 8, overflow: int = 4, patience: Patience = ENDLESS
) -> AsyncEngine:
    """A pool for a PostgreSQL URL; sessions run in UTC and give up idle transactions after a minute.

    The URL takes libpq's words for TLS: `?sslmode=verify-full&sslrootcert=ca.pem`.

    The server notices within 25 s that the machine of a session is gone, and gives back the session's locks.
    It opens `pool_size` connections at most, and `overflow` more for a moment. Whoever waits longer than `patience`
    gets an error that passes by itself.
    """
    address = make_url(url).set(drivername="postgresql+asyncpg")
    words = {word: value for word, value in address.query.items() if word in _WORDS_OF_LIBPQ}
    return create_async_engine(
        address.difference_update_query(words),
        pool_size=pool_size,
        max_overflow=overflow,
        pool_timeout=patience.connection,
        pool_pre_ping=False,
        pool_recycle=1800,
        hide_parameters=True,  # of what an error says: they are numbers of people, and errors go to logs and letters
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            # The driver reads libpq's words for TLS in a DSN only; everything else of it is in the arguments.
            **({"dsn": f"postgresql://?{urlencode(words)}"} if words else {}),
            "timeout": 10,
            "server_settings": {
                "application_name": application,
                "timezone": "UTC",
                "jit": "off",
                "idle_in_transaction_session_timeout": "60000",
                "tcp_keepalives_idle": "10",
                "tcp_keepalives_interval": "5",
                "tcp_keepalives_count": "3",
                "lock_timeout": in_milliseconds(patience.lock),
                "statement_timeout": in_milliseconds(patience.statement),
            },
        },
    )


def in_milliseconds(seconds: float | None) -> str:
    """A time limit as the server takes it; none is 0."""
    return str(round(seconds * 1000)) if seconds is not None else "0"


def is_transient(error: BaseException) -> bool:
    """Whether trying the same work again later may succeed: lost connections, restarts, deadlocks, timeouts.

    Knows the errors of the driver and the pool only. An `OSError` or `TimeoutError` says nothing about the database
    unless it comes out of a call to the driver, which `driver_call` knows: anyone else's is a bug of the caller.
    """
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        return error.orig is not None and is_transient(error.orig)
    if isinstance(error, _ADAPTED):
        return error.__cause__ is not None and is_transient(error.__cause__)
    if isinstance(error, asyncpg.InterfaceError):
        # The driver's word for misuse as well, such as a wrong number of arguments, which no later attempt mends.
        return _CLOSED in str(error)
    if isinstance(error, asyncpg.InternalClientError):
        # What the driver says of a connection that the server ended while nobody used it, before it has seen the end.
        return _ENDED_IDLE in str(error)
    return isinstance(error, (*_TRANSIENT_DRIVER_ERRORS, PoolTimeoutError))


@contextmanager
def driver_call() -> Iterator[None]:
    """Turns what the network does to one call of the driver into `Transient`; only the call stands in the block."""
    try:
        yield
    except OSError as error:  # TimeoutError is an OSError
        raise Transient(f"database: {error!r}") from error


@contextmanager
def taking_connection() -> Iterator[None]:
    """The same for taking a connection of a pool; only that stands in the block.

    With the first one that it opens SQLAlchemy asks what the server is, and when it is lost meanwhile says no more than
    that it is closed.
    """
    with driver_call():
        try:
            yield
        except ResourceClosedError as error:
            raise Transient(f"database: the connection was lost as it was opened: {error}") from error


@event.listens_for(Engine, "handle_error")
def _on_error(context: ExceptionContext) -> BaseException | None:
    """The same for the calls that SQLAlchemy makes to the driver: statements, BEGIN, COMMIT, ROLLBACK."""
    error = context.original_exception
    if not isinstance(error, OSError):
        return None
    context.is_disconnect = True
    return Transient(f"database: {error!r}")
