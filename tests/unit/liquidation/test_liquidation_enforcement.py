"""The clocks of enforcement in the calculator: which run together, what moves them, what they say besides a date."""

from datetime import date
from typing import Any

import pytest

from services.liquidation.domain.calculator.answers import Answer, calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.law import LAW, LawSettings


def answer(law: LawSettings = LAW, **facts: Any) -> Answer:
    return calculate(CalculatorFacts(entry_type="01", **facts), law)


def rules(found: Answer) -> set[str]:
    return {clock.rule for clock in found.clocks}


def test_goods_stopped_under_the_uflpa_have_the_clocks_of_detention_and_not_those_of_an_order() -> None:
    facts = {
        "imported_on": date(2026, 1, 15),
        "presented_for_examination_on": date(2026, 1, 20),
        "detained_on": date(2026, 1, 26),
    }
    assert rules(answer(forced_labor="uflpa", **facts)) == {
        "detain-decide",
        "detain-notice",
        "detain-final",
        "detain-protest",
    }
    assert "wro-proof" in rules(answer(forced_labor="wro", **facts))


def test_exclusion_that_was_advised_leaves_nothing_to_be_excluded_by_law() -> None:
    found = answer(presented_for_examination_on=date(2026, 3, 2), exclusion_advised_on=date(2026, 3, 16))
    assert "detain-final" not in rules(found)
    assert [clock.safe for clock in found.clocks if clock.rule == "detain-protest"] == [date(2026, 9, 12)]


def test_request_for_review_of_evasion_says_the_minute_at_which_its_day_ends() -> None:
    found = answer(evasion_determined_on=date(2026, 6, 15))
    assert [each.effect for each in found.clocks if each.rule == "eapa-review-request"] == [
        "the determination is final at 11:59 p.m. Eastern of that day"
    ]


def test_day_closed_by_order_is_no_business_day_of_an_evasion_case() -> None:
    law = LawSettings(closures=frozenset({date(2026, 3, 3)}), closures_are_holidays=True)
    found = answer(law, interim_measures_on=date(2026, 3, 2))
    assert next(each.safe for each in found.clocks if each.rule == "eapa-notice") == date(2026, 3, 10)


def test_proposed_action_says_that_the_day_on_its_form_governs_and_how_the_readings_differ() -> None:
    clock = next(each for each in answer(cf29_mailed_on=date(2026, 3, 2)).clocks if each.rule == "cf29-proposed")
    assert clock.unsettled == "some forms and practice give 30 days; the day on the form governs"
    assert "2026-04-01 is arguable: by another reading of the rule" in clock.explanation


@pytest.mark.parametrize(
    ("reading", "facts", "rule", "safe"),
    [
        ({"lost_duty_years": 6}, {"violated_on": date(2021, 3, 2)}, "sol-1592", date(2027, 3, 2)),
        ({"tender_days": 20}, {"loss_stated_on": date(2026, 3, 2)}, "pd-tender", date(2026, 3, 22)),
        ({"damages_petition_days": 30}, {"damages_mailed_on": date(2026, 3, 2)}, "ld-petition", date(2026, 4, 1)),
    ],
)
def test_setting_of_a_recalled_rule_of_enforcement_moves_its_clock(
    reading: dict[str, int], facts: dict[str, date], rule: str, safe: date
) -> None:
    found = answer(LawSettings(**reading), **facts)  # type: ignore[arg-type]
    assert next(each.safe for each in found.clocks if each.rule == rule) == safe


def test_lost_duties_and_the_penalty_for_losing_them_end_on_one_day() -> None:
    found = answer(violated_on=date(2019, 3, 2), fraud_discovered_on=date(2024, 2, 29))
    days = {each.rule: each.safe for each in found.clocks}
    assert days["sol-1592"] == days["duty-1592d"] == date(2029, 2, 28)


def test_nothing_of_enforcement_is_asked_for_when_no_fact_of_it_is_given() -> None:
    found = answer(entry_date=date(2026, 3, 2))
    assert all(not each.rule.startswith(("eapa", "detain", "wro", "pd-", "ld-")) for each in found.unknown)
    assert found.findings == ()


def test_petition_near_the_limitation_says_that_the_violation_decided_its_safe_day() -> None:
    known = {"penalty_mailed_on": date(2026, 5, 5)}
    far = next(each for each in answer(**known).clocks if each.rule == "penalty-petition")
    near = answer(**known, violated_on=date(2021, 10, 31)).clocks
    clocks = [each for each in near if each.rule == "penalty-petition"]
    assert (far.safe, dict(far.inputs)) == (date(2026, 7, 4), {"penalty_mailed_on": "2026-05-05"})
    assert [(each.safe, dict(each.inputs)) for each in clocks] == [
        (date(2026, 5, 14), {"penalty_mailed_on": "2026-05-05", "violated_on": "2021-10-31"})
    ]
