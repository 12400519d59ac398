"""Answers follow the readings that an operator has set, wherever a day is counted or rolled."""

from dataclasses import replace
from datetime import date

from services.liquidation.domain.calculator.answers import calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.law import LAW, CyclePolicy, LawSettings
from services.liquidation.domain.liquidation_acts import JudgedLiquidation, StandingLiquidation
from services.liquidation.domain.protest.timeliness import liquidation_window
from services.liquidation.domain.reliquidation import final_1514_on
from services.liquidation.domain.timeline import TimelineFacts, coming_dates
from services.liquidation.settings import LiquidationSettings
from shared.customs.calendar import Due

SATURDAY, MONDAY, TUESDAY = date(2026, 7, 4), date(2026, 7, 6), date(2026, 7, 7)
LIQUIDATED = date(2026, 1, 5)
CLOSED_MONDAY = replace(LAW, closures=frozenset({MONDAY}))
STANDING = JudgedLiquidation(StandingLiquidation(LIQUIDATED, LIQUIDATED, is_deemed=False), ())
NEVER_ROLLED = replace(LAW, rolls_electronic_filings=False)


def coming(facts: TimelineFacts, rule: str, law: LawSettings) -> tuple[date | None, date | None]:
    """Both readings of one clock of a timeline."""
    return next((each.safe, each.last_arguable) for each in coming_dates(facts, law) if each.rule == rule)


def test_day_closed_by_order_is_no_working_day_for_the_summary_only_by_setting() -> None:
    facts = TimelineFacts("clock-unknown", "es-file", "no summary", released_on=date(2026, 3, 2))
    by_order = replace(LAW, closures=frozenset({date(2026, 3, 9)}))
    last, closed = date(2026, 3, 16), replace(by_order, closures_are_holidays=True)
    assert coming(facts, "es-file", by_order) == (last, last)
    assert coming(facts, "es-file", LAW) == (last, last)
    assert coming(facts, "es-file", closed) == (date(2026, 3, 17), date(2026, 3, 17))


def test_timeline_rolls_the_last_day_to_protest_over_a_day_closed_by_order() -> None:
    facts = TimelineFacts("liquidated", None, None, liquidation=STANDING)
    assert coming(facts, "protest-180", LAW) == (SATURDAY, MONDAY)
    assert coming(facts, "protest-180", CLOSED_MONDAY) == (SATURDAY, TUESDAY)


def test_timeline_rolls_no_electronic_protest_where_the_setting_says_so() -> None:
    facts = TimelineFacts("liquidated", None, None, liquidation=STANDING)
    assert coming(facts, "protest-180", NEVER_ROLLED) == (SATURDAY, SATURDAY)


def test_window_of_a_liquidation_posted_later_follows_the_readings() -> None:
    posted = date(2026, 1, 7)
    assert liquidation_window(LIQUIDATED, posted, None, LAW) == Due(SATURDAY, MONDAY)
    assert liquidation_window(LIQUIDATED, posted, None, CLOSED_MONDAY) == Due(SATURDAY, TUESDAY)
    assert liquidation_window(LIQUIDATED, date(2026, 1, 5), None, NEVER_ROLLED) == Due(SATURDAY, SATURDAY)


def test_deemed_liquidation_is_final_after_the_window_that_the_readings_give() -> None:
    # Day 180 from the posting is the closed Monday itself.
    posted = date(2026, 1, 7)
    usual = final_1514_on(LIQUIDATED, posted_on=posted, law=LAW)
    closed = final_1514_on(LIQUIDATED, posted_on=posted, law=CLOSED_MONDAY)
    assert (usual, closed) == (Due(date(2026, 7, 5), TUESDAY), Due(date(2026, 7, 5), date(2026, 7, 8)))


def test_calculator_reads_the_window_of_a_deemed_liquidation_by_the_readings() -> None:
    facts = CalculatorFacts(
        entry_type="01", entry_date=date(2025, 1, 5), liquidated_on=LIQUIDATED, posted_on=LIQUIDATED, is_deemed=True
    )
    found = {law: {each.rule: each for each in calculate(facts, law).clocks} for law in (LAW, NEVER_ROLLED)}
    assert found[LAW]["protest-deemed"].last_arguable == MONDAY
    assert found[NEVER_ROLLED]["protest-deemed"].last_arguable == SATURDAY


def test_calculator_says_that_a_day_closed_by_order_is_no_business_day() -> None:
    facts = CalculatorFacts(entry_type="01", entry_date=date(2025, 3, 3), liquidated_on=date(2026, 1, 7))
    (clock,) = [each for each in calculate(facts, CLOSED_MONDAY).clocks if each.rule == "protest-180"]
    assert (clock.safe, clock.last_arguable) == (MONDAY, TUESDAY)
    assert "Monday 2026-07-06 (closed by order, or at the port) is no business day: 2026-07-07" in clock.explanation


def test_timeline_names_the_cycle_that_the_readings_hold() -> None:
    facts = TimelineFacts(
        "scheduled",
        "liq-cycle-314",
        None,
        entry_date=date(2026, 3, 2),
        scheduled_on=date(2026, 12, 25),
        deemed_on=date(2027, 3, 2),
    )
    law = replace(LAW, cycle=CyclePolicy(300, "before"))
    (scheduled,) = [each for each in coming_dates(facts, law) if each.rule == "liq-cycle-314"]
    assert scheduled.inputs["policy"] == "300 days, Friday before"


def test_settings_without_a_cycle_have_the_one_that_the_law_states() -> None:
    settings = LiquidationSettings.model_construct()
    assert settings.cycle_policy == LAW.cycle
    assert settings.law_in_force == LAW
