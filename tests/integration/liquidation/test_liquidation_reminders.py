"""Reminders of days that come near: each at its distances once, and none of a day that moved or was met."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.reminders import remind
from services.liquidation.domain.law import LAW
from services.liquidation.domain.reminders import REMINDABLE, USUAL, ReminderPolicy
from services.liquidation.store.tables.reminders import reminders
from shared.runtime.clock import FixedClock
from tests.integration.liquidation import test_liquidation_api as api
from tests.integration.liquidation import test_liquidation_money_api as money
from tests.integration.liquidation.builders import apply, cycle, published, routed, rows
from tests.integration.liquidation.test_liquidation_api import Desk
from tests.integration.liquidation.test_liquidation_requests import issued, letter_changed
from tests.integration.liquidation.test_liquidation_seen import file

desk = api.desk
money_desk = money.desk

POLICY = ReminderPolicy(frozenset(USUAL), (30, 14, 7, 1))
DUE = date(2027, 1, 19)


async def run(engine: AsyncEngine, on: date, policy: ReminderPolicy = POLICY) -> int:
    clock = FixedClock(datetime(on.year, on.month, on.day, 18, tzinfo=UTC))
    return await remind(engine, clock, LAW, policy)


async def told(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    near = [event.data for event in await published(engine) if event.type.endswith("deadline-near.v1")]
    return [(each.change, each.code, str(each.due_on), each.days_before, str(each.overtaken_on)) for each in near]


async def ask(desk: Any) -> str:
    """An entry with a CBP 28 to be answered by 19 January 2027."""
    number = await file(desk, entered="2026-03-02")
    await apply(desk.engine, [routed(number), issued("request-1", "item-1", [number])])
    return number


async def test_party_is_reminded_30_14_7_and_1_days_before_and_each_time_once(desk: Desk) -> None:
    number = await ask(desk)
    day = date(2026, 12, 18)
    while day <= DUE + timedelta(days=2):
        await run(desk.engine, day)
        await run(desk.engine, day)
        day += timedelta(days=1)
    assert await told(desk.engine) == [
        ("near", "cf28-reply-due", "2027-01-19", 30, "2027-01-05"),
        ("near", "cf28-reply-due", "2027-01-19", 14, "2027-01-12"),
        ("near", "cf28-reply-due", "2027-01-19", 7, "2027-01-18"),
        ("near", "cf28-reply-due", "2027-01-19", 1, "2027-01-20"),
    ]
    (event, *_) = [each for each in await published(desk.engine) if each.type.endswith("deadline-near.v1")]
    assert (event.data.entry_number, event.data.importer_number, event.data.center) == (
        number,
        "07-345678900",
        "CEE007",
    )
    assert event.data.legal_basis.citation
    assert event.data.if_nothing_is_done.startswith("CBP may decide on what it has")


async def test_day_that_was_answered_is_reminded_of_no_more_and_what_was_told_is_withdrawn(desk: Desk) -> None:
    number = await ask(desk)
    await run(desk.engine, date(2026, 12, 20))
    answered = letter_changed("request-1", "item-1", [number], 2, "answered", "2026-12-23", due_on=DUE.isoformat())
    await apply(desk.engine, [answered])
    for day in (date(2026, 12, 23), date(2027, 1, 5), date(2027, 1, 18)):
        await run(desk.engine, day)
    assert [each[0] for each in await told(desk.engine)] == ["near", "withdrawn"]


async def test_day_that_moved_is_withdrawn_and_has_reminders_of_its_own(desk: Desk) -> None:
    number = await ask(desk)
    await run(desk.engine, date(2026, 12, 20))
    extended = letter_changed("request-1", "item-1", [number], 2, "extended", "2027-01-04", due_on="2027-02-08")
    await apply(desk.engine, [extended])
    for day in (date(2027, 1, 5), date(2027, 1, 9), date(2027, 1, 18), date(2027, 1, 25)):
        await run(desk.engine, day)
    assert [(change, due, distance) for change, _, due, distance, _ in await told(desk.engine)] == [
        ("near", "2027-01-19", 30),
        ("withdrawn", "2027-01-19", 0),
        ("near", "2027-02-08", 30),
        ("near", "2027-02-08", 14),
    ]


async def test_day_that_stands_is_not_withdrawn_when_the_operator_has_others_reminded_of(desk: Desk) -> None:
    number = await ask(desk)
    await run(desk.engine, date(2026, 12, 20))
    others = ReminderPolicy(frozenset({"bill-due"}), (30, 14, 7, 1))
    await run(desk.engine, date(2026, 12, 21), others)
    assert [each[0] for each in await told(desk.engine)] == ["near"]
    answered = letter_changed("request-1", "item-1", [number], 2, "answered", "2026-12-23", due_on=DUE.isoformat())
    await apply(desk.engine, [answered])
    await run(desk.engine, date(2026, 12, 23), others)
    assert [each[0] for each in await told(desk.engine)] == ["near", "withdrawn"]


async def test_day_that_comes_back_is_reminded_of_again_and_withdrawn_again(desk: Desk) -> None:
    number = await ask(desk)
    await run(desk.engine, date(2026, 12, 20))
    moves = (("2026-12-23", "2027-02-28"), ("2026-12-28", DUE.isoformat()), ("2027-01-08", "2027-02-28"))
    for sequence, (on, due_on) in enumerate(moves, start=2):
        moved = letter_changed("request-1", "item-1", [number], sequence, "extended", on, due_on=due_on)
        await apply(desk.engine, [moved])
        await run(desk.engine, date.fromisoformat(on))
        if due_on == DUE.isoformat():
            await run(desk.engine, date(2027, 1, 5))
    of_day = [each for each in await published(desk.engine) if each.type.endswith("deadline-near.v1")]
    changes = [(each.data.change, each.data.days_before) for each in of_day if each.data.due_on == DUE]
    assert changes == [("near", 30), ("withdrawn", 0), ("near", 14), ("withdrawn", 0)]
    assert len({each.id for each in of_day}) == len(of_day)


async def test_after_a_pause_only_the_nearest_reminder_that_is_still_true_is_told(desk: Desk) -> None:
    await ask(desk)
    await run(desk.engine, date(2026, 12, 18))
    await run(desk.engine, date(2027, 1, 15))
    assert [each[3] for each in await told(desk.engine)] == [7]
    await run(desk.engine, date(2027, 1, 18))
    assert [each[3] for each in await told(desk.engine)] == [7, 1]


async def test_pause_over_the_day_itself_tells_nothing_of_it(desk: Desk) -> None:
    await ask(desk)
    await run(desk.engine, date(2026, 12, 18))
    await run(desk.engine, date(2027, 1, 20))
    assert await told(desk.engine) == []


async def test_what_came_near_before_the_first_run_and_what_began_nearer_than_a_distance_is_not_told_late(
    desk: Desk,
) -> None:
    await ask(desk)
    await run(desk.engine, date(2026, 12, 28))
    await run(desk.engine, date(2026, 12, 29))
    assert await told(desk.engine) == []


async def test_run_that_ends_in_the_middle_goes_on_and_repeats_nothing(desk: Desk) -> None:
    await ask(desk)
    await run(desk.engine, date(2026, 12, 20))
    async with desk.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM reminder_runs")
    await run(desk.engine, date(2026, 12, 20))
    assert len(await told(desk.engine)) == 1
    assert len(await rows(desk.engine, reminders)) == 1


async def test_bill_is_reminded_of_until_it_is_paid(money_desk: money.Desk) -> None:
    number = await money_desk.liquidate("1000.00")
    await apply(money_desk.engine, [routed(number)])
    await run(money_desk.engine, date(2026, 2, 1))
    assert await told(money_desk.engine) == [("near", "bill-due", "2026-02-15", 14, "2026-02-08")]
    async with money_desk.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE bills SET open_cents = 0")
    await run(money_desk.engine, date(2026, 2, 8))
    assert [each[0] for each in await told(money_desk.engine)] == ["near", "withdrawn"]


async def test_last_day_to_protest_is_reminded_of_where_the_operator_wants_it(desk: Desk) -> None:
    await file(desk, entered="2026-03-02")
    await cycle(desk.engine, date(2027, 1, 15))
    near = date(2027, 7, 13)
    await run(desk.engine, near)
    assert await told(desk.engine) == []
    await run(desk.engine, near, ReminderPolicy(frozenset(REMINDABLE), (1,)))
    assert [each[1:4] for each in await told(desk.engine)] == [("protest-until", "2027-07-14", 1)]


async def test_no_distance_or_no_code_reminds_of_nothing(desk: Desk) -> None:
    await ask(desk)
    for policy in (ReminderPolicy(frozenset(USUAL), ()), ReminderPolicy(frozenset(), (30,))):
        assert await run(desk.engine, date(2026, 12, 20), policy) == 0
