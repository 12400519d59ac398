"""What a program removes goes where every decision goes: forecasts, cut sheets, holds, the end of the period."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.liquidation.acts.program_posting import post_programs
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.store.tables.programs import program_postings
from services.liquidation.store.tables.records import entries, review_decisions
from tests.integration.liquidation.builders import apply, cycle, post_entry, rows
from tests.integration.liquidation.program_office import LIQUIDATED, Office, open_office_on, program

TUESDAY = LIQUIDATED - timedelta(days=3)
"""The day before the cut of the cycle that an entry of the office is due in."""
HEADING = {"name": "SYNTHETIC", "predicate": {"headings": ["9903.01.24"]}, "reason": "An order is expected."}


@pytest.fixture
async def office(service_engine: Any) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        await office.release(program())
        yield office


async def entry(office: Office, number: str) -> Any:
    (row,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    return row


async def declare_late(office: Office) -> str:
    """An entry that is accepted so late that the weekly cycle comes before the days of the program are over."""
    office.on(date(2026, 12, 1))
    number = await office.file()
    await office.declare([number])
    await office.judge()
    return number


async def hold(office: Office) -> str:
    """Hold back from cycles what carries the duty: drafted by one, applied by another; gives the path of the set."""
    drafted = await office.call(
        "POST", "/hold-sets", office.staff("kim"), json=HEADING, headers={"Idempotency-Key": "hold"}
    )
    path = drafted.headers["Location"]
    await office.ok(
        "POST", f"{path}/apply", office.staff("lee"), headers={"If-Match": '"1"', "Idempotency-Key": "apply"}
    )
    return path


async def test_a_forecast_and_a_cut_sheet_tell_what_the_program_removes(office: Office) -> None:
    number = await declare_late(office)
    office.on(TUESDAY)
    forecast = await office.ok(
        "POST", f"/cycles/{LIQUIDATED}/forecasts", office.staff("kim"), headers={"Idempotency-Key": "f"}
    )
    assert (forecast["liquidated"], forecast["with_decision"], forecast["effect_duty_usd"]) == (1, 1, "-9375.00")
    office.on(LIQUIDATED)
    made = await office.ok(
        "POST", f"/cycles/{LIQUIDATED}/cut-sheet", office.staff("kim"), headers={"Idempotency-Key": "s"}
    )
    told = made["forecast"]
    assert (told["liquidated"], told["with_decision"], told["effect_duty_usd"]) == (1, 1, "-9375.00")
    figures = await cycle(office.engine, LIQUIDATED)
    assert (figures.liquidated, (await entry(office, number)).effect_duty_cents) == (1, -937_500)


async def test_a_cycle_posts_by_the_revision_that_judged_and_another_changes_what_waits(office: Office) -> None:
    judged, waits = await declare_late(office), await office.file(entry_date="2026-02-20", import_date="2026-02-19")
    await office.declare([waits], key="d-2")
    await office.judge()
    money = program()["money"] | {"interest": "none"}
    await office.release(program(money=money), revision=2)
    await cycle(office.engine, LIQUIDATED)  # nobody has judged it again yet
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.entry_number, posted.revision) == (judged, 1)
    await office.judge()
    terms = {row.entry_number: row.body["terms"]["interest"] for row in await rows(office.engine, review_decisions)}
    assert terms == {judged: "1505c", waits: "none"}


async def test_a_hold_keeps_an_entry_out_of_cycles_and_not_from_its_program(office: Office) -> None:
    """A hold set stops the weekly run of what carries the duty; the program is what takes the duty off."""
    number = await declare_late(office)
    office.on(TUESDAY)
    await hold(office)
    figures = await cycle(office.engine, LIQUIDATED)
    assert (figures.liquidated, (await entry(office, number)).state) == (0, "scheduled")
    tuesday = date(2027, 1, 19)
    office.on(tuesday)
    assert await post_programs(office.engine, office.clock, POLICY) == 1
    posted = await entry(office, number)
    assert (posted.liquidated_on, posted.effect_duty_cents) == (tuesday, -937_500)


async def test_edge_24_what_the_end_of_the_period_took_despite_a_hold_is_told_so(office: Office) -> None:
    number = await office.file()
    await hold(office)
    friday = date(2027, 2, 5)  # the period ends on Wednesday 10 February
    figures = await cycle(office.engine, friday)
    assert figures.liquidated == 1
    office.on(friday + timedelta(days=3))
    (lost,) = (await office.ok("GET", "/programs/ieepa-2026/lost-to-clock", office.staff("kim")))["items"]
    assert (lost["entry_number"], lost["despite_hold"]) == (number, True)
    assert lost["protest_by"] == (friday + timedelta(days=180)).isoformat()


async def test_what_is_deemed_liquidated_before_its_program_posts_is_reliquidated_by_the_center(
    office: Office,
) -> None:
    """A deemed liquidation is at what the importer asserted: the decision that waited has no effect in it."""
    number = await declare_late(office)
    office.on(date(2027, 2, 11))
    await cycle(office.engine, date(2027, 2, 12))
    found = await entry(office, number)
    assert (found.liquidation_kind, found.liquidated_on, found.effect_duty_cents) == ("deemed", date(2027, 2, 10), 0)
    assert {row.status for row in await rows(office.engine, review_decisions)} == {"superseded"}
    await office.judge()
    told = await office.verdict(number)
    assert (told["state"], told["act"], told["cohort"]) == ("due", "reliquidate", "recent")
    tuesday = date(2027, 2, 16)
    office.on(tuesday)
    assert await post_programs(office.engine, office.clock, POLICY) == 1
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.act, posted.writer, posted.liquidated_on) == ("reliquidate", "center", tuesday)
    assert (await entry(office, number)).effect_duty_cents == -937_500


async def test_what_is_posted_can_be_protested_which_is_no_fact_of_after(office: Office) -> None:
    number = await declare_late(office)
    await cycle(office.engine, LIQUIDATED)
    received = LIQUIDATED + timedelta(days=20)
    office.on(received)
    for kind, filing in (("protest", "P-1"), ("drawback-claim", "D-1"), ("reconciliation", "R-1")):
        filed = post_entry(kind, filing, [number], received_at=f"{received}T15:00:00Z")
        await apply(office.engine, [filed], now=office.clock.now())
    protest = await office.ok("GET", "/protests/P-1", office.staff("kim"))
    assert [(each["entry_number"], each["timeliness"]) for each in protest["verdicts"]] == [(number, "timely")]
    await office.judge()
    told = (await office.ok("GET", "/programs/ieepa-2026/after-the-fact", office.staff("kim")))["items"]
    assert [(each["code"], each["removed_usd"]) for each in told] == [
        ("drawback-designated", "9375.00"),
        ("reconciliation-filed", "9375.00"),
    ]
    assert (await entry(office, number)).effect_duty_cents == -937_500
