"""What a program posts and pays, as its pages show it: runs, pauses, stays, reversals by two, payments by two."""

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.payees import AccountFacts, record_account
from services.liquidation.acts.payment_closing import close_payments
from services.liquidation.acts.program_posting import post_programs
from services.liquidation.acts.program_reversals import reverse_confirmed
from services.liquidation.domain.money.settings import POLICY, PaymentPolicy
from shared.customs.entry_number import format_entry_number
from shared.db.transaction import transaction
from shared.runtime.concurrency import IfMatch
from shared.runtime.identity import Identity, RoleName
from tests.integration.console.house import House, open_house
from tests.integration.console.test_console_programs import IMPORTER, PAGE_BYTES, declare, file, release
from tests.integration.console.test_outside_refunds import AT, OTHER
from tests.integration.liquidation.builders import apply
from tests.support.refund_programs import filed

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

CLERK = Identity("eve", "Eve Ray", frozenset({RoleName.LIQUIDATION_SPECIALIST}))
BILL = text(
    "WITH billed AS (INSERT INTO bills (bill_number, entry_number, act_key, importer_number, principal, interest_cents,"
    " billed_cents, liquidated_on, issued_on, due_on, state, stood_on, open_cents, delinquency_cents, surplus_cents,"
    " blocks, noticed_through) SELECT :n || '-B09', entry_number, 'x', importer_number, '{\"duty\": 100}', 0, 100,"
    " '2025-06-02', '2025-06-02', '2025-07-02', 'delinquent', '2025-06-02', 100, 0, 0, '[]', '2025-06-02' FROM entries"
    " WHERE entry_number = :n RETURNING bill_number, entry_number) INSERT INTO payment_offsets (payment, bill_number,"
    " entry_number, told_on, apply_from, told_cents, state, cents) SELECT 'P000000001', bill_number, entry_number,"
    " '2026-06-15', '2026-07-15', 100, 'intended', 100 FROM billed"
)
REASON = {"reason": "SYNTHETIC order of a court."}


@pytest.fixture
async def house(service_engine: MakeEngine) -> House:
    return await open_house(service_engine, datetime(2026, 4, 20, 13, tzinfo=UTC), "liquidation")


async def can_be_paid(house: House, *importers: str) -> None:
    async with transaction(house.engines["liquidation"]) as tx:
        for importer in importers:
            meant = IfMatch(frozenset({'"0"'}))
            facts = AccountFacts(date(2026, 1, 1), True, None, True, True, False)
            await record_account(tx, house.clock.now(), importer, meant, facts, CLERK, POLICY)


async def post(house: House) -> int:
    """What is due on the day of the clock."""
    return await post_programs(house.engines["liquidation"], house.clock, POLICY)


async def test_a_program_is_paused_stayed_and_ended_with_reasons_by_whose_it_is(house: House) -> None:
    page = f"{await release(house)}/progress"
    async with house.reading_as("dora") as dora, house.reading_as("kim") as kim:
        assert "It posts on its days." in await dora.read(page)
        assert 'value="pause"' not in await kim.read(page), "an import specialist reads it"
        paused = await dora.fill(page, "pause", REASON)
        assert "paused: it posts nothing" in paused.text
        assert "SYNTHETIC order of a court." in await dora.read(page.removesuffix("/progress"))
        assert "It posts again." in (await dora.fill(page, "resume", REASON)).text
        assert "stayed by an order" in (await dora.fill(page, "stay", REASON)).text
        shown = await dora.read(page)
        assert 'value="pause"' not in shown
        late = await dora.send(page, page.replace("progress", "standing"), {"act": "pause", **REASON})
        assert late.status_code == 409
        assert "is stayed" in late.text
        assert "The stay is lifted." in (await dora.fill(page, "lift", REASON)).text
        assert "ended: what it posted stands" in (await dora.fill(page, "end", REASON)).text
        assert "aborted" in (await dora.fill(page, "abort", REASON)).text
        # What it posted is still to be paid, so an order may stay it.
        offered = await dora.read(page)
        assert ('value="stay"' in offered, 'value="abort"' in offered) == (True, False)
        assert "stayed by an order" in (await dora.fill(page, "stay", REASON)).text
        assert "The stay is lifted." in (await dora.fill(page, "lift", REASON)).text
        assert "aborted" in await dora.read(page)


async def test_a_stay_drafts_the_hold_set_that_keeps_cycles_from_the_entries(house: House) -> None:
    page = f"{await release(house)}/progress"
    async with house.reading_as("dora") as dora:
        stayed = await dora.fill(page, "stay-hold", REASON)
        assert "The hold set is drafted" in stayed.text
        assert "Stay of program ieepa-2026" in await dora.read("/holds?state=draft")


async def test_runs_with_their_money_and_days_are_shown_and_a_reversal_takes_two(house: House) -> None:
    page = await release(house)
    number, waits = await file(house), await file(house)
    await declare(house, number, waits)
    house.at(2026, 6, 15, 13)
    assert await post(house) == 2
    async with house.reading_as("dora") as dora, house.reading_as("tess") as tess:
        shown = await dora.read(f"{page}/progress")
        assert "Run 1, Mon 15 Jun 2026" in shown
        assert "Posted 2: duty $18,750.00" in shown
        assert "2 = 2 posted" in shown
        assert "None." in await dora.read(f"{page}/days")
        entry = f"{page}/entries/{number}"
        assert f'href="{entry}/proof.json"' in await dora.read(entry)
        proof = orjson.loads((await dora.client.get(f"{entry}/proof.json")).content)
        assert proof["posted"]["entry_number"] == number
        given = {"entries": format_entry_number(number).replace("-", ""), "by": "center", **REASON}
        asked = await dora.fill(f"{page}/progress", "reverse", given)
        assert "Asked for." in asked.text
        assert "1 asked: $9,375.00" in asked.text
        assert "Asked to reverse, 1: 1 entries, $9,375.00" in asked.text
        own = await dora.fill(f"{page}/progress", "confirm-reversal")
        assert own.status_code == 403
        why = {"reason": "SYNTHETIC: of another run."}
        assert "Withdrawn: what it names stands" in (await dora.fill(f"{page}/progress", "withdraw-reversal", why)).text
        assert 'value="confirm-reversal"' not in await dora.read(f"{page}/progress")
        by_judgment = given | {"by": "court-judgment", "court_ordered_on": "2026-06-15", "is_in_suit": "yes"}
        assert "Asked for." in (await dora.fill(f"{page}/progress", "reverse", by_judgment)).text
        assert "Confirmed: a job reverses it" in (await tess.fill(f"{page}/progress", "confirm-reversal")).text
        wrong = await dora.fill(f"{page}/progress", "reverse", {"run": "x", "by": "center", **REASON})
        assert wrong.status_code == 422
        assert 'name="run" inputmode="numeric" value="x"' in wrong.text


async def test_payments_are_certified_and_sent_by_two_and_the_payee_sees_each_entry(house: House) -> None:
    page = await release(house)
    numbers = [await file(house) for _ in range(2)]
    other, event = filed(OTHER, number="SP700000014")
    await apply(house.engines["liquidation"], [event], now=house.clock.now())
    await declare(house, *numbers)
    async with house.reading_as("ben") as ben:
        checked = await ben.send(AT, f"{AT}/check", {"numbers": other})
        name = checked.text.partition('name="checked" value="')[2].partition('"')[0]
        assert "is with CBP" in (await ben.send(AT, f"{AT}/declare", {"checked": name, "certified": "yes"})).text
    await can_be_paid(house, IMPORTER, OTHER)
    house.at(2026, 6, 15, 13)
    assert await post(house) == 3
    house.at(2026, 6, 16, 13)  # payments are made when the day of the posting is over
    assert await close_payments(house.engines["liquidation"], house.clock, POLICY, PaymentPolicy(30)) == 2
    async with house.reading_as("omar") as omar, house.reading_as("dora") as dora, house.reading_as("ida") as ida:
        listed = await omar.read(f"{page}/payments?payee={IMPORTER}")
        mine = listed.partition(f"{page}/payments/")[2].partition('"')[0]
        theirs = {"P000000001": "P000000002", "P000000002": "P000000001"}[mine]
        at = f"{page}/payments/{mine}"
        assert theirs not in listed
        assert theirs in await omar.read(f"{page}/payments?state=ready")
        assert "to be paid" in (await ida.read(AT)).partition("What is paid")[2]
        certified = await omar.fill(at, "certify")
        assert "certified" in certified.text
        late = await omar.send(at, f"{at}/acts", {"act": "certify", "version": "1"})
        assert late.status_code in {409, 412}
        assert "What you may not do now" in certified.text, "he certified it"
        paid = await dora.fill(at, "pay", {"paid_on": "2026-06-16"})
        assert "Recorded: every refund of it is paid." in paid.text
        given = (await omar.client.get(f"{at}/statement.csv")).text
        own = (await ida.client.get(f"{AT}/payments/{mine}/statement.csv")).text
        assert own == given
        rows = list(csv.DictReader(io.StringIO(own)))
        assert {each["entry"] for each in rows} == {*numbers, "totals"}
        shown = (await ida.read(AT)).partition("What is paid")[2]
        assert f"{mine}-01" in shown
        assert theirs not in shown
        assert "paid Tue 16 Jun 2026" in shown
        assert (await ida.client.get(f"{AT}/payments/{theirs}/statement.csv")).status_code == 404
        returned = await dora.fill(at, "return", {"returned_on": "2026-06-16", "reason": "R03: no account"})
        assert "returned by the bank" in returned.text
        assert "R03: no account" in returned.text
        for path in (f"{page}/payments", at, f"{page}/days", f"{page}/progress"):
            assert len((await omar.client.get(path)).content) <= PAGE_BYTES
            assert (await ida.client.get(path)).status_code == 404
        assert (await omar.client.get(f"/programs/other/payments/{mine}")).status_code == 404


async def test_a_payment_that_later_acts_replaced_says_by_which(house: House) -> None:
    page = await release(house)
    number = await file(house)
    await declare(house, number)
    await can_be_paid(house, IMPORTER)
    house.at(2026, 6, 15, 13)
    assert await post(house) == 1
    engine = house.engines["liquidation"]
    house.at(2026, 6, 16, 13)
    assert await close_payments(engine, house.clock, POLICY, PaymentPolicy(30)) == 1
    async with house.reading_as("omar") as omar, house.reading_as("dora") as dora, house.reading_as("tess") as tess:
        at = f"{page}/payments/P000000001"
        assert "certified" in (await omar.fill(at, "certify")).text
        given = {"entries": format_entry_number(number).replace("-", ""), "by": "center", **REASON}
        await dora.fill(f"{page}/progress", "reverse", given)
        await tess.fill(f"{page}/progress", "confirm-reversal")
        assert await reverse_confirmed(engine, house.clock, POLICY) == 1
    house.at(2026, 6, 17, 13)
    await close_payments(engine, house.clock, POLICY, PaymentPolicy(30))
    async with house.reading_as("omar") as omar, house.reading_as("ida") as ida:
        shown = await omar.read(at)
        assert "Payment P000000001-01: replaced by later acts" in shown
        assert "<strong>reliquidation:1</strong>: 1 refunds" in shown
        assert "P000000001-01" in await omar.read(f"{page}/payments?state=replaced")
        assert "later acts took its place" in (await ida.read(AT)).partition("What is paid")[2]


async def test_a_payment_says_what_else_its_liquidations_changed_and_what_it_waits_for(house: House) -> None:
    page = await release(house)
    number = await file(house)
    await declare(house, number)
    await can_be_paid(house, IMPORTER)
    house.at(2026, 6, 15, 13)
    assert await post(house) == 1
    engine = house.engines["liquidation"]
    house.at(2026, 6, 16, 13)
    await close_payments(engine, house.clock, POLICY, PaymentPolicy(30))
    async with transaction(engine) as tx:
        # As a decision of a person in the same act leaves it, and with a bill of a quarter whose rate is not loaded.
        await tx.connection.execute(text("UPDATE payments SET removed_cents = removed_cents + 20000"))
        await tx.connection.execute(BILL, {"n": number})
    house.at(2027, 3, 1, 13)
    async with house.reading_as("omar") as omar, house.reading_as("ida") as ida:
        shown = await omar.read(f"{page}/payments/P000000001")
        assert "<dt>Other changes</dt>" in shown
        assert "The refunds are of whole liquidations." in shown
        assert f"Waits: it is not known what is open on bill {number}-B09" in shown
        assert "Waits: it is not known" in (await ida.read(AT)).partition("What is paid")[2]


async def test_a_payee_who_cannot_be_paid_is_told_so_when_it_asks(house: House) -> None:
    await release(house)
    number = await file(house)
    async with transaction(house.engines["liquidation"]) as tx:
        facts = AccountFacts(date(2026, 1, 1), True, None, False, None, False)
        await record_account(tx, house.clock.now(), IMPORTER, IfMatch(frozenset({'"0"'})), facts, CLERK, POLICY)
    await declare(house, number)
    async with house.reading_as("ida") as ida:
        listed = await ida.read(AT)
        page = f"{AT}/declarations/{listed.partition(f'{AT}/declarations/')[2].partition(chr(34))[0]}"
        assert "cannot be paid yet." in await ida.read(page)
        assert "Enroll for ACH refunds in the ACE account" in await ida.read(page)


async def test_a_report_of_a_day_is_made_once_and_signed_by_two(house: House) -> None:
    page = f"{await release(house)}/reports"
    async with house.reading_as("tess") as tess, house.reading_as("dora") as dora:
        assert "None was made." in await tess.read(page)
        makers = [each for each in (tess, dora) if 'value="make"' in await each.read(page)]
        made = await makers[0].fill(page, "make")
        assert "Mon 20 Apr 2026: not signed by two yet" in made.text
        whole = await makers[0].client.get(f"{page}/2026-04-20/report.json")
        assert orjson.loads(whole.content)["program"] == "ieepa-2026"
        table = await makers[0].client.get(f"{page}/2026-04-20/report.csv")
        assert table.status_code == 200
        assert (await makers[0].client.get(f"{page}/2026-04-21/report.json")).status_code >= 400
        for each in (tess, dora):
            if 'value="sign-2026-04-20"' in await each.read(page):
                assert "Signed, by the digest of its bytes." in (await each.fill(page, "sign-2026-04-20")).text
        assert "Signed Mon 20 Apr 2026" in await tess.read(page)
