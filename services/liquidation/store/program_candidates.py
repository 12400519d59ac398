"""Entries of an importer that a program reaches and that nobody has declared, in order of the end of their period."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.program.definition import Definition
from services.liquidation.store.program_sql import Given, covered_sql, meant_sql, removed_sql, undeclared_sql
from services.liquidation.store.sight import entries_within
from services.liquidation.store.tables.records import entries
from shared.runtime.access import Reach

Place = tuple[date | None, str]
"""Where an entry stands in the list: the end of its period, and its number; those without that day come last."""


@dataclass(slots=True)
class _Named(Given):
    """Parameters by name, as statements of SQLAlchemy take them."""

    named: dict[str, Any] = field(default_factory=dict)

    def add(self, value: Any, kind: str) -> str:
        """The name of another parameter, with its type."""
        name = f"given_{len(self.named)}"
        self.named[name] = value
        return f"CAST(:{name} AS {kind})"


async def list_candidates(
    connection: AsyncConnection,
    reach: Reach,
    importer_number: str,
    program: Definition,
    *,
    after: Place | None,
    limit: int,
) -> list[Place]:
    """The next entries of an importer, of those that a reach covers, from whose lines the program removes duty.

    What somebody has declared and not taken back is left out. A request of somebody who may not ask for the entry, and
    one that only repeats another, keep nobody out.
    """
    conditions = [entries.c.importer_number == importer_number, entries_within(reach), _is_reached(program)]
    found: list[Place] = []
    if after is None or after[0] is not None:
        known = [*conditions, entries.c.deemed_on.is_not(None)]
        if after is not None:
            known.append(tuple_(entries.c.deemed_on, entries.c.entry_number) > tuple_(*after))
        found = await _read(connection, known, limit)
    if len(found) < limit:
        unknown = [*conditions, entries.c.deemed_on.is_(None)]
        if after is not None and after[0] is None:
            unknown.append(entries.c.entry_number > after[1])
        found += await _read(connection, unknown, limit - len(found))
    return found


async def _read(connection: AsyncConnection, conditions: Sequence[ColumnElement[bool]], limit: int) -> list[Place]:
    query = (
        select(entries.c.deemed_on, entries.c.entry_number)
        .where(and_(*conditions))
        .order_by(entries.c.deemed_on, entries.c.entry_number)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await connection.execute(query)]


def _is_reached(program: Definition) -> ColumnElement[bool]:
    given = _Named()
    # Not a join: along the order of the list each entry is asked by itself, until the page is full.
    sql = f"""{covered_sql(program, "entries.entry_date", given)}
        AND (SELECT true FROM special_duties d
            CROSS JOIN (SELECT entries.entry_date, entries.importer_number) AS e
            WHERE d.entry_number = entries.entry_number AND d.version = entries.version
                AND {meant_sql(program, given)} AND {removed_sql(program, given)} LIMIT 1)
        AND {undeclared_sql(program, "entries.entry_number", given)}"""
    return text(f"({sql})").bindparams(**given.named)  # type: ignore[return-value]
