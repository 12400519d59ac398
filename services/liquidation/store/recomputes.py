"""Nightly comparisons of the stored record with what follows from the facts."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.act_keys import is_liquidation_sql, liquidation_key_sql
from services.liquidation.store.sight import entries_within
from services.liquidation.store.standing_effects import STANDING_EFFECT, join_standing
from services.liquidation.store.tables.recomputes import recompute_differences, recomputes
from services.liquidation.store.tables.records import entries
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_DIFFERING = """
SELECT DISTINCT entry_number FROM recompute_differences
WHERE recomputed_on = (SELECT max(recomputed_on) FROM recompute_differences WHERE recomputed_on < $1)
ORDER BY entry_number
"""
_NEXT = "SELECT entry_number FROM entries WHERE entry_number > $1::text ORDER BY entry_number LIMIT $2::integer"
_STANDING = f"""
SELECT e.entry_number, (SELECT count(*) FROM legal_events a
        WHERE a.entry_number = e.entry_number AND {is_liquidation_sql("a.event_key")})
    - (SELECT count(*) FROM voided_liquidations v WHERE v.entry_number = e.entry_number) AS liquidations
FROM entries e WHERE e.entry_number = ANY($1::text[])
"""
# What acts, reliquidations and decisions say of a liquidation that stands; later acts have higher sequences.
_LIQUIDATIONS = f"""
SELECT e.entry_number, a.occurred_on AS liquidated_on, a.kind AS liquidation_kind, a.rule AS liquidation_rule,
{STANDING_EFFECT}
FROM entries e
JOIN legal_events a ON a.entry_number = e.entry_number
    AND a.event_key = {liquidation_key_sql("e.turns")}
{join_standing()}
WHERE e.entry_number = ANY($1::text[]) AND e.liquidated_on IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Recompute:
    """The comparison of a day and how far it has come; `reached` is the last entry that was compared."""

    recomputed_on: date
    entries: int
    differences: int
    reached: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class LiquidationFacts:
    """The liquidation of an entry as its acts, reliquidations and decisions give it."""

    liquidated_on: date
    liquidation_kind: str | None
    liquidation_rule: str
    effect_duty_cents: int
    effect_fees_cents: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs; both values as text."""

    recomputed_on: date
    entry_number: str
    field: str
    stored: str | None
    derived: str | None


_RECOMPUTE: Final = tuple(recomputes.c[each.name] for each in fields(Recompute))
_DIFFERENCE: Final = tuple(recompute_differences.c[each.name] for each in fields(Difference))


async def list_next_entries(tx: Transaction, after: str, limit: int) -> list[str]:
    """The next entries in order of number."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _NEXT, after, limit)]


async def list_differing(tx: Transaction, before: date) -> list[str]:
    """The entries that differed when entries last did before a day, in order of number."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _DIFFERING, before)]


async def count_standing_liquidations(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, int]:
    """How many liquidations of each entry stand by its acts."""
    rows = await bulk.fetch(tx, _STANDING, list(entry_numbers))
    return {row["entry_number"]: row["liquidations"] for row in rows}


async def load_liquidations(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, LiquidationFacts]:
    """The liquidation of each entry that is liquidated as its acts, reliquidations and decisions give it."""
    rows = await bulk.fetch(tx, _LIQUIDATIONS, list(entry_numbers))
    return {number: LiquidationFacts(*facts) for number, *facts in rows}


async def find_recompute(tx: Transaction, on: date) -> Recompute | None:
    """The comparison of a day, or None."""
    query = select(*_RECOMPUTE).where(recomputes.c.recomputed_on == on)
    row = (await tx.connection.execute(query)).one_or_none()
    return Recompute(*row) if row is not None else None


async def write_recompute(tx: Transaction, recompute: Recompute) -> None:
    """Note how far the comparison of a day has come."""
    columns = tuple(each.name for each in fields(Recompute))
    assignments = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    conflict = f"(recomputed_on) DO UPDATE SET {assignments}"
    await bulk.insert(tx, recomputes, columns, [astuple(recompute)], on_conflict=conflict)


async def write_differences(tx: Transaction, found: Sequence[Difference]) -> None:
    """Note where record and facts differ."""
    columns = tuple(Difference.__dataclass_fields__)
    values = [tuple([getattr(each, name) for name in columns]) for each in found]
    await bulk.insert(tx, recompute_differences, columns, values, on_conflict="DO NOTHING")


async def list_recomputes(connection: AsyncConnection, *, before: date | None, limit: int) -> list[Recompute]:
    """Comparisons, newest first."""
    query = select(*_RECOMPUTE).order_by(recomputes.c.recomputed_on.desc()).limit(limit)
    if before is not None:
        query = query.where(recomputes.c.recomputed_on < before)
    return [Recompute(*row) for row in await connection.execute(query)]


async def list_differences(connection: AsyncConnection, on: date, reach: Reach, *, limit: int) -> list[Difference]:
    """The first differences of a comparison on the entries reached."""
    query = select(*_DIFFERENCE).where(recompute_differences.c.recomputed_on == on)
    if not reach.is_national:
        of_entry = entries.c.entry_number == recompute_differences.c.entry_number
        query = query.join(entries, of_entry).where(entries_within(reach))
    order = (recompute_differences.c.entry_number, recompute_differences.c.field)
    return [Difference(*row) for row in await connection.execute(query.order_by(*order).limit(limit))]
