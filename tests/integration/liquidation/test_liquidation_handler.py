"""The liquidation handler on a real database."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.domain.law import LAW
from services.liquidation.handlers.handler import LiquidationHandler
from services.liquidation.store.records import lock_entries, write_entries
from services.liquidation.store.tables.lines import entry_lines
from services.liquidation.store.tables.records import (
    conflicts,
    entries,
    entry_claims,
    entry_versions,
    importer_accounts,
    legal_events,
    post_entry_filings,
    protests,
)
from shared.contracts.envelope import Event
from shared.contracts.registry import TOPIC_OF_DATA
from shared.db.transaction import reading, transaction
from shared.runtime.clock import FixedClock
from tests.integration.liquidation.builders import (
    apply,
    assigned,
    cycle,
    digest,
    post_entry,
    published,
    review_decided,
    routed,
    rows,
)
from tests.support.events import decoded, entry_body, entry_number, line, released_body

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
CASE = [{"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "10.00"}]


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("liquidation")


def filed(number: str, **changes: Any) -> Event[Any]:
    return decoded("entry-filed", entry_body(number, **changes))


def corrected(number: str, version: int = 2, *, time: str = "2026-04-01T10:00:00Z", **changes: Any) -> Event[Any]:
    return decoded("entry-corrected", entry_body(number, version=version, reasons=["H06"], **changes), time=time)


async def only_entry(engine: AsyncEngine) -> Any:
    (row,) = await rows(engine, entries)
    return row


async def test_entry_summary_is_scheduled_with_both_dates_and_announced_once(engine: AsyncEngine) -> None:
    outgoing = await apply(engine, [filed(entry_number())])
    row = await only_entry(engine)
    assert (row.state, row.scheduled_on, row.deemed_on) == ("scheduled", date(2027, 1, 15), date(2027, 3, 2))
    assert (row.duty_cents, row.fees_cents) == (2500, 3358)
    (event,) = outgoing
    assert (event.data.change, event.data.sequence, event.data.scheduled_on) == ("scheduled", 1000, date(2027, 1, 15))
    (act,) = await rows(engine, legal_events)
    assert (act.event_key, act.rule) == ("version:1", "liq-cycle-314")


@pytest.mark.parametrize(
    ("changes", "state", "rule"),
    [
        ({"entry_type": "03"}, "suspended", "susp-grounds"),
        ({"entry_type": "06", "lines": [line(cases=CASE)]}, "suspended", "susp-grounds"),
        ({"entry_type": "06"}, "scheduled", "liq-cycle-314"),
        ({"entry_type": "21"}, "suspended", "liq-1yr-warehouse"),
        ({"entry_type": "23"}, "not-liquidating", "tib-no-liq"),
        ({"entry_type": "11"}, "scheduled", "liquidation-date-informal"),
        ({"entry_type": "11", "paid_on": None}, "clock-unknown", "liquidation-date-informal"),
    ],
)
async def test_state_follows_from_the_kind_of_entry(
    engine: AsyncEngine, changes: dict[str, Any], state: str, rule: str
) -> None:
    await apply(engine, [filed(entry_number(), **changes)])
    row = await only_entry(engine)
    assert (row.state, row.rule) == (state, rule)


async def test_release_without_entry_summary_is_a_clock_unknown_until_the_summary_comes(engine: AsyncEngine) -> None:
    number = entry_number()
    await apply(engine, [decoded("entry-released", released_body(number))])
    row = await only_entry(engine)
    assert (row.state, row.rule, row.scheduled_on) == ("clock-unknown", "es-file", None)
    await apply(engine, [filed(number)])
    assert (await only_entry(engine)).state == "scheduled"


async def test_informal_entry_without_payment_liquidates_on_release(engine: AsyncEngine) -> None:
    number = entry_number()
    await apply(engine, [filed(number, entry_type="11", paid_on=None)])
    await apply(engine, [decoded("entry-released", released_body(number))])
    assert (await only_entry(engine)).scheduled_on == date(2026, 3, 2)


async def test_correction_governs_and_both_bodies_are_kept(engine: AsyncEngine) -> None:
    number = entry_number()
    changed = [line(value_usd=5000)]
    await apply(engine, [corrected(number, entry_type="03", lines=changed), filed(number)])
    row = await only_entry(engine)
    assert (row.version, row.state) == (2, "suspended")
    assert [each.body["lines"][0]["tariffs"][0]["value_usd"] for each in await rows(engine, entry_versions)] == [
        1000,
        5000,
    ]


async def test_correction_of_the_importer_does_not_govern_and_is_not_announced(engine: AsyncEngine) -> None:
    number, other = entry_number(), "12-345678900"
    early = await apply(engine, [corrected(number, importer_number=other)])
    assert (await only_entry(engine)).importer_number == other, "until the first version comes it is all there is"
    assert list(early) == []
    change, refused = await apply(engine, [filed(number)])
    row = await only_entry(engine)
    assert (row.version, row.importer_number) == (1, "07-345678900")
    assert change.data.sequence == 1000
    assert (refused.data.code, refused.data.filer_code) == ("correction-changes-importer", "B76")
    assert "345678" not in refused.data.reason
    assert list(await apply(engine, [corrected(number, importer_number=other), filed(number)])) == []
    assert [each.barred_as for each in await rows(engine, entry_versions)] == [None, "correction-changes-importer"]


async def test_of_two_contradicting_versions_the_earlier_stands_in_any_order(
    engine: AsyncEngine, service_engine: MakeEngine
) -> None:
    number = entry_number()

    def event(duty: int, hour: int) -> Event[Any]:
        body = entry_body(number, lines=[line(value_usd=duty)])
        return decoded("entry-filed", body, time=f"2026-03-02T{hour}:00:00Z", id=f"at-{hour}")

    events = [event(1, 10), event(2, 11), event(3, 12)]
    other = await service_engine("liquidation")
    for each in events:
        await apply(engine, [each])
    for each in reversed(events):
        await apply(other, [each])
    assert await digest(engine) == await digest(other)
    assert [each.event_id for each in await rows(engine, conflicts)] == ["at-11", "at-12"]


async def test_routing_and_account_are_kept_by_version_and_sequence(engine: AsyncEngine) -> None:
    number = entry_number()
    await apply(engine, [routed(number, 2, "CEE003"), routed(number, 1, "CEE007"), assigned(2, "CEE003")])
    await apply(engine, [assigned(1, "CEE007")])
    assert (await only_entry(engine)).center == "CEE003"
    assert [(row.sequence, row.center) for row in await rows(engine, importer_accounts)] == [(2, "CEE003")]


async def test_protest_is_announced_once_with_the_day_to_decide(engine: AsyncEngine) -> None:
    protest = post_entry("protest", "2704-26-000001", [entry_number()], body={"further_review": True})
    (event,) = await apply(engine, [protest, protest])
    assert (event.data.change, event.data.decide_by, event.data.further_review) == ("filed", date(2028, 9, 1), True)
    assert await apply(engine, [protest]) == []
    await apply(engine, [post_entry("extension-request", "X-1", [entry_number()])])
    assert len(await rows(engine, protests)) == 1
    assert [row.kind for row in await rows(engine, post_entry_filings)] == ["extension-request"]


async def test_what_comes_after_liquidation_is_refused_or_a_conflict(engine: AsyncEngine) -> None:
    number = entry_number()
    await apply(engine, [filed(number)])
    await cycle(engine, date(2027, 1, 15))
    decision = review_decided(number, "increase", "5.00", decision_id="d-1", decided_at="2027-01-20T15:00:00Z")
    correction = corrected(number, time="2027-01-20T10:00:00Z", lines=[line(value_usd=9)])
    refused, answer = await apply(engine, [decision, correction])
    assert (refused.data.rule, "2027-04-15" in refused.data.remedy) == ("reliq-1501", True)
    assert (answer.data.code, answer.data.rule) == ("correction-after-liquidation", "psc-preconditions")
    assert (await only_entry(engine)).version == 1
    assert [each.barred_as for each in await rows(engine, entry_versions)] == [None, "correction-after-liquidation"]


async def test_everything_published_can_be_decoded(engine: AsyncEngine) -> None:
    number = entry_number()
    decision = review_decided(number, "refund", "-5.00", decision_id="d-1")
    await apply(engine, [filed(number), decision, post_entry("protest", "P-1", [number])])
    assert [TOPIC_OF_DATA[type(event.data)].topic for event in await published(engine)] == [
        "entry-changed",
        "decision-applied",
        "protest-changed",
    ]


async def test_two_who_meet_an_entry_first_wait_for_each_other_and_both_are_kept(engine: AsyncEngine) -> None:
    number, handler = entry_number(), LiquidationHandler(LAW.cycle, LAW, FixedClock(NOW))
    begun = asyncio.Event()

    async def second() -> None:
        await begun.wait()
        async with transaction(engine) as tx:
            await handler(tx, [routed(number)])

    other = asyncio.create_task(second())
    async with transaction(engine) as tx:
        await handler(tx, [filed(number)])
        begun.set()
        async with reading(engine) as connection:
            while not await connection.scalar(WAITING):
                assert not other.done()
                await asyncio.sleep(0.01)
    await other
    row = await only_entry(engine)
    assert (row.state, row.center, row.duty_cents) == ("scheduled", "CEE007", 2500)
    assert await rows(engine, entry_claims) == []


async def test_claim_of_one_who_gives_up_holds_nobody(engine: AsyncEngine) -> None:
    number = entry_number()

    async def give_up() -> None:
        async with transaction(engine) as tx:
            assert (await lock_entries(tx, [number]))[number].read is None
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await give_up()
    await apply(engine, [filed(number)])
    assert (await only_entry(engine)).state == "scheduled"


async def test_only_columns_that_changed_are_written(engine: AsyncEngine) -> None:
    number = entry_number()
    await apply(engine, [filed(number)])
    async with transaction(engine) as tx:
        (row,) = (await lock_entries(tx, [number])).values()
        row.lane = "expedited"
        # Somebody else's column, which this writer did not touch.
        await tx.connection.execute(update(entries).values(why="as it was"))
        await write_entries(tx, [row])
        await write_entries(tx, [row])
    stored = await only_entry(engine)
    assert (stored.lane, stored.why, stored.state) == ("expedited", "as it was", "scheduled")


async def test_lines_of_a_version_are_kept_once_and_follow_the_event_that_stands(engine: AsyncEngine) -> None:
    number = entry_number()
    line_of_two = line(tariffs=[{"hts": "8471300100", "value_usd": 10, "duty_usd": "0.00"}] * 2, cases=CASE)
    await apply(engine, [decoded("entry-filed", entry_body(number, lines=[line_of_two]), time="2026-03-03T10:00:00Z")])
    assert [tuple(row) for row in await rows(engine, entry_lines)] == [(number, 1, 1, "8471300100", "A570012000", "CN")]
    await apply(engine, [decoded("entry-filed", entry_body(number), time="2026-03-02T10:00:00Z")])
    assert {(row.hts, row.case_number) for row in await rows(engine, entry_lines)} == {
        (each["hts"], "") for each in line()["tariffs"]
    }
