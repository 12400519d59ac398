"""Programs post what is due: acts, money and events of each entry, in two lanes that leave the same rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.liquidation.acts.program_posting import post_programs
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.store.tables.assessments import assessments
from services.liquidation.store.tables.programs import program_postings, program_runs
from services.liquidation.store.tables.records import entries
from services.liquidation.store.tables.refunds import refunds
from shared.db.transaction import transaction
from tests.integration.liquidation.builders import cycle, published, rows
from tests.integration.liquidation.program_office import (
    IEEPA,
    IMPORTER,
    LIQUIDATED,
    Office,
    duties,
    liquidated,
    open_office_on,
    program,
)

MONDAY = date(2026, 6, 15)


async def record_account(office: Office, **changes: Any) -> None:
    """The importer is a corporation that can be paid."""
    async with transaction(office.engine) as tx:
        await tx.connection.execute(
            text(
                "INSERT INTO importer_refund_accounts (importer_number, revision, effective_on, is_corporation,"
                " has_ach_enrollment, has_valid_bank_data, has_paper_waiver, recorded_by)"
                " VALUES (:importer, 1, '2026-01-01', true, true, true, false, 'k')"
            ),
            {"importer": IMPORTER},
        )


async def post(office: Office, on: date, **given: Any) -> int:
    office.on(on)
    return await post_programs(office.engine, office.clock, POLICY, **given)


@asynccontextmanager
async def posting_office(service_engine: Any, definition: dict[str, Any]) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        await office.release(definition)
        await record_account(office)
        yield office


@pytest.fixture
async def office(service_engine: Any) -> AsyncIterator[Office]:
    async with posting_office(service_engine, program()) as office:
        yield office


async def test_what_is_unliquidated_is_liquidated_after_its_days_and_refunded_with_interest(office: Office) -> None:
    number = await office.file()
    await office.declare([number])
    await office.judge()
    assert (await office.verdict(number))["state"] == "due"
    assert await post(office, date(2026, 6, 3)) == 0  # received on 20 April, and 45 days are not over
    assert await post(office, date(2026, 6, 5)) == 0  # a Friday
    assert await post(office, MONDAY) == 1
    (entry,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert (entry.state, entry.liquidated_on, entry.liquidation_kind) == ("liquidated", MONDAY, "refund")
    assert (entry.effect_duty_cents, entry.liquidation_cycle_on) == (-937_500, None)
    (posted,) = await rows(office.engine, program_postings)
    (assessed,) = await rows(office.engine, assessments)
    (refund,) = await rows(office.engine, refunds)
    assert (posted.lane, posted.act, posted.outcome, posted.headings) == ("set", "liquidate", "refund", [IEEPA])
    # 9,375.00 paid on 20 February 2026: 39 days at 6 %, 76 at 5 %, the rates of a corporation.
    assert (assessed.interest_change_cents, refund.refund_cents) == (-15_903, 953_403)
    assert (posted.removed_cents, posted.interest_cents, posted.refund_cents) == (937_500, 15_903, 953_403)
    assert (await office.verdict(number))["state"] == "posted"
    told = [each for each in await published(office.engine) if getattr(each.data, "program", None)]
    assert [(each.data.change, each.data.kind, each.data.refund_usd) for each in told] == [
        ("liquidated", "refund", "9534.03")
    ]


async def test_what_is_liquidated_is_reliquidated_by_the_center_until_day_90(office: Office) -> None:
    number, liquidated_on = await liquidated(office)
    office.on(liquidated_on + timedelta(days=3))
    await office.declare([number])
    await office.judge()
    assert await post(office, date(2026, 12, 29)) == 1
    (entry,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert (entry.liquidated_on, entry.liquidation_kind, entry.effect_duty_cents) == (
        liquidated_on,
        "no-change",
        -937_500,
    )
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.act, posted.act_key, posted.writer) == ("reliquidate", "reliquidation:1", "center")
    told = [each.data for each in await published(office.engine) if getattr(each.data, "program", None)]
    assert [(each.change, each.kind, each.protest_by) for each in told] == [
        ("reliquidated", "refund", date(2026, 12, 29) + timedelta(days=180))
    ]


async def test_edge_6_day_90_is_over_before_the_run(office: Office) -> None:
    number, liquidated_on = await liquidated(office)
    office.on(liquidated_on + timedelta(days=80))
    await office.declare([number])
    await office.judge()
    assert (await office.verdict(number))["state"] == "due"
    day = liquidated_on + timedelta(days=91)
    while day.weekday() > 3:
        day += timedelta(days=1)
    assert await post(office, day) == 0
    found = await office.verdict(number)
    assert (found["state"], found["code"]) == ("dropped", "too-near-day-90")
    (run,) = await rows(office.engine, program_runs)
    assert (run.state, run.dropped) == ("done", 1)


async def test_edge_8_a_suspended_entry_is_refunded_by_the_cycle_after_the_lift(office: Office) -> None:
    cases = [{"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "0.00"}]
    number = await office.file(
        duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "9375.00"), cases=cases), entry_type="03"
    )
    await office.declare([number])
    await office.judge()
    assert (await office.verdict(number))["state"] == "waiting"
    assert await post(office, MONDAY) == 0


async def test_a_cycle_that_takes_an_accepted_entry_has_posted_it_without_the_duty(office: Office) -> None:
    office.on(date(2026, 12, 1))
    number = await office.file()
    await office.declare([number])
    await office.judge()
    await cycle(office.engine, LIQUIDATED)
    (entry,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert (entry.liquidated_on, entry.liquidation_kind, entry.effect_duty_cents) == (LIQUIDATED, "refund", -937_500)
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.lane, posted.posted_on, posted.removed_cents) == ("cycle", LIQUIDATED, 937_500)
    assert (await office.verdict(number))["state"] == "posted"
    told = [each.data for each in await published(office.engine) if getattr(each.data, "program", None)]
    assert [(each.change, each.program) for each in told] == [("liquidated", "ieepa-2026")]
