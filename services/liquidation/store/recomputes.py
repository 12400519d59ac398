"""Nightly comparisons of the stored record with what follows from the facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.standing_effects import STANDING_EFFECT, join_standing
from services.liquidation.store.tables.acts import recompute_differences, recomputes
from shared.db import bulk
from shared.db.transaction import Transaction

_NEXT = "SELECT entry_number FROM entries WHERE entry_number > $1::text ORDER BY entry_number LIMIT $2::integer"
_STANDING = """
SELECT e.entry_number, (SELECT count(*) FROM legal_events a
        WHERE a.entry_number = e.entry_number AND a.event_key LIKE 'liquidation%')
    - (SELECT count(*) FROM voided_liquidations v WHERE v.entry_number = e.entry_number) AS liquidations
FROM entries e WHERE e.entry_number = ANY($1::text[])
"""
# What acts, reliquidations and decisions say of a liquidation that stands; later acts have higher sequences.
_LIQUIDATIONS = f"""
SELECT e.entry_number, a.occurred_on AS liquidated_on, a.kind AS liquidation_kind, a.rule AS liquidation_rule,
{STANDING_EFFECT}
FROM entries e
JOIN legal_events a ON a.entry_number = e.entry_number
    AND a.event_key = CASE e.turns WHEN 0 THEN 'liquidation' ELSE 'liquidation:' || e.turns END
{join_standing()}
WHERE e.entry_number = ANY($1::text[]) AND e.liquidated_on IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs; both values as text."""

    recomputed_on: date
    entry_number: str
    field: str
    stored: str | None
    derived: str | None


async def list_next_entries(tx: Transaction, after: str, limit: int) -> list[str]:
    """The next entries in order of number."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _NEXT, after, limit)]


async def count_standing_liquidations(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, int]:
    """How many liquidations of each entry stand by its acts."""
    rows = await bulk.fetch(tx, _STANDING, list(entry_numbers))
    return {row["entry_number"]: row["liquidations"] for row in rows}


async def load_liquidations(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The liquidation of each entry that is liquidated as its acts, reliquidations and decisions give it, by column."""
    rows = [dict(row) for row in await bulk.fetch(tx, _LIQUIDATIONS, list(entry_numbers))]
    return {row.pop("entry_number"): row for row in rows}


async def find_recompute(tx: Transaction, on: date) -> Any | None:
    """The comparison of a day, or None."""
    query = select(recomputes).where(recomputes.c.recomputed_on == on)
    return (await tx.connection.execute(query)).one_or_none()


async def write_recompute(tx: Transaction, on: date, entries: int, differences: int, reached: str, done: bool) -> None:
    """Note how far the comparison of a day has come."""
    columns = ("recomputed_on", "entries", "differences", "reached", "is_done")
    assignments = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    conflict = f"(recomputed_on) DO UPDATE SET {assignments}"
    await bulk.insert(tx, recomputes, columns, [(on, entries, differences, reached, done)], on_conflict=conflict)


async def write_differences(tx: Transaction, found: Sequence[Difference]) -> None:
    """Note where record and facts differ."""
    columns = tuple(Difference.__dataclass_fields__)
    values = [tuple([getattr(each, name) for name in columns]) for each in found]
    await bulk.insert(tx, recompute_differences, columns, values, on_conflict="DO NOTHING")


async def list_recomputes(connection: AsyncConnection, *, before: date | None, limit: int) -> list[Any]:
    """Comparisons, newest first."""
    query = select(recomputes).order_by(recomputes.c.recomputed_on.desc()).limit(limit)
    if before is not None:
        query = query.where(recomputes.c.recomputed_on < before)
    return list(await connection.execute(query))


async def list_differences(connection: AsyncConnection, on: date, *, limit: int) -> list[Any]:
    """The first differences of a comparison."""
    query = select(recompute_differences).where(recompute_differences.c.recomputed_on == on)
    order = (recompute_differences.c.entry_number, recompute_differences.c.field)
    return list(await connection.execute(query.order_by(*order).limit(limit)))
