"""Powers to write after finality: each only within the time that its own rule gives it."""

from datetime import date
from typing import Any, get_args

import pytest

from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.reliquidation import FinalWriter, Power, judge_power
from services.liquidation.domain.rules.table import RULES
from shared.customs.calendar import Due

LIQUIDATED = date(2024, 8, 14)
TODAY = date(2026, 9, 1)


def judged(writer: FinalWriter, acts_on: date = TODAY, **days: Any) -> tuple[str, str]:
    finding = judge_power(Power(writer, **days), LIQUIDATED, acts_on, LAW)
    return finding.rule, finding.outcome


@pytest.mark.parametrize(
    ("claimed_on", "outcome"),
    [
        (date(2026, 7, 4), "allowed"),
        (date(2026, 7, 6), "allowed"),  # 4 July 2026 is a Saturday: the roll is arguable
        (date(2026, 7, 7), "too-late"),
        (date(2026, 9, 2), "no-power"),
    ],
)
def test_preference_is_claimed_within_a_year_of_importation(claimed_on: date, outcome: str) -> None:
    found = judged("claim-1520d", preference_claimed_on=claimed_on, imported_on=date(2025, 7, 4))
    assert found == ("claim-1520d", outcome)


def test_preference_that_is_left_to_a_reconciliation_is_claimed_by_it_only() -> None:
    days = {"preference_claimed_on": date(2026, 7, 4), "imported_on": date(2025, 7, 4)}
    assert judged("claim-1520d", **days, is_flagged=True) == ("recon-fta", "only-by-reconciliation")


def test_claim_that_came_in_time_is_decided_whenever() -> None:
    days = {"preference_claimed_on": date(2026, 7, 4), "imported_on": date(2025, 7, 4)}
    assert judged("claim-1520d", date(2029, 1, 2), **days) == ("claim-1520d", "allowed")


@pytest.mark.parametrize(
    ("demanded_on", "outcome"),
    [
        (LIQUIDATED, "allowed"),
        (date(2026, 8, 14), "allowed"),
        (date(2026, 8, 15), "no-power"),
        (date(2024, 8, 13), "no-power"),
        (date(2026, 9, 2), "no-power"),
    ],
)
def test_demand_for_records_reaches_liquidations_of_the_two_years_before(demanded_on: date, outcome: str) -> None:
    assert judged("records-1509g", records_demanded_on=demanded_on) == ("reliq-1509g", outcome)


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        ({"violated_on": date(2021, 9, 1)}, "allowed"),
        ({"violated_on": date(2021, 8, 31)}, "too-late"),
        ({"violated_on": date(2015, 1, 2), "fraud_discovered_on": date(2021, 9, 1)}, "allowed"),
        ({"violated_on": date(2015, 1, 2), "fraud_discovered_on": date(2021, 8, 31)}, "too-late"),
        ({"violated_on": date(2021, 8, 31), "limit_waived_until": date(2026, 9, 1)}, "allowed"),
        ({"violated_on": date(2021, 8, 31), "limit_waived_until": date(2026, 8, 31)}, "too-late"),
        ({"violated_on": date(2021, 9, 1), "limit_waived_until": date(2025, 1, 2)}, "allowed"),
        ({"violated_on": date(2026, 9, 2)}, "no-power"),
        ({"violated_on": date(2026, 9, 2), "fraud_discovered_on": date(2026, 8, 1)}, "no-power"),
    ],
)
def test_lost_duties_are_owed_for_five_years(days: dict[str, date], outcome: str) -> None:
    assert judged("duty-1592d", **days) == ("duty-1592d", outcome)


def test_years_for_lost_duties_are_the_setting() -> None:
    power = Power("duty-1592d", violated_on=date(2022, 9, 1))
    assert judge_power(power, LIQUIDATED, TODAY, LawSettings(lost_duty_years=3)).outcome == "too-late"


@pytest.mark.parametrize(
    ("writer", "days", "rule"),
    [
        ("claim-1520d", {"imported_on": date(2026, 1, 2)}, "claim-1520d"),
        ("claim-1520d", {"preference_claimed_on": date(2026, 1, 2)}, "claim-1520d"),
        ("records-1509g", {}, "reliq-1509g"),
        ("duty-1592d", {"fraud_discovered_on": date(2026, 1, 2)}, "duty-1592d"),
    ],
)
def test_power_is_not_exercised_without_the_day_that_it_is_counted_from(
    writer: FinalWriter, days: dict[str, date], rule: str
) -> None:
    assert judged(writer, **days) == (rule, "missing-fact")


@pytest.mark.parametrize(
    ("writer", "expected"),
    [
        ("petition-1516", ("domestic-1516", "allowed")),
        ("allowed-protest", ("protest-allow", "allowed")),
        ("center", ("inv-after-final", "refused")),
    ],
)
def test_writer_without_a_limit_of_time_is_judged_by_what_it_is(writer: FinalWriter, expected: tuple[str, str]) -> None:
    assert judged(writer, date(2099, 1, 2)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ("reliq-court", "missing-fact")),
        ({"is_in_suit": True}, ("reliq-court", "as-instructed")),
        ({"is_in_suit": False}, ("final-1514", "refused")),
        ({"is_open": True}, ("reliq-court", "as-instructed")),
        # Liquidated on 14 August 2024: the 180 days end on Monday, 10 February 2025.
        ({"court_ordered_on": date(2025, 2, 10)}, ("reliq-court", "as-instructed")),
        ({"court_ordered_on": date(2025, 2, 11)}, ("reliq-court", "missing-fact")),
        ({"final_1514": Due(date(2026, 9, 2), date(2026, 9, 2))}, ("reliq-court", "as-instructed")),
        ({"final_1514": Due(date(2026, 8, 31), date(2026, 9, 2))}, ("reliq-court", "as-instructed")),
        ({"court_ordered_on": date(2026, 9, 2)}, ("reliq-court", "no-power")),
    ],
)
def test_judgment_reaches_a_final_liquidation_only_if_its_entry_was_in_the_suit(
    facts: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert judged("court-judgment", **facts) == expected


def test_every_writer_is_judged_by_a_rule_of_the_table() -> None:
    assert {judged(writer)[0] for writer in get_args(FinalWriter)} <= set(RULES)
