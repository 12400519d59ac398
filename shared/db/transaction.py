"""Transactions: the only place that commits.

A transaction gives one connection in two guises that share one PostgreSQL transaction: `connection` for SQLAlchemy
Core statements, `driver` for the set-based statements of `shared.db.bulk`.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util import greenlet_spawn

from shared.db.engine import (
    DATABASE_ERRORS,
    Patience,
    driver_call,
    in_milliseconds,
    is_transient,
    taking_connection,
)
from shared.runtime.errors import Transient

_TAKE_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_SET_PATIENCE = text(
    "SELECT set_config('lock_timeout', :lock, true), set_config('statement_timeout', :statement, true)"
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction; it commits when its block ends and rolls back when the block raises."""

    connection: AsyncConnection
    driver: Any


@dataclass(frozen=True, slots=True)
class Alone:
    """A connection for one statement that is a transaction by itself."""

    driver: Any


class Connections(Protocol):
    """What transactions are opened on: a pool, or the one connection that a session holds."""

    def connect(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection for the length of a block."""


@asynccontextmanager
async def transaction(database: Connections) -> AsyncIterator[Transaction]:
    """Run a block in one transaction.

    Raises `Transient` for failures of the database that pass by themselves (server away, deadlock, timeout); nothing
    is written then, or — when the connection broke during COMMIT — everything: callers fence against that (offsets,
    keys). What else the block raises goes through as it is, also an `OSError` that is not the driver's.
    """
    with _translated():
        async with _connected(database) as connection, _begun(connection) as opened:
            yield opened


@asynccontextmanager
async def alone(engine: AsyncEngine) -> AsyncIterator[Alone]:
    """A connection on which each statement commits by itself: for what one statement does wholly, or not at all.

    It spares BEGIN and COMMIT their round trips. Raises `Transient` as `transaction` does.
    """
    with _translated():
        with taking_connection():
            lent = await engine.raw_connection()
        try:
            yield Alone(lent.driver_connection)
        except BaseException:
            await greenlet_spawn(lent.invalidate)  # whatever state it is in
            raise
        await greenlet_spawn(lent.close)


async def be_patient(tx: Transaction, patience: Patience) -> None:
    """Give this transaction its own time for locks and statements, whatever its pool gives."""
    limits = {"lock": in_milliseconds(patience.lock), "statement": in_milliseconds(patience.statement)}
    await tx.connection.execute(_SET_PATIENCE, limits)


async def take_turn(tx: Transaction, name: str) -> None:
    """Wait until no other transaction has this turn, and have it to the end of this one: who adds the next version of
    something that has no row to lock does so after the version before.
    """
    await tx.connection.execute(_TAKE_TURN, {"name": name})


class Attempt:
    """A part of a transaction: given up with the locks that it took, unless it is kept."""

    def __init__(self) -> None:
        self.is_kept = False

    def keep(self) -> None:
        """Let what was done and locked stand until the transaction ends."""
        self.is_kept = True


@asynccontextmanager
async def attempt(tx: Transaction) -> AsyncIterator[Attempt]:
    """Run a block whose locks are given back when it was in vain: who waits for one never holds another."""
    async with tx.connection.begin_nested() as point:
        made = Attempt()
        yield made
        if not made.is_kept:
            await point.rollback()


@asynccontextmanager
async def snapshot(database: Connections) -> AsyncIterator[Transaction]:
    """Questions only, all answered from one state of the database; the server refuses writes.

    What is read with several statements fits together, whatever is committed between them: the state is that of the
    first statement (REPEATABLE READ, which cannot fail for one that only reads).
    """
    with _translated():
        async with _connected(database) as connection:
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            try:
                yield Transaction(connection, await _driver_of(connection))
            finally:
                await connection.rollback()


@asynccontextmanager
async def reading(database: Connections) -> AsyncIterator[AsyncConnection]:
    """The connection of a snapshot, for those who ask with SQLAlchemy only."""
    async with snapshot(database) as tx:
        yield tx.connection


class ExclusiveSession:
    """A connection that holds a named lock: at most one holder in the database cluster's database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """The connection that holds the lock, for one transaction after the other."""
        self._demand_lock()
        yield self._connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction on the session that holds the lock; losing the connection loses the lock with it."""
        self._demand_lock()
        with _translated():
            async with _begun(self._connection) as opened:
                yield opened

    def _demand_lock(self) -> None:
        # The pool's connection would come back by itself with its next statement, as another session without the lock.
        if self._connection.invalidated or self._connection.closed:
            raise Transient("database: the connection that held the lock is gone")


@asynccontextmanager
async def exclusive_session(engine: AsyncEngine, name: str) -> AsyncIterator[ExclusiveSession | None]:
    """Hold the advisory lock `name` for the block; gives None at once when someone else holds it."""
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
    with _translated():
        async with _connected(engine) as connection:
            async with _begun(connection) as opened:
                held = await opened.connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
            if not held:
                yield None
                return
            try:
                yield ExclusiveSession(connection)
            except BaseException:
                await connection.invalidate()  # whatever state it is in, its end gives the lock back
                raise
            async with _begun(connection) as opened:
                await opened.connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})


@asynccontextmanager
async def _connected(database: Connections) -> AsyncIterator[AsyncConnection]:
    async with AsyncExitStack() as stack:
        with taking_connection():
            connection = await stack.enter_async_context(database.connect())
        yield connection


@asynccontextmanager
async def _begun(connection: AsyncConnection) -> AsyncIterator[Transaction]:
    async with connection.begin():
        await _begin_driver(connection)
        yield Transaction(connection, await _driver_of(connection))


async def _begin_driver(connection: AsyncConnection) -> None:
    """Open the driver's transaction, which SQLAlchemy does with its first statement.

    Before that, calls of the driver would run and commit on their own. A statement for nothing but this would cost
    every transaction a round trip more (docs/decisions/054).
    """
    adapted: Any = (await connection.get_raw_connection()).dbapi_connection
    try:
        with driver_call():
            await adapted._start_transaction()  # noqa: SLF001  what the adapter itself calls before a first statement
    except BaseException as error:
        # Unlike a statement of SQLAlchemy's this tells the pool nothing: a connection that is gone must not come back.
        await connection.invalidate()
        if isinstance(error.__cause__, DATABASE_ERRORS):  # the adapter's own error stands before the driver's
            raise error.__cause__ from None
        raise


async def _driver_of(connection: AsyncConnection) -> Any:
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    assert driver.is_in_transaction()
    return driver


class _translated:  # noqa: N801  reads as a word in a with statement
    """Turns failures of the database that pass by themselves into `Transient`."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is not None and is_transient(error):
            raise Transient(f"database: {error}") from error
