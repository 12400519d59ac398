"""What programs of mass change look at, entry by entry: one set of columns, for the judgment and for trials in SQL."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast, get_args

from services.liquidation.domain.program.definition import Definition, Exclusion
from services.liquidation.domain.program.judging import Readiness, SpecialDuty
from services.liquidation.store.program_sql import Given, meant_sql
from shared.db import bulk
from shared.db.transaction import Transaction

LIQUIDATED_ON: Final = "coalesce(e.liquidated_on, CASE WHEN e.is_informal THEN e.scheduled_on END)"
"""Of an entry `e`: informal entries liquidate with their payment or release, whenever a cycle posts them."""

_NAMES: Final = "f.entries @> jsonb_build_array(e.entry_number)"
_LIFTED_ON: Final = """(SELECT max(s.lift_noticed_on) FROM suspensions s
        WHERE s.entry_number = e.entry_number AND NOT e.is_suspended)"""
EXCLUSION_SQL: Final[Mapping[Exclusion, str]] = {
    "protest-open": """EXISTS (SELECT FROM protest_entries n JOIN protests p ON p.filing_number = n.filing_number
        WHERE n.entry_number = e.entry_number AND p.is_open)""",
    "drawback-designated": f"EXISTS (SELECT FROM post_entry_filings f WHERE f.kind = 'drawback-claim' AND {_NAMES})",
    "reconciliation-filed": f"EXISTS (SELECT FROM post_entry_filings f WHERE f.kind = 'reconciliation' AND {_NAMES})",
    "lifted-pending": f"(e.liquidated_on IS NULL AND {_LIFTED_ON} IS NOT NULL)",
    "surety-paid": """EXISTS (SELECT FROM bills b JOIN bill_payments m ON m.bill_number = b.bill_number
        WHERE b.entry_number = e.entry_number AND m.payer = 'surety')""",
    "under-correction": """EXISTS (SELECT FROM dead_letters x
        WHERE x.topic = 'entry-corrected' AND x.state = 'parked' AND x.key = convert_to(e.entry_number, 'UTF8'))""",
}
"""What each exclusion is, of an entry `e`."""

# A decision of a person on duty of the class, an act that lowered it without a program, a program that posted the same
# duty, or one whose effect waits on the entry, for one act makes one refund: nothing is refunded twice.
_OVERLAP: Final = """(EXISTS (SELECT FROM review_decisions w,
    jsonb_array_elements(coalesce(nullif(w.body #> '{{effect,by_class}}', 'null'::jsonb), '[]'::jsonb)) AS changed
    WHERE w.entry_number = e.entry_number AND w.status = 'applied' AND w.outcome = 'refund'
        AND w.item_id NOT LIKE 'program:%' AND changed ->> 'class_code' = ANY({classes})
        AND (changed ->> 'change_usd')::numeric < 0)
    OR EXISTS (SELECT FROM assessments a WHERE a.entry_number = e.entry_number AND a.outcome <> 'void'
        AND NOT a.is_disregarded AND a.terms IS NULL AND EXISTS (SELECT FROM unnest({classes}) AS class
            WHERE coalesce((a.found ->> class)::bigint, 0) < coalesce((a.before ->> class)::bigint, 0)))
    OR EXISTS (SELECT FROM program_postings p JOIN special_duties d ON d.entry_number = p.entry_number
        AND d.version = e.version AND d.hts = ANY(p.headings)
        WHERE p.entry_number = e.entry_number AND p.program <> {program} AND p.reversal IS DISTINCT FROM 'done'
            AND {meant})
    OR EXISTS (SELECT FROM review_decisions w WHERE w.entry_number = e.entry_number AND w.status = 'applied'
        AND w.item_id LIKE 'program:%' AND w.item_id <> 'program:' || {program}))"""
_IN_REVIEW: Final = """EXISTS (SELECT FROM information_requests q
    WHERE q.entry_number = e.entry_number AND q.closed_on IS NULL)"""
_PAYMENT_KNOWN: Final = """(e.paid_on IS NOT NULL AND (e.version = 1 OR EXISTS (
    SELECT FROM deposit_facts t WHERE t.entry_number = e.entry_number)))"""


def facts_sql(program: Definition, given: Given, today: str) -> str:
    """Columns over `entries e` that say what is known to a program; `today` is the place of a day.

    `readiness` is that of the importer's last record by the day: what was not recorded is unknown.
    """
    code = given.add(program.program, "text")
    classes = given.add(list(program.classes), "text[]")
    overlap = _OVERLAP.format(program=code, meant=meant_sql(program, given), classes=classes)
    readiness = f"""coalesce((SELECT CASE
            WHEN a.has_paper_waiver OR (a.has_ach_enrollment AND a.has_valid_bank_data) THEN 'ready'
            WHEN a.has_ach_enrollment IS FALSE OR a.has_valid_bank_data IS FALSE THEN 'not-ready' ELSE 'unknown' END
        FROM importer_refund_accounts a WHERE a.importer_number = e.importer_number AND a.effective_on <= {today}
        ORDER BY a.revision DESC LIMIT 1), 'unknown')"""
    found = f"""(SELECT g.is_product FROM program_findings g
        WHERE g.program = {code} AND g.entry_number = e.entry_number ORDER BY g.number DESC LIMIT 1)"""
    exclusions = ",\n    ".join(f'{sql} AS "{name}"' for name, sql in EXCLUSION_SQL.items())
    return f"""e.entry_number, e.version, e.importer_number, e.entry_type, e.entry_date, e.center, e.is_suspended,
    e.is_informal, {LIQUIDATED_ON} AS liquidated_on, e.liquidation_posted_on, {_PAYMENT_KNOWN} AS is_payment_known,
    {exclusions},
    {overlap} AS has_overlap, {_IN_REVIEW} AS is_in_review, {readiness} AS readiness, {found} AS is_product,
    {_LIFTED_ON} AS lifted_on, e.deemed_on"""


_DUTIES: Final = """
SELECT entry_number, version, line_number, hts, duty_cents, origin, goods, preference, base_duty_cents, base_owed_cents
FROM special_duties WHERE entry_number = ANY($1::text[]) ORDER BY entry_number, version, line_number, hts
"""


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What is known of an entry beside the duties of its versions, by the version that governs."""

    entry_number: str
    version: int
    importer_number: str
    entry_type: str
    entry_date: date
    center: str | None
    is_suspended: bool
    is_informal: bool
    liquidated_on: date | None
    liquidation_posted_on: date | None
    is_payment_known: bool
    standing: frozenset[Exclusion]
    has_overlap: bool
    is_in_review: bool
    readiness: Readiness
    is_product: bool | None
    lifted_on: date | None
    deemed_on: date | None


async def load_known_entries(
    tx: Transaction, entry_numbers: Sequence[str], program: Definition, today: date
) -> dict[str, KnownEntry]:
    """What is known of these entries; those without a summary are absent."""
    given = Given()
    numbers = given.add(list(entry_numbers), "text[]")
    sql = f"""SELECT {facts_sql(program, given, given.add(today, "date"))} FROM entries e
        WHERE e.entry_number = ANY({numbers}) AND e.version IS NOT NULL"""
    rows = await bulk.fetch(tx, sql, *given.arguments)
    return {row["entry_number"]: read_known_entry(row) for row in rows}


def read_known_entry(row: Mapping[str, Any]) -> KnownEntry:
    """What the columns of `facts_sql` say."""
    return KnownEntry(
        row["entry_number"],
        row["version"],
        row["importer_number"],
        row["entry_type"],
        row["entry_date"],
        row["center"],
        row["is_suspended"],
        row["is_informal"],
        row["liquidated_on"],
        row["liquidation_posted_on"],
        row["is_payment_known"],
        frozenset(each for each in get_args(Exclusion) if row[each]),
        row["has_overlap"],
        row["is_in_review"],
        cast("Readiness", row["readiness"]),
        row["is_product"],
        row["lifted_on"],
        row["deemed_on"],
    )


async def load_duties(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, dict[int, tuple[SpecialDuty, ...]]]:
    """Duties by heading of every version of these entries."""
    found: defaultdict[str, defaultdict[int, list[SpecialDuty]]] = defaultdict(lambda: defaultdict(list))
    for row in await bulk.fetch(tx, _DUTIES, list(entry_numbers)):
        number, version, *rest = row.values()
        found[number][version].append(SpecialDuty(*rest))
    return {
        number: {version: tuple(duties) for version, duties in versions.items()} for number, versions in found.items()
    }
