"""Hold sets on a real database: what a predicate matches, and what the cycle then leaves and takes."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycles import cycle_day, next_cycle
from services.liquidation.domain.predicate import (
    EntryPredicate,
    HeadingSet,
    describe,
    predicate_from_json,
    predicate_to_json,
    read_heading_range,
)
from services.liquidation.store import hold_sets as holds
from services.liquidation.store.cycles import forecast
from services.liquidation.store.hold_sets import HoldSet
from services.liquidation.store.pictures import load_holds
from services.liquidation.store.predicates import compile_predicate
from services.liquidation.store.tables.hold_sets import held_entries
from services.liquidation.store.tables.lines import entry_lines
from services.liquidation.store.tables.records import entries
from shared.db import bulk
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import EVERYTHING, Reach, reach_of
from shared.runtime.identity import Identity, RoleName
from tests.integration.liquidation.builders import apply, cycle, routed, rows
from tests.support.events import decoded, entry_body, entry_number, line

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

FRIDAY = date(2027, 1, 15)  # the scheduled date of an entry of 2 March 2026
NEXT = date(2027, 1, 22)
BEFORE_CUT = datetime(2027, 1, 14, 4, 59, 59, tzinfo=UTC)  # Wednesday 23:59:59 in New York
AFTER_CUT = datetime(2027, 1, 14, 5, tzinfo=UTC)


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("liquidation")


async def file(engine: AsyncEngine, **changes: Any) -> str:
    number = entry_number()
    await apply(engine, [decoded("entry-filed", entry_body(number, **changes))])
    return number


def headings(*within: str, but: str | None = None) -> HeadingSet:
    return HeadingSet(tuple(map(read_heading_range, within)), (read_heading_range(but),) if but else ())


async def stand(
    engine: AsyncEngine,
    predicate: EntryPredicate,
    *,
    applied_at: datetime = datetime(2026, 12, 1, tzinfo=UTC),
    lifted_at: datetime | None = None,
    hold_set_id: str = "h-1",
) -> None:
    hold_set = HoldSet(
        hold_set_id,
        revision=2,
        name="SYNTHETIC HOLD",
        predicate=predicate,
        reason="a test",
        state="applied",
        made_at=applied_at,
        made_by="kim",
        applied_at=applied_at,
        lifted_at=lifted_at,
    )
    async with transaction(engine) as tx:
        await holds.write_hold_set(tx, hold_set)


async def matched(engine: AsyncEngine, predicate: EntryPredicate) -> set[str]:
    condition = compile_predicate(predicate)
    async with transaction(engine) as tx:
        found = await bulk.fetch(
            tx, f"SELECT e.entry_number FROM entries e WHERE {condition.sql}", *condition.arguments
        )
    return {row["entry_number"] for row in found}


async def state(engine: AsyncEngine, number: str) -> str:
    found = next(row for row in await rows(engine, entries) if row.entry_number == number)
    return str(found.state)


DUTY = line(
    tariffs=[
        {"hts": "8471300100", "value_usd": 1000, "duty_usd": "0.00"},
        {"hts": "99038815", "value_usd": 0, "duty_usd": "75.00"},
    ]
)
OF_CASE = line(
    2,
    hts="7306305020",
    country_of_origin="KR",
    cases=[{"case_number": "A580809000", "rate_pct": "25.00", "deposit_usd": "250.00"}],
)


@pytest.mark.parametrize(
    ("predicate", "is_matched"),
    [
        (EntryPredicate(duty_heading="990388"), True),
        (EntryPredicate(duty_heading="99038815"), True),
        (EntryPredicate(duty_heading="990301"), False),
        (EntryPredicate(tariff_prefix="8471"), True),
        (EntryPredicate(tariff_prefix="8471", duty_heading="9903"), True),
        (EntryPredicate(tariff_prefix="7306", duty_heading="9903"), False),  # both on the entry, on different lines
        (EntryPredicate(tariff_prefix="8471", origin="CN"), True),
        (EntryPredicate(tariff_prefix="8471", origin="KR"), False),
        (EntryPredicate(headings=headings("990385-990388")), True),
        (EntryPredicate(headings=headings("99038816-99038899")), False),
        (
            EntryPredicate(headings=headings("9903", but="99038815")),
            False,
        ),
        (EntryPredicate(headings=headings("8471-9903", but="9903")), True),
        (EntryPredicate(headings=headings("9903"), tariff_prefix="7306"), False),
        (EntryPredicate(case_numbers=("A570012000", "A580809000")), True),
        (EntryPredicate(case_numbers=("A580809000",), case_prefix="C"), False),
        (EntryPredicate(surety_code="036"), True),
        (EntryPredicate(origin="KR", case_prefix="A580"), True),
        (EntryPredicate(origin="CN", case_prefix="A580"), False),
        (EntryPredicate(case_prefix="C580"), False),
        (EntryPredicate(importer_number="07-345678900"), True),
        (EntryPredicate(importer_number="07-345678911"), False),
        (EntryPredicate(entered_from=date(2026, 3, 2), entered_to=date(2026, 3, 2)), True),
        (EntryPredicate(entered_from=date(2026, 3, 3)), False),
        (EntryPredicate(entered_to=date(2026, 3, 1)), False),
        (EntryPredicate(port_of_entry="2704", entry_type="01", filer_code="B76", center="CEE007"), True),
        (EntryPredicate(filer_code="B77"), False),
        (EntryPredicate(), False),
    ],
    ids=lambda value: describe(value) or "nothing" if isinstance(value, EntryPredicate) else "",
)
async def test_predicate_matches_entries_by_all_its_parts_and_goods_by_one_line(
    engine: AsyncEngine, predicate: EntryPredicate, is_matched: bool
) -> None:
    number = await file(engine, lines=[DUTY, OF_CASE])
    await apply(engine, [routed(number)])
    assert await matched(engine, predicate) == ({number} if is_matched else set())
    assert predicate_from_json(predicate_to_json(predicate)) == predicate


async def test_predicate_looks_at_the_version_that_governs(engine: AsyncEngine) -> None:
    number = await file(engine, lines=[DUTY])
    body = entry_body(number, version=2, reasons=["H06"])
    await apply(engine, [decoded("entry-corrected", body, time="2026-04-01T12:00:00Z")])
    assert await matched(engine, EntryPredicate(duty_heading="9903")) == set()
    assert await matched(engine, EntryPredicate(tariff_prefix="8471")) == {number}


async def test_lines_follow_the_event_that_a_version_rests_on(engine: AsyncEngine) -> None:
    number = entry_number()
    late = decoded("entry-filed", entry_body(number, lines=[DUTY]), time="2026-03-02T20:00:00Z")
    early = decoded("entry-filed", entry_body(number), time="2026-03-02T19:00:00Z")
    await apply(engine, [late])
    await apply(engine, [early])
    assert [row.hts for row in await rows(engine, entry_lines)] == ["8471300100"]


async def test_cycle_leaves_what_a_hold_set_matches_and_takes_it_when_lifted(engine: AsyncEngine) -> None:
    held, free = await file(engine, lines=[DUTY]), await file(engine)
    await stand(engine, EntryPredicate(duty_heading="990388"), lifted_at=datetime(2027, 1, 18, tzinfo=UTC))
    async with transaction(engine) as tx:
        counts = await forecast(tx, cycle_day(FRIDAY, FRIDAY))
    assert (counts.held, counts.liquidated, counts.total("duty_cents")) == (1, 1, 2500)
    assert (await cycle(engine, FRIDAY)).liquidated == 1
    assert (await state(engine, held), await state(engine, free)) == ("scheduled", "liquidated")
    (row,) = await rows(engine, held_entries)
    assert (row.entry_number, row.first_held_on, row.is_overridden) == (held, FRIDAY, False)
    assert (await cycle(engine, NEXT)).liquidated == 1
    assert await state(engine, held) == "liquidated"
    async with reading(engine) as connection:
        seen_on = await load_holds(connection, [held, free])
        (seen,) = seen_on[held]
        assert free not in seen_on
    assert (seen.name, seen.last_held_on) == ("SYNTHETIC HOLD", FRIDAY)


async def test_entry_filed_after_the_set_was_applied_is_held_too(engine: AsyncEngine) -> None:
    await stand(engine, EntryPredicate(duty_heading="990388"), applied_at=datetime(2026, 1, 1, tzinfo=UTC))
    number = await file(engine, lines=[DUTY])
    assert (await cycle(engine, FRIDAY)).liquidated == 0
    assert await state(engine, number) == "scheduled"


@pytest.mark.parametrize(("applied_at", "liquidated"), [(BEFORE_CUT, 0), (AFTER_CUT, 1)])
async def test_hold_set_is_obeyed_when_applied_by_the_cut(
    engine: AsyncEngine, applied_at: datetime, liquidated: int
) -> None:
    await file(engine, lines=[DUTY])
    await stand(engine, EntryPredicate(origin="CN"), applied_at=applied_at)
    assert (await cycle(engine, FRIDAY)).liquidated == liquidated


async def test_hold_set_that_was_lifted_after_the_cut_still_holds(engine: AsyncEngine) -> None:
    await file(engine, lines=[DUTY])
    await stand(engine, EntryPredicate(origin="CN"), lifted_at=AFTER_CUT)
    assert (await cycle(engine, FRIDAY)).liquidated == 0


@pytest.mark.parametrize(("friday", "liquidated"), [(date(2027, 2, 19), 0), (date(2027, 2, 26), 1)])
async def test_end_of_the_period_beats_a_hold_in_the_last_cycle_before_it(
    engine: AsyncEngine, friday: date, liquidated: int
) -> None:
    number = await file(engine, lines=[DUTY])  # deemed liquidated after 2 March 2027, a Tuesday
    await stand(engine, EntryPredicate(origin="CN"))
    async with transaction(engine) as tx:
        counts = await forecast(tx, cycle_day(friday, friday))
    figures = await cycle(engine, friday)
    assert (counts.liquidated, counts.despite_hold, figures.liquidated) == (liquidated, liquidated, liquidated)
    assert figures.deemed == 0
    (row,) = await rows(engine, held_entries)
    assert row.is_overridden is (liquidated == 1)
    assert await state(engine, number) == ("liquidated" if liquidated else "scheduled")


async def test_informal_entries_are_never_held(engine: AsyncEngine) -> None:
    await file(engine, entry_type="11", paid_on="2026-03-10")
    await stand(engine, EntryPredicate(origin="CN"), applied_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert (await cycle(engine, date(2026, 3, 13))).liquidated == 1


async def test_two_hold_sets_hold_together(engine: AsyncEngine) -> None:
    one, both = await file(engine, lines=[line(country_of_origin="VN")]), await file(engine, lines=[DUTY])
    await stand(engine, EntryPredicate(origin="VN"))
    await stand(engine, EntryPredicate(duty_heading="9903"), hold_set_id="h-2")
    await stand(engine, EntryPredicate(origin="CN"), hold_set_id="h-3")
    async with transaction(engine) as tx:
        assert (await forecast(tx, cycle_day(FRIDAY, FRIDAY))).held == 2
    await cycle(engine, FRIDAY)
    found = {(row.entry_number, row.hold_set_id) for row in await rows(engine, held_entries)}
    assert found == {(one, "h-1"), (both, "h-2"), (both, "h-3")}


async def test_preview_counts_money_by_center_and_horizon(engine: AsyncEngine) -> None:
    number = await file(engine, lines=[DUTY])
    await file(engine, entry_type="03", lines=[DUTY])
    await apply(engine, [routed(number)])
    async with transaction(engine) as tx:
        lines = await holds.preview(tx, EntryPredicate(duty_heading="99038815"), date(2027, 1, 10), FRIDAY)
    shown = [(each.center, each.horizon, each.entries, each.suspended, each.due, each.duty_cents) for each in lines]
    assert shown == [("CEE007", "60", 1, 0, 1, 7500), (None, "no date", 1, 1, 0, 7500)]


def test_next_cycle_is_the_first_whose_cut_is_to_come() -> None:
    assert next_cycle(BEFORE_CUT) == FRIDAY
    assert next_cycle(AFTER_CUT) == NEXT


FEW = HeadingSet((*headings("84005000-84005002").ranges, *headings("84100000").ranges), headings("84005001").ranges)
SELECTIVE = (
    (EntryPredicate(tariff_prefix="84005000"), "entry_lines_hts"),
    (EntryPredicate(case_prefix="A57000010"), "entry_lines_case"),
    (EntryPredicate(case_numbers=("A570000100", "A570000200")), "entry_lines_case"),
    (EntryPredicate(case_numbers=("A570000100",), manufacturer_ids=("CNSYNTH123SHE",)), "entry_lines_case"),
    (EntryPredicate(headings=FEW), "entry_lines_hts"),
    (EntryPredicate(headings=FEW, exporter_ids=("CNEXPORT99SHE",)), "entry_lines_hts"),
    (EntryPredicate(importer_number="importer 7"), "entries_importer_period"),
    (EntryPredicate(entered_from=date(2026, 2, 1), entered_to=date(2026, 2, 1)), "entries_day"),
    (EntryPredicate(filer_code="B77"), "entries_pkey"),
)
"""Predicates that mean few entries, with the index by which those are found."""
WIDE = (EntryPredicate(origin="CN"), EntryPredicate(tariff_prefix="84"), EntryPredicate(entered_from=date(2026, 1, 2)))
"""Predicates that mean all of them: a page of those goes along the entry number, and ends when it is full."""


async def fill_many(tx: Transaction) -> None:
    """60,000 entries of one line each, 2,000 importers, one filer with one of a thousand."""
    await tx.connection.execute(
        text(
            """
            INSERT INTO entries (entry_number, state, version, governed_at, importer_number, entry_date, deemed_on,
                duty_cents, fees_cents)
            SELECT CASE WHEN n % 1000 = 0 THEN 'B77' ELSE 'B76' END || lpad(n::text, 8, '0'), 'scheduled', 1,
                now(), 'importer ' || n % 2000, DATE '2026-01-02' + n / 200, DATE '2027-01-02' + n / 200, 100, 100
            FROM generate_series(1, 60000) AS n
            """
        )
    )
    await tx.connection.execute(
        text(
            """
            INSERT INTO entry_lines (entry_number, version, line_number, hts, case_number, origin)
            SELECT CASE WHEN n % 1000 = 0 THEN 'B77' ELSE 'B76' END || lpad(n::text, 8, '0'), 1, 1,
                (8400000000 + n * 10)::text, CASE WHEN n % 100 = 0 THEN 'A' || 570000000 + n ELSE '' END, 'CN'
            FROM generate_series(1, 60000) AS n
            """
        )
    )
    await tx.connection.execute(text("ANALYZE entries, entry_lines"))


async def test_selective_predicates_go_by_index(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await fill_many(tx)
        for predicate, index in SELECTIVE:
            condition = compile_predicate(predicate)
            plan = await bulk.fetch(
                tx,
                f"EXPLAIN SELECT * FROM entries e WHERE e.liquidated_on IS NULL AND {condition.sql}",
                *condition.arguments,
            )
            assert index in "\n".join(row[0] for row in plan), describe(predicate)


async def plans_of_matched(
    tx: Transaction, monkeypatch: pytest.MonkeyPatch, predicate: EntryPredicate, reach: Reach, after: str | None
) -> str:
    """The plan of a page of `list_matched`, as its statement is sent."""
    sent: list[tuple[str, tuple[Any, ...]]] = []
    fetch = bulk.fetch

    async def note(tx: Transaction, statement: str, *arguments: Any) -> list[Any]:
        sent.append((statement, arguments))
        return await fetch(tx, statement, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(bulk, "fetch", note)
        day = date(2026, 12, 1)
        await holds.list_matched(tx, predicate, day, FRIDAY, reach, horizon=None, after=after, limit=21)
    [(statement, arguments)] = sent
    analyzed = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) "
    return "\n".join(row[0] for row in await fetch(tx, analyzed + statement, *arguments))


async def test_a_page_of_matched_entries_goes_by_index_and_ends_when_it_is_full(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    center = reach_of(
        Identity("kim", "Kim", frozenset({RoleName.ENTRY_SPECIALIST}), centers=frozenset({"CEE007"})),
        "entry.read",
        date(2026, 12, 1),
    )
    async with transaction(engine) as tx:
        await fill_many(tx)
        await tx.connection.execute(text("UPDATE entries SET center = 'CEE007' WHERE entry_number LIKE '%7'"))
        await tx.connection.execute(text("ANALYZE entries"))
        for reach in (EVERYTHING, center):
            for predicate, index in SELECTIVE:
                plan = await plans_of_matched(tx, monkeypatch, predicate, reach, None)
                assert index in plan, (describe(predicate), plan)
                assert "Seq Scan on entries e" not in plan, (describe(predicate), plan)
            for predicate in WIDE:
                for after in (None, "B7600030000"):
                    plan = await plans_of_matched(tx, monkeypatch, predicate, reach, after)
                    assert "entries_pkey" in plan, (describe(predicate), plan)
                    assert "Seq Scan" not in plan, (describe(predicate), plan)
                    removed = [int(each.rpartition(" ")[2]) for each in plan.splitlines() if "Rows Removed" in each]
                    assert sum(removed) < 3_000, (describe(predicate), plan)
