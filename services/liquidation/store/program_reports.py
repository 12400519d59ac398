"""Reports of programs: what they are counted from, and the bytes that were made of it, kept with who signed them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.program.definition import Definition
from services.liquidation.store.program_runs import LAST_DAY, cohort_arguments
from services.liquidation.store.tables.programs import program_report_signatures, program_reports
from shared.db import bulk
from shared.db.transaction import Transaction

_DECLARATIONS: Final = """
SELECT door, state, code, count(*) AS declarations, coalesce(sum(next_row - 1), 0)::bigint AS rows
FROM declarations WHERE program = $1 GROUP BY door, state, code ORDER BY door, state, code
"""
_ENTRIES: Final = """
SELECT state, code, cohort, count(*) AS entries, sum(removed_cents)::bigint AS removed_cents
FROM declared_entries WHERE program = $1 GROUP BY state, code, cohort ORDER BY state, code, cohort
"""
_POSTED: Final = """
SELECT act, writer, cohort, outcome, count(*) AS entries, sum(removed_cents)::bigint AS removed_cents,
    coalesce(sum(interest_cents), 0)::bigint AS interest_cents, coalesce(sum(refund_cents), 0)::bigint AS refund_cents
FROM program_postings WHERE program = $1 GROUP BY act, writer, cohort, outcome ORDER BY act, writer, cohort, outcome
"""
# The refund of the act of each posting, as it stands now: money that was determined later is in it.
_REFUNDS: Final = """
SELECT f.state, count(*) AS refunds, count(DISTINCT f.importer_number) AS importers,
    sum(f.refund_cents)::bigint AS refund_cents
FROM program_postings p JOIN refunds f ON f.entry_number = p.entry_number AND f.act_key = p.act_key
WHERE p.program = $1 GROUP BY f.state ORDER BY f.state
"""
_WAITING_FOR_BANK: Final = """
SELECT missing.fact, count(*) AS refunds, count(DISTINCT f.importer_number) AS importers,
    sum(f.refund_cents)::bigint AS refund_cents
FROM program_postings p JOIN refunds f ON f.entry_number = p.entry_number AND f.act_key = p.act_key
CROSS JOIN LATERAL jsonb_array_elements_text(f.missing) AS missing(fact)
WHERE p.program = $1 AND f.state = 'waiting-for-enrollment' GROUP BY missing.fact ORDER BY missing.fact
"""
# Of what is paid together: what goes to the payee is the refund with interest for delay, less what is set off.
_PAYMENTS: Final = """
SELECT state, count(*) AS payments, sum(refunds)::bigint AS refunds, count(DISTINCT payee_number) AS payees,
    sum(refund_cents)::bigint AS refund_cents, sum(delay_cents)::bigint AS delay_cents,
    sum(offset_cents)::bigint AS offset_cents, sum(refund_cents + delay_cents - offset_cents)::bigint AS net_cents
FROM payments WHERE program = $1 GROUP BY state ORDER BY state
"""
_RETURNED: Final = """
SELECT count(*) AS returns, coalesce(sum(v.cents), 0)::bigint AS returned_cents
FROM payment_events v JOIN payments p ON p.payment = v.payment WHERE p.program = $1 AND v.change = 'returned'
"""
# To the last day of the law, or to that of an answer that is awaited before.
_DAYS_LEFT: Final = f"""
SELECT state, CASE WHEN last_day IS NULL THEN 'none' WHEN last_day < $4 THEN 'over' WHEN last_day <= $4 + 5 THEN '0-5'
        WHEN last_day <= $4 + 10 THEN '6-10' WHEN last_day <= $4 + 30 THEN '11-30' ELSE 'more' END AS days,
    min(last_day) AS first_day, count(*) AS entries, sum(removed_cents)::bigint AS removed_cents
FROM (
    SELECT r.state, r.removed_cents, least(r.last_day, {LAST_DAY}) AS last_day FROM declared_entries r
    LEFT JOIN entries e ON e.entry_number = r.entry_number
    LEFT JOIN unnest($2::text[], $3::integer[]) AS c(name, last_day) ON c.name = r.cohort
    WHERE r.program = $1 AND r.state IN ('due', 'waiting')
) AS waiting GROUP BY 1, 2 ORDER BY 1, 3 NULLS LAST
"""
_REVERSED: Final = """
SELECT reversal AS state, count(*) AS entries, sum(removed_cents)::bigint AS removed_cents
FROM program_postings WHERE program = $1 AND reversal IS NOT NULL GROUP BY reversal ORDER BY reversal
"""
# What was posted by an act that was voided since, by what becomes of the request for it now.
_VOIDED: Final = """
SELECT v.act, r.state, count(*) AS entries, sum(v.removed_cents)::bigint AS removed_cents
FROM program_voided_postings v
JOIN declared_entries r ON r.declaration_id = v.declaration_id AND r.row_number = v.row_number
WHERE v.program = $1 GROUP BY v.act, r.state ORDER BY v.act, r.state
"""
_AFTER: Final = """
SELECT code, team, count(*) AS entries, sum(removed_cents - owed_cents)::bigint AS excess_cents
FROM program_after_facts WHERE program = $1 AND settled_at IS NULL AND gone_at IS NULL
GROUP BY code, team ORDER BY code, team
"""
_RUNS: Final = """
SELECT run, kind, posted_on, cycle_on, revision, state, set_based + careful AS posted, undetermined, removed_cents,
    interest_cents, refund_cents, leaves, encode(root, 'hex') AS root
FROM program_runs WHERE program = $1 ORDER BY run
"""
_POSITION: Final = """
SELECT topic, partition, next_offset FROM consumer_offsets WHERE group_name = $1 ORDER BY topic, partition
"""
_WRITE: Final = """
INSERT INTO program_reports (program, as_of, made_at, made_by, made_for, sha256, document, rows_csv)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (program, as_of) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a report is made of, from one state of the database; each a list of rows by name, cents as whole numbers."""

    declarations: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    posted: list[dict[str, Any]]
    refunds: list[dict[str, Any]]
    waiting_for_bank: list[dict[str, Any]]
    payments: list[dict[str, Any]]
    returned: list[dict[str, Any]]
    days_left: list[dict[str, Any]]
    reversed: list[dict[str, Any]]
    voided: list[dict[str, Any]]
    after_the_fact: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    position: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as it is kept; `document` is JSON and `rows_csv` the same as rows, `sha256` that of the document."""

    program: str
    as_of: date
    made_at: datetime
    made_by: str
    made_for: str | None
    sha256: bytes
    document: str
    rows_csv: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a report, the first or the second, and the digest that was signed."""

    program: str
    as_of: date
    number: int
    sha256: bytes
    signed_at: datetime
    signed_by: str
    signed_for: str | None
    authority: str


async def count_program(tx: Transaction, rules: Definition, as_of: date, group: str) -> Counted:
    """Count everything that a report tells of a program, in the snapshot of this transaction.

    `group` is that under which the service reads its topics. `returned` is one row: what banks ever returned, sent
    again or not.
    """

    async def rows(statement: str, *given: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await bulk.fetch(tx, statement, *given)]

    program = rules.program
    return Counted(
        await rows(_DECLARATIONS, program),
        await rows(_ENTRIES, program),
        await rows(_POSTED, program),
        await rows(_REFUNDS, program),
        await rows(_WAITING_FOR_BANK, program),
        await rows(_PAYMENTS, program),
        await rows(_RETURNED, program),
        await rows(_DAYS_LEFT, *cohort_arguments(rules), as_of),
        await rows(_REVERSED, program),
        await rows(_VOIDED, program),
        await rows(_AFTER, program),
        await rows(_RUNS, program),
        await rows(_POSITION, group),
    )


async def write_report(tx: Transaction, report: ReportRow) -> bool:
    """Keep a report; False when there is one of this day, which stays as it is."""
    given = (
        report.program,
        report.as_of,
        report.made_at,
        report.made_by,
        report.made_for,
        report.sha256,
        report.document,
        report.rows_csv,
    )
    return await bulk.execute(tx, _WRITE, *given) == 1


async def find_report(
    connection: AsyncConnection, program: str, as_of: date, *, is_held: bool = False
) -> ReportRow | None:
    """The report of a day, or None; held until the transaction ends when that is asked."""
    table = program_reports
    query = select(table).where(table.c.program == program, table.c.as_of == as_of)
    row = (await connection.execute(query.with_for_update() if is_held else query)).one_or_none()
    return ReportRow(*row) if row is not None else None


async def list_days(connection: AsyncConnection, program: str, *, before: date | None, limit: int) -> list[date]:
    """The days of which there are reports, newest first."""
    table = program_reports
    query = select(table.c.as_of).where(table.c.program == program).order_by(table.c.as_of.desc()).limit(limit)
    if before is not None:
        query = query.where(table.c.as_of < before)
    return list(await connection.scalars(query))


async def list_reports(
    connection: AsyncConnection, program: str, *, before: date | None, limit: int
) -> list[tuple[Mapping[str, Any], list[Signature]]]:
    """Reports without their bytes, newest first, each with its signatures."""
    table = program_reports
    shown = [table.c[name] for name in ("program", "as_of", "made_at", "made_by", "sha256")]
    query = select(*shown).where(table.c.program == program).order_by(table.c.as_of.desc()).limit(limit)
    if before is not None:
        query = query.where(table.c.as_of < before)
    found = [dict(row) for row in (await connection.execute(query)).mappings()]
    signed = program_report_signatures
    days = [each["as_of"] for each in found]
    rows = await connection.execute(
        select(signed).where(signed.c.program == program, signed.c.as_of.in_(days)).order_by(signed.c.number)
    )
    signatures = [Signature(*row) for row in rows]
    return [(each, [one for one in signatures if one.as_of == each["as_of"]]) for each in found]


async def list_signatures(connection: AsyncConnection, program: str, as_of: date) -> list[Signature]:
    """Who signed the report of a day, the first and the second."""
    table = program_report_signatures
    query = select(table).where(table.c.program == program, table.c.as_of == as_of).order_by(table.c.number)
    return [Signature(*row) for row in await connection.execute(query)]


async def write_signature(tx: Transaction, signature: Signature) -> None:
    """Keep a signature."""
    columns = tuple(each.name for each in program_report_signatures.columns)
    await bulk.insert(tx, program_report_signatures, columns, [[getattr(signature, name) for name in columns]])
