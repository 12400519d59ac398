"""Entries that a program reaches and the clock took first: liquidated with the duty before anybody declared them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.liquidation.domain.program.definition import Definition
from services.liquidation.store.program_sql import Given, covered_sql, meant_sql, removed_sql
from shared.db import bulk
from shared.db.transaction import Transaction


class LostRow(NamedTuple):
    """An entry that was liquidated with the duty since the program takes declarations."""

    entry_number: str
    importer_number: str
    entry_date: date
    liquidated_on: date
    posted_on: date
    despite_hold: bool


async def list_lost(tx: Transaction, program: Definition, *, after: str, limit: int) -> Sequence[LostRow]:
    """Entries that nobody declared, with what the program removes, liquidated since it takes declarations.

    In order of number. A cycle takes an entry despite a hold when its period would end before the next one.
    """
    given = Given()
    sql = f"""SELECT e.entry_number, e.importer_number, e.entry_date, e.liquidated_on, e.liquidation_posted_on,
            EXISTS (SELECT FROM held_entries h WHERE h.entry_number = e.entry_number AND h.is_overridden
                AND h.last_held_on = e.liquidation_cycle_on) AS despite_hold
        FROM entries e
        WHERE e.entry_number > {given.add(after, "text")}
            AND e.liquidation_posted_on >= {given.add(program.declaring.since, "date")}
            AND {covered_sql(program, "e.entry_date", given)}
            AND EXISTS (SELECT FROM special_duties d WHERE d.entry_number = e.entry_number AND d.version = e.version
                AND d.duty_cents > 0 AND {meant_sql(program, given)} AND {removed_sql(program, given)})
            AND NOT EXISTS (SELECT FROM declared_entries r WHERE r.entry_number = e.entry_number
                AND r.program = {given.add(program.program, "text")})
        ORDER BY e.entry_number LIMIT {given.add(limit, "integer")}"""
    return [LostRow(*row.values()) for row in await bulk.fetch(tx, sql, *given.arguments)]
