"""The inventory of reconciliations and the register of AD/CVD errors, with the watch on collection."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.liquidation.acts.instructions import apply_confirmed
from services.liquidation.domain.law import LAW
from shared.db.idempotency import forget
from shared.db.transaction import transaction
from shared.runtime.identity import RoleName
from shared.runtime.together import together
from tests.integration.liquidation.builders import apply, cycle, post_entry, review_decided
from tests.integration.liquidation.test_liquidation_money_api import IMPORTER, Desk, MakeEngine, open_desk
from tests.support.events import decoded, entry_body, entry_number, line

ADCVD = RoleName.ADCVD_TEAM
CASE = "A570012000"
MAKER = "CNABCELE123SHE"


@pytest.fixture
async def desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    async with open_desk(await service_engine("liquidation")) as desk:
        yield desk


async def filed(desk: Desk, **body: Any) -> str:
    number = entry_number()
    await apply(desk.engine, [decoded("entry-filed", entry_body(number, **body), time="2025-03-03T19:00:00Z")])
    return number


async def test_flagged_summaries_stand_by_issue_and_due_month_until_a_reconciliation_names_them(desk: Desk) -> None:
    """Rule recon-other: 21 months from 3 March 2025, by 30 days a month 23 November 2026; recon-fta: 12 months."""
    days = {"entry_date": "2025-03-03", "import_date": "2025-03-01"}
    value = await filed(desk, **days, reconciliation_issues=["value"])
    both = await filed(desk, **days, reconciliation_issues=["value", "FTA"])
    await filed(desk, **days)
    path = f"/importers/{IMPORTER}/reconciliation"
    told = (await desk.get(path)).json()
    shown = [(each["issue"], each["month"], each["due_on"], each["entry_numbers"]) for each in told["months"]]
    assert shown == [
        ("agreement", "2026-03", "2026-03-01", [both]),
        ("other", "2026-11", "2026-11-23", sorted([value, both])),
    ]
    assert told["months"][1]["last_arguable_on"] == "2026-12-03"
    assert told["entries"] == 2
    strange = post_entry("reconciliation", "RECON-0", [both], importer_number="12-345678900")
    await apply(desk.engine, [strange])
    assert (await desk.get(path)).json() == told, "another importer's list takes nothing out of this one's inventory"
    named = post_entry("reconciliation", "RECON-1", [value])
    await apply(desk.engine, [named])
    left = (await desk.get(path)).json()["months"]
    assert [each["entry_numbers"] for each in left] == [[both], [both]]


async def test_inventory_is_the_importers_own_and_that_of_whoever_reads_its_entries(desk: Desk) -> None:
    await filed(desk, reconciliation_issues=["value"])
    path = f"/importers/{IMPORTER}/reconciliation"
    own = await desk.get(path, RoleName.IMPORTER, centers=frozenset(), importer_numbers=frozenset({IMPORTER}))
    other = await desk.get(path, RoleName.IMPORTER, centers=frozenset(), importer_numbers=frozenset({"12-345678900"}))
    assert (own.json()["entries"], other.status_code) == (1, 404)


async def liquidated(desk: Desk, rate: str, **body: Any) -> str:
    cases = [{"case_number": CASE, "rate_pct": rate, "deposit_usd": "0.00"}]
    days = {"entry_date": "2025-03-03", "import_date": "2025-03-02", "paid_on": "2025-03-12"}
    return await filed(desk, **days, lines=[line(cases=cases, manufacturer_id=MAKER)], **body)


async def lift(desk: Desk) -> None:
    """Commerce's message ends the suspension of what was entered under the case."""
    body = {
        "kind": "lift",
        "ground": "adcvd-case",
        "message_number": "6012345",
        "source": "federal-register",
        "noticed_on": "2025-09-15",
        "predicate": {"case_numbers": [CASE]},
    }
    drafted = await desk.client.post("/instructions", json=body, headers=desk.headers(ADCVD, key="lift"))
    assert drafted.status_code == 201, drafted.text
    path = f"/instructions/{drafted.json()['instruction_id']}/confirmations"
    confirmed = await desk.client.post(path, headers=desk.headers(ADCVD, who="lee", tag='"1"'))
    assert confirmed.status_code == 200, confirmed.text
    await apply_confirmed(desk.engine, LAW.cycle, desk.clock, LAW)


async def record(desk: Desk, key: str, rate: str, **more: Any) -> Any:
    body = {"message_number": "6012345", "case_number": CASE, "rate_pct": rate, **more}
    return await desk.client.post("/instructed-rates", json=body, headers=desk.headers(ADCVD, key=key))


async def test_rate_at_liquidation_is_compared_with_the_instruction_and_stands_until_explained(desk: Desk) -> None:
    wrong, right = await liquidated(desk, "25.00"), await liquidated(desk, "41.50")
    await lift(desk)
    await cycle(desk.engine, date(2026, 1, 16))
    assert (await desk.get("/adcvd-errors?since=2025-01-01", ADCVD)).json()["items"] == []
    assert (await record(desk, "one", "41.50", manufacturer_id=MAKER)).status_code == 201
    (error,) = (await desk.get("/adcvd-errors?since=2025-01-01", ADCVD)).json()["items"]
    told = {name: error[name] for name in ("entry_number", "kind", "asserted_rate_pct", "instructed_rate_pct")}
    assert told == {
        "entry_number": wrong,
        "kind": "another-rate",
        "asserted_rate_pct": "25.00",
        "instructed_rate_pct": "41.50",
    }
    assert error["at_stake_usd"] == "165.00"  # 1,000 dollars at 16.5 percent
    assert right != wrong
    body = {"line_number": 1, "case_number": CASE, "explanation": "Court decision."}
    path = f"/adcvd-errors/{wrong}/explanations"
    refused = await desk.client.post(path, json=body, headers=desk.headers(RoleName.IMPORT_SPECIALIST, key="x"))
    assert refused.status_code == 403
    said = await desk.client.post(path, json=body, headers=desk.headers(RoleName.CENTER_DIRECTOR, key="x"))
    assert said.status_code == 201, said.text
    assert (await desk.get("/adcvd-errors?since=2025-01-01&unexplained=true", ADCVD)).json()["items"] == []
    (still,) = (await desk.get("/adcvd-errors?since=2025-01-01", ADCVD)).json()["items"]
    assert [each["explanation"] for each in still["explanations"]] == ["Court decision."]


async def test_rate_is_shown_as_the_message_names_it_and_not_rounded_to_the_asserted_one(desk: Desk) -> None:
    await liquidated(desk, "41.50")
    await lift(desk)
    await cycle(desk.engine, date(2026, 1, 16))
    assert (await record(desk, "one", "41.503")).json()["rate_pct"] == "41.503"
    (error,) = (await desk.get("/adcvd-errors?since=2025-01-01", ADCVD)).json()["items"]
    assert (error["asserted_rate_pct"], error["instructed_rate_pct"]) == ("41.50", "41.503")


async def test_rate_that_could_fit_no_entry_is_refused(desk: Desk) -> None:
    days = {"entered_from": "2026-01-01", "entered_to": "2025-01-01"}
    assert (await record(desk, "turned", "41.50", **days)).status_code == 422
    assert (await record(desk, "hyphens", "41.50", case_number="A-570-012")).status_code == 422
    assert (await record(desk, "good", "41.50")).status_code == 201
    async with transaction(desk.engine) as tx:
        await forget(tx.connection, desk.clock.now() + timedelta(days=1))
    again = await record(desk, "good", "41.50")
    assert (again.status_code, again.json()["code"]) == (422, "idempotency-key-reused")


async def test_explanations_that_come_at_once_are_all_kept_and_none_is_of_a_line_under_no_case(desk: Desk) -> None:
    number = await liquidated(desk, "25.00")
    path = f"/adcvd-errors/{number}/explanations"
    body = {"line_number": 1, "case_number": CASE, "explanation": "Court decision."}

    async def explain(key: str, **changes: Any) -> Any:
        headers = desk.headers(RoleName.CENTER_DIRECTOR, key=key)
        return await desk.client.post(path, json=body | changes, headers=headers)

    for place, change in enumerate(({"line_number": 2}, {"case_number": "A570099000"})):
        absent = await explain(f"absent-{place}", **change)
        assert (absent.status_code, absent.json()["code"]) == (422, "no-such-line"), absent.text
    answers = await together(*(explain(f"k{each}") for each in range(4)))
    assert sorted(each.json().get("number") for each in answers) == [1, 2, 3, 4]


async def test_deemed_liquidation_under_a_case_is_in_the_register(desk: Desk) -> None:
    number = await liquidated(desk, "25.00")
    await lift(desk)
    await cycle(desk.engine, date(2026, 5, 15))
    (error,) = (await desk.get("/adcvd-errors?since=2025-01-01", ADCVD)).json()["items"]
    assert (error["entry_number"], error["kind"]) == (number, "deemed-liquidation")


async def test_open_bill_under_a_case_is_watched_and_the_importer_that_stopped_is_told(desk: Desk) -> None:
    cases = [{"case_number": CASE, "rate_pct": "25.00", "deposit_usd": "0.00"}]
    days = {"entry_date": "2025-03-03", "import_date": "2025-03-02", "paid_on": "2025-03-12"}
    number = await filed(desk, **days, lines=[line(cases=cases)])
    decided = {"decision_id": "d-1", "item_id": "i-1", "decided_at": "2025-06-02T15:00:00Z"}
    await apply(desk.engine, [review_decided(number, "increase", "500.00", **decided)])
    await lift(desk)
    await desk.liquidate("500.00")
    (watched,) = (await desk.get("/adcvd-collection", ADCVD)).json()["items"]
    assert (watched["entry_number"], watched["has_stopped"]) == (number, True)
