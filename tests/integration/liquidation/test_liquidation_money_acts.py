"""Acts of people and the cycle bring their money with them: billed, refunded, disregarded, or taken back."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.instructions import name_instruction
from services.liquidation.acts.liquidations import LiquidationBasis, post_liquidation
from services.liquidation.acts.payees import AccountFacts, record_account
from services.liquidation.acts.recomputes import recompute
from services.liquidation.acts.reliquidations import post_reliquidation
from services.liquidation.acts.voided_liquidations import void_liquidation
from services.liquidation.api.liquidations import show_liquidation, show_reliquidation
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.domain.reliquidation import FinalWriter, Power
from services.liquidation.store.instructions import Instruction
from services.liquidation.store.invariants.money import MONEY_INVARIANTS
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.tables.assessments import assessments
from services.liquidation.store.tables.bills import bills
from services.liquidation.store.tables.recomputes import recompute_differences
from services.liquidation.store.tables.records import entries
from shared.db.idempotency import IdempotentCall
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.concurrency import IfMatch
from shared.runtime.identity import Identity, RoleName
from tests.integration.liquidation.builders import apply, cycle, instruct, published, review_decided, rows
from tests.support.events import decoded, entry_body, entry_number
from tests.support.invariants import find_violations
from tests.support.people import EVERY_CENTER

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
IMPORTER = "07-345678900"
FRIDAY = date(2026, 1, 16)
DIRECTOR = Identity("kim", "Kim", frozenset({RoleName.CENTER_DIRECTOR, RoleName.ENTRY_SPECIALIST}), EVERY_CENTER)


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("liquidation")


async def file(engine: AsyncEngine, duty_usd: str | None = None) -> str:
    number = entry_number()
    body = entry_body(number, entry_date="2025-03-03", import_date="2025-03-02", paid_on="2025-03-12")
    await apply(engine, [decoded("entry-filed", body, time="2025-03-03T19:00:00Z")])
    if duty_usd is not None:
        decided_at = "2025-06-02T15:00:00Z"
        await apply(
            engine,
            [review_decided(number, "increase", duty_usd, decision_id=f"d-{number}", decided_at=decided_at)],
        )
    return number


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 17, tzinfo=UTC)


def call(key: str) -> IdempotentCall:
    return IdempotentCall(key, "kim", f"hash of {key}")


async def liquidate(engine: AsyncEngine, number: str, on: date, basis: LiquidationBasis) -> dict[str, Any]:
    async with transaction(engine) as tx:
        done = await post_liquidation(tx, noon(on), number, basis, "Liquidated early.", DIRECTOR, POLICY)
    return show_liquidation(done).model_dump(mode="json")


async def reliquidate(
    engine: AsyncEngine, number: str, on: date, cents: int, writer: FinalWriter = "center"
) -> dict[str, Any]:
    async with transaction(engine) as tx:
        done = await post_reliquidation(tx, noon(on), number, writer, (cents, 0), "Found.", DIRECTOR, POLICY)
    return show_reliquidation(done).model_dump(mode="json")


async def demand_sound(engine: AsyncEngine) -> None:
    assert await recompute(engine, LAW.cycle, FixedClock(noon(date(2026, 4, 1))), LAW) == 0
    found = await find_violations(engine, (*RECORD_INVARIANTS, *MONEY_INVARIANTS))
    assert {name: lines for name, lines in found.items() if lines} == {}


async def test_liquidation_by_hand_is_billed_like_one_of_the_cycle(engine: AsyncEngine) -> None:
    number = await file(engine, "1000.00")
    body = await liquidate(engine, number, date(2026, 1, 12), "by-decision")
    # 1,000.00 from 17 March 2025 to 12 January 2026: 301 days at 7 %.
    assert (body["kind"], body["interest_usd"], body["total_usd"]) == ("increase", "59.42", "1059.42")
    assert (body["bill_number"], body["bill_due_on"]) == (f"{number}-B01", "2026-02-11")
    told = (await published(engine))[-1].data
    assert (told.change, told.bill_number, told.interest_usd) == ("liquidated", f"{number}-B01", "59.42")
    await cycle(engine, FRIDAY)
    assert len(await rows(engine, assessments)) == 1
    await demand_sound(engine)


async def test_cycle_tells_what_it_came_to_in_money_and_tells_the_same_again(engine: AsyncEngine) -> None:
    for duty_usd in ("1000.00", "5.00", None):
        await file(engine, duty_usd)
    done = await cycle(engine, FRIDAY)
    assert (done.liquidated, done.increases, done.disregarded, done.billed_cents) == (3, 1, 1, 1060_23)
    assert await cycle(engine, FRIDAY, days_late=3) == done
    await demand_sound(engine)


async def test_cycle_leaves_what_was_liquidated_and_reliquidated_by_hand_on_its_friday(engine: AsyncEngine) -> None:
    number = await file(engine)
    await liquidate(engine, number, FRIDAY, "as-entered")
    await reliquidate(engine, number, FRIDAY, 1000_00)
    assert (await cycle(engine, FRIDAY)).increases == 0
    assert [row.act_key for row in await rows(engine, assessments)] == ["reliquidation:1"]
    await demand_sound(engine)


async def test_small_difference_by_hand_is_liquidated_as_entered(engine: AsyncEngine) -> None:
    number = await file(engine, "5.00")
    body = await liquidate(engine, number, date(2026, 1, 12), "by-decision")
    assert (body["kind"], body["effect_duty_usd"], body["bill_number"]) == ("no-change", "0.00", None)
    (row,) = await rows(engine, entries)
    assert (row.liquidation_kind, row.effect_duty_cents) == ("no-change", 0)
    await demand_sound(engine)


async def test_reliquidation_replaces_the_unpaid_bill_and_its_event_says_so(engine: AsyncEngine) -> None:
    number = await file(engine, "1000.00")
    await cycle(engine, FRIDAY)
    body = await reliquidate(engine, number, date(2026, 3, 2), 600_00)
    assert (body["kind"], body["change_duty_usd"], body["bill_number"]) == ("refund", "-400.00", f"{number}-B02")
    assert [(bill.state, bill.billed_cents) for bill in await rows(engine, bills)] == [
        ("replaced", 1060_23),
        ("open", 641_65),
    ]
    told = (await published(engine))[-1].data
    assert (told.change, told.kind, told.effect.duty_usd, told.bill_number) == (
        "reliquidated",
        "refund",
        "-400.00",
        f"{number}-B02",
    )
    await demand_sound(engine)


async def test_small_change_is_disregarded_unless_a_court_ordered_it(engine: AsyncEngine) -> None:
    number = await file(engine, "1000.00")
    await cycle(engine, FRIDAY)
    body = await reliquidate(engine, number, FRIDAY, 1005_00)
    assert (body["kind"], body["effect_duty_usd"], body["change_duty_usd"]) == ("no-change", "1000.00", "0.00")
    ordered = await reliquidate(engine, number, FRIDAY, 1005_00, "court-judgment")
    assert (ordered["kind"], ordered["effect_duty_usd"], ordered["bill_number"]) == (
        "increase",
        "1005.00",
        f"{number}-B03",
    )
    rules = [(row.act_key, row.rule, row.is_disregarded) for row in await rows(engine, assessments)]
    assert rules[1:] == [
        ("reliquidation:1", "min-20-reliquidation", True),
        ("reliquidation:2", "min-20-court", False),
    ]
    await demand_sound(engine)


async def test_voided_liquidation_takes_back_its_bill_and_those_that_followed(engine: AsyncEngine) -> None:
    number = await file(engine, "1000.00")
    await cycle(engine, FRIDAY)
    await reliquidate(engine, number, date(2026, 2, 2), 600_00)
    await enjoin(engine, date(2026, 1, 5))
    async with transaction(engine) as tx:
        await void_liquidation(tx, noon(date(2026, 2, 20)), number, "In breach.", DIRECTOR, LAW.cycle, LAW)
    assert {row.outcome for row in await rows(engine, assessments)} == {"void"}
    assert {(bill.state, bill.open_cents) for bill in await rows(engine, bills)} == {("replaced", 0)}
    (row,) = await rows(engine, entries)
    assert (row.state, row.effect_duty_cents) == ("suspended", None)
    await demand_sound(engine)


async def test_classes_of_a_decision_are_assessed_and_told(engine: AsyncEngine) -> None:
    number = await file(engine)
    classes = [{"class_code": "499", "change_usd": "-20.00"}, {"class_code": "antidumping", "change_usd": "120.00"}]
    effect = {"duty_usd": "120.00", "fees_usd": "-20.00", "by_class": classes}
    decided = review_decided(
        number, "increase", decision_id=f"d-{number}", decided_at="2025-06-02T15:00:00Z", effect=effect
    )
    await apply(engine, [decided])
    await cycle(engine, FRIDAY)
    (row,) = await rows(engine, assessments)
    assert row.found == {"499": 13_58, "antidumping": 120_00, "duty": 25_00}
    told = (await published(engine))[-1].data
    assert (told.effect.duty_usd, told.effect.fees_usd) == ("120.00", "-20.00")
    assert {(each.class_code, each.change_usd) for each in told.effect.by_class} == {
        ("499", "-20.00"),
        ("antidumping", "120.00"),
    }
    await demand_sound(engine)


async def test_reliquidation_by_class_changes_what_stands_by_class(engine: AsyncEngine) -> None:
    number = await file(engine, "1000.00")
    await cycle(engine, FRIDAY)
    async with transaction(engine) as tx:
        done = await post_reliquidation(
            tx,
            noon(FRIDAY),
            number,
            "center",
            (1000_00, 0),
            "It was duty under Chapter 99.",
            DIRECTOR,
            POLICY,
            by_class={"additional-duty": 1000_00},
        )
    assert (done.row.kind, done.row.change_duty_cents) == ("no-change", 0)
    standing = (await rows(engine, assessments))[-1]
    assert (standing.found.get("additional-duty"), standing.found.get("duty-unspecified")) == (1000_00, None)
    told = (await published(engine))[-1].data
    assert {(each.class_code, each.change_usd) for each in told.effect.by_class} == {
        ("additional-duty", "1000.00"),
        ("duty-unspecified", "-1000.00"),
    }
    await demand_sound(engine)


async def test_refund_of_a_granted_claim_bears_interest_from_the_claim_and_no_other_act_does(
    engine: AsyncEngine,
) -> None:
    account = AccountFacts(date(2026, 1, 2), False, None, True, True, False)
    async with transaction(engine) as tx:
        await record_account(tx, noon(date(2026, 1, 2)), IMPORTER, IfMatch(None), account, DIRECTOR, POLICY)
    claimed, other = await file(engine), await file(engine)
    await cycle(engine, FRIDAY)
    on, power = date(2026, 3, 2), Power("claim-1520d", preference_claimed_on=date(2026, 2, 27))
    async with transaction(engine) as tx:
        done = await post_reliquidation(
            tx, noon(on), claimed, "claim-1520d", (-25_00, 0), "Originating.", DIRECTOR, POLICY, power=power
        )
    # 25.00 from 27 February to 2 March 2026: 3 days at 7 %; on the other from the deposit of 12 March 2025.
    assert done.money.interest_cents == -1
    assert (await reliquidate(engine, other, on, -25_00))["interest_usd"] == "-1.76"
    await demand_sound(engine)


async def test_recompute_tells_of_a_liquidation_that_its_acts_do_not_give(engine: AsyncEngine) -> None:
    number = await file(engine, "1000.00")
    await cycle(engine, FRIDAY)
    async with transaction(engine) as tx:
        await tx.connection.execute(
            update(entries).values(effect_duty_cents=900_00, liquidated_on=date(2026, 1, 17), liquidation_kind="refund")
        )
    assert await recompute(engine, LAW.cycle, FixedClock(noon(date(2026, 4, 2))), LAW) == 3
    found = {(row.field, row.stored, row.derived) for row in await rows(engine, recompute_differences)}
    assert found == {
        ("effect_duty_cents", "90000", "100000"),
        ("liquidated_on", "2026-01-17", "2026-01-16"),
        ("liquidation_kind", "refund", "increase"),
    }
    assert {row.entry_number for row in await rows(engine, recompute_differences)} == {number}


async def enjoin(engine: AsyncEngine, on: date) -> None:
    """An injunction of a day before the liquidation, of which CBP is told later."""
    drafted = call("injunction")
    draft = Instruction(
        instruction_id=name_instruction(drafted),
        revision=1,
        kind="suspend",
        ground="injunction",
        reference="26-00001",
        message_number="6000001",
        source="court-notice",
        noticed_on=on,
        predicate=EntryPredicate(importer_number=IMPORTER),
        state="draft",
        made_at=noon(date(2026, 2, 10)),
        made_by="kim",
    )
    await instruct(engine, draft, confirmed_at=noon(date(2026, 2, 11)))
