"""Money that is settled later: acts whose facts come late, and what was paid on a liquidation that was void."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.bills import PaymentRequest, post_payment, run_bill_clocks
from services.liquidation.acts.instructions import name_instruction
from services.liquidation.acts.payees import AccountFacts, record_account
from services.liquidation.acts.voided_liquidations import void_liquidation
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store.instructions import Instruction
from services.liquidation.store.tables.acts import reliquidations
from services.liquidation.store.tables.assessments import assessments
from services.liquidation.store.tables.bills import bills
from services.liquidation.store.tables.money_acts import money_acts
from services.liquidation.store.tables.records import entries
from services.liquidation.store.tables.refunds import refunds
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict
from tests.integration.liquidation.builders import cycle, instruct, published, rows
from tests.integration.liquidation.test_liquidation_money_acts import (
    DIRECTOR,
    FRIDAY,
    IMPORTER,
    call,
    demand_sound,
    enjoin,
    file,
    liquidate,
    noon,
    reliquidate,
)

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("liquidation")


async def enroll(engine: AsyncEngine, on: date) -> None:
    facts = AccountFacts(on, False, None, True, True, False)
    async with transaction(engine) as tx:
        await record_account(tx, noon(on), IMPORTER, IfMatch(None), facts, DIRECTOR, POLICY)


async def pay(engine: AsyncEngine, bill: str, on: date, cents: int) -> None:
    request = PaymentRequest(on, cents, "importer", "R-1")
    async with transaction(engine) as tx:
        await post_payment(tx, noon(on), bill, request, DIRECTOR, POLICY)


async def void(engine: AsyncEngine, number: str, on: date) -> None:
    await enjoin(engine, date(2026, 1, 5))
    async with transaction(engine) as tx:
        await void_liquidation(tx, noon(on), number, "In breach.", DIRECTOR, LAW.cycle, LAW)


async def lift(engine: AsyncEngine, on: date) -> None:
    drafted = call("removal")
    draft = Instruction(
        instruction_id=name_instruction(drafted),
        revision=1,
        kind="lift",
        ground="injunction",
        reference="26-00001",
        message_number="6000002",
        source="court-notice",
        noticed_on=on,
        predicate=EntryPredicate(importer_number=IMPORTER),
        state="draft",
        made_at=noon(on),
        made_by="kim",
    )
    await instruct(engine, draft)


async def test_small_reliquidation_that_waited_for_a_fact_changes_nothing(engine: AsyncEngine) -> None:
    number = await file(engine)
    await cycle(engine, FRIDAY)
    await reliquidate(engine, number, date(2026, 2, 2), -5_00)
    await enroll(engine, date(2026, 2, 20))
    (row,) = await rows(engine, assessments)
    assert (row.outcome, row.is_disregarded) == ("no-change", True)
    (entry,) = await rows(engine, entries)
    (done,) = await rows(engine, reliquidations)
    assert (entry.effect_duty_cents, done.effect_duty_cents, done.change_duty_cents, done.kind) == (
        0,
        0,
        0,
        "no-change",
    )
    await demand_sound(engine)


async def test_act_that_waited_finds_what_it_was_asked_for_whatever_became_of_the_one_before(
    engine: AsyncEngine,
) -> None:
    number = await file(engine)
    await cycle(engine, FRIDAY)
    await reliquidate(engine, number, date(2026, 2, 2), -5_00)
    await reliquidate(engine, number, date(2026, 2, 3), 500_00)
    await enroll(engine, date(2026, 2, 20))
    first, second = await rows(engine, assessments)
    assert first.is_disregarded
    assert second.change_cents == 500_00
    (entry,) = await rows(engine, entries)
    assert entry.effect_duty_cents == 500_00


async def test_bill_paid_in_part_is_not_owed_once_its_liquidation_is_void(engine: AsyncEngine) -> None:
    number = await file(engine, "1000.00")
    await cycle(engine, FRIDAY)
    await pay(engine, f"{number}-B01", date(2026, 1, 20), 100_00)
    await void(engine, number, date(2026, 2, 20))
    (bill,) = await rows(engine, bills)
    assert (bill.state, bill.open_cents, bill.next_step_on) == ("replaced", 0, None)
    assert await run_bill_clocks(engine, FixedClock(noon(date(2026, 6, 1))), POLICY) == 0
    with pytest.raises(Conflict):
        await pay(engine, f"{number}-B01", date(2026, 6, 1), 100_00)
    assert {act.change for act in await rows(engine, money_acts)} == {"bill-paid"}


async def test_what_was_paid_on_a_void_liquidation_comes_back_when_the_entry_liquidates_as_entered(
    engine: AsyncEngine,
) -> None:
    number = await file(engine, "1000.00")
    await cycle(engine, FRIDAY)
    await pay(engine, f"{number}-B01", date(2026, 1, 20), 1060_23)
    await void(engine, number, date(2026, 2, 20))
    await lift(engine, date(2026, 3, 2))
    await enroll(engine, date(2026, 3, 2))
    await liquidate(engine, number, date(2026, 3, 3), "as-entered")
    (refund,) = await rows(engine, refunds)
    # Principal and interest that were paid, with interest on the principal from 20 January to 3 March: 42 days at 7 %.
    assert (refund.principal, refund.refund_cents) == ({"duty-unspecified": 1000_00}, 1060_23 + 8_09)


async def test_interest_that_was_paid_on_a_void_liquidation_is_not_charged_again(engine: AsyncEngine) -> None:
    number = await file(engine, "1000.00")
    await cycle(engine, FRIDAY)
    await pay(engine, f"{number}-B01", FRIDAY, 1060_23)
    await void(engine, number, date(2026, 2, 20))
    await lift(engine, date(2026, 3, 2))
    await liquidate(engine, number, date(2026, 3, 3), "by-decision")
    again = (await rows(engine, assessments))[-1]
    assert (again.change_cents, again.interest_cents, again.interest_change_cents, again.total_cents) == (
        0,
        60_23,
        0,
        0,
    )


async def test_cycle_after_a_void_liquidation_is_published_once_with_the_refund(engine: AsyncEngine) -> None:
    number = await file(engine, "1000.00")
    await cycle(engine, FRIDAY)
    await pay(engine, f"{number}-B01", date(2026, 1, 20), 1060_23)
    await void(engine, number, date(2026, 2, 20))
    async with transaction(engine) as tx:
        await tx.connection.execute(text("UPDATE review_decisions SET status = 'superseded'"))
    await lift(engine, date(2026, 3, 2))
    await enroll(engine, date(2026, 3, 2))
    later = date(2026, 8, 28)
    await cycle(engine, later)
    told = [each for each in await published(engine) if getattr(each.data, "occurred_on", None) == later]
    assert [(each.data.change, each.data.refund_number) for each in told] == [("liquidated", f"{number}-R02")]
    assert len({each.id for each in await published(engine)}) == len(await published(engine))
