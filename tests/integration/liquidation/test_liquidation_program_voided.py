"""A liquidation that a program made or changed, and that has no effect in law: what was removed is not lost."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.liquidation.acts.instructions import apply_confirmed
from services.liquidation.acts.program_posting import post_programs
from services.liquidation.acts.program_proofs import seal_ended
from services.liquidation.acts.program_reversals import reverse_confirmed
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.domain.program.proof_checks import Published, check_proof
from services.liquidation.store.tables.payments import payment_refunds
from services.liquidation.store.tables.programs import program_postings, program_runs, program_voided_postings
from services.liquidation.store.tables.records import entries, review_decisions
from services.liquidation.store.tables.refunds import refunds
from shared.runtime.identity import RoleName
from tests.integration.liquidation.builders import cycle, rows
from tests.integration.liquidation.payment_desk import MONDAY, Desk, open_desk_on
from tests.integration.liquidation.program_office import IMPORTER

LIQUIDATED = date(2026, 4, 17)
"""The Friday of an entry of 2 June 2025."""
POSTED = date(2026, 4, 27)
AT = "/programs/ieepa-2026"


@pytest.fixture
async def desk(service_engine: Any) -> AsyncIterator[Desk]:
    async with open_desk_on(await service_engine("liquidation")) as desk:
        await desk.account()
        yield desk


async def instruct(desk: Desk, kind: str, noticed_on: date, key: str) -> None:
    """An injunction of a court, or that it is lifted, as headquarters tells: drafted by one, confirmed by another."""
    body = {
        "kind": kind,
        "ground": "injunction",
        "source": "court-notice",
        "message_number": key,
        "reference": "24-00123",
        "noticed_on": noticed_on.isoformat(),
        "predicate": {"importer_number": IMPORTER},
    }
    team = desk.office.headers(RoleName.ADCVD_TEAM, subject="kim")
    drafted = await desk.office.ok("POST", "/instructions", team, json=body, headers={"Idempotency-Key": key})
    team = desk.office.headers(RoleName.ADCVD_TEAM, subject="lee")
    path = f"/instructions/{drafted['instruction_id']}/confirmations"
    await desk.office.ok("POST", path, team, headers={"If-Match": '"1"'})
    await apply_confirmed(desk.office.engine, LAW.cycle, desk.office.clock, LAW)


async def void(desk: Desk, number: str, on: date, enjoined_on: date) -> None:
    """The liquidation was in breach of an injunction that is told only now: a director notes that it has no effect."""
    desk.office.on(on)
    await instruct(desk, "suspend", enjoined_on, "enjoin")
    director = desk.office.headers(RoleName.CENTER_DIRECTOR, subject="dir")
    headers = {"Idempotency-Key": "void"}
    body = {"explanation": "Court 24-00123."}
    await desk.office.ok("POST", f"/entries/{number}/voided-liquidations", director, json=body, headers=headers)


async def reliquidated(desk: Desk) -> str:
    """An entry that the weekly cycle liquidated with the duty, and the program reliquidated without it."""
    number = await desk.office.file(entry_date="2025-06-02", import_date="2025-06-01", paid_on="2025-06-12")
    await cycle(desk.office.engine, LIQUIDATED)
    await desk.office.declare([number])
    await desk.post(number, on=POSTED)
    (posted,) = await rows(desk.office.engine, program_postings)
    assert (posted.act, posted.act_key) == ("reliquidate", "reliquidation:1")
    return number


async def entry(desk: Desk, number: str) -> Any:
    return next(each for each in await rows(desk.office.engine, entries) if each.entry_number == number)


async def test_what_a_voided_reliquidation_removed_comes_back_and_is_removed_by_the_next_liquidation(
    desk: Desk,
) -> None:
    number = await reliquidated(desk)
    await desk.close(POSTED + timedelta(days=1))
    assert await seal_ended(desk.office.engine, desk.office.clock) == 1
    day = POSTED + timedelta(days=7)
    await void(desk, number, day, LIQUIDATED - timedelta(days=2))
    assert (await entry(desk, number)).state == "suspended"
    # It stands with the program again, and says so: it waits for the suspension, and its removal with it.
    shown = await desk.office.ok("GET", f"{AT}/entries/{number}", desk.office.importer)
    (request,) = shown["requests"]
    assert (request["state"], request["act"], request["removed_usd"]) == ("waiting", "at-cycle", "9375.00")
    assert shown["voided"] == [
        {"posted_on": POSTED.isoformat(), "act_key": "reliquidation:1", "voided_on": day.isoformat()}
    ]
    (decision,) = await rows(desk.office.engine, review_decisions)
    assert (decision.status, decision.duty_cents) == ("applied", -937_500)
    # What was proved can be proved still, and says that it has no effect.
    (run,) = await rows(desk.office.engine, program_runs)
    proof = await desk.office.ok("GET", f"{AT}/entries/{number}/proof", desk.office.staff("kim"))
    assert check_proof(proof, Published(run.root, run.leaves)) == []
    assert [each["act_key"] for each in proof["told"]["voided"]] == ["reliquidation:1"]
    report = await desk.office.ok(
        "POST", f"{AT}/reports", desk.office.staff("kim"), headers={"Idempotency-Key": "report"}
    )
    made = await desk.office.call("GET", f"{AT}/report?as_of={report['as_of']}", desk.office.staff("kim"))
    assert made.json()["voided"] == [{"act": "reliquidate", "state": "waiting", "entries": 1, "removed_usd": "9375.00"}]
    assert (made.json()["posted"], made.json()["money"]["potential_usd"]) == ([], "9375.00")
    # The payment of it is over, and says by what.
    await desk.close(day + timedelta(days=1))
    paid = await desk.read()
    assert (paid["state"], paid["replaced_by"]) == (
        "replaced",
        [{"act": "voided", "refunds": 1, "first_entry": number}],
    )

    lifted = day + timedelta(days=3)
    desk.office.on(lifted)
    await instruct(desk, "lift", lifted, "lift")
    friday = date(2026, 5, 15)
    await cycle(desk.office.engine, friday)
    found = await entry(desk, number)
    assert (found.state, found.liquidated_on, found.effect_duty_cents) == ("liquidated", friday, -937_500)
    (posted,) = await rows(desk.office.engine, program_postings)
    assert (posted.act_key, posted.lane, posted.removed_cents) == (f"liquidation:{found.turns}", "cycle", 937_500)
    assert (await desk.office.verdict(number))["state"] == "posted"
    await desk.close(friday + timedelta(days=3))
    again = await desk.read("P000000002")
    assert (again["state"], again["refunds"], again["removed_usd"], again["other_usd"]) == (
        "ready",
        1,
        "9375.00",
        "0.00",
    )
    of_payments = {each.refund_number: each.payment for each in await rows(desk.office.engine, payment_refunds)}
    states = {of_payments[each.refund_number]: each.state for each in await rows(desk.office.engine, refunds)}
    assert states == {"P000000001": "replaced", "P000000002": "ready"}
    line, totals = await desk.statement()
    assert (line["entry"], line["replaced_by"], totals["net"]) == (number, "voided", "0.00")


async def test_what_was_paid_on_a_voided_posting_is_not_paid_again(desk: Desk) -> None:
    number = await reliquidated(desk)
    await desk.close(POSTED + timedelta(days=1))
    paid = await desk.pay(POSTED + timedelta(days=1))
    assert paid["state"] == "paid"
    await void(desk, number, POSTED + timedelta(days=7), LIQUIDATED - timedelta(days=2))
    line, totals = await desk.statement()
    assert (line["entry"], totals["net"]) == (number, paid["net_usd"])
    lifted = POSTED + timedelta(days=10)
    desk.office.on(lifted)
    await instruct(desk, "lift", lifted, "lift")
    await cycle(desk.office.engine, date(2026, 5, 15))
    assert (await entry(desk, number)).liquidation_kind == "no-change"
    # What was refunded counts as refunded: nothing is owed by either side but interest of less than 20 dollars.
    assert [each.state for each in await rows(desk.office.engine, refunds)] == ["paid"]


async def test_what_a_voided_liquidation_of_a_program_removed_is_posted_again_by_its_next_run(desk: Desk) -> None:
    number = await desk.office.file()
    await desk.office.declare([number])
    await desk.post(number)
    await void(desk, number, MONDAY + timedelta(days=2), MONDAY - timedelta(days=5))
    assert await rows(desk.office.engine, program_postings) == []
    assert [each.act_key for each in await rows(desk.office.engine, program_voided_postings)] == ["liquidation"]
    lifted = MONDAY + timedelta(days=4)
    desk.office.on(lifted)
    await instruct(desk, "lift", lifted, "lift")
    await desk.office.judge()
    assert (await desk.office.verdict(number))["state"] == "due"
    day = MONDAY + timedelta(days=7)
    await desk.post(number, on=day)
    (posted,) = await rows(desk.office.engine, program_postings)
    found = await entry(desk, number)
    assert (posted.act_key, found.effect_duty_cents) == (f"liquidation:{found.turns}", -937_500)


async def test_a_run_posts_an_entry_once_though_it_goes_on_until_its_day_ends(desk: Desk) -> None:
    """Voided and due again on the day of its posting: a run has one leaf of an entry, so the next one posts it."""
    number = await desk.office.file()
    await desk.office.declare([number])
    await desk.post(number)
    await void(desk, number, MONDAY, MONDAY - timedelta(days=5))
    await instruct(desk, "lift", MONDAY, "lift")
    await desk.office.judge()
    assert (await desk.office.verdict(number))["state"] == "due"
    assert await post_programs(desk.office.engine, desk.office.clock, POLICY) == 0
    desk.office.on(MONDAY + timedelta(days=1))
    assert await seal_ended(desk.office.engine, desk.office.clock) == 1
    assert await post_programs(desk.office.engine, desk.office.clock, POLICY) == 1
    (posted,) = await rows(desk.office.engine, program_postings)
    (voided,) = await rows(desk.office.engine, program_voided_postings)
    assert (voided.run, posted.run) == (1, 2)


async def test_what_was_reversed_and_then_voided_is_not_removed_again(desk: Desk) -> None:
    number = await desk.office.file()
    await desk.office.declare([number])
    await desk.post(number)
    body = {"entries": [number], "by": "center", "reason": "SYNTHETIC order was reversed."}
    kim, lee = desk.office.staff("kim"), desk.office.staff("lee")
    await desk.office.ok("POST", f"{AT}/reversals", kim, json=body, headers={"Idempotency-Key": "a"})
    await desk.office.ok("POST", f"{AT}/reversals/confirmations", lee, headers={"Idempotency-Key": "b"})
    assert await reverse_confirmed(desk.office.engine, desk.office.clock, POLICY) == 1
    await void(desk, number, MONDAY + timedelta(days=2), MONDAY - timedelta(days=5))
    (decision,) = await rows(desk.office.engine, review_decisions)
    assert decision.status == "withdrawn"
    (posted,) = await rows(desk.office.engine, program_postings)
    assert (posted.reversal, (await desk.office.verdict(number))["state"]) == ("done", "posted")
