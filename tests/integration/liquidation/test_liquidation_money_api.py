"""The HTTP side of money, with real tokens on a real database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.bills import run_bill_clocks
from services.liquidation.app import SERVICE
from services.liquidation.settings import LiquidationSettings
from shared.bus.postgres import PostgresBus
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import apply, cycle, post_entry, review_decided
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.people import EVERY_CENTER

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
IMPORTER = "07-345678900"
FRIDAY = date(2026, 1, 16)
ACCOUNT = {
    "effective_on": "2026-03-02",
    "is_corporation": True,
    "pays_monthly": False,
    "has_ach_enrollment": True,
    "has_valid_bank_data": True,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """An API with its database and clock, and tokens for whoever calls."""

    engine: AsyncEngine
    clock: FixedClock
    client: httpx.AsyncClient
    settings: LiquidationSettings

    def headers(
        self, *roles: RoleName, who: str = "kim", key: str | None = None, tag: str | None = None, **grants: Any
    ) -> dict[str, str]:
        token = issue_development_token(
            self.settings, Identity(who, who, frozenset(roles), **{"centers": EVERY_CENTER} | grants), self.clock.now()
        )
        more = {"Idempotency-Key": key, "If-Match": tag}
        return {"Authorization": f"Bearer {token}"} | {name: value for name, value in more.items() if value is not None}

    async def get(self, path: str, *roles: RoleName, **grants: Any) -> httpx.Response:
        return await self.client.get(path, headers=self.headers(*(roles or (STAFF,)), **grants))

    async def liquidate(self, duty_usd: str, friday: date = FRIDAY, **changes: Any) -> str:
        number = entry_number()
        body = {"entry_date": "2025-03-03", "import_date": "2025-03-02", "paid_on": "2025-03-12"} | changes
        await apply(self.engine, [decoded("entry-filed", entry_body(number, **body), time="2025-03-03T19:00:00Z")])
        decided = review_decided(
            number,
            "refund" if duty_usd.startswith("-") else "increase",
            duty_usd,
            decision_id=f"d-{number}",
            item_id=f"i-{number}",
            decided_at="2025-06-02T15:00:00Z",
        )
        await apply(self.engine, [decided])
        await cycle(self.engine, friday)
        return number

    async def pay(self, bill: str, on: str, amount: str, key: str) -> httpx.Response:
        body = {"received_on": on, "amount_usd": amount, "reference": "ACH 000123"}
        return await self.client.post(f"/bills/{bill}/payments", json=body, headers=self.headers(RECORDER, key=key))


STAFF = RoleName.LIQUIDATION_SPECIALIST
RECORDER = RoleName.ENTRY_SPECIALIST


@pytest.fixture
async def desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    async with open_desk(await service_engine("liquidation")) as desk:
        yield desk


@asynccontextmanager
async def open_desk(engine: AsyncEngine, **given: Any) -> AsyncIterator[Desk]:
    settings = LiquidationSettings(
        database_url="postgresql://unused", bus_database_url="postgresql://unused", token_secret="s" * 32, **given
    )
    clock = FixedClock(datetime(2026, 3, 2, 18, tzinfo=UTC))
    platform = Platform(settings, engine, PostgresBus("postgresql+asyncpg://unused"), clock, Metrics.create())
    parts = SERVICE.build(platform)
    app = build_app(SERVICE, platform, parts, Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        yield Desk(engine, clock, client, settings)


async def test_amounts_show_classes_lines_interest_periods_and_the_basis_of_the_due_day(desk: Desk) -> None:
    number = await desk.liquidate("1000.00")
    answer = (await desk.get(f"/entries/{number}/amounts")).json()
    (version,) = answer["versions"]
    assert (version["governs"], version["amounts_usd"]) == (True, {"499": "33.58", "duty": "25.00"})
    assert version["lines"][0]["amounts_usd"] == {"499": "33.58", "duty": "25.00"}
    (assessed,) = answer["assessments"]
    assert (assessed["outcome"], assessed["interest_usd"], assessed["total_usd"]) == ("increase", "60.23", "1060.23")
    assert assessed["interest_periods"] == [
        {"debtor": "importer", "amount_usd": "1000.00", "start": "2025-03-17", "end": "2026-01-16"}
    ]
    assert (assessed["deposit_due_on"], assessed["deposit_due_basis"]) == ("2025-03-17", "summary-due")
    assert assessed["rule"]["id"] == "min-20-liquidation"
    assert answer["bills"] == [f"{number}-B01"]


async def test_late_payment_goes_to_delinquency_interest_first_and_is_recorded_once_for_each_key(desk: Desk) -> None:
    number = await desk.liquidate("1000.00")
    await run_bill_clocks(desk.engine, desk.clock, desk.settings.money_policy)
    bill = f"{number}-B01"
    seen = (await desk.get(f"/bills/{bill}")).json()
    assert (seen["state"], seen["open_usd"], seen["blocks"][0]["ended_on"]) == ("delinquent", "1066.35", "2026-02-15")
    first = await desk.pay(bill, "2026-03-01", "1000.00", "key-1")
    again = await desk.pay(bill, "2026-03-01", "1000.00", "key-1")
    assert (first.status_code, first.json()["open_usd"], first.json()["bill_state"]) == (201, "66.35", "delinquent")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert (await desk.pay(bill, "2026-03-02", "66.35", "key-2")).json()["bill_state"] == "paid"
    seen = (await desk.get(f"/bills/{bill}")).json()
    assert (seen["settled_on"], [each["what"] for each in seen["acts"]]) == ("2026-03-02", ["bill-paid", "bill-paid"])
    future = await desk.pay(bill, "2026-03-03", "1.00", "key-3")
    assert (future.status_code, future.json()["rule"]) == (422, "bill-payment-order")
    assert (await desk.pay("B7600000000-B01", "2026-03-02", "1.00", "key-4")).status_code == 404
    assert (await desk.pay(bill, "2026-03-02", "0.00", "key-5")).json()["code"] == "no-amount"


async def test_outside_parties_see_their_own_bills_and_refunds_and_record_nothing(desk: Desk) -> None:
    numbers = sorted([await desk.liquidate("1000.00"), await desk.liquidate("500.00", date(2026, 1, 23))])
    owner: dict[str, Any] = {"importer_numbers": frozenset({IMPORTER})}
    stranger: dict[str, Any] = {"importer_numbers": frozenset({"12-345678900"})}
    first = (await desk.get("/bills?limit=1", RoleName.IMPORTER, **owner)).json()
    second = (await desk.get(first["next"], RoleName.IMPORTER, **owner)).json()
    assert [each["entry_number"] for each in [*first["items"], *second["items"]]] == numbers
    assert (await desk.get("/bills", RoleName.IMPORTER, **stranger)).json()["items"] == []
    assert len((await desk.get("/bills", RoleName.SURETY, surety_code="036")).json()["items"]) == 2
    assert (await desk.get("/bills", RoleName.SURETY, surety_code="001")).json()["items"] == []
    assert len((await desk.get("/bills", RoleName.BROKER, filer_code="B76")).json()["items"]) == 2
    for path in (f"/bills/{numbers[0]}-B01", f"/entries/{numbers[0]}/amounts", f"/entries/{numbers[0]}/deposit-facts"):
        assert (await desk.get(path, RoleName.IMPORTER, **owner)).status_code == 200
        assert (await desk.get(path, RoleName.IMPORTER, **stranger)).status_code == 404
    path = f"/importers/{IMPORTER}/refund-readiness"
    assert (await desk.get(path, RoleName.IMPORTER, **stranger)).status_code == 404
    headers = desk.headers(RoleName.IMPORTER, key="k", **owner)
    body = {"received_on": "2026-03-01", "amount_usd": "1.00", "reference": "x"}
    denied = await desk.client.post(f"/bills/{numbers[0]}-B01/payments", json=body, headers=headers)
    assert denied.status_code == 403


def bar(answer: httpx.Response, action: str) -> str | None:
    """The code of what stands against an action by what an answer shows."""
    (found,) = [each["code"] for each in answer.json()["may_do"] if each["action"] == action]
    return str(found) if found is not None else None


async def test_refund_waits_for_enrollment_and_is_certified_and_paid_by_two_people(desk: Desk) -> None:
    dear = line(tariffs=[{"hts": "8471300100", "value_usd": 1000, "duty_usd": "500.00"}])
    number = await desk.liquidate("-300.00", lines=[dear])
    assert (await desk.get("/refunds")).json()["items"] == []
    readiness = (await desk.get(f"/importers/{IMPORTER}/refund-readiness")).json()
    assert (readiness["state"], readiness["missing"], readiness["is_rate_known"]) == (
        "waiting",
        ["ach-enrollment"],
        False,
    )
    path = f"/importers/{IMPORTER}/refund-account"
    tag = (await desk.get(path)).headers["ETag"]
    unenrolled = ACCOUNT | {"has_ach_enrollment": False}
    assert (await desk.client.put(path, json=unenrolled, headers=desk.headers(RECORDER))).status_code == 428
    put = await desk.client.put(path, json=unenrolled, headers=desk.headers(RECORDER, tag=tag))
    assert (put.status_code, put.headers["ETag"]) == (200, '"1"')
    stale = await desk.client.put(path, json=ACCOUNT, headers=desk.headers(RECORDER, tag=tag))
    assert stale.status_code == 412
    refund = f"/refunds/{number}-R01"
    waiting = await desk.get(refund)
    assert (waiting.json()["state"], waiting.json()["missing"]) == ("waiting-for-enrollment", ["ach-enrollment"])
    assert bar(waiting, "refund.certify") == "refund-not-ready"
    # 300.00 from 12 March 2025 for 310 days at 6 %, a corporation: 15.68.
    assert (waiting.json()["refund_usd"], waiting.json()["interest_usd"]) == ("315.68", "15.68")
    tag = waiting.headers["ETag"]
    early = await desk.client.post(f"{refund}/certify", headers=desk.headers(STAFF, tag=tag))
    assert (early.status_code, early.json()["rule"], early.json()["code"]) == (422, "refund-ach", "refund-not-ready")
    enrolled = await desk.client.put(path, json=ACCOUNT, headers=desk.headers(RECORDER, tag='"1"'))
    assert enrolled.status_code == 200
    ready = await desk.get(refund)
    assert (ready.json()["state"], ready.json()["missing"]) == ("ready", [])
    assert bar(ready, "refund.certify") is None
    certified = await desk.client.post(f"{refund}/certify", headers=desk.headers(STAFF, tag=ready.headers["ETag"]))
    assert (certified.json()["state"], certified.json()["certified_by"]) == ("certified", "kim")
    tag, body = certified.headers["ETag"], {"paid_on": "2026-03-02"}
    same = await desk.client.post(f"{refund}/pay", json=body, headers=desk.headers(STAFF, tag=tag))
    assert (same.status_code, same.json()["rule"]) == (403, "two-people")
    behind = desk.headers(STAFF, who="lee", acting_for="kim", tag=tag)
    assert (await desk.client.post(f"{refund}/pay", json=body, headers=behind)).json()["rule"] == "two-people"
    paid = await desk.client.post(f"{refund}/pay", json=body, headers=desk.headers(STAFF, who="lee", tag=tag))
    # The payee could not be paid from 6 February to 1 March, which is in both blocks since liquidation.
    assert (paid.json()["state"], paid.json()["paid_by"], paid.json()["delay_usd"]) == ("paid", "lee", "0.00")
    assert [each["what"] for each in paid.json()["acts"]] == ["refund-changed"] * 4
    again = await desk.client.post(
        f"{refund}/pay", json=body, headers=desk.headers(STAFF, who="lee", tag=paid.headers["ETag"])
    )
    assert (again.status_code, again.json()["code"]) == (409, "refund-state")
    listed = (await desk.get("/refunds?state=paid", RoleName.IMPORTER, importer_numbers=frozenset({IMPORTER}))).json()
    assert [each["refund_number"] for each in listed["items"]] == [f"{number}-R01"]


async def test_recording_the_due_day_bills_what_waited_for_it(desk: Desk) -> None:
    number = await desk.liquidate("1000.00", paid_on="2025-04-21")
    path = f"/entries/{number}/deposit-facts"
    assert (await desk.get("/bills")).json()["items"] == []
    body = {"required_on": "2025-04-21"}
    denied = await desk.client.put(path, json=body, headers=desk.headers(RoleName.IMPORTER, tag='"0"'))
    assert denied.status_code == 403
    put = await desk.client.put(path, json=body, headers=desk.headers(RECORDER, tag='"0"'))
    assert (put.status_code, put.json()["revision"]) == (200, 1)
    (bill,) = (await desk.get(f"/bills?entry_number={number}")).json()["items"]
    assert (bill["issued_on"], bill["due_on"]) == ("2026-03-02", "2026-04-01")
    stale = await desk.client.put(path, json=body, headers=desk.headers(RECORDER, tag='"0"'))
    assert stale.status_code == 412


async def test_recording_that_the_importer_pays_monthly_bills_what_waited_for_it(desk: Desk) -> None:
    number = await desk.liquidate("1000.00", paid_on="2025-04-21")
    path = f"/importers/{IMPORTER}/refund-account"
    monthly = ACCOUNT | {"pays_monthly": True}
    await desk.client.put(path, json=monthly, headers=desk.headers(RECORDER, tag='"0"'))
    (assessed,) = (await desk.get(f"/entries/{number}/amounts")).json()["assessments"]
    assert (assessed["deposit_due_basis"], assessed["deposit_due_on"]) == ("monthly-statement", "2025-04-21")
    assert assessed["bill_number"] == f"{number}-B01"
    early = await desk.client.put(
        path, json=ACCOUNT | {"effective_on": "2026-03-01"}, headers=desk.headers(RECORDER, tag='"1"')
    )
    assert (early.status_code, early.json()["code"]) == (422, "account-day")


async def test_protest_in_time_holds_set_off_and_not_delinquency(desk: Desk) -> None:
    number = await desk.liquidate("1000.00")
    body = {"issues": ["classification"]}
    filed = post_entry("protest", "P-1", [number], received_at="2026-02-10T15:00:00Z", body=body)
    await apply(desk.engine, [filed])
    await run_bill_clocks(desk.engine, desk.clock, desk.settings.money_policy)
    seen = (await desk.get(f"/bills/{number}-B01")).json()
    assert (seen["state"], seen["is_protested"], seen["may_be_set_off"]) == ("delinquent", True, False)


@pytest.mark.parametrize(("closures", "may_be_set_off"), [([], True), (["2026-07-15"], False)])
async def test_day_closed_by_order_moves_until_when_a_bill_may_not_be_set_off(
    service_engine: MakeEngine, closures: list[str], may_be_set_off: bool
) -> None:
    """Day 180 after 16 January is Wednesday 15 July: on a day closed by order a protest may still come on the 16th."""
    async with open_desk(await service_engine("liquidation"), law={"closures": closures}) as desk:
        number = await desk.liquidate("1000.00")
        desk.clock.advance(datetime(2026, 7, 16, 18, tzinfo=UTC) - desk.clock.now())
        await run_bill_clocks(desk.engine, desk.clock, desk.settings.money_policy)
        seen = (await desk.get(f"/bills/{number}-B01")).json()
        assert (seen["state"], seen["may_be_set_off"]) == ("delinquent", may_be_set_off)


async def test_record_and_timeline_show_the_bill_and_what_was_done_about_it(desk: Desk) -> None:
    number = await desk.liquidate("1000.00")
    await desk.pay(f"{number}-B01", "2026-02-02", "500.00", "part")
    assert (await desk.get(f"/entries/{number}")).json()["bills"] == [f"{number}-B01"]
    timeline = (await desk.get(f"/entries/{number}/timeline")).json()
    paid = timeline["happened"][-1]
    assert (paid["on"], paid["what"], paid["rule"]["id"]) == ("2026-02-02", "bill-paid", "bill-payment-order")
    due = timeline["coming"][-1]
    assert (due["what"], due["safe"], due["rule"]["id"]) == (f"bill {number}-B01 to be paid", "2026-02-15", "bill-due")


async def test_what_to_pay_on_a_day_is_what_settles_the_bill_on_that_day(desk: Desk) -> None:
    number = await desk.liquidate("1000.00")
    bill = f"{number}-B01"
    own = {"importer_numbers": frozenset({IMPORTER})}
    on_due = (await desk.get(f"/bills/{bill}/payoff?on=2026-02-15", RoleName.IMPORTER, **own)).json()
    assert (on_due["to_pay_usd"], on_due["delinquency_usd"], on_due["is_delinquent"]) == ("1060.23", "0.00", False)
    assert on_due["good_through"] == "2026-02-15"
    assert on_due["pay_to"] is None, "where bills are paid is not invented"
    # 1060.23 x ((1 + 0.07/365)^30 - 1) = 6.12 after 30 days, from the day after the due day on.
    late = (await desk.get(f"/bills/{bill}/payoff", RoleName.IMPORTER, **own)).json()
    assert (late["on"], late["to_pay_usd"], late["delinquency_usd"]) == ("2026-03-02", "1066.35", "6.12")
    assert (late["is_delinquent"], late["good_through"]) == (True, "2026-03-17")
    paid = await desk.pay(bill, "2026-03-02", late["to_pay_usd"], "all")
    assert paid.json()["bill_state"] == "paid"
    after = (await desk.get(f"/bills/{bill}/payoff?on=2026-06-01", RoleName.IMPORTER, **own)).json()
    assert (after["to_pay_usd"], after["good_through"]) == ("0.00", None)


async def test_what_to_pay_is_unknown_where_no_rate_is_and_nobody_elses(service_engine: MakeEngine) -> None:
    async with open_desk(await service_engine("liquidation"), payment_address="Pay.gov, form 6084") as desk:
        bill = f"{await desk.liquidate('1000.00')}-B01"
        own = {"importer_numbers": frozenset({IMPORTER})}
        far = (await desk.get(f"/bills/{bill}/payoff?on=2029-01-01", RoleName.IMPORTER, **own)).json()
        assert far["to_pay_usd"] is None
        assert far["unknown_because"]
        assert far["pay_to"] == "Pay.gov, form 6084"
        early = await desk.get(f"/bills/{bill}/payoff?on=2026-01-15", RoleName.IMPORTER, **own)
        assert (early.status_code, early.json()["code"]) == (422, "payment-day")
        other = {"importer_numbers": frozenset({"12-345678900"})}
        assert (await desk.get(f"/bills/{bill}/payoff", RoleName.IMPORTER, **other)).status_code == 404
