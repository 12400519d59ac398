"""Days that people recorded of an entry: every revision is kept, the highest holds."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.clock_facts import ClockFacts
from services.liquidation.domain.liquidation_period import DesignatedImport
from services.liquidation.store.tables.clock_facts import clock_facts
from shared.db import bulk
from shared.db.reach import is_one_of
from shared.db.transaction import Transaction

_LATEST = """
SELECT DISTINCT ON (entry_number) * FROM clock_facts WHERE entry_number = ANY($1::text[])
ORDER BY entry_number, revision DESC
"""


@dataclass(frozen=True, slots=True)
class ClockFactsRow:
    """One revision with who recorded it and why."""

    entry_number: str
    revision: int
    facts: ClockFacts
    explanation: str
    recorded_at: datetime
    recorded_by: str
    recorded_for: str | None


async def load_clock_facts(tx: Transaction, entry_numbers: Collection[str]) -> dict[str, ClockFacts]:
    """What was recorded last of each of these entries; entries without are absent."""
    if not entry_numbers:
        return {}
    return {row["entry_number"]: _read(row) for row in await bulk.fetch(tx, _LATEST, sorted(entry_numbers))}


async def list_clock_facts(connection: AsyncConnection, entry_number: str) -> list[ClockFactsRow]:
    """Every revision of one entry, the first first."""
    return (await load_clock_history(connection, [entry_number])).get(entry_number, [])


async def load_clock_history(
    connection: AsyncConnection, entry_numbers: Collection[str]
) -> dict[str, list[ClockFactsRow]]:
    """Every revision of each of these entries, the first first; entries without are absent."""
    query = select(clock_facts).where(is_one_of(clock_facts.c.entry_number, entry_numbers))
    query = query.order_by(clock_facts.c.entry_number, clock_facts.c.revision)
    found: defaultdict[str, list[ClockFactsRow]] = defaultdict(list)
    for each in await connection.execute(query):
        row = each._asdict()
        found[row["entry_number"]].append(
            ClockFactsRow(
                row["entry_number"],
                row["revision"],
                _read(row),
                row["explanation"],
                row["recorded_at"],
                row["recorded_by"],
                row["recorded_for"],
            )
        )
    return found


async def write_clock_facts(tx: Transaction, row: ClockFactsRow) -> None:
    """Add a revision."""
    values: dict[str, Any] = {each.name: getattr(row, each.name) for each in fields(row) if each.name != "facts"}
    values |= {each.name: getattr(row.facts, each.name) for each in fields(ClockFacts)}
    values["designated_imports"] = orjson.loads(orjson.dumps(row.facts.designated_imports))
    await tx.connection.execute(clock_facts.insert().values(values))


def _read(row: Mapping[str, Any]) -> ClockFacts:
    values = {each.name: row[each.name] for each in fields(ClockFacts)}
    values["designated_imports"] = tuple(
        # Rows of releases before say nothing of protests: that is not known, as null is.
        DesignatedImport(_day(each["liquidated_on"]), _day(each["final_1514_on"]), each.get("is_protested"))
        for each in row["designated_imports"]
    )
    return ClockFacts(**values)


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored is not None else None
