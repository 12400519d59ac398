"""Back-tests of criteria: what is asked for, how far each has come, and what routing keeps of the entries they try."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.backtests import Backtest, Kept, Reviewed
from services.routing.domain.outcomes import FINDINGS, REVIEWED
from services.routing.store.tables.backtests import criterion_backtests
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS: Final = tuple(each.name for each in fields(Backtest))
_JSON: Final = frozenset({"definition", "counts"})
_SELECTED: Final = f"SELECT {', '.join(_COLUMNS)} FROM criterion_backtests"
_LOCK: Final = f"{_SELECTED} WHERE backtest_id = $1 FOR UPDATE"
_NEXT: Final = f"{_SELECTED} WHERE state IN ('waiting', 'running') ORDER BY asked_at, backtest_id LIMIT 1 FOR UPDATE"
_COUNT_GOING: Final = "SELECT count(*) FROM criterion_backtests WHERE state IN ('waiting', 'running')"
_COUNT_ENTRIES: Final = """
SELECT count(*) FROM routing_decisions d JOIN entry_standings s USING (entry_number, version)
WHERE d.entry_date BETWEEN $1 AND $2
"""
_KEPT: Final = """
SELECT d.entry_number, d.version, d.center, d.lane <> 'no-review', d.content_digest, d.selection -> 'hits'
FROM routing_decisions d JOIN entry_standings s USING (entry_number, version)
WHERE d.entry_number = ANY($1::text[])
"""
_REVIEWED: Final = """
SELECT entry_number, count(*), count(*) FILTER (WHERE outcome = ANY($3::text[]))
FROM review_outcomes WHERE entry_number = ANY($1::text[]) AND outcome = ANY($2::text[]) GROUP BY entry_number
"""


async def write(tx: Transaction, backtest: Backtest) -> None:
    """Write a back-test that is new, or locked."""
    row = tuple(
        orjson.dumps(getattr(backtest, name)).decode() if name in _JSON else getattr(backtest, name)
        for name in _COLUMNS
    )
    replaced = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
    await bulk.insert(tx, criterion_backtests, _COLUMNS, [row], on_conflict=f"(backtest_id) DO UPDATE SET {replaced}")


async def lock(tx: Transaction, backtest_id: UUID) -> Backtest | None:
    """A back-test, locked for this transaction."""
    rows = await bulk.fetch(tx, _LOCK, backtest_id)
    return Backtest(*rows[0]) if rows else None


async def lock_next(tx: Transaction) -> Backtest | None:
    """The oldest that waits, or that a process left while it ran; locked for this transaction."""
    rows = await bulk.fetch(tx, _NEXT)
    return Backtest(*rows[0]) if rows else None


async def count_going(tx: Transaction) -> int:
    """How many wait or run."""
    return int((await bulk.fetch(tx, _COUNT_GOING))[0][0])


async def find(connection: AsyncConnection, criterion_id: str, backtest_id: UUID) -> Backtest | None:
    """A back-test of a criterion by its id."""
    table = criterion_backtests
    query = select(*(table.c[name] for name in _COLUMNS))
    query = query.where(table.c.backtest_id == backtest_id, table.c.criterion_id == criterion_id)
    row = (await connection.execute(query)).one_or_none()
    return Backtest(*row) if row is not None else None


async def list_of(
    connection: AsyncConnection, criterion_id: str, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Backtest]:
    """The back-tests of a criterion, the newest first."""
    table = criterion_backtests
    query = select(*(table.c[name] for name in _COLUMNS)).where(table.c.criterion_id == criterion_id)
    if after is not None:
        query = query.where(tuple_(table.c.asked_at, table.c.backtest_id) < after)
    newest = (table.c.asked_at.desc(), table.c.backtest_id.desc())
    return [Backtest(*row) for row in await connection.execute(query.order_by(*newest).limit(limit))]


async def count_entries(tx: Transaction, first: date, last: date) -> int:
    """How many entries have a standing version with an entry date in a period, both days included."""
    return int((await bulk.fetch(tx, _COUNT_ENTRIES, first, last))[0][0])


async def load_kept(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, Kept]:
    """What is kept of the standing version of each entry, by its number."""
    return {
        number: Kept(version, center, is_reviewed, digest, frozenset(criterion for criterion, _ in hits or ()))
        for number, version, center, is_reviewed, digest, hits in await bulk.fetch(tx, _KEPT, list(entry_numbers))
    }


async def load_reviewed(tx: Transaction, entry_numbers: Sequence[str]) -> list[Reviewed]:
    """What reviews decided on entries, of each on which they did."""
    rows = await bulk.fetch(tx, _REVIEWED, list(entry_numbers), list(REVIEWED), list(FINDINGS))
    return [Reviewed(decisions, findings) for _, decisions, findings in rows]
