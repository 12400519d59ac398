"""What programs take by themselves: their rolls of entries, offers to importers with the answers, facts of after.

A roll is kept as the declarations of a program, one for each filer code, with the serial number of the entry as its
row: whoever enrols an entry first, it stands in one place, and nobody waits for a common counter.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.program.definition import Definition
from services.liquidation.domain.program.judging import AfterFact
from services.liquidation.store.declarations import ROLL
from services.liquidation.store.program_sql import Given, covered_sql, meant_sql, within_sql
from services.liquidation.store.programs import Revision, read_revisions
from services.liquidation.store.sight import entries_within
from services.liquidation.store.tables.programs import declared_entries, program_answers
from services.liquidation.store.tables.records import entries
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

AnswerWord = Literal["accept", "decline", "contest"]

_FIRST_FILED: Final = "SELECT min(v.filed_at) FROM entry_versions v WHERE v.entry_number = {entry}"
RECEIVED_ON: Final = (
    "greatest({since}, ((" + _FIRST_FILED.format(entry="d.entry_number") + ") AT TIME ZONE 'America/New_York')::date)"
)
"""When a program received an entry `d` that nobody asked for: on its first day, or when the entry was first filed."""
_MEANT: Final = """
SELECT DISTINCT d.entry_number FROM special_duties d
JOIN entry_versions e ON e.entry_number = d.entry_number AND e.version = d.version
WHERE d.entry_number = ANY({numbers}) AND {meant} AND {covered} AND {received} <= {until}
    AND NOT EXISTS (SELECT FROM declared_entries r
        WHERE r.entry_number = d.entry_number AND r.program = {program} AND r.offered_at IS NOT NULL)
ORDER BY 1
"""
_BEGIN: Final = f"""
INSERT INTO declarations (declaration_id, program, door, form, state, next_row, content_digest, received_at,
    progressed_at, importers, made_by)
SELECT DISTINCT '{ROLL}' || $1 || ':' || left(number, 3), $1::text, 'program', 'program', 'judged', 1, ''::bytea,
    $3::timestamptz, $4::timestamptz, '{{}}'::text[], 'program:' || $1
FROM unnest($2::text[]) AS given(number) ORDER BY 1
ON CONFLICT DO NOTHING
"""
_ENROL: Final = f"""
INSERT INTO declared_entries (declaration_id, row_number, program, entry_number, state, offered_at)
SELECT d.declaration_id, substr(number, 4, 7)::integer + 1, d.program, number, 'read', $3::timestamptz
FROM unnest($2::text[]) AS given(number) JOIN declarations d
    ON d.declaration_id = '{ROLL}' || $1::text || ':' || left(number, 3) AND d.program = $1 AND d.door = 'program'
ORDER BY number
ON CONFLICT DO NOTHING
"""
_PROGRESS: Final = """
UPDATE program_revisions SET enrolled_to = $3, enrolled_at = $4 WHERE program = $1 AND revision = $2
"""
_ROLL: Final = """
SELECT r.entry_number, r.declaration_id, r.row_number, r.state, r.offered_at FROM declared_entries r
WHERE r.program = $1 AND r.entry_number = ANY($2::text[]) AND r.offered_at IS NOT NULL
ORDER BY r.entry_number FOR UPDATE
"""
_ANSWER: Final = """
UPDATE declared_entries SET answer = nullif($3, 'decline'), answered_at = $4,
    withdrawn_at = CASE WHEN $3 = 'decline' THEN coalesce(withdrawn_at, $4::timestamptz) END,
    state = CASE WHEN $3 = 'decline' THEN 'withdrawn' ELSE 'read' END, code = NULL, notes = '{}', removed_cents = 0,
    last_day = NULL
WHERE program = $1 AND entry_number = ANY($2::text[]) AND offered_at IS NOT NULL
"""
_NOTE_ANSWERS: Final = """
INSERT INTO program_answers (program, entry_number, number, answer, explanation, answered_at, answered_by,
    answered_for, authority)
SELECT $1, given.number, 1 + (SELECT count(*) FROM program_answers a
        WHERE a.program = $1 AND a.entry_number = given.number), $3, $4, $5, $6, $7, given.authority
FROM unnest($2::text[], $8::text[]) AS given(number, authority) ORDER BY given.number
"""
_GONE: Final = """
UPDATE program_after_facts f SET gone_at = $4
FROM unnest($2::text[]) AS judged(entry_number)
WHERE f.program = $1 AND f.entry_number = judged.entry_number AND f.gone_at IS NULL
    AND NOT (f.entry_number || ' ' || f.code) = ANY($3::text[])
"""
_FOUND: Final = """
INSERT INTO program_after_facts AS known (program, entry_number, code, declaration_id, team, removed_cents, owed_cents,
    found_at)
SELECT $1, given.entry_number, given.code, given.declaration_id, given.team, given.removed_cents, given.owed_cents,
    $8::timestamptz
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
    AS given(entry_number, code, declaration_id, team, removed_cents, owed_cents)
ON CONFLICT (program, entry_number, code) DO UPDATE SET removed_cents = excluded.removed_cents,
    owed_cents = excluded.owed_cents, found_at = excluded.found_at, gone_at = NULL, settled_at = NULL,
    settled_by = NULL, settled_for = NULL, settlement = NULL
WHERE known.gone_at IS NOT NULL OR (known.removed_cents, known.owed_cents) <> (excluded.removed_cents,
    excluded.owed_cents)
"""
_AFTER: Final = """
SELECT f.program, f.entry_number, f.code, f.declaration_id, f.team, f.removed_cents, f.owed_cents, f.found_at,
    f.gone_at, f.settled_at, f.settled_by, f.settled_for, f.settlement
FROM program_after_facts f
WHERE f.program = $1 AND (f.entry_number, f.code) > ($2, $3) AND ($4::text IS NULL OR f.team = $4)
    AND ($5::boolean IS FALSE OR (f.settled_at IS NULL AND f.gone_at IS NULL))
ORDER BY f.entry_number, f.code LIMIT $6
"""
_AFTER_SUMS: Final = """
SELECT f.team, f.code, count(*) AS entries, sum(f.removed_cents)::bigint AS removed_cents,
    sum(f.owed_cents)::bigint AS owed_cents
FROM program_after_facts f WHERE f.program = $1 AND f.settled_at IS NULL AND f.gone_at IS NULL
GROUP BY 1, 2 ORDER BY 1, 2
"""
_SETTLE: Final = """
UPDATE program_after_facts SET settled_at = $4, settled_by = $5, settled_for = $6, settlement = $7
WHERE program = $1 AND entry_number = $2 AND code = $3 AND settled_at IS NULL AND gone_at IS NULL
"""


class RollRow(NamedTuple):
    """Where an entry stands on the roll of a program, and since when."""

    entry_number: str
    declaration_id: str
    row_number: int
    state: str
    offered_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """What a program makes of an importer's entry that it took by itself, and what the importer said last."""

    program: str
    entry_number: str
    state: str
    code: str | None
    cohort: str | None
    act: str | None
    removed_cents: int
    notes: tuple[str, ...]
    last_day: date | None
    answer: str | None
    answered_at: datetime | None
    offered_at: datetime
    judged_at: datetime | None
    said: AnswerWord | None
    explanation: str | None


@dataclass(frozen=True, slots=True)
class AfterRow:
    """A fact that came after the posting of an entry, until somebody settles it or it is gone. Money in cents."""

    program: str
    entry_number: str
    code: str
    declaration_id: str
    team: str
    removed_cents: int
    owed_cents: int
    found_at: datetime
    gone_at: datetime | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    settled_for: str | None = None
    settlement: str | None = None


_OF_ROW: Final = tuple(each.name for each in fields(Offer) if each.name not in ("said", "explanation"))


class AfterSum(NamedTuple):
    """Facts that nobody has settled, by team and code."""

    team: str
    code: str
    entries: int
    removed_cents: int
    owed_cents: int


async def list_taking(tx: Transaction) -> list[Revision]:
    """The revisions in force of programs that take entries by themselves."""
    return await read_revisions(
        tx.connection,
        "state = 'released' AND definition ->> 'intake' <> 'declared' AND EXISTS (SELECT FROM programs p"
        " WHERE p.program = program_revisions.program AND p.standing NOT IN ('ended', 'aborted')) ORDER BY program",
    )


async def enrol(
    tx: Transaction, program: Definition, entry_numbers: Collection[str], since: datetime, now: datetime
) -> list[str]:
    """Put on the roll which of these entries any version of its summary brings within the program; gives the new ones.

    `since` is the beginning of the program's first day. What was filed after its last day is left out, and so is what
    belongs on a roll whose id another declaration has: its declarant would see it.
    """
    given = Given()
    sql = _MEANT.format(
        numbers=given.add(sorted(entry_numbers), "text[]"),
        meant=meant_sql(program, given),
        covered=covered_sql(program, "e.entry_date", given),
        received=RECEIVED_ON.format(since=given.add(program.declaring.since, "date")),
        until=f"coalesce({given.add(program.declaring.until, 'date')}, 'infinity')",
        program=given.add(program.program, "text"),
    )
    found = [row["entry_number"] for row in await bulk.fetch(tx, sql, *given.arguments)]
    if found:
        await bulk.execute(tx, _BEGIN, program.program, found, since, now)
        await bulk.execute(tx, _ENROL, program.program, found, now)
    return found


async def list_to_enrol(tx: Transaction, program: Definition, after: str, limit: int) -> list[str]:
    """The next entries, in order of number, with a number that the program removes on some version."""
    given = Given()
    within = within_sql("d.hts", ((each.headings.first, each.headings.last) for each in program.removes), given)
    sql = f"""SELECT DISTINCT d.entry_number FROM special_duties d
        WHERE d.entry_number > {given.add(after, "text")} AND {within} ORDER BY 1 LIMIT {given.add(limit, "integer")}"""
    return [row["entry_number"] for row in await bulk.fetch(tx, sql, *given.arguments)]


async def keep_progress(tx: Transaction, revision: Revision, reached: str, finished_at: datetime | None) -> None:
    """Note how far the entries of before have been enrolled under a revision; finished: all of them."""
    await bulk.execute(tx, _PROGRESS, revision.program, revision.revision, reached, finished_at)


async def hold_roll(tx: Transaction, program: str, entry_numbers: Sequence[str]) -> dict[str, RollRow]:
    """Where these entries stand on the roll, held; those that are not on it are absent."""
    rows = await bulk.fetch(tx, _ROLL, program, list(entry_numbers))
    return {row["entry_number"]: RollRow(*row.values()) for row in rows}


async def write_answers(
    tx: Transaction,
    program: str,
    authorities: Sequence[tuple[str, str]],
    answer: AnswerWord,
    explanation: str | None,
    answered_at: datetime,
    answered_by: str,
    answered_for: str | None,
) -> None:
    """Note what an importer said of entries (with the row of authority of each); they are to be judged by it."""
    numbers = [number for number, _ in authorities]
    await bulk.execute(tx, _ANSWER, program, numbers, answer, answered_at)
    who = (explanation, answered_at, answered_by, answered_for, [authority for _, authority in authorities])
    await bulk.execute(tx, _NOTE_ANSWERS, program, numbers, answer, *who)


async def list_offers(
    connection: AsyncConnection,
    reach: Reach,
    importer_number: str,
    *,
    program: str | None,
    state: str | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[Offer]:
    """What programs took of an importer's entries, as far as a reach covers them, in order of number and program."""
    row, said = declared_entries.c, program_answers.c
    last = (
        select(said.answer.label("said"), said.explanation)
        .where(said.program == row.program, said.entry_number == row.entry_number)
        .order_by(said.number.desc())
        .limit(1)
        .lateral("last")
    )
    query = (
        select(*(row[name] for name in _OF_ROW), last.c.said, last.c.explanation)
        .join(entries, entries.c.entry_number == row.entry_number)
        .outerjoin(last, true())
        .where(entries.c.importer_number == importer_number, row.offered_at.is_not(None), entries_within(reach))
        .order_by(row.entry_number, row.program)
        .limit(limit)
    )
    if program is not None:
        query = query.where(row.program == program)
    if state is not None:
        query = query.where(row.state == state)
    if after is not None:
        query = query.where(tuple_(row.entry_number, row.program) > tuple_(*map(literal, after)))
    return [
        Offer(**(dict(found) | {"notes": tuple(found["notes"])}))
        for found in (await connection.execute(query)).mappings()
    ]


async def write_after_facts(
    tx: Transaction,
    program: str,
    judged: Collection[str],
    found: Sequence[tuple[str, str, AfterFact]],
    now: datetime,
) -> None:
    """Note what came after the posting of entries (entry, declaration, fact), and what does not stand any more.

    A fact whose amounts change is open again, whoever settled it before.
    """
    keys = [f"{entry} {fact.code}" for entry, _, fact in found]
    await bulk.execute(tx, _GONE, program, sorted(judged), keys, now)
    columns: list[list[Any]] = [
        [entry for entry, _, _ in found],
        [fact.code for _, _, fact in found],
        [declaration for _, declaration, _ in found],
        [fact.team for _, _, fact in found],
        [fact.removed_cents for _, _, fact in found],
        [fact.owed_cents for _, _, fact in found],
    ]
    if found:
        await bulk.execute(tx, _FOUND, program, *columns, now)


async def list_after_facts(
    tx: Transaction, program: str, *, after: tuple[str, str], team: str | None, is_open: bool, limit: int
) -> list[AfterRow]:
    """Facts that came after the posting, by entry and code; of one team, or open ones only, where that is asked."""
    rows = await bulk.fetch(tx, _AFTER, program, *after, team, is_open, limit)
    return [AfterRow(**dict(row)) for row in rows]


async def sum_after_facts(tx: Transaction, program: str) -> list[AfterSum]:
    """What nobody has settled, by team and code."""
    return [AfterSum(*row.values()) for row in await bulk.fetch(tx, _AFTER_SUMS, program)]


async def settle_after_fact(
    tx: Transaction, program: str, entry_number: str, code: str, settled: tuple[datetime, str, str | None, str]
) -> bool:
    """Note how a fact was settled, when and by whom; False when there is no such open one."""
    return await bulk.execute(tx, _SETTLE, program, entry_number, code, *settled) == 1
