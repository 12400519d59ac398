"""The connection pool of a service, and which of its failures pass by themselves."""

import asyncpg
import orjson
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_TRANSIENT_DRIVER_ERRORS = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
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


def create_engine(url: str, *, application: str, pool_size: int = 8) -> AsyncEngine:
    """A pool for a PostgreSQL URL; sessions run in UTC and give up idle transactions after a minute."""
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=pool_size,
        max_overflow=4,
        pool_pre_ping=False,
        pool_recycle=1800,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": 10,
            "server_settings": {
                "application_name": application,
                "timezone": "UTC",
                "jit": "off",
                "idle_in_transaction_session_timeout": "60000",
            },
        },
    )


def is_transient(error: BaseException) -> bool:
    """Whether trying the same work again later may succeed: lost connections, restarts, deadlocks, timeouts."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
            return True
        driver_error = error.orig.__cause__ if error.orig is not None else None
        return driver_error is not None and is_transient(driver_error)
    return isinstance(error, (*_TRANSIENT_DRIVER_ERRORS, PoolTimeoutError, ConnectionError, TimeoutError, OSError))
