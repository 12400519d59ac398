"""Reversals of what programs posted: asked for, confirmed, done, or refused with the code of why."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.money.amounts import Amounts, duty_class, sum_amounts
from services.liquidation.domain.program.definition import Definition, Writer
from services.liquidation.store.program_sql import Given, meant_sql, removed_sql
from services.liquidation.store.tables.programs import program_reversals
from shared.db import bulk
from shared.db.transaction import Transaction

RequestState = Literal["asked", "confirmed", "withdrawn"]

# What was asked for without a request, while two releases ran side by side, can be asked for again.
_ASK: Final = """
WITH asked AS (
    UPDATE program_postings SET reversal = 'asked', reversal_by = $4, reversal_reason = $5, reversal_asked_at = $6,
        reversal_code = NULL, reversal_request = $7
    WHERE program = $1 AND ($2::text[] IS NULL OR entry_number = ANY($2::text[])) AND ($3::integer IS NULL OR run = $3)
        AND (reversal IS NULL OR reversal = 'refused' OR (reversal = 'asked' AND reversal_request IS NULL))
    RETURNING removed_cents
)
SELECT count(*) AS entries, coalesce(sum(removed_cents), 0)::bigint AS removed_cents FROM asked
"""
_CONFIRM: Final = """
UPDATE program_postings SET reversal = 'confirmed', reversal_authority = $3
WHERE program = $1 AND reversal = 'asked' AND reversal_request = $2
"""
_WITHDRAW: Final = """
UPDATE program_postings SET reversal = NULL, reversal_by = NULL, reversal_reason = NULL, reversal_asked_at = NULL,
    reversal_request = NULL
WHERE program = $1 AND reversal = 'asked' AND reversal_request = $2
"""
_REVERSING: Final = """
SELECT p.program FROM programs p WHERE EXISTS (
    SELECT FROM program_postings q WHERE q.program = p.program AND q.reversal = 'confirmed') ORDER BY p.program
"""
_CONFIRMED: Final = """
SELECT p.entry_number, p.program, p.revision, p.version, p.cohort, p.removed_cents, p.reversal_by, p.reversal_reason,
    p.reversal_authority, r.court_ordered_on, r.is_in_suit, r.court_number
FROM program_postings p
LEFT JOIN program_reversals r ON r.program = p.program AND r.request = p.reversal_request
WHERE p.program = $1 AND p.reversal = 'confirmed' AND p.program || '/' || p.entry_number <> ALL($3::text[])
ORDER BY p.entry_number LIMIT $2
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


@dataclass(frozen=True, slots=True)
class ReversalRequest:
    """What somebody asked to be reversed, by whose power and why; `entries` as many as it took when it was asked for.

    Of a judgment: the day of the order, whether the entries were in the suit, its court number; None: not said.
    `settled_*` is who confirmed or withdrew it, `why` the reason of a withdrawal. Cents.
    """

    program: str
    request: int
    state: RequestState
    by: Writer
    reason: str
    court_ordered_on: date | None
    is_in_suit: bool | None
    court_number: str | None
    entries: int
    removed_cents: int
    asked_at: datetime
    asked_by: str
    asked_for: str | None
    settled_at: datetime | None = None
    settled_by: str | None = None
    settled_for: str | None = None
    why: str | None = None


_REQUEST: Final = tuple(program_reversals.c[each.name] for each in fields(ReversalRequest))


class ReversalRow(NamedTuple):
    """A posting that is to be undone, by whose power, why, and by which row of authority it was confirmed; cents.

    `cohort` posted it. Of a judgment what its request says of the order.
    """

    entry_number: str
    program: str
    revision: int
    version: int
    cohort: str
    removed_cents: int
    by: Writer
    reason: str
    authority: str
    court_ordered_on: date | None
    is_in_suit: bool | None
    court_number: str | None


class ReversalCount(NamedTuple):
    """Postings by how far their reversal is, with the code of a refusal."""

    state: str
    code: str | None
    entries: int
    removed_cents: int


async def find_next_request(tx: Transaction, program: str) -> int:
    """The number of the next request of a program, which is held."""
    last = await tx.connection.scalar(
        select(func.max(program_reversals.c.request)).where(program_reversals.c.program == program)
    )
    return (last or 0) + 1


async def ask(
    tx: Transaction, asked: ReversalRequest, entry_numbers: Sequence[str] | None, run: int | None
) -> tuple[int, int]:
    """Note that postings are to be undone, those of entries or of a run where that is said; gives how many, and cents.

    What another request has asked for stays with that.
    """
    numbers = list(entry_numbers) if entry_numbers is not None else None
    given = (asked.program, numbers, run, asked.by, asked.reason, asked.asked_at, asked.request)
    (row,) = await bulk.fetch(tx, _ASK, *given)
    return int(row["entries"]), int(row["removed_cents"])


async def add_request(tx: Transaction, asked: ReversalRequest) -> None:
    """Keep a request under its number; the program is held."""
    await tx.connection.execute(
        program_reversals.insert().values({each.name: getattr(asked, each.name) for each in fields(asked)})
    )


async def settle_request(tx: Transaction, settled: ReversalRequest) -> None:
    """Write that a request was confirmed or withdrawn; the program is held."""
    table = program_reversals
    changed = {name: getattr(settled, name) for name in ("state", "settled_at", "settled_by", "settled_for", "why")}
    of_request = (table.c.program == settled.program) & (table.c.request == settled.request)
    await tx.connection.execute(table.update().where(of_request).values(changed))


async def find_request(connection: AsyncConnection, program: str, request: int) -> ReversalRequest | None:
    """One request of a program, or None."""
    table = program_reversals
    query = select(*_REQUEST).where(table.c.program == program, table.c.request == request)
    row = (await connection.execute(query)).one_or_none()
    return ReversalRequest(*row) if row is not None else None


async def list_requests(
    connection: AsyncConnection,
    program: str,
    *,
    state: RequestState | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[ReversalRequest]:
    """What was asked to be reversed of a program, newest first."""
    table = program_reversals
    query = select(*_REQUEST).where(table.c.program == program).order_by(table.c.request.desc()).limit(limit)
    if state is not None:
        query = query.where(table.c.state == state)
    if before is not None:
        query = query.where(table.c.request < before)
    return [ReversalRequest(*row) for row in await connection.execute(query)]


async def confirm(tx: Transaction, program: str, request: int, authority: str) -> int:
    """Confirm what a request asks for, by a row of the authority table; gives how many postings."""
    return await bulk.execute(tx, _CONFIRM, program, request, authority)


async def withdraw(tx: Transaction, program: str, request: int) -> int:
    """Let what a request asks for stand; gives how many postings."""
    return await bulk.execute(tx, _WITHDRAW, program, request)


async def list_reversing(tx: Transaction) -> list[str]:
    """The programs of which postings are to be undone."""
    return [row["program"] for row in await bulk.fetch(tx, _REVERSING)]


async def list_confirmed(tx: Transaction, program: str, limit: int, left_out: Sequence[str]) -> list[ReversalRow]:
    """The next postings of a program that are to be undone, in order of entry."""
    rows = await bulk.fetch(tx, _CONFIRMED, program, limit, list(left_out))
    return [ReversalRow(*row.values()) for row in rows]


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
