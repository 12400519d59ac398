"""Reversals of what programs posted: asked for, confirmed, done, or refused with the code of why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from services.liquidation.domain.money.amounts import Amounts, duty_class, sum_amounts
from services.liquidation.domain.program.definition import Definition, Writer
from services.liquidation.store.program_sql import Given, meant_sql, removed_sql
from shared.db import bulk
from shared.db.transaction import Transaction

_ASK: Final = """
UPDATE program_postings SET reversal = 'asked', reversal_by = $4, reversal_reason = $5, reversal_asked_at = $6,
    reversal_code = NULL
WHERE program = $1 AND ($2::text[] IS NULL OR entry_number = ANY($2::text[])) AND ($3::integer IS NULL OR run = $3)
    AND (reversal IS NULL OR reversal = 'refused')
"""
_CONFIRM: Final = """
UPDATE program_postings SET reversal = 'confirmed', reversal_authority = $2 WHERE program = $1 AND reversal = 'asked'
"""
_CONFIRMED: Final = """
SELECT entry_number, program, revision, version, removed_cents, reversal_by, reversal_reason,
    reversal_authority
FROM program_postings
WHERE reversal = 'confirmed' AND program || '/' || entry_number <> ALL($2::text[])
ORDER BY entry_number, program LIMIT $1
"""
_REMOVED: Final = """
SELECT d.hts, sum(d.duty_cents)::bigint AS cents FROM entries e JOIN special_duties d USING (entry_number)
WHERE e.entry_number = {number} AND d.version = {version} AND {meant} AND {removed} GROUP BY 1 ORDER BY 1
"""
_REVERSED: Final = """
UPDATE program_postings SET reversal = 'done', reversed_key = $3 WHERE entry_number = $1 AND program = $2
"""
_REFUSED: Final = """
UPDATE program_postings SET reversal = 'refused', reversal_code = $3 WHERE entry_number = $1 AND program = $2
"""
_COUNTS: Final = """
SELECT reversal, reversal_code, count(*) AS entries, sum(removed_cents)::bigint AS removed_cents FROM program_postings
WHERE program = $1 AND reversal IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
"""


class ReversalRow(NamedTuple):
    """A posting that is to be undone, by whose power, why, and by which row of authority it was confirmed; cents."""

    entry_number: str
    program: str
    revision: int
    version: int
    removed_cents: int
    by: Writer
    reason: str
    authority: str


class ReversalCount(NamedTuple):
    """Postings by how far their reversal is, with the code of a refusal."""

    state: str
    code: str | None
    entries: int
    removed_cents: int


async def ask(
    tx: Transaction,
    program: str,
    entry_numbers: Sequence[str] | None,
    run: int | None,
    by: Writer,
    reason: str,
    now: datetime,
) -> int:
    """Note that postings are to be undone, those of entries or of a run where that is said; gives how many."""
    numbers = list(entry_numbers) if entry_numbers is not None else None
    return await bulk.execute(tx, _ASK, program, numbers, run, by, reason, now)


async def confirm(tx: Transaction, program: str, authority: str) -> int:
    """Confirm what is asked, by a row of the authority table; gives how many postings."""
    return await bulk.execute(tx, _CONFIRM, program, authority)


async def list_confirmed(tx: Transaction, limit: int, left_out: Sequence[str]) -> list[ReversalRow]:
    """The next postings that are to be undone, of any program, in order of entry."""
    return [ReversalRow(*row.values()) for row in await bulk.fetch(tx, _CONFIRMED, limit, list(left_out))]


async def find_removed(tx: Transaction, row: ReversalRow, program: Definition) -> Amounts:
    """What the revision that posted an entry removed from it, by accounting class: of its goods, not of every line."""
    given = Given()
    sql = _REMOVED.format(
        number=given.add(row.entry_number, "text"),
        version=given.add(row.version, "integer"),
        meant=meant_sql(program, given),
        removed=removed_sql(program, given),
    )
    found = await bulk.fetch(tx, sql, *given.arguments)
    return sum_amounts((duty_class(each["hts"]), each["cents"]) for each in found)


async def write_reversed(tx: Transaction, row: ReversalRow, act_key: str) -> None:
    """Note by which act a posting was undone."""
    await bulk.execute(tx, _REVERSED, row.entry_number, row.program, act_key)


async def write_refused(tx: Transaction, row: ReversalRow, code: str) -> None:
    """Note why a posting is not undone."""
    await bulk.execute(tx, _REFUSED, row.entry_number, row.program, code)


async def count_reversals(tx: Transaction, program: str) -> list[ReversalCount]:
    """How far reversals of a program are."""
    return [ReversalCount(*row.values()) for row in await bulk.fetch(tx, _COUNTS, program)]
