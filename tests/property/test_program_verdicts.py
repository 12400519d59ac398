"""Verdicts of programs in SQL are those of the pure rules, on facts and programs that are drawn at random."""

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.domain.law import LAW
from services.liquidation.domain.program.definition import Definition, definition_from_json
from services.liquidation.domain.program.judging import (
    ENTRY_CODES,
    Asked,
    ProgramEntry,
    SpecialDuty,
    Verdict,
    judge,
)
from services.liquidation.domain.protest.timeliness import liquidation_window
from services.liquidation.store.program_facts import KnownEntry, load_duties, load_known_entries
from services.liquidation.store.program_verdicts import AskedRow, VerdictRow, judge_in_sql
from services.liquidation.store.tables.programs import special_duties
from services.liquidation.store.tables.records import entries
from shared.db import bulk
from shared.db.transaction import transaction
from tests.support.events import entry_number

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
TODAY = date(2026, 8, 3)
IMPORTERS = ("07-345678900", "07-345678901")
HEADINGS = ("99030101", "99030124", "99030125", "99030210", "99038815", "9802008068")
TYPES = ("01", "03", "11", "21", "31", "09", "23")
ENTRIES, PROGRAMS = 400, 40


def draw_definition(draw: random.Random) -> Definition:
    intake = draw.choice(("declared", "declared", "automatic", "offered"))
    offering = {"answer_days": draw.choice((None, 0, 30, 120)), "silence": draw.choice(("accept", "drop"))}

    def some(values: tuple[Any, ...], most: int = 3) -> list[Any]:
        return draw.sample(values, draw.randint(0, min(most, len(values))))

    def day(first: date = date(2025, 1, 1), days: int = 600) -> str:
        return (first + timedelta(days=draw.randint(0, days))).isoformat()

    def maybe(value: Any) -> Any:
        return value if draw.random() < 0.5 else None

    cohorts = [
        {
            "name": f"c-{place}",
            "when": {
                "category": maybe(draw.choice(("consumption", "warehouse", "withdrawal", "informal"))),
                "entry_types": some(TYPES) if draw.random() < 0.2 else [],
                "suspended": maybe(draw.random() < 0.5),
                "liquidated": maybe(draw.random() < 0.5),
                "informal": maybe(draw.random() < 0.3) if draw.random() < 0.3 else None,
                "liquidated_days": maybe([draw.choice((0, 0, 81)), draw.choice((80, 200, None))]),
            },
            "act": draw.choice(("refuse", "with-warehouse-entry", "at-cycle", "liquidate", "reliquidate")),
            "on": draw.choice((None, "2026-04-20", "2026-04-20", "2026-09-01")),
            "until": draw.choice((None, None, "2026-05-01")),
            "by": "center",
            "last_day": draw.choice((None, 90)),
            "importers": some(IMPORTERS) if draw.random() < 0.2 else [],
        }
        for place in range(draw.randint(1, 5))
    ]
    return definition_from_json(
        {
            "program": "drawn",
            "title": "Drawn",
            "basis": {"order": "o", "citation": "c"},
            "removes": [
                {
                    "headings": draw.choice(("990301", "99030124", "99030101-99030210", "9903", "98-99")),
                    "entered_from": maybe(day(days=300)) if draw.random() < 0.3 else None,
                    "entered_to": maybe(day(date(2026, 1, 1), 200)) if draw.random() < 0.3 else None,
                }
                for _ in range(draw.randint(1, 3))
            ],
            "except_removes": some(("99030125", "9802")) if draw.random() < 0.4 else [],
            "goods": {
                "origins": some(("CN", "DE")) if draw.random() < 0.3 else [],
                "importers": some(IMPORTERS) if draw.random() < 0.2 else [],
                "tariff_prefixes": some(("84", "0201")) if draw.random() < 0.3 else [],
                "preferences": ["A"] if draw.random() < 0.1 else [],
                "product": "text" if draw.random() < 0.2 else None,
            },
            "entered": {"from": maybe(day(days=200)), "to": maybe(day(date(2026, 2, 1), 150))},
            "intake": intake,
            "offering": offering if intake == "offered" else None,
            "money": {
                "interest": "1505c",
                "small": "by-writer",
                "fees": "as-asserted",
                "base_check": draw.choice(("review", "none")),
            },
            "declaring": {
                "from": "2026-04-20",
                "max_rows": 10,
                "by": draw.choice((["importer"], ["filer-of-entry"], ["importer", "filer-of-entry"])),
            },
            "cohorts": cohorts,
            "excludes": some(("protest-open", "drawback-designated", "lifted-pending", "reconciliation-filed"), 4),
            "exclude_types": some(("09", "23", "11")),
            "corrections": {"lock": True},
            "revives": ["99038815"] if draw.random() < 0.2 else [],
        }
    )


async def fill(engine: AsyncEngine, draw: random.Random) -> list[str]:
    """Entries with everything that verdicts look at, each fact there or not at random."""
    numbers = [entry_number(filer=draw.choice(("B76", "ZZZ"))) for _ in range(ENTRIES)]
    rows, duties, filings, lifted, decided, named = [], [], [], [], [], []
    for place, number in enumerate(numbers):
        code = draw.choice(TYPES)
        entered = date(2025, 1, 1) + timedelta(days=draw.randint(0, 560))
        liquidated = TODAY - timedelta(days=draw.choice((0, 50, 80, 81, 90, 91, 179, 180, 181, 300)))
        is_liquidated = draw.random() < 0.5
        posted = liquidated + timedelta(days=draw.choice((0, 0, 5))) if is_liquidated else None
        rows.append(
            (
                number,
                "scheduled",
                draw.choice((1, 1, 2)),
                draw.choice(IMPORTERS),
                code,
                entered,
                draw.choice((None, entered)),
                draw.choice(("CEE001", None)),
                code == "11",
                draw.random() < 0.2 and not is_liquidated,
                entered if draw.random() < 0.8 else None,
                liquidated if is_liquidated else None,
                posted,
            )
        )
        for line in range(1, draw.randint(1, 3)):
            duties += [
                (
                    number,
                    draw.choice((1, 1, 1, 2)),
                    line,
                    hts,
                    0,
                    draw.choice((0, 937_500)),
                    draw.choice(("CN", "DE")),
                    draw.choice(("8471300100", "0201200200", "")),
                    draw.choice((None, None, "A")),
                    draw.choice((0, 400)),
                    draw.choice((None, 0, 400)),
                )
                for hts in draw.sample(HEADINGS, draw.randint(0, 3))
            ]
        if draw.random() < 0.15:
            kind = draw.choice(("drawback-claim", "reconciliation"))
            filings.append((f"F-{place}", kind, orjson.dumps([number]).decode()))
        if draw.random() < 0.15:
            lifted.append(number)
        if draw.random() < 0.1:
            decided.append(number)
        if draw.random() < 0.15:
            named.append((f"P-{place}", number, draw.random() < 0.6))
    async with transaction(engine) as tx:
        columns = (
            "entry_number",
            "state",
            "version",
            "importer_number",
            "entry_type",
            "entry_date",
            "paid_on",
            "center",
            "is_informal",
            "is_suspended",
            "scheduled_on",
            "liquidated_on",
            "liquidation_posted_on",
        )
        await bulk.copy(tx, entries, columns, rows)
        await bulk.copy(
            tx,
            special_duties,
            tuple(each.name for each in special_duties.columns),
            list({each[:4]: each for each in duties}.values()),
        )
        for filing in filings:
            await bulk.execute(
                tx,
                "INSERT INTO post_entry_filings (filing_number, kind, importer_number, filed_by, entries, received_at,"
                " body, event_at, event_source, event_id) VALUES ($1, $2, '07-345678900', '{}', $3::text::jsonb, now(),"
                " '{}', now(), 's', $1)",
                *filing,
            )
        for number in lifted:
            await bulk.execute(
                tx,
                "INSERT INTO suspensions (entry_number, ground, began_on, authority, is_filed, lift_noticed_on)"
                " VALUES ($1, 'A570012000', '2026-01-05', 'agency', false, $2::date)",
                number,
                TODAY - timedelta(days=draw.choice((0, 3, 4, 61, 90))),
            )
        for number in decided:
            effect = {"effect": {"by_class": [{"class_code": "additional-duty", "change_usd": "-10.00"}]}}
            await bulk.execute(
                tx,
                "INSERT INTO review_decisions (decision_id, entry_number, item_id, process, outcome, duty_cents,"
                " fees_cents, decided_at, event_at, event_source, event_id, status, body) VALUES ($1, $1, 'i', 'p',"
                " 'refund', -1000, 0, now(), now(), 's', $1, 'applied', $2::text::jsonb)",
                number,
                orjson.dumps(effect).decode(),
            )
        for protest, number, is_open in named:
            await bulk.execute(
                tx,
                "INSERT INTO protests (filing_number, state, importer_number, filed_by, entries, received_at,"
                " decide_by, further_review, body, event_at, event_source, event_id, is_open)"
                " VALUES ($1, 'filed', '07-345678900',"
                " '{}', '[]', now(), '2028-01-01', false, '{}', now(), 's', $1, $2)",
                protest,
                is_open,
            )
            await bulk.execute(
                tx,
                "INSERT INTO protest_entries (filing_number, entry_number, timeliness, rule, why)"
                " VALUES ($1, $2, 'timely', 'protest-180', '')",
                protest,
                number,
            )
        for number in draw.sample(numbers, 60):
            await bulk.execute(
                tx,
                "INSERT INTO program_findings (program, entry_number, number, is_product, explanation, found_at,"
                " found_by) VALUES ('drawn', $1, 1, $2, 'x', now(), 'kim')",
                number,
                draw.random() < 0.5,
            )
        await bulk.execute(
            tx,
            "INSERT INTO importer_refund_accounts (importer_number, revision, effective_on, has_ach_enrollment,"
            " has_valid_bank_data, has_paper_waiver, recorded_by) VALUES ($1, 1, '2026-01-01', true, true, false, 'k'),"
            " ($1, 2, '2026-02-01', true, false, false, 'k')",
            IMPORTERS[0],
        )
    return numbers


def judge_purely(
    program: Definition, known: KnownEntry | None, duties: tuple[SpecialDuty, ...], asked: Asked
) -> Verdict:
    if known is None:
        return judge(program, None, asked, TODAY)
    protest_by = None
    if known.liquidated_on is not None:
        protest_by = liquidation_window(known.liquidated_on, known.liquidation_posted_on, None, LAW).safe
    entry = ProgramEntry(
        known.entry_number,
        known.importer_number,
        known.entry_type,
        known.entry_date,
        known.is_suspended,
        known.is_informal,
        known.liquidated_on,
        protest_by,
        duties,
        known.standing,
        known.has_overlap,
        known.is_in_review,
        known.is_payment_known,
        known.readiness,
        known.is_product,
        known.lifted_on,
    )
    return judge(program, entry, asked, TODAY)


@pytest.mark.parametrize("seed", range(2))
async def test_verdicts_in_sql_are_those_of_the_pure_rules(service_engine: MakeEngine, seed: int) -> None:
    draw = random.Random(seed)
    engine = await service_engine("liquidation")
    numbers = [*await fill(engine, draw), entry_number()]
    codes: set[str | None] = set()
    for _ in range(PROGRAMS):
        program = draw_definition(draw)
        async with transaction(engine) as tx:
            known = await load_known_entries(tx, numbers, program, TODAY)
            duties = await load_duties(tx, numbers)
            asked, expected = [], []
            for number in numbers:
                received = TODAY - timedelta(days=draw.choice((0, 3, 60)))
                mine = Asked(
                    "d",
                    datetime(received.year, received.month, received.day, 13, tzinfo=UTC),
                    received,
                    frozenset(draw.sample(IMPORTERS, draw.randint(1, 2))),
                    draw.choice((None, "B76")),
                    "earlier" if draw.random() < 0.05 else None,
                    draw.choice((None, None, "accept", "contest")) if not program.is_asked_for else None,
                    TODAY - timedelta(days=draw.choice((0, 30, 31, 200))) if not program.is_asked_for else None,
                )
                entry = known.get(number)
                found = duties.get(number, {}).get(entry.version, ()) if entry is not None else ()
                verdict = judge_purely(program, entry, found, mine)
                is_entitled = (
                    entry is None
                    or not program.is_asked_for
                    or (
                        ("filer-of-entry" in program.declaring.by and number[:3] == mine.filer)
                        or ("importer" in program.declaring.by and entry.importer_number in mine.importers)
                    )
                )
                is_behind = mine.earlier is not None
                asked.append(AskedRow(number, received, is_entitled, is_behind, mine.answer, mine.offered_on))
                expected.append(
                    VerdictRow(
                        number,
                        verdict.code,
                        verdict.cohort,
                        verdict.removed_cents,
                        verdict.notes,
                        verdict.last_day,
                    )
                )
                codes.add(verdict.code)
            assert await judge_in_sql(tx, program, asked, TODAY, LAW) == sorted(expected)
    # What was drawn has met nearly everything that can be said of an entry.
    assert set(ENTRY_CODES) - codes <= {"surety-paid", "under-correction"}
    assert None in codes
