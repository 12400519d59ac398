"""Payments of programs that come back, wait or end: what was set off stays so, and every statement adds up."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import text

from services.liquidation.acts.program_reversals import reverse_confirmed
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.store.tables.bills import bill_payments, bills
from services.liquidation.store.tables.payments import payment_settlements, payments
from services.liquidation.store.tables.refunds import refunds
from shared.customs import interest
from shared.customs.interest import accrue
from shared.customs.money import to_cents
from shared.db.transaction import transaction
from tests.integration.liquidation.builders import apply, published, review_decided, rows
from tests.integration.liquidation.payment_desk import MONDAY, TUESDAY, Desk, open_desk_on, told
from tests.integration.liquidation.program_office import IEEPA, duties

PAID_ON = date(2026, 2, 20)
SET_OFF_ON = date(2026, 7, 15)
RETURNED_ON = date(2026, 7, 17)
LATER = date(2026, 8, 20)
SMALL = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "983.32"))
"""With interest to the posting day 1,000.00 is refunded of it: 983.32 and 16.68."""

MIXED = duties(("8471300100", 125_000, "500.00"), (IEEPA, 0, "983.32"))
"""Ordinary duty of which a person decides, beside what the program removes."""
_MIGRATION = "services.liquidation.migrations.versions.0038_pre_settlements"
SETTLEMENTS_OF_BEFORE: str = import_module(_MIGRATION).KNOWN


@pytest.fixture
async def desk(service_engine: Any) -> AsyncIterator[Desk]:
    async with open_desk_on(await service_engine("liquidation")) as desk:
        yield desk


async def pay_and_return(desk: Desk, *entries: dict[str, Any], billed: int) -> tuple[list[str], int]:
    """Entries that are posted, paid less a bill that is set off, and returned; gives them, and what was set off."""
    await desk.account()
    numbers = [await desk.office.file(each) for each in entries]
    await desk.bill(billed)
    await desk.office.declare(numbers)
    await desk.post(*numbers)
    await desk.close()
    paid = await desk.pay(SET_OFF_ON)
    desk.office.on(RETURNED_ON)
    came_back = await desk.act("returns", "max", returned_on=RETURNED_ON.isoformat(), reason="R03: no account")
    assert came_back.status_code == 201, came_back.text
    return numbers, to_cents(paid["offset_usd"])


async def reverse(desk: Desk, number: str, on: date) -> None:
    """What the program removed of an entry is owed again: asked by one, confirmed by another."""
    desk.office.on(on)
    path = "/programs/ieepa-2026/reversals"
    body = {"entries": [number], "by": "center", "reason": "SYNTHETIC order was reversed."}
    await desk.office.ok("POST", path, desk.office.staff("kim"), json=body, headers={"Idempotency-Key": f"a{number}"})
    headers = {"Idempotency-Key": f"c{number}"}
    await desk.office.ok("POST", f"{path}/confirmations", desk.office.staff("lee"), headers=headers)
    assert await reverse_confirmed(desk.office.engine, desk.office.clock, POLICY) == 1


async def reliquidate(desk: Desk, number: str, on: date, effect: str) -> None:
    """The Center finds another effect on duty than the program, in time."""
    desk.office.on(on)
    body = {
        "effect_duty_usd": effect,
        "effect_fees_usd": "0.00",
        "explanation": "SYNTHETIC: a part of it was owed.",
        "by_class": [{"class_code": "additional-duty", "change_usd": effect}],
    }
    headers = {"Idempotency-Key": f"r-{number}", "If-Match": "*"}
    await desk.office.ok(
        "POST", f"/entries/{number}/reliquidations", desk.office.staff("kim"), json=body, headers=headers
    )


def grown(start: date, end: date, kind: interest.InterestKind = "corporate-overpayment") -> Decimal:
    """What a dollar bears from one day to another."""
    return interest.growth_factor(start, end, kind=kind, days_in_leap_year=365) - 1


async def bill_of(desk: Desk, number: str) -> Any:
    found = [each for each in await rows(desk.office.engine, bills) if each.entry_number == number]
    return found[-1] if found else None


async def settled(desk: Desk) -> list[tuple[str, int, int]]:
    """What was set off of the refund of each entry with which part, in cents."""
    found = await rows(desk.office.engine, payment_settlements)
    return [(each.entry_number, each.part, each.cents) for each in found]


def adds_up(line: dict[str, str]) -> bool:
    """Whether what a line gives is where it says it went."""
    given = sum(to_cents(line[name]) for name in ("duty_removed", "other_changes", "interest"))
    return given == sum(to_cents(line[name]) for name in ("disregarded", "offset", "net"))


async def test_what_was_set_off_of_a_refund_that_is_reversed_after_the_return_becomes_a_bill(desk: Desk) -> None:
    """1,000.00 were owed, some of it was set off and the rest came back: that some is owed again, with interest."""
    (first, second), set_off = await pay_and_return(desk, SMALL, SMALL, billed=300_00)
    owed = await desk.office.ok("GET", f"/refunds/{first}-R01", desk.office.importer)
    assert (owed["state"], owed["refund_usd"], to_cents(owed["set_off_usd"])) == ("ready", "1000.00", set_off)
    await reverse(desk, first, LATER)
    bill = await bill_of(desk, first)
    # 16.68 of what was set off was interest: the rest is duty that the importer had back since that day.
    principal = set_off - 16_68
    bears = accrue(principal, SET_OFF_ON, LATER, kind="underpayment", days_in_leap_year=365)
    assert (bill.state, bill.billed_cents) == ("open", set_off + bears)
    assert [(each.state, each.refund_cents) for each in await rows(desk.office.engine, refunds)] == [
        ("replaced", 100_000),
        ("ready", 100_000),
    ]
    await desk.close(LATER + timedelta(days=1))
    waiting = await desk.read()
    assert (waiting["state"], waiting["refunds"], waiting["net_usd"]) == ("returned", 1, "1000.00")
    paid = await desk.pay(LATER + timedelta(days=1))
    *lines, totals = await desk.statement()
    of_first, of_second = lines
    assert (of_first["entry"], of_first["replaced_by"], of_first["net"]) == (first, "reliquidation:1", "0.00")
    assert (of_first["duty_removed"], of_first["interest"]) == (f"{principal / 100:.2f}", "16.68")
    assert (of_second["entry"], of_second["offset"], of_second["replaced_by"]) == (second, "0.00", "")
    assert all(map(adds_up, (*lines, totals)))
    assert (totals["net"], to_cents(totals["offset"])) == (paid["net_usd"], set_off)


async def test_a_payment_whose_only_refund_is_reversed_after_the_return_is_over_and_never_below_nothing(
    desk: Desk,
) -> None:
    """Before, the 1,000.00 ended, and nobody asked for what had been set off of it."""
    (only,), set_off = await pay_and_return(desk, SMALL, billed=300_00)
    await reverse(desk, only, LATER)
    refused = await desk.act("certifications", "max")
    assert (refused.status_code, refused.json()["code"]) == (409, "payment-state")
    await desk.close(LATER + timedelta(days=1))
    shown = await desk.read()
    assert (shown["state"], shown["net_usd"], to_cents(shown["offset_usd"])) == ("replaced", "0.00", set_off)
    assert "stays so, and counts as paid" in shown["reason"]
    assert shown["replaced_by"] == [{"act": "reliquidation:1", "refunds": 1, "first_entry": only}]
    assert [each["state"] for each in shown["offsets"]] == ["applied"]
    assert (await bill_of(desk, only)).billed_cents > set_off
    line, totals = await desk.statement()
    assert (line["replaced_by"], to_cents(line["offset"]), totals["net"]) == ("reliquidation:1", set_off, "0.00")


async def test_what_a_later_act_billed_as_paid_and_the_bank_returns_then_is_said_to_stand_beside_its_bill(
    desk: Desk,
) -> None:
    await desk.account()
    number = await desk.office.file(SMALL)
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    await desk.pay(TUESDAY)
    await reverse(desk, number, RETURNED_ON)
    billed = await bill_of(desk, number)
    assert billed.billed_cents > 1_000_00
    came_back = await desk.act("returns", "max", returned_on=RETURNED_ON.isoformat(), reason="R03: no account")
    shown = came_back.json()
    assert (shown["state"], shown["net_usd"]) == ("returned", "1000.00")
    assert f"Later acts billed 1 of its refunds as they were paid, the first of entry {number}" in shown["reason"]
    assert (await bill_of(desk, number)).state == "open"


async def test_a_smaller_refund_that_a_later_act_finds_is_paid_less_what_was_set_off(desk: Desk) -> None:
    (only,), set_off = await pay_and_return(desk, SMALL, billed=300_00)
    await reliquidate(desk, only, LATER, "-600.00")
    _, later = await rows(desk.office.engine, refunds)
    # In all 600.00 are owed, with interest to this day but for what was set off, which bore it to its own.
    given = set_off - 16_68
    owed = given * grown(PAID_ON, SET_OFF_ON) + (600_00 - given) * grown(PAID_ON, LATER)
    assert (later.state, later.refund_cents) == ("ready", 600_00 + round(owed) - set_off)
    await desk.close(LATER + timedelta(days=1))
    assert (await desk.read())["state"] == "replaced"


async def test_a_refund_of_which_less_is_owed_than_was_set_off_becomes_a_bill(desk: Desk) -> None:
    (only,), set_off = await pay_and_return(desk, SMALL, billed=900_00)
    await reliquidate(desk, only, LATER, "-100.00")
    bill = await bill_of(desk, only)
    too_much = set_off - 16_68 - 100_00
    owed = 100_00 * grown(PAID_ON, SET_OFF_ON) - too_much * grown(SET_OFF_ON, LATER, "underpayment")
    assert (bill.state, bill.billed_cents) == ("open", set_off - 100_00 - round(owed))
    assert [each.state for each in await rows(desk.office.engine, refunds)] == ["replaced"]


async def test_the_next_part_is_certified_with_what_is_open_and_sets_off_no_more_than_that(desk: Desk) -> None:
    (first, second), set_off = await pay_and_return(desk, SMALL, SMALL, billed=300_00)
    await desk.bill(1_800_00)
    await desk.close(RETURNED_ON + timedelta(days=1))
    told_now = await told(desk)
    # 2,000.00 less what was set off is left, and the second bill takes all of it.
    assert told_now[-1] == ("set-off-intended", "returned", "0.00")
    paid = await desk.pay(RETURNED_ON + timedelta(days=31))
    assert (paid["part"], paid["net_usd"], paid["delay_usd"]) == (2, "0.00", "0.00")
    settled = [
        (each.entry_number, each.part, each.cents) for each in await rows(desk.office.engine, payment_settlements)
    ]
    assert settled == [(first, 1, set_off), (first, 2, 100_000 - set_off), (second, 2, 100_000)]
    *lines, totals = await desk.statement()
    assert all(map(adds_up, (*lines, totals)))
    assert [each["offset"] for each in lines] == ["1000.00", "1000.00"]
    nothing = await desk.act("returns", "max", returned_on=(RETURNED_ON + timedelta(days=31)).isoformat(), reason="R03")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "payment-state")
    assert "nothing went to the bank" in nothing.json()["detail"]


async def test_delay_of_the_next_part_runs_on_what_was_not_set_off(desk: Desk) -> None:
    _, set_off = await pay_and_return(desk, SMALL, billed=300_00)
    day = RETURNED_ON + timedelta(days=90)
    paid = await desk.pay(day)
    # Blocks of 30 days from 15 June: that of the return bears none, and what was set off none after it.
    left, cents = 100_000, 0
    for number in range(1, (day - MONDAY).days // 30 + 1):
        start, end = MONDAY + timedelta(days=30 * (number - 1)), MONDAY + timedelta(days=30 * number)
        if end == SET_OFF_ON:
            left -= set_off
        if not (start < RETURNED_ON and end >= SET_OFF_ON) and end < day:
            cents += accrue(left, start, end, kind="corporate-overpayment", days_in_leap_year=365)
    assert to_cents(paid["delay_usd"]) == cents > 0
    *lines, totals = await desk.statement()
    assert all(map(adds_up, (*lines, totals)))
    assert totals["net"] == paid["net_usd"]


async def test_a_payment_waits_while_the_rate_of_a_bill_that_it_is_to_settle_is_not_known(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file(SMALL)
    billed = await desk.bill(300_00)
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    unknown = date(2027, 3, 1)  # rates are loaded to the end of 2026
    await desk.close(unknown)
    before = [each.checked_on for each in await rows(desk.office.engine, payments)]
    shown = await desk.read()
    assert (shown["state"], [each["state"] for each in shown["offsets"]]) == ("ready", ["intended"])
    assert shown["waits_for"].startswith(f"Waits: it is not known what is open on bill {billed}-B01")
    assert await desk.bar("payment.certify") == "set-off-undetermined"
    (listed,) = (await desk.office.ok("GET", "/programs/ieepa-2026/payments", desk.office.staff("max")))["items"]
    assert listed["waits_for"] == shown["waits_for"]
    early = await desk.act("certifications", "max")
    assert (early.status_code, early.json()["code"]) == (409, "set-off-undetermined")
    assert [each.checked_on for each in await rows(desk.office.engine, payments)] == before
    # The bill is paid, as of a day on which the rate was known: the payment goes on without it.
    received = {"received_on": "2026-07-01", "amount_usd": "400.00", "payer": "importer", "reference": "R-1"}
    headers = {"Idempotency-Key": "b-1"}
    path = f"/bills/{billed}-B01/payments"
    await desk.office.ok("POST", path, desk.office.staff("kim"), json=received, headers=headers)
    certified = await desk.act("certifications", "max")
    assert (certified.status_code, certified.json()["net_usd"]) == (201, "1000.00")
    assert [each["state"] for each in certified.json()["offsets"]] == ["released"]


@contextmanager
def rates_of_the_next_quarter(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if a release had brought the rates of the first quarter of 2027."""
    known = interest.read_table("interest_rates")
    anew = known[-1] | {"from_date": "2027-01-01", "to_date": "2027-03-31"}

    def forget() -> None:
        for each in (interest.rate_periods, interest._first_days, interest.growth_factor):
            each.cache_clear()

    with monkeypatch.context() as patched:
        patched.setattr(interest, "read_table", lambda name: [*known, anew])
        forget()
        yield
    forget()


async def test_a_payment_that_waited_for_a_rate_goes_on_when_it_is_known(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.account()
    number = await desk.office.file(SMALL)
    billed = await desk.bill(300_00)
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    day = date(2027, 3, 1)
    await desk.close(day)
    assert (await desk.act("certifications", "max")).json()["code"] == "set-off-undetermined"
    with rates_of_the_next_quarter(monkeypatch):
        assert (await desk.read())["waits_for"] is None
        paid = await desk.pay(day)
        (bill,) = [each for each in await rows(desk.office.engine, bills) if each.entry_number == billed]
        assert (bill.state, to_cents(paid["offset_usd"])) == ("paid", 300_00 + bill.delinquency_cents)
        *lines, totals = await desk.statement()
    assert all(map(adds_up, (*lines, totals)))
    assert totals["net"] == paid["net_usd"]


async def test_a_certified_payment_is_not_sent_while_the_rate_of_its_bill_is_not_known(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file(SMALL)
    await desk.bill(300_00)
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    desk.office.on(date(2026, 12, 20))
    assert (await desk.act("certifications", "max")).status_code == 201
    await desk.close(date(2027, 3, 1))
    shown = await desk.read()
    assert (shown["state"], shown["waits_for"] is None) == ("certified", False)
    bars = [await desk.bar(action, "lee") for action in ("payment.pay", "payment.certify")]
    assert bars == ["set-off-undetermined", "payment-state"]
    refused = await desk.act("payouts", "lee", paid_on="2026-12-21")
    assert refused.status_code in (409, 422), refused.text
    assert refused.json()["code"] in ("set-off-undetermined", "missing-interest-rate")
    assert [each.state for each in await rows(desk.office.engine, refunds)] == ["certified"]
    assert await rows(desk.office.engine, bill_payments) == []


async def test_a_certified_payment_of_which_later_acts_leave_nothing_says_by_what_it_was_replaced(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file(SMALL)
    await desk.bill(300_00)
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    desk.office.on(SET_OFF_ON)
    assert (await desk.act("certifications", "max")).status_code == 201
    await reverse(desk, number, SET_OFF_ON)
    await desk.close(SET_OFF_ON + timedelta(days=1))
    shown = await desk.read()
    assert (shown["state"], shown["net_usd"], shown["refunds"]) == ("replaced", "0.00", 0)
    assert shown["replaced_by"] == [{"act": "reliquidation:1", "refunds": 1, "first_entry": number}]
    assert "reliquidation:1" in shown["reason"]
    assert [each["state"] for each in shown["offsets"]] == ["released"]
    assert shown["history"][-1]["change"] == "replaced"
    assert await bill_of(desk, number) is None  # nothing was given back
    line, totals = await desk.statement()
    assert (line["entry"], line["net"], line["replaced_by"]) == (number, "0.00", "reliquidation:1")
    assert (totals["net"], totals["offset"]) == ("0.00", "0.00")
    wanted = "/programs/ieepa-2026/payments?state=replaced"
    listed = (await desk.office.ok("GET", wanted, desk.office.importer))["items"]
    assert [each["payment"] for each in listed] == ["P000000001"]
    for what, body in (("certifications", {}), ("payouts", {"paid_on": SET_OFF_ON.isoformat()})):
        refused = await desk.act(what, "lee", **body)
        assert (refused.status_code, refused.json()["code"]) == (409, "payment-state")


async def test_set_offs_of_before_are_laid_on_the_refunds_in_order_of_entry(desk: Desk) -> None:
    """What a release before this one set off has no rows by refund: the migration lays it on as the statements did."""
    (first, second), set_off = await pay_and_return(desk, SMALL, SMALL, billed=1_200_00)
    known = [
        (each.refund_number, each.part, each.cents) for each in await rows(desk.office.engine, payment_settlements)
    ]
    assert known == [(f"{first}-R01", 1, 100_000), (f"{second}-R01", 1, set_off - 100_000)]
    async with transaction(desk.office.engine) as tx:
        await tx.connection.execute(text("DELETE FROM payment_settlements"))
        await tx.connection.execute(text(SETTLEMENTS_OF_BEFORE))
    again = [
        (each.refund_number, each.part, each.cents) for each in await rows(desk.office.engine, payment_settlements)
    ]
    assert again == known


async def post_beside_a_decision(desk: Desk, change: str) -> str:
    """An entry that the program liquidates, in an act that a person's decision on ordinary duty changes too."""
    await desk.account()
    number = await desk.office.file(MIXED)
    outcome = "refund" if change.startswith("-") else "increase"
    effect = {"duty_usd": change, "fees_usd": "0.00", "by_class": [{"class_code": "duty", "change_usd": change}]}
    decided = review_decided(number, outcome, change, decision_id="r-1", effect=effect)
    await apply(desk.office.engine, [decided], now=desk.office.clock.now())
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    return number


@pytest.mark.parametrize("change", ["-200.00", "300.00", "-0.01"])
async def test_a_refund_that_others_changed_too_is_of_the_whole_act_and_says_so(desk: Desk, change: str) -> None:
    """A liquidation is one act, and its refund the balance of all of it (19 USC 1505(b)): nothing of it is paid twice.

    What the program removed, what else changed, and the interest stand side by side wherever the refund is told.
    """
    number = await post_beside_a_decision(desk, change)
    other = -to_cents(change)
    shown = await desk.read()
    assert (shown["removed_usd"], to_cents(shown["other_usd"])) == ("983.32", other)
    assert to_cents(shown["refund_usd"]) == 983_32 + other + to_cents(shown["interest_usd"])
    (event,) = [each.data for each in await published(desk.office.engine) if hasattr(each.data, "payment")]
    assert (event.removed_usd, event.other_usd, event.refund_usd) == (
        shown["removed_usd"],
        shown["other_usd"],
        shown["refund_usd"],
    )
    line, totals = await desk.statement()
    assert (line["duty_removed"], to_cents(line["other_changes"]), line["net"]) == (
        "983.32",
        other,
        shown["refund_usd"],
    )
    assert all(map(adds_up, (line, totals)))
    proof = await desk.office.ok("GET", f"/programs/ieepa-2026/entries/{number}/proof", desk.office.staff("kim"))
    refund = proof["told"]["refund"]
    assert (refund["removed_usd"], to_cents(refund["other_usd"])) == ("983.32", other)
    assert refund["refund_usd"] == proof["posted"]["refund_usd"] == shown["refund_usd"]
    assert refund["says"].startswith("The refund is of the whole liquidation")
    paid = await desk.pay(TUESDAY)
    assert (paid["net_usd"], paid["other_usd"]) == (shown["refund_usd"], shown["other_usd"])
    assert [each.refund_cents for each in await rows(desk.office.engine, refunds)] == [to_cents(paid["net_usd"])]


async def test_a_larger_increase_in_the_same_act_leaves_no_refund_and_one_bill(desk: Desk) -> None:
    number = await post_beside_a_decision(desk, "1500.00")
    assert await rows(desk.office.engine, payments) == []
    bill = await bill_of(desk, number)
    assert bill.principal == {"additional-duty": -983_32, "duty": 1500_00}
    proof = await desk.office.ok("GET", f"/programs/ieepa-2026/entries/{number}/proof", desk.office.staff("kim"))
    assert (proof["posted"]["outcome"], proof["posted"]["removed_usd"], proof["told"]["refund"]) == (
        "increase",
        "983.32",
        None,
    )
    assessed = proof["told"]["assessment"]
    assert (assessed["other_usd"], assessed["says"].startswith("The act is of the whole liquidation")) == (
        "-1500.00",
        True,
    )


async def test_a_refund_that_is_all_of_its_program_says_so(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file(SMALL)
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    assert (await desk.read())["other_usd"] == "0.00"
    proof = await desk.office.ok("GET", f"/programs/ieepa-2026/entries/{number}/proof", desk.office.staff("kim"))
    told_of = proof["told"]["refund"]
    assert (told_of["says"], told_of["other_usd"]) == ("The refund is what the program removed, with interest.", "0.00")
