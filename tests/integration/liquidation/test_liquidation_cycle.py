"""The weekly cycle on a real database."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycle_cuts import run_due_cycles
from services.liquidation.acts.cycles import cycle_day
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.store.cycles import forecast
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.tables.cycles import cycles
from services.liquidation.store.tables.deemed_cases import deemed_cases
from services.liquidation.store.tables.records import entries, legal_events, review_decisions
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.errors import Conflict, Refused
from shared.runtime.together import together
from tests.integration.liquidation.builders import UNWAITED, apply, cycle, published, review_decided, routed, rows
from tests.support.events import FUTURE_WORD, decoded, entry_body, entry_number
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

FRIDAY = date(2027, 1, 15)  # the scheduled date of an entry of 2 March 2026
BEFORE_CUT = "2027-01-14T04:59:59Z"  # Wednesday 23:59:59 in New York
AFTER_CUT = "2027-01-14T05:00:00Z"


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("liquidation")


async def file(engine: AsyncEngine, **changes: Any) -> str:
    number = entry_number()
    await apply(engine, [decoded("entry-filed", entry_body(number, **changes))])
    return number


async def entry(engine: AsyncEngine, number: str) -> Any:
    return next(row for row in await rows(engine, entries) if row.entry_number == number)


async def violations(engine: AsyncEngine) -> dict[str, list[str]]:
    found = await find_violations(engine, RECORD_INVARIANTS)
    return {name: lines for name, lines in found.items() if lines}


async def test_cycle_liquidates_what_is_due_as_entered_and_publishes_valid_events(engine: AsyncEngine) -> None:
    due, later = await file(engine), await file(engine, entry_date="2026-03-20")
    suspended = await file(engine, entry_type="03")
    await apply(engine, [routed(due)])
    figures = await cycle(engine, FRIDAY)
    assert (figures.liquidated, figures.deemed, figures.with_decision) == (1, 0, 0)
    row = await entry(engine, due)
    assert (row.liquidated_on, row.liquidation_kind, row.liquidation_rule) == (FRIDAY, "no-change", "liquidation-date")
    assert (await entry(engine, later)).state == "scheduled"
    assert (await entry(engine, suspended)).state == "suspended"
    event = (await published(engine))[-1]
    data = event.data
    assert (data.entry_number, data.change, data.kind, data.sequence) == (due, "liquidated", "no-change", 10_000_100)
    assert (data.occurred_on, data.center, data.from_state) == (FRIDAY, "CEE007", "scheduled")
    assert (data.effect.duty_usd, data.legal_basis.citation) == ("0.00", "19 CFR 159.9(a)-(c)(1)")
    assert await violations(engine) == {}


async def test_decision_with_an_unknown_outcome_is_kept_and_decides_nothing(engine: AsyncEngine) -> None:
    number = await file(engine)
    decision = review_decided(number, FUTURE_WORD, "500.00", decision_id="d-1")
    assert await apply(engine, [decision]) == []  # neither applied nor refused
    await cycle(engine, FRIDAY)
    (row,) = await rows(engine, review_decisions)
    assert (row.outcome, row.status, row.body["effect"]["duty_usd"]) == (FUTURE_WORD, "unknown-outcome", "500.00")
    assert (await entry(engine, number)).liquidation_kind == "no-change"
    assert await violations(engine) == {}


async def test_decision_with_an_unknown_outcome_after_liquidation_is_refused_like_any_other(
    engine: AsyncEngine,
) -> None:
    number = await file(engine)
    await cycle(engine, FRIDAY)
    decision = review_decided(number, FUTURE_WORD, decision_id="d-1", decided_at="2027-01-20T15:00:00Z")
    (refused,) = await apply(engine, [decision])
    assert refused.data.rule == "reliq-1501"


async def test_cycle_runs_once_whoever_asks_and_however_often(engine: AsyncEngine) -> None:
    await file(engine)
    both = await together(cycle(engine, FRIDAY), cycle(engine, FRIDAY))
    again = await cycle(engine, FRIDAY, days_late=3)
    assert both[0] == both[1] == again
    assert len(await rows(engine, cycles)) == 1
    assert [event.data.change for event in await published(engine)] == ["scheduled", "liquidated"]
    assert len([act for act in await rows(engine, legal_events) if act.event_key == "liquidation"]) == 1


async def test_decisions_before_the_wednesday_cut_take_effect_and_items_add_up(engine: AsyncEngine) -> None:
    number = await file(engine)
    decided = [
        review_decided(number, "increase", "100.00", decision_id="d-1", item_id="value", decided_at=BEFORE_CUT),
        review_decided(number, "refund", "-30.00", decision_id="d-2", item_id="preference"),
        review_decided(number, "increase", "9.00", decision_id="d-3", item_id="preference", decided_at=BEFORE_CUT),
    ]
    await apply(engine, decided)
    figures = await cycle(engine, FRIDAY)
    row = await entry(engine, number)
    assert (figures.with_decision, row.liquidation_kind, row.effect_duty_cents) == (1, "increase", 7000)
    statuses = {each.decision_id: each.status for each in await rows(engine, review_decisions)}
    assert statuses == {"d-1": "effective", "d-2": "effective", "d-3": "superseded"}
    assert (await published(engine))[-1].data.effect.duty_usd == "70.00"
    assert await violations(engine) == {}


async def test_decision_after_the_cut_is_refused_with_its_remedy_when_the_entry_liquidates(engine: AsyncEngine) -> None:
    number = await file(engine)
    await apply(engine, [review_decided(number, "refund", "-30.00", decision_id="d-1", decided_at=AFTER_CUT)])
    figures = await cycle(engine, FRIDAY)
    assert (figures.with_decision, figures.decisions_refused) == (0, 1)
    assert (await entry(engine, number)).liquidation_kind == "no-change"
    refused = (await published(engine))[-1].data
    assert (refused.decision_id, refused.rule) == ("d-1", "reliq-1501")
    assert refused.remedy == "The entry was liquidated on 2027-01-15: reliquidation within 90 days, by 2027-04-15."


async def test_entry_past_its_year_is_deemed_liquidated_as_of_the_anniversary(engine: AsyncEngine) -> None:
    number = await file(engine)
    await apply(engine, [review_decided(number, "increase", "30.00", decision_id="d-1")])
    figures = await cycle(engine, date(2027, 3, 5))
    row = await entry(engine, number)
    assert (figures.deemed, figures.liquidated, figures.decisions_refused) == (1, 0, 1)
    assert (row.liquidated_on, row.liquidation_posted_on) == (date(2027, 3, 2), date(2027, 3, 5))
    assert (row.liquidation_kind, row.effect_duty_cents) == ("deemed", 0)
    by_change = [event.data.change for event in await published(engine) if hasattr(event.data, "change")]
    assert by_change[-1] == "deemed-liquidated"
    assert await violations(engine) == {}


async def test_year_that_ends_on_the_cycle_day_is_still_open(engine: AsyncEngine) -> None:
    number = await file(engine, entry_date="2026-03-05")
    await cycle(engine, date(2027, 3, 5))
    assert (await entry(engine, number)).liquidation_kind == "no-change"


async def test_informal_entry_is_liquidated_as_of_its_payment(engine: AsyncEngine) -> None:
    number = await file(engine, entry_type="11", paid_on="2026-03-10")
    await cycle(engine, date(2026, 3, 13))
    row = await entry(engine, number)
    assert (row.liquidated_on, row.liquidation_posted_on) == (date(2026, 3, 10), date(2026, 3, 13))
    assert row.liquidation_rule == "liquidation-date-informal"


async def test_entry_filed_after_the_day_of_posting_waits_for_a_later_cycle(engine: AsyncEngine) -> None:
    number = await file(engine, entry_type="11", paid_on="2026-02-10")
    assert (await cycle(engine, date(2026, 2, 13), days_late=7)).liquidated == 0
    assert (await cycle(engine, date(2026, 3, 6))).liquidated == 1
    assert (await entry(engine, number)).liquidated_on == date(2026, 2, 10)


async def test_not_a_friday_not_yet_and_out_of_order_are_refused(engine: AsyncEngine) -> None:
    with pytest.raises(Refused, match="not a Friday") as refused:
        await cycle(engine, date(2026, 8, 12))
    assert refused.value.remedy == "Name the cycle by its Friday: 2026-08-07 or 2026-08-14."
    with pytest.raises(Refused, match="has not come"):
        await cycle(engine, FRIDAY, days_late=-7)
    await cycle(engine, FRIDAY)
    with pytest.raises(Conflict, match="has run already"):
        await cycle(engine, date(2027, 1, 8))


async def test_cycle_that_missed_its_friday_posts_on_the_day_on_which_it_runs(engine: AsyncEngine) -> None:
    """liquidation-date [S], 19 CFR 159.9(c)(1): of 180 days to protest none is lost (protest-180 [S])."""
    number = await file(engine)
    done = await cycle(engine, FRIDAY, days_late=10)
    assert (done.cycle_on, done.posted_on, done.liquidated) == (FRIDAY, date(2027, 1, 25), 1)
    row = await entry(engine, number)
    assert (row.liquidated_on, row.liquidation_posted_on) == (date(2027, 1, 25), date(2027, 1, 25))
    assert row.liquidation_cycle_on == FRIDAY
    told = (await published(engine))[-1].data
    assert {told.occurred_on, told.liquidated_on, told.posted_on} == {date(2027, 1, 25)}
    assert told.protest_by == date(2027, 7, 24)
    assert await violations(engine) == {}


async def test_late_cycle_takes_what_was_due_and_decided_by_its_own_friday(engine: AsyncEngine) -> None:
    decided, later = await file(engine), await file(engine, entry_date="2026-03-09")  # scheduled for 22 January
    await apply(
        engine,
        [
            review_decided(decided, "increase", "30.00", decision_id="d-1", decided_at=BEFORE_CUT),
            review_decided(decided, "increase", "9.00", decision_id="d-2", item_id="value", decided_at=AFTER_CUT),
        ],
    )
    figures = await cycle(engine, FRIDAY, days_late=10)
    assert (figures.liquidated, figures.with_decision, figures.decisions_refused) == (1, 1, 1)
    assert (await entry(engine, decided)).effect_duty_cents == 3000
    assert (await entry(engine, later)).state == "scheduled"


async def test_period_that_ended_between_the_friday_and_the_posting_is_deemed(engine: AsyncEngine) -> None:
    """liquidation-date-deemed [S], 19 CFR 159.9(c)(2)(i): nobody liquidated within the year, though a cycle was due."""
    ended, open_still = await file(engine, entry_date="2026-01-20"), await file(engine, entry_date="2026-01-25")
    figures = await cycle(engine, FRIDAY, days_late=10)
    assert (figures.deemed, figures.liquidated) == (1, 1)
    row = await entry(engine, ended)
    assert (row.liquidation_kind, row.liquidated_on) == ("deemed", date(2027, 1, 20))
    assert row.liquidation_posted_on == date(2027, 1, 25)
    (case,) = await rows(engine, deemed_cases)
    assert (case.entry_number, case.found_on) == (ended, date(2027, 1, 25))
    assert (await entry(engine, open_still)).liquidated_on == date(2027, 1, 25)
    assert await violations(engine) == {}


@pytest.mark.parametrize(
    ("changes", "friday", "in_law", "protest_by"),
    [
        ({}, date(2027, 3, 5), date(2027, 3, 2), date(2027, 8, 29)),
        ({"entry_type": "11", "paid_on": "2026-03-10"}, date(2026, 3, 13), date(2026, 3, 10), date(2026, 9, 6)),
    ],
)
async def test_event_parts_the_day_in_law_from_the_day_of_posting(
    engine: AsyncEngine, changes: dict[str, Any], friday: date, in_law: date, protest_by: date
) -> None:
    """protest-deemed [U]: the safe day counts from the day in law, whenever the notice was posted."""
    await file(engine, **changes)
    await cycle(engine, friday)
    told = (await published(engine))[-1].data
    assert (told.occurred_on, told.liquidated_on, told.posted_on) == (in_law, in_law, friday)
    assert told.protest_by == protest_by


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cycles SET posted_on = posted_on + 7",
        "UPDATE entries SET liquidation_posted_on = liquidation_cycle_on",
        "UPDATE entries SET liquidation_posted_on = liquidated_on - 1, liquidation_cycle_on = NULL",
    ],
)
async def test_planned_day_that_stands_as_the_day_of_posting_is_found(engine: AsyncEngine, change: str) -> None:
    await file(engine)
    await cycle(engine, FRIDAY, days_late=10)
    assert await violations(engine) == {}
    async with transaction(engine) as tx:
        await tx.connection.execute(text(change))
    assert "posted-when-it-ran" in await violations(engine)


async def test_cycle_by_an_earlier_release_counts_as_posted_on_its_friday(engine: AsyncEngine) -> None:
    await cycle(engine, FRIDAY, days_late=10)
    async with transaction(engine) as tx:
        await tx.connection.execute(text("UPDATE cycles SET posted_on = NULL"))
    again = await cycle(engine, FRIDAY, days_late=10)
    assert (again.cycle_on, again.posted_on) == (FRIDAY, FRIDAY)


async def test_automatic_cycle_is_that_of_the_latest_friday_and_takes_what_missed_ones_left(
    engine: AsyncEngine,
) -> None:
    clock = FixedClock(datetime(2026, 8, 12, 12, tzinfo=UTC))
    first = await run_due_cycles(engine, UNWAITED, clock, POLICY)
    assert first is not None
    assert (first.cycle_on, first.posted_on) == (date(2026, 8, 7), date(2026, 8, 12))
    assert await run_due_cycles(engine, UNWAITED, clock, POLICY) is None
    missed = await file(engine, entry_date="2025-10-01")  # scheduled for 14 August
    clock.advance(timedelta(days=14))
    done = await run_due_cycles(engine, UNWAITED, clock, POLICY)
    assert done is not None
    assert (done.cycle_on, done.posted_on, done.liquidated) == (date(2026, 8, 21), date(2026, 8, 26), 1)
    assert (await entry(engine, missed)).liquidated_on == date(2026, 8, 26)
    assert [row.cycle_on for row in await rows(engine, cycles)] == [date(2026, 8, 7), date(2026, 8, 21)]


async def test_forecast_says_what_the_cycle_then_does(engine: AsyncEngine) -> None:
    number = await file(engine)
    await file(engine, entry_date="2025-11-01")
    await file(engine, entry_type="03")
    await apply(engine, [review_decided(number, "refund", "-1.00", decision_id="d-1")])
    async with transaction(engine) as tx:
        counts = await forecast(tx, cycle_day(FRIDAY, FRIDAY))
    done = await cycle(engine, FRIDAY)
    assert (counts.deemed, counts.liquidated, counts.with_decision, counts.suspended) == (1, 1, 1, 1)
    assert (done.deemed, done.liquidated, done.with_decision) == (1, 1, 1)


async def test_forecast_of_a_missed_friday_says_what_a_cycle_of_today_does(engine: AsyncEngine) -> None:
    await file(engine, entry_date="2026-01-20")  # its year ends between the Friday and today
    async with transaction(engine) as tx:
        on_its_day = await forecast(tx, cycle_day(FRIDAY, FRIDAY))
        late = await forecast(tx, cycle_day(FRIDAY, date(2027, 1, 25)))
    assert (on_its_day.deemed, on_its_day.liquidated) == (0, 1)
    assert (late.deemed, late.liquidated) == (1, 0)
    assert (await cycle(engine, FRIDAY, days_late=10)).deemed == 1


async def test_due_entries_are_found_by_their_indexes(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await tx.connection.execute(
            text(
                """
                INSERT INTO entries (entry_number, state, governed_at, scheduled_on, deemed_on, liquidated_on)
                SELECT 'X' || n, 'scheduled', now(), DATE '2026-01-02' + n % 700, DATE '2026-03-02' + n % 700,
                    CASE WHEN n % 10 > 0 THEN DATE '2026-01-02' END
                FROM generate_series(1, 60000) AS n
                """
            )
        )
        await tx.connection.execute(text("ANALYZE entries"))
        runs = "liquidated_on IS NULL AND NOT is_suspended AND governed_at < now()"
        for column, index in (("scheduled_on", "entries_due"), ("least(act_by, deemed_on)", "entries_expiring")):
            plan = await tx.connection.execute(
                text(f"EXPLAIN SELECT * FROM entries WHERE {runs} AND {column} <= DATE '2026-01-20'")
            )
            assert index in "\n".join(row[0] for row in plan)
        plan = await tx.connection.execute(
            text("EXPLAIN SELECT * FROM entries WHERE state = 'clock-unknown' ORDER BY entry_number LIMIT 50")
        )
        assert "entries_clock_unknown" in "\n".join(row[0] for row in plan)
