"""Rows that jobs work through in slices: one that cannot be done is found, set aside and told, the others are done.

Of a slice that fails on an unexpected error halves are tried until the one row is found, as a consumer does with its
events. That row is left out for the rest of its legal day, or until an operator asks for it: each day costs one more
try, and a release that mends it needs nobody to remember it.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Final, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.customs.calendar import end_of_legal_day, legal_date
from shared.db import set_aside
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.clock import Clock
from shared.runtime.errors import Transient
from shared.runtime.logging import mask_importer_numbers

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

MOST_SET_ASIDE: Final = 100
"""Rows that one run sets aside; one more and the job fails: more likely a bad release than bad rows."""

_KEPT: Final = timedelta(days=7)
"""How long a row stays listed after the day on which it was to be tried again, when it does not come up any more."""

Row = TypeVar("Row")


class TooManyRows(Exception):  # noqa: N818  names the limit that was reached
    """Too many rows failed in one run of a job: deploy a release that can do them."""


class JobSession:
    """What a run of a job works with: the one connection that holds its lock, and the rows that it sets aside.

    Transactions are opened on it one after the other. A session knows the rows of its job that failed before.
    """

    def __init__(self, job: str, connections: Connections, clock: Clock) -> None:
        self.job = job
        self._connections = connections
        self._clock = clock
        self._failed_before: dict[str, datetime] | None = None
        self._mended: set[str] = set()
        self._set_aside = 0

    def connect(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """The connection that holds the job's lock."""
        return self._connections.connect()

    async def find_left_out(self) -> set[str]:
        """The rows that this run leaves out."""
        if self._failed_before is None:
            async with transaction(self) as tx:
                self._failed_before = dict(await set_aside.load(tx, self.job))
        now = self._clock.now()
        return {key for key, until in self._failed_before.items() if until > now}

    async def find_failed_before(self) -> set[str]:
        """The rows that failed before and are to be tried again."""
        left_out = await self.find_left_out()
        return set(self._failed_before or {}) - left_out - self._mended

    async def note_done(self, tx: Transaction, keys: Sequence[str]) -> None:
        """Rows are done in this transaction: what failed before does not any more."""
        known = self._failed_before or {}
        if mended := [key for key in keys if key in known]:
            await set_aside.clear(tx, self.job, mended)
            self._mended.update(mended)

    async def set_aside(self, key: str, error: Exception) -> None:
        """Leave a row out from now on, and tell; raises `TooManyRows` when that has become more than a few."""
        now = self._clock.now()
        until = end_of_legal_day(legal_date(now))
        log.error("row_set_aside", job=self.job, key=key, until=until.isoformat(), exc_info=error)
        self._set_aside += 1
        if self._set_aside > MOST_SET_ASIDE:
            raise TooManyRows(f"more than {MOST_SET_ASIDE} rows failed in one run, the last with: {describe(error)}")
        async with transaction(self) as tx:
            await set_aside.write(tx, self.job, key, describe(error), at=now, until=until)
        self._failed_before = {**(self._failed_before or {}), key: until}

    async def forget_old(self) -> None:
        """Drop rows that should have come up again long ago and did not."""
        if not self._failed_before:
            return
        async with transaction(self) as tx:
            await set_aside.forget(tx, self.job, self._clock.now() - _KEPT)


def describe(error: BaseException) -> str:
    """An error in a line for operators, importer numbers masked."""
    return mask_importer_numbers(f"{type(error).__name__}: {error}".replace("\0", "\ufffd"))[:2000]


async def work_through(
    database: Connections,
    list_next: Callable[[Transaction, Row | None, Sequence[str]], Awaitable[Sequence[Row]]],
    do: Callable[[Transaction, Sequence[Row]], Awaitable[int]],
    *,
    key_of: Callable[[Row], str] = str,
    slices: int | None = None,
) -> int:
    """Do every row that `list_next` gives, a slice in each transaction; gives the sum of what `do` gave.

    `list_next` gives the rows after one, or those that wait, without the rows whose keys it is handed; the work ends
    with no row, with none but those of the slice before, or after so many slices. `do` must leave alone what is done
    already: after an error it runs again in a transaction of its own, for parts of the slice. On a pool, which has
    nowhere to note what failed, an error goes on to the caller.
    """
    session = database if isinstance(database, JobSession) else None
    had: set[str] = set()
    last: Row | None = None
    total = begun = 0
    while slices is None or begun < slices:
        left_out = await session.find_left_out() if session is not None else set()
        rows: Sequence[Row] = ()
        try:
            async with transaction(database) as tx:
                found = await list_next(tx, last, sorted(left_out))
                keys = {key_of(row) for row in found}
                if keys <= had:
                    return total
                rows = [row for row in found if key_of(row) not in left_out]
                done = await _do(tx, session, rows, do, key_of) if rows else 0
        except Transient:
            raise
        except Exception as error:
            if session is None or not rows:
                raise
            done = await _halve(session, rows, do, key_of, error)
        total, begun, had, last = total + done, begun + 1, keys, found[-1]
    return total


async def do_or_set_aside(
    database: Connections,
    rows: Sequence[Row],
    do: Callable[[Transaction, Sequence[Row]], Awaitable[int]],
    *,
    key_of: Callable[[Row], str] = str,
    give_up: Callable[[Row, Exception], Awaitable[bool]] | None = None,
) -> int:
    """Do these rows in one transaction, or in parts when one of them cannot be done, which is set aside.

    `give_up` is told of that one first, and says whether it took it: then it is not set aside.
    """
    session = database if isinstance(database, JobSession) else None
    try:
        async with transaction(database) as tx:
            return await _do(tx, session, rows, do, key_of)
    except Transient:
        raise
    except Exception as error:
        if session is None:
            raise
        return await _halve(session, rows, do, key_of, error, give_up)


async def _halve(
    session: JobSession,
    rows: Sequence[Row],
    do: Callable[[Transaction, Sequence[Row]], Awaitable[int]],
    key_of: Callable[[Row], str],
    error: Exception,
    give_up: Callable[[Row, Exception], Awaitable[bool]] | None = None,
) -> int:
    if len(rows) == 1:
        if give_up is None or not await give_up(rows[0], error):
            await session.set_aside(key_of(rows[0]), error)
        return 0
    middle = len(rows) // 2
    halves = (rows[:middle], rows[middle:])
    return sum([await do_or_set_aside(session, half, do, key_of=key_of, give_up=give_up) for half in halves])


async def _do(
    tx: Transaction,
    session: JobSession | None,
    rows: Sequence[Row],
    do: Callable[[Transaction, Sequence[Row]], Awaitable[int]],
    key_of: Callable[[Row], str],
) -> int:
    done = await do(tx, rows)
    if session is not None:
        await session.note_done(tx, [key_of(row) for row in rows])
    return done
