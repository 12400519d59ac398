"""Reliquidations by a power that outlasts finality: refused by its own rule without its day, or out of its time."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.liquidation.store.tables.acts import reliquidations
from tests.integration.liquidation import test_liquidation_acts as acts
from tests.integration.liquidation.builders import cycle, rows
from tests.integration.liquidation.test_liquidation_acts import REFUND, Office

office = acts.office


async def liquidated(office: Office, **changes: Any) -> str:
    number = await office.file(**changes)
    await cycle(office.engine, date(2027, 1, 15))
    office.clock.advance(timedelta(days=365))
    return number


@pytest.mark.parametrize(
    ("power", "rule", "code"),
    [
        ({"writer": "records-1509g"}, "reliq-1509g", "missing-fact"),
        ({"writer": "records-1509g", "records_demanded_on": "2026-12-31"}, "reliq-1509g", "no-power"),
        ({"writer": "duty-1592d"}, "duty-1592d", "missing-fact"),
        ({"writer": "duty-1592d", "violated_on": "2021-03-02"}, "duty-1592d", "too-late"),
        ({"writer": "claim-1520d"}, "claim-1520d", "missing-fact"),
        ({"writer": "claim-1520d", "preference_claimed_on": "2027-03-02"}, "claim-1520d", "too-late"),
        ({"writer": "court-judgment"}, "reliq-court", "missing-fact"),
        ({"writer": "court-judgment", "is_in_suit": False, "court_number": "21-00567"}, "final-1514", "refused"),
    ],
)
async def test_power_without_its_day_or_out_of_time_is_refused(
    office: Office, power: dict[str, Any], rule: str, code: str
) -> None:
    number = await liquidated(office)
    answer = await office.act(number, "reliquidations", "r", REFUND | power)
    problem = answer.json()
    assert (answer.status_code, problem["rule"], problem["code"]) == (422, rule, code), answer.text
    assert await rows(office.engine, reliquidations) == []


@pytest.mark.parametrize(
    ("power", "rule"),
    [
        ({"writer": "records-1509g", "records_demanded_on": "2027-12-01"}, "reliq-1509g"),
        ({"writer": "duty-1592d", "violated_on": "2026-03-02"}, "duty-1592d"),
        (
            {"writer": "duty-1592d", "violated_on": "2019-03-02", "fraud_discovered_on": "2026-03-02"},
            "duty-1592d",
        ),
        ({"writer": "claim-1520d", "preference_claimed_on": "2027-03-01"}, "claim-1520d"),
        ({"writer": "court-judgment", "is_in_suit": True, "court_number": "21-00567"}, "reliq-court"),
    ],
)
async def test_power_in_time_reliquidates_and_the_history_says_why(
    office: Office, power: dict[str, Any], rule: str
) -> None:
    number = await liquidated(office)
    answer = await office.act(number, "reliquidations", "r", REFUND | power)
    assert answer.status_code == 201, answer.text
    (done,) = await rows(office.engine, reliquidations)
    assert done.rule == rule
    days = [day for name, day in power.items() if name != "writer"]
    assert all(day in done.explanation for day in days[-1:])
    await office.check()


async def test_act_in_time_is_remembered_after_its_time(office: Office) -> None:
    number = await liquidated(office)
    body = REFUND | {"writer": "duty-1592d", "violated_on": "2023-02-01"}
    first = await office.act(number, "reliquidations", "r", body)
    office.clock.advance(timedelta(days=60))
    again = await office.act(number, "reliquidations", "r", body)
    assert (again.status_code, again.json()) == (201, first.json())
    late = await office.act(number, "reliquidations", "r2", body)
    assert (late.status_code, late.json()["code"]) == (422, "too-late")


@pytest.mark.parametrize(
    "power",
    [
        {"writer": "center", "violated_on": "2026-03-02"},
        {"writer": "center", "is_in_suit": False},
        {"writer": "court-judgment", "is_in_suit": True},
        {"writer": "duty-1592d", "violated_on": "2026-03-02", "fraud_discovered_on": "2026-03-01"},
    ],
)
async def test_facts_that_do_not_belong_to_the_power_are_refused(office: Office, power: dict[str, Any]) -> None:
    number = await liquidated(office)
    answer = await office.act(number, "reliquidations", "r", REFUND | power)
    assert answer.status_code == 422, answer.text


async def test_judgment_reaches_what_is_not_final_whether_or_not_it_names_a_suit(office: Office) -> None:
    number = await office.file()
    await cycle(office.engine, date(2027, 1, 15))
    # 175 days after 20 January is 14 July, day 180 of the liquidation.
    for count, (days, status) in enumerate([(175, 201), (1, 422)]):
        office.clock.advance(timedelta(days=days))
        answer = await office.act(number, "reliquidations", f"r{count}", REFUND | {"writer": "court-judgment"})
        assert answer.status_code == status, answer.text
    ordered = REFUND | {"writer": "court-judgment", "court_ordered_on": "2027-03-01"}
    answer = await office.act(number, "reliquidations", "in time", ordered)
    assert answer.status_code == 201, answer.text


async def test_preference_of_a_flagged_entry_is_left_to_its_reconciliation(office: Office) -> None:
    number = await liquidated(office, reconciliation_issues=["FTA"])
    claim = {"writer": "claim-1520d", "preference_claimed_on": "2027-03-01"}
    answer = await office.act(number, "reliquidations", "r", REFUND | claim)
    assert (answer.status_code, answer.json()["rule"]) == (422, "recon-fta")
