"""Payments of programs over HTTP, on what programs really post: edge cases by their numbers in the plan."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.liquidation.acts.program_posting import post_chunk
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.store.tables.bills import bill_payments, bills
from services.liquidation.store.tables.money_acts import money_acts
from services.liquidation.store.tables.payments import payment_offsets, payment_refunds, payments
from services.liquidation.store.tables.programs import program_postings, program_runs
from services.liquidation.store.tables.refunds import refunds
from shared.db.transaction import transaction
from tests.integration.liquidation.builders import apply, post_entry, published, rows
from tests.integration.liquidation.payment_desk import MONDAY, TUESDAY, Desk, open_desk_on, told
from tests.integration.liquidation.program_office import IEEPA, IMPORTER, duties

REFUND = "9534.03"
"""9,375.00 paid on 20 February 2026 by a corporation, liquidated on 15 June 2026: see test_liquidation_posting."""


@pytest.fixture
async def desk(service_engine: Any) -> AsyncIterator[Desk]:
    async with open_desk_on(await service_engine("liquidation")) as desk:
        yield desk


async def test_refunds_of_a_payee_and_posting_day_are_certified_and_paid_together_by_two(desk: Desk) -> None:
    await desk.account()
    numbers = [await desk.office.file() for _ in range(2)]
    await desk.office.declare(numbers)
    await desk.post(*numbers)
    assert await desk.close() == 1
    assert await desk.close() == 0
    shown = await desk.read()
    assert (shown["state"], shown["refunds"], shown["refund_usd"]) == ("ready", 2, "19068.06")
    (listed,) = (await desk.office.ok("GET", "/programs/ieepa-2026/payments", desk.office.importer))["items"]
    assert (listed["payment"], listed["posted_on"], listed["payee"]) == ("P000000001", "2026-06-15", "importer")

    one_by_one = await desk.office.call(
        "POST", f"/refunds/{numbers[0]}-R01/certify", desk.office.staff("max"), headers={"If-Match": "*"}
    )
    assert (one_by_one.status_code, one_by_one.json()["code"]) == (409, "refund-in-payment")
    assert "P000000001" in one_by_one.json()["detail"]

    certified = await desk.act("certifications", "max")
    assert (certified.status_code, certified.json()["state"]) == (201, "certified")
    assert {each.state for each in await rows(desk.office.engine, refunds)} == {"certified"}
    own = await desk.act("payouts", "max", paid_on=TUESDAY.isoformat())
    assert (own.status_code, own.json()["code"]) == (403, "second-person-required")
    paid = await desk.act("payouts", "lee", paid_on=TUESDAY.isoformat())
    assert (paid.json()["state"], paid.json()["net_usd"]) == ("paid", "19068.06")
    assert {(each.state, each.paid_by, each.delay_cents) for each in await rows(desk.office.engine, refunds)} == {
        ("paid", "lee", 0)
    }
    assert [each["change"] for each in paid.json()["history"]] == ["closed", "certified", "sent"]
    assert await told(desk) == [
        ("closed", "ready", "19068.06"),
        ("certified", "certified", "19068.06"),
        ("sent", "paid", "19068.06"),
    ]
    done = [(each.entry_number, each.change) for each in await rows(desk.office.engine, money_acts)]
    assert sorted(done) == sorted((number, "refund-changed") for number in numbers for _ in range(2))


async def test_a_statement_has_each_entry_and_its_totals_equal_the_bank_amount(desk: Desk) -> None:
    await desk.account()
    small = await desk.office.file(duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "12.00")))
    numbers = [await desk.office.file() for _ in range(2)]
    await desk.office.declare([small, *numbers])
    await desk.post(small, *numbers)
    await desk.close()
    paid = await desk.pay(TUESDAY)
    *lines, totals = await desk.statement()
    assert list(lines[0]) == [
        *("payment", "remittance", "payee", "entry", "declaration", "cohort", "liquidated_on", "heading"),
        *("duty_removed", "interest", "disregarded", "refund_number", "offset", "net", "proof_sha256"),
        *("other_changes", "replaced_by"),
    ]
    leaves = {each.entry_number: each.leaf.hex() for each in await rows(desk.office.engine, program_postings)}
    assert {each["entry"]: each["proof_sha256"] for each in lines} == leaves
    by_entry = {each["entry"]: each for each in lines}
    assert by_entry[numbers[0]]["net"] == REFUND
    assert (by_entry[small]["duty_removed"], by_entry[small]["net"], by_entry[small]["refund_number"]) == (
        "12.00",
        "0.00",
        "",
    )
    assert by_entry[small]["disregarded"] == f"{12 + float(by_entry[small]['interest']):.2f}"
    assert (totals["entry"], totals["net"], totals["remittance"]) == ("totals", paid["net_usd"], "P000000001-01")
    whole = await desk.office.ok("GET", "/payments/P000000001/statement", desk.office.importer)
    assert [each["entry"] for each in whole["rows"]] == [each["entry"] for each in lines]
    assert whole["totals"]["net"] == paid["net_usd"]


async def test_no_text_of_a_statement_is_a_formula_to_a_spreadsheet(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file()
    given = {"received_at": "2026-04-20T15:00:00Z", "body": {"program": "ieepa-2026", "certified": True}}
    sent = post_entry("refund-declaration", "-1-2", [number], **given)
    await apply(desk.office.engine, [sent], now=desk.office.clock.now())
    await desk.post(number)
    await desk.close()
    line, _ = await desk.statement()
    assert (line["entry"], line["declaration"], line["net"]) == (number, "'-1-2", REFUND)
    whole = await desk.office.ok("GET", "/payments/P000000001/statement", desk.office.importer)
    assert whole["rows"][0]["declaration"] == "-1-2"


async def test_edge_21_a_payee_that_is_not_enrolled_waits_without_interest_for_those_days(desk: Desk) -> None:
    number = await desk.office.file()
    await desk.account(has_ach_enrollment=False, has_valid_bank_data=None)
    declared = await desk.office.declare([number])
    assert declared["payees_not_ready"] == 1
    (lacking,) = declared["not_ready"]
    assert (lacking["missing"], lacking["remedy"]) == (
        ["ach-enrollment"],
        "Enroll for ACH refunds in the ACE account, or obtain a waiver of electronic payment.",
    )
    await desk.post(number)
    await desk.close()
    shown = await desk.read()
    assert (shown["state"], shown["missing"]) == ("waiting", ["ach-enrollment"])
    early = await desk.act("certifications", "max")
    assert (early.status_code, early.json()["code"]) == (422, "refund-not-ready")
    late = MONDAY + timedelta(days=40)
    desk.office.on(late)
    await desk.account(revision=1, on=late.isoformat())
    assert (await desk.read())["state"] == "ready"
    assert {each.state for each in await rows(desk.office.engine, refunds)} == {"ready"}
    # Due 30 days after the posting: the one whole block since then has days on which nobody could be paid.
    paid = await desk.pay(late + timedelta(days=1))
    assert (paid["delay_usd"], paid["net_usd"]) == ("0.00", REFUND)
    events = [each.data for each in await published(desk.office.engine)]
    assert [each.change for each in events if hasattr(each, "payment")] == ["closed", "ready", "certified", "sent"]
    assert not [each for each in events if getattr(each, "change", "") == "refund-changed"]


async def test_who_was_ready_all_the_time_gets_interest_for_the_delay(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file()
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    paid = await desk.pay(MONDAY + timedelta(days=40))
    # 9,534.03 for 15 days at 5 % and 15 at 6 %, compounded daily, the rates of a corporation of June and July 2026.
    assert paid["delay_usd"] == f"{9534.03 * ((1 + 0.05 / 365) ** 15 * (1 + 0.06 / 365) ** 15 - 1):.2f}"
    *_, totals = await desk.statement()
    assert totals["net"] == paid["net_usd"]


async def test_edge_21_a_designee_is_paid_only_where_it_is_on_file_and_named_on_the_entry(desk: Desk) -> None:
    other = "13-345678900"
    await desk.account(designee_number=other)
    named, not_named = await desk.office.file(notify_party=other), await desk.office.file()
    await desk.office.declare([named, not_named])
    await desk.post(named, not_named)
    assert await desk.close() == 2
    found = {each.payee_number: each for each in await rows(desk.office.engine, payments)}
    assert {payee: row.state for payee, row in found.items()} == {IMPORTER: "ready", other: "waiting"}
    members = {each.payment: each.entry_number for each in await rows(desk.office.engine, payment_refunds)}
    assert members == {found[IMPORTER].payment: not_named, found[other].payment: named}
    await desk.account(importer=other)
    assert (await desk.read(found[other].payment))["state"] == "ready"


async def test_edge_22_a_delinquent_bill_is_told_first_and_then_set_off(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file(duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "983.32")))
    billed = await desk.bill(300_00)
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    shown = await desk.read()
    assert shown["refund_usd"] == "1000.00"
    (offset,) = shown["offsets"]
    assert (offset["state"], offset["apply_from"], offset["told_usd"]) == ("intended", "2026-07-15", "300.00")
    assert await told(desk) == [("closed", "ready", "1000.00"), ("set-off-intended", "ready", "700.00")]
    early = await desk.act("certifications", "max")
    assert (early.status_code, early.json()["code"]) == (409, "set-off-pending")
    # Meanwhile the bill bears interest for its delinquency: of 1,000.00 what is open by then is set off.
    desk.office.on(date(2026, 7, 15))
    certified = (await desk.act("certifications", "max")).json()
    assert [each.state for each in await rows(desk.office.engine, bills)] == ["delinquent"]
    paid = (await desk.act("payouts", "lee", paid_on="2026-07-15")).json()
    assert (paid["offset_usd"], paid["net_usd"]) == (certified["offset_usd"], certified["net_usd"])
    (bill,) = await rows(desk.office.engine, bills)
    (payment,) = await rows(desk.office.engine, bill_payments)
    assert (bill.state, bill.settled_on) == ("paid", date(2026, 7, 15))
    assert (payment.reference, payment.cents) == (
        "set off against payment P000000001-01",
        bill.billed_cents + bill.delinquency_cents,
    )
    assert bill.entry_number == billed
    *_, totals = await desk.statement()
    assert (totals["offset"], totals["net"]) == (paid["offset_usd"], paid["net_usd"])
    assert float(totals["offset"]) + float(totals["net"]) == 1000.00


async def test_edge_22_a_bill_that_is_protested_is_not_set_off(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file(duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "983.32")))
    await desk.protest(await desk.bill(300_00))
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    paid = await desk.pay(TUESDAY)
    assert (paid["offsets"], paid["net_usd"]) == ([], "1000.00")


async def test_a_bill_that_is_protested_after_it_was_told_is_released(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file(duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "983.32")))
    billed = await desk.bill(300_00)
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    await desk.protest(billed)
    paid = await desk.pay(TUESDAY)
    assert (paid["net_usd"], [each["state"] for each in paid["offsets"]]) == ("1000.00", ["released"])
    assert "protested" in paid["offsets"][0]["why"]


async def test_a_certified_payment_whose_bill_is_protested_is_certified_again(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file(duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "983.32")))
    billed = await desk.bill(300_00)
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    desk.office.on(date(2026, 7, 15))
    certified = (await desk.act("certifications", "max")).json()
    assert [each["state"] for each in certified["offsets"]] == ["certified"]
    assert await desk.bar("payment.certify") == "payment-state"
    await desk.protest(billed)
    assert await desk.bar("payment.certify") is None
    outdated = await desk.act("payouts", "lee", paid_on="2026-07-15")
    assert (outdated.status_code, outdated.json()["code"]) == (409, "payment-outdated")
    paid = await desk.pay(date(2026, 7, 15))
    assert (paid["net_usd"], [each["state"] for each in paid["offsets"]]) == ("1000.00", ["released"])


async def test_what_a_returned_payment_has_set_off_stays_set_off_and_is_not_told_anew(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file(duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "983.32")))
    await desk.bill(300_00)
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    day = date(2026, 7, 15)
    paid = await desk.pay(day)
    async with transaction(desk.office.engine) as tx:
        # A block of interest ended between: something of the bill is open again.
        await tx.connection.execute(text("UPDATE bills SET state = 'delinquent', settled_on = NULL, open_cents = 161"))
    desk.office.on(day + timedelta(days=2))
    came_back = await desk.act("returns", "max", returned_on="2026-07-17", reason="R03: no account")
    assert came_back.status_code == 201
    await desk.close(day + timedelta(days=3))
    again = await desk.read()
    assert [(each["state"], each["offset_usd"]) for each in again["offsets"]] == [("applied", paid["offset_usd"])]


async def test_edge_23_while_the_program_is_stayed_nothing_is_sent_and_then_the_same_number_is(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file()
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    assert (await desk.act("certifications", "max")).status_code == 201
    await _order(desk, "stay")
    stopped = await desk.act("payouts", "lee", paid_on=TUESDAY.isoformat())
    assert (stopped.status_code, stopped.json()["code"]) == (409, "program-stayed")
    assert ((await desk.read())["is_stopped"], (await desk.read())["state"]) == (True, "certified")
    await _order(desk, "lift")
    paid = await desk.act("payouts", "lee", paid_on=TUESDAY.isoformat())
    assert (paid.json()["payment"], paid.json()["remittance"]) == ("P000000001", "P000000001-01")


async def test_a_stay_outlasts_an_abort_and_a_reversal_that_is_asked_for_stops_the_money(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file()
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    await _order(desk, "stay")
    key = {"Idempotency-Key": "abort"}
    reason = {"reason": "SYNTHETIC order was reversed."}
    path = "/programs/ieepa-2026"
    await desk.office.ok("POST", f"{path}/aborts", desk.office.staff("kim"), json=reason, headers=key)
    stopped = await desk.act("certifications", "max")
    assert (stopped.status_code, stopped.json()["code"]) == (409, "program-stayed")
    await _order(desk, "lift")
    assert await desk.bar("payment.certify") is None
    asked = {"by": "center", "entries": [number]} | reason
    key = {"Idempotency-Key": "reversal"}
    await desk.office.ok("POST", f"{path}/reversals", desk.office.staff("kim"), json=asked, headers=key)
    stopped = await desk.act("certifications", "max")
    assert (stopped.status_code, stopped.json()["code"]) == (409, "refund-reversing")
    shown = (await desk.office.ok("GET", f"{path}/payments", desk.office.staff("max")))["items"]
    assert [each["is_stopped"] for each in shown] == [True]


async def test_a_run_that_its_day_left_open_is_over_before_its_payments_are_made(desk: Desk) -> None:
    await desk.account()
    numbers = [await desk.office.file() for _ in range(2)]
    await desk.office.declare(numbers)
    await desk.office.judge()
    desk.office.on(MONDAY)
    async with transaction(desk.office.engine) as tx:
        await post_chunk(tx, "ieepa-2026", desk.office.clock.now(), POLICY, chunk=1)
    assert await desk.close(MONDAY) == 0  # its day goes on
    assert await desk.close(MONDAY + timedelta(days=1)) == 1
    (run,) = await rows(desk.office.engine, program_runs)
    assert (run.state, run.why) == ("stopped", "its day is over")


async def _order(desk: Desk, act: str) -> None:
    body = {"act": act, "reason": "SYNTHETIC order of a court."}
    headers = {"Idempotency-Key": act}
    await desk.office.ok("POST", "/programs/ieepa-2026/stays", desk.office.staff("kim"), json=body, headers=headers)


async def test_what_the_bank_returns_is_paid_again_under_its_number_as_part_2(desk: Desk) -> None:
    await desk.account()
    number = await desk.office.file()
    await desk.office.declare([number])
    await desk.post(number)
    await desk.close()
    await desk.pay(TUESDAY)
    desk.office.on(MONDAY + timedelta(days=3))
    came_back = await desk.act("returns", "max", returned_on="2026-06-18", reason="R03: no account")
    assert (came_back.status_code, came_back.json()["state"]) == (201, "returned")
    (refund,) = await rows(desk.office.engine, refunds)
    assert (refund.state, refund.paid_on, refund.certified_by) == ("ready", None, None)
    paid = await desk.pay(MONDAY + timedelta(days=4))
    assert (paid["payment"], paid["part"], paid["remittance"]) == ("P000000001", 2, "P000000001-02")
    assert paid["net_usd"] == REFUND
    assert [each[0] for each in await told(desk)] == ["closed", "certified", "sent", "returned", "certified", "sent"]


async def test_what_becomes_known_later_is_paid_with_a_payment_of_its_own_day(desk: Desk) -> None:
    await desk.account()
    known = await desk.office.file()
    unknown = await desk.office.file(paid_on=None)
    await desk.office.declare([known, unknown])
    await desk.post(known, unknown)
    assert await desk.close() == 1
    assert (await desk.read())["refunds"] == 1
    day = MONDAY + timedelta(days=2)
    desk.office.on(day)
    await _know_deposit(desk, unknown)
    states = {each.entry_number: each.state for each in await rows(desk.office.engine, refunds)}
    assert states == {known: "ready", unknown: "ready"}
    assert await desk.close() == 0  # the day goes on
    assert await desk.close(day + timedelta(days=1)) == 1
    shown = await desk.read("P000000002")
    assert (shown["posted_on"], shown["refunds"]) == (day.isoformat(), 1)
    assert [each["entry"] for each in await desk.statement("P000000002")] == [unknown, "totals"]


async def _know_deposit(desk: Desk, number: str) -> None:
    """A correction that says when it was paid comes late and is assessed; here by the record of the version."""
    from services.liquidation.acts.assessments import determine
    from services.liquidation.store.records import lock_entries

    async with transaction(desk.office.engine) as tx:
        await tx.connection.execute(
            text("UPDATE entry_versions SET paid_on = '2026-02-20' WHERE entry_number = :n"), {"n": number}
        )
        await lock_entries(tx, [number], create=False)
        now = desk.office.clock.now()
        assert await determine(tx, [number], now.date(), now, POLICY) == 1


async def test_a_payment_changed_by_a_later_act_is_certified_again(desk: Desk) -> None:
    await desk.account()
    numbers = [await desk.office.file() for _ in range(2)]
    await desk.office.declare(numbers)
    await desk.post(*numbers)
    await desk.close()
    assert (await desk.act("certifications", "max")).status_code == 201
    async with transaction(desk.office.engine) as tx:
        await tx.connection.execute(
            text("UPDATE refunds SET state = 'replaced', replaced_by = 'x' WHERE entry_number = :n"), {"n": numbers[0]}
        )
    outdated = await desk.act("payouts", "lee", paid_on=TUESDAY.isoformat())
    assert (outdated.status_code, outdated.json()["code"]) == (409, "payment-outdated")
    paid = await desk.pay(TUESDAY)
    assert (paid["refunds"], paid["net_usd"]) == (1, REFUND)
    *lines, totals = await desk.statement()
    shown = {each["entry"]: (each["net"], each["replaced_by"]) for each in lines}
    assert (shown, totals["net"]) == ({numbers[0]: ("0.00", "x"), numbers[1]: (REFUND, "")}, REFUND)


async def test_others_do_not_see_a_payment_and_payments_never_mix_importers(desk: Desk) -> None:
    other = "13-345678900"
    await desk.account()
    await desk.account(importer=other)
    first, second = await desk.office.file(), await desk.office.file(importer_number=other)
    await desk.office.declare([first, second], who=desk.office.broker())
    await desk.post(first, second)
    assert await desk.close() == 2
    mine = (await desk.office.ok("GET", "/programs/ieepa-2026/payments", desk.office.importer))["items"]
    assert [each["importer_number"] for each in mine] == [IMPORTER]
    foreign = next(each.payment for each in await rows(desk.office.engine, payments) if each.importer_number == other)
    for path in (f"/payments/{foreign}", f"/payments/{foreign}/statement", f"/payments/{foreign}/statement.csv"):
        assert (await desk.office.call("GET", path, desk.office.importer)).status_code == 404
    wanted = f"/programs/ieepa-2026/payments?payee={other}&state=ready&posted_on=2026-06-15"
    found = (await desk.office.ok("GET", wanted, desk.office.staff("max")))["items"]
    assert [each["payment"] for each in found] == [foreign]


async def test_killed_between_payees_the_closing_goes_on_and_makes_none_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.liquidation.acts import payment_closing

    importers = [f"{20 + number}-345678900" for number in range(3)]
    for each in importers:
        await desk.account(importer=each)
    numbers = [await desk.office.file(importer_number=each) for each in importers]
    await desk.office.declare(numbers, who=desk.office.broker())
    await desk.post(*numbers)
    monkeypatch.setattr(payment_closing, "CHUNK", 1)
    whole, seen = payment_closing._tell_made, []

    async def stop_at_the_second(*given: Any) -> None:
        seen.append(given)
        if len(seen) == 2:
            raise RuntimeError("killed")
        await whole(*given)

    monkeypatch.setattr(payment_closing, "_tell_made", stop_at_the_second)
    with pytest.raises(RuntimeError):
        await desk.close()
    monkeypatch.setattr(payment_closing, "_tell_made", whole)
    assert await desk.close() == 2
    found = await rows(desk.office.engine, payments)
    assert sorted((each.payment, each.importer_number) for each in found) == [
        (f"P00000000{place}", importer) for place, importer in enumerate(importers, 1)
    ]
    assert await rows(desk.office.engine, payment_offsets) == []
    assert [each[0] for each in await told(desk)] == ["closed"] * 3


async def test_a_declaration_is_told_once_to_each_party_when_it_is_judged(desk: Desk) -> None:
    number = await desk.office.file()
    await desk.office.declare([number, "B7603245279"])
    events = [each.data for each in await published(desk.office.engine) if hasattr(each.data, "declaration_id")]
    (judged,) = events
    assert (judged.importer_number, judged.rows, judged.accepted, judged.dropped) == (IMPORTER, 2, 1, 1)
    assert [(each.code, each.entries) for each in judged.codes] == [("check-digit", 1)]
    assert (judged.removed_usd, judged.missing, judged.payees_not_ready) == ("9375.00", None, 0)
    await desk.account(has_ach_enrollment=False)
    second = await desk.office.file()
    await desk.office.declare([second], key="d-2", who=desk.office.broker())
    (again,) = [
        each.data
        for each in await published(desk.office.engine)
        if getattr(each.data, "filer_code", None) == "B76" and hasattr(each.data, "declaration_id")
    ]
    assert (again.importer_number, again.rows, again.payees_not_ready) == (None, 1, 1)
