"""The deadline calculator: the same rules as the record of an entry, nothing guessed, and its answers over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.liquidation.api import calculator as calculator_api
from services.liquidation.api.calculator_facts import CalculatorIn
from services.liquidation.domain.calculator.answers import Clock, calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.facts import Origin, Version
from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.liquidation_acts import JudgedLiquidation, StandingLiquidation
from services.liquidation.domain.plan import plan
from services.liquidation.domain.reliquidation import final_1514_on
from services.liquidation.domain.timeline import TimelineFacts, coming_dates
from shared.customs.entry_types import entry_types
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.web.app import create_app
from tests.unit.web.conftest import NOW, SETTINGS, bearer

ENTERED_ON = date(2026, 3, 2)


def clock_of(facts: CalculatorFacts, rule: str, law: LawSettings = LAW) -> Clock:
    return next(clock for clock in calculate(facts, law).clocks if clock.rule == rule)


def version(entry_type: str) -> Version:
    origin = Origin(datetime(2026, 3, 2, 15, tzinfo=UTC), "urn:filer:B76", "event-1")
    return Version(
        1, entry_type, "07-345678900", "036", "2704", ENTERED_ON, None, 2500, 3358, None, UUID(int=1), origin
    )


@pytest.mark.parametrize("code", sorted(entry_types()))
def test_calculator_and_record_give_the_same_deemed_date_and_schedule(code: str) -> None:
    recorded = plan(version(code), LAW.cycle, law=LAW)
    answer = calculate(CalculatorFacts(entry_type=code, entry_date=ENTERED_ON), LAW)
    by_rule = {clock.rule: clock for clock in answer.clocks}
    if recorded.state != "scheduled" or recorded.is_informal:
        assert "liq-cycle-314" not in by_rule
        return
    assert recorded.deemed_rule is not None
    assert by_rule[recorded.deemed_rule].safe == recorded.deemed_on
    assert by_rule["liq-cycle-314"].last_arguable == recorded.scheduled_on


def test_calculator_and_timeline_give_the_same_dates_after_liquidation() -> None:
    liquidated_on = date(2027, 1, 15)
    facts = TimelineFacts(
        "liquidated",
        "liq-cycle-314",
        "",
        liquidation=JudgedLiquidation(StandingLiquidation(liquidated_on, liquidated_on, is_deemed=False), ()),
        final=final_1514_on(liquidated_on, law=LAW),
    )
    for coming in coming_dates(facts, LAW):
        found = clock_of(CalculatorFacts(entry_type="01", liquidated_on=liquidated_on), coming.rule)
        assert (found.safe, found.last_arguable) == (coming.safe, coming.last_arguable)


def test_clock_says_what_it_was_reckoned_from_whether_it_rolls_and_what_follows() -> None:
    found = clock_of(CalculatorFacts(entry_type="01", liquidated_on=date(2026, 1, 5)), "protest-180")
    assert found.inputs == {"liquidated_on": "2026-01-05"}
    assert (
        "Day 180 from 2026-01-05. Saturday 2026-07-04 (Independence Day) is no business day: 2026-07-06 is"
        in found.explanation
    )
    assert "untimely" in found.effect


@pytest.mark.parametrize(
    ("facts", "rule", "said"),
    [
        ({"liquidated_on": date(2018, 6, 27)}, "protest-180", "Monday 2018-12-24 (closed by order: EO 13854) is no"),
        (
            {"liquidated_on": date(2027, 3, 2), "posted_on": date(2027, 3, 5), "is_deemed": True},
            "protest-deemed",
            "Counted from 2027-03-05, of its notice, 2027-09-01 is arguable",
        ),
        ({"imported_on": date(2024, 2, 29), "preference_program": "KR"}, "claim-1520d", "Its month has no day 29"),
        ({"entry_date": date(2026, 3, 3)}, "es-file", "Business day 10 from 2026-03-03."),
        ({"liquidated_on": date(2026, 8, 14)}, "reliq-1501", "Day 90 from 2026-08-14. Not rolled: it runs against CBP"),
        ({"liquidated_on": date(2026, 5, 5)}, "final-1514", "the day after the last arguable day to protest"),
    ],
)
def test_explanation_counts_the_days_and_names_what_moved_the_date(facts: dict[str, Any], rule: str, said: str) -> None:
    assert said in clock_of(CalculatorFacts(entry_type="01", **facts), rule).explanation


def test_port_that_was_closed_rolls_what_is_filed_there() -> None:
    law = LawSettings(port_closures=frozenset({(date(2026, 7, 1), "2704")}))
    facts = CalculatorFacts(entry_type="01", liquidated_on=date(2026, 1, 2), port="2704")
    assert clock_of(facts, "protest-180", law).last_arguable == date(2026, 7, 2)
    assert "closed by order, or at the port" in clock_of(facts, "protest-180", law).explanation
    elsewhere = CalculatorFacts(entry_type="01", liquidated_on=date(2026, 1, 2), port="1001")
    assert clock_of(elsewhere, "protest-180", law).last_arguable == date(2026, 7, 1)


def test_unsettled_rule_says_what_is_open_about_it() -> None:
    facts = CalculatorFacts(entry_type="01", liquidated_on=date(2026, 1, 5), surety_demanded_on=date(2026, 4, 1))
    assert clock_of(facts, "suit-bond-2415").unsettled == "whether they run from the liquidation or from the demand"
    assert clock_of(facts, "protest-180").unsettled is None
    forwarded = CalculatorFacts(entry_type="01", protest_received_on=date(2026, 3, 2), asks_further_review=True)
    assert "believed to be forwarded" in str(clock_of(forwarded, "afr-forward").unsettled)


def test_setting_of_a_recalled_rule_moves_its_clock() -> None:
    facts = CalculatorFacts(entry_type="01", denied_on=date(2026, 3, 2))
    assert clock_of(facts, "void-1515d", LawSettings(void_request_days=60)).safe == date(2026, 5, 1)


def test_liquidated_entry_has_no_clock_of_its_period_left() -> None:
    facts = CalculatorFacts(entry_type="01", entry_date=ENTERED_ON, liquidated_on=date(2027, 1, 15))
    rules = {clock.rule for clock in calculate(facts, LAW).clocks}
    assert rules.isdisjoint({"liq-1yr-entry", "liq-cycle-314", "psc-window", "ext-notice", "es-file"})


def test_suit_begun_leaves_no_time_to_sue_and_keeps_the_entry_from_being_final() -> None:
    facts = CalculatorFacts(
        entry_type="01",
        liquidated_on=date(2026, 1, 5),
        protest_received_on=date(2026, 2, 2),
        denied_on=date(2026, 3, 2),
        is_sued_on=True,
    )
    rules = {clock.rule for clock in calculate(facts, LAW).clocks}
    assert rules.isdisjoint({"summons-180", "final-1514"})


def test_request_takes_every_fact_of_the_calculator_and_no_other() -> None:
    assert set(CalculatorIn.model_fields) == {field.name for field in fields(CalculatorFacts)}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(
        title="Liquidation",
        summary="Deadlines.",
        description="A test.",
        version="1.0.0",
        settings=SETTINGS,
        metrics=Metrics.create(),
        readiness=Readiness(),
        state={"law": LAW},
        routers=[],
        public_routers=[calculator_api.router],
        clock=FixedClock(NOW),
    )
    broker = Identity("lee", "Lee Park", frozenset({RoleName.BROKER}), filer_code="B76")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://liquidation", headers=bearer(broker)) as open_:
        yield open_


async def calculated(client: httpx.AsyncClient, facts: dict[str, Any]) -> Any:
    answer = await client.post("/deadline-calculator", json=facts)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_any_caller_gets_each_clock_with_its_rule(client: httpx.AsyncClient) -> None:
    body = await calculated(client, {"entry_type": "01", "entry_date": "2025-03-03"})
    deemed = next(clock for clock in body["clocks"] if clock["rule"] == "liq-1yr-entry")
    assert (deemed["safe"], deemed["citation"], deemed["evidence"]) == ("2026-03-03", "19 USC 1504(a)(1)(A)", "S")
    assert deemed["inputs"] == {"entry_date": "2025-03-03"}


async def test_lapsed_clock_says_so_and_a_finding_says_what_of_its_rule_is_open(client: httpx.AsyncClient) -> None:
    facts = {"entry_type": "01", "entry_date": "2024-03-04", "liquidated_on": "2025-03-10"}
    body = await calculated(client, facts)
    lapsed = {clock["rule"]: clock["is_past"] for clock in body["clocks"]}
    assert (lapsed["liq-after-deemed"], lapsed["recordkeeping"]) == (True, False)
    late = next(each for each in body["findings"] if each["rule"] == "liq-after-deemed")
    assert late["unsettled"] == "whether an act without power must be protested to be undone"


async def test_days_out_of_order_are_refused_with_both(client: httpx.AsyncClient) -> None:
    facts = {"entry_type": "01", "entry_date": "2026-03-02", "liquidated_on": "2026-03-01"}
    problem = (await client.post("/deadline-calculator", json=facts)).json()
    assert (problem["status"], problem["code"]) == (422, "days-out-of-order")
    assert "entry_date" in str(problem["errors"])
    assert "liquidated_on" in str(problem["errors"])


async def test_clock_that_lacks_a_fact_is_listed_with_its_name(client: httpx.AsyncClient) -> None:
    body = await calculated(client, {"entry_type": "21", "entry_date": "2025-03-03"})
    assert {"liq-1yr-warehouse": ["final_withdrawal_on"]}.items() <= {
        each["rule"]: each["missing"] for each in body["unknown"]
    }.items()


async def test_examples_of_the_request_are_answered(client: httpx.AsyncClient) -> None:
    extra = CalculatorIn.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    examples: Any = extra["examples"]
    for example in examples:
        assert (await calculated(client, example))["clocks"]


@pytest.mark.parametrize(
    "facts",
    [
        {"entry_type": "99"},
        {"entry_type": "01", "entry_date": "9999-12-31"},
        {"entry_type": "01", "colour": "red"},
        {
            "entry_type": "03",
            "suspensions": [
                {"ground": "x", "authority": "agency", "began_on": "2026-03-02", "lift_noticed_on": "2026-03-01"}
            ],
        },
    ],
)
async def test_facts_that_cannot_be_reckoned_with_are_refused(client: httpx.AsyncClient, facts: Any) -> None:
    answer = await client.post("/deadline-calculator", json=facts)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_anyone_calculates_without_a_token(client: httpx.AsyncClient) -> None:
    facts = {"entry_type": "01", "entry_date": "2025-03-03"}
    answer = await client.post("/deadline-calculator", json=facts, headers={"Authorization": ""})
    assert (answer.status_code, answer.json()) == (200, await calculated(client, facts))
