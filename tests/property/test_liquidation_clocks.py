"""Properties of the legal clocks: of the period to liquidate, of every due date, and of the calculator."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from inspect import signature
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.liquidation.domain import (
    bill_clocks,
    clocks,
    drawback,
    reliquidation,
    special_clocks,
    summary_clocks,
    suspension,
)
from services.liquidation.domain.calculator.answers import calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.clocks import MAX_EXTENDED_MONTHS, deemed_date, four_year_cap
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.history_checks import History, RecordedLiquidation, find_breaches
from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.liquidation_period import (
    DesignatedImport,
    PeriodStart,
    is_deemed_liquidated,
    reckon_period,
)
from services.liquidation.domain.protest import decision, further_review, timeliness
from services.liquidation.domain.rules.table import RULES
from services.liquidation.domain.suspension import Suspension, is_suspended
from shared.customs.calendar import Due
from shared.customs.entry_types import entry_types

days = st.dates(date(2016, 3, 1), date(2035, 12, 31))
starts = days.map(lambda on: PeriodStart("liq-1yr-entry", on))
MANY_DAYS = 2000


@st.composite
def extensions_after(draw: st.DrawFn, start: date) -> tuple[ExtensionRequest, ...]:
    """Extensions of any length, posted at any time after the start, in any order."""
    one = st.builds(
        ExtensionRequest,
        reason=st.sampled_from(("information-needed", "importer-request")),
        months=st.integers(-1, 14),
        posted_on=st.integers(0, MANY_DAYS).map(lambda n: start + timedelta(days=n)),
        requested_on=st.none() | st.integers(0, MANY_DAYS).map(lambda n: start + timedelta(days=n)),
    )
    return tuple(draw(st.lists(one, max_size=6)))


@st.composite
def suspensions_after(draw: st.DrawFn, start: date) -> tuple[Suspension, ...]:
    """Suspensions, overlapping or not, lifted or not."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        began_on = start + timedelta(days=draw(st.integers(0, MANY_DAYS)))
        lasted = draw(st.none() | st.integers(0, MANY_DAYS))
        lifted_on = began_on + timedelta(days=lasted) if lasted is not None else None
        authority = draw(st.sampled_from(("statute", "agency", "court")))
        found.append(Suspension("A570012000", authority, began_on, lifted_on))
    return tuple(found)


@st.composite
def histories(draw: st.DrawFn) -> tuple[PeriodStart, tuple[ExtensionRequest, ...], tuple[Suspension, ...]]:
    """A start with what was done to its period."""
    on = draw(days)
    return PeriodStart("liq-1yr-entry", on), draw(extensions_after(on)), draw(suspensions_after(on))


readings = st.sampled_from((LAW, LawSettings(lift_reading="longer")))


@given(histories(), st.randoms(use_true_random=False), readings)
def test_order_of_extensions_and_suspensions_is_irrelevant(history: Any, chance: Any, law: LawSettings) -> None:
    start, extensions, suspensions = history
    shuffled, moved = list(extensions), list(suspensions)
    chance.shuffle(shuffled)
    chance.shuffle(moved)
    assert reckon_period(start, shuffled, moved, law=law) == reckon_period(start, extensions, suspensions, law=law)


@given(histories(), readings)
def test_entry_is_never_deemed_liquidated_while_suspended(history: Any, law: LawSettings) -> None:
    start, extensions, suspensions = history
    period = reckon_period(start, extensions, suspensions, law=law)
    if period.is_suspended:
        assert not is_deemed_liquidated(period, date.max)
    else:
        began_in_time = [each for each in suspensions if each.began_on <= period.ends_on]
        assert not is_suspended(began_in_time, period.ends_on)


@given(histories(), readings)
def test_period_ends_between_its_safe_and_its_last_arguable_day_and_not_before_its_start(
    history: Any, law: LawSettings
) -> None:
    start, extensions, suspensions = history
    period = reckon_period(start, extensions, suspensions, law=law)
    if not period.is_suspended:
        assert start.on < period.safe <= period.ends_on <= period.last_arguable


@given(histories())
def test_extensions_have_effect_up_to_three_years_in_all_and_every_other_says_why(history: Any) -> None:
    start, extensions, suspensions = history
    period = reckon_period(start, extensions, suspensions, law=LAW)
    assert period.extended_months <= MAX_EXTENDED_MONTHS

    assert {each.request for each in period.void} | set(period.effective) == set(extensions)
    assert all(each.because.rule in RULES for each in period.void)


@given(histories())
def test_without_suspension_no_extension_shortens_the_year_or_passes_the_fourth_anniversary(history: Any) -> None:
    start, extensions, _ = history
    period = reckon_period(start, extensions, law=LAW)
    assert deemed_date(start.on) <= period.ends_on <= four_year_cap(start.on)
    # Each extension runs from the end before: where a month had no such day, the end is earlier by as many days.
    longest = deemed_date(start.on, period.extended_months)
    assert timedelta(0) <= longest - period.ends_on <= timedelta(days=3)


@given(histories())
def test_entry_deemed_at_the_end_of_its_period_breaks_no_invariant(history: Any) -> None:
    start, _, suspensions = history
    period = reckon_period(start, suspensions=suspensions, law=LAW)
    if period.is_suspended:
        return
    began_in_time = tuple(each for each in suspensions if each.began_on <= period.ends_on)
    deemed = (RecordedLiquidation(period.ends_on, is_deemed=True),)
    assert find_breaches(History(start, began_in_time, liquidations=deemed), LAW) == ()


SINGLE_START: tuple[Callable[..., date | Due], ...] = (
    bill_clocks.bill_delinquent_on,
    bill_clocks.bill_due,
    bill_clocks.dunning_on,
    bill_clocks.first_overdue_notice,
    bill_clocks.first_surety_bill,
    bill_clocks.refund_due,
    clocks.deemed_date,
    clocks.four_year_cap,
    clocks.protest_decision_due,
    clocks.reliquidation_due,
    further_review.forwarding_target,
    further_review.further_review_window,
    further_review.set_aside_denied_on,
    further_review.set_aside_request_due,
    further_review.void_request_due,
    decision.accelerated_denied_on,
    decision.exclusion_denied_on,
    decision.protest_refund_due,
    timeliness.protest_window,
    decision.suit_due,
    timeliness.surety_window,
    reliquidation.bond_suit_due,
    reliquidation.cape_filing_due,
    reliquidation.final_1501_on,
    reliquidation.lost_duty_until,
    reliquidation.preference_claim_due,
    special_clocks.agreement_reconciliation_due,
    drawback.drawback_claim_due,
    drawback.old_drawback_claim_due,
    special_clocks.reconciliation_due,
    special_clocks.tib_due,
    summary_clocks.deposit_limit,
    summary_clocks.summary_due,
    suspension.instructions_target,
    suspension.six_months_from_notice,
)


def ask(clock: Callable[..., date | Due], start: date) -> date | Due:
    """The answer of a clock to its start alone: under the law as it is read, of an entry whose day is not known."""
    known = {"law": LAW, "entered_on": None}
    _, *others = signature(clock).parameters
    return clock(start, **{name: known[name] for name in others if name in known})


def both(answer: date | Due) -> tuple[date, date]:
    return (answer.safe, answer.last_arguable) if isinstance(answer, Due) else (answer, answer)


@pytest.mark.parametrize("clock", SINGLE_START, ids=lambda clock: clock.__name__)
@given(first=days, second=days)
def test_no_clock_ends_before_it_starts_and_a_later_start_never_ends_earlier(
    clock: Callable[..., date | Due], first: date, second: date
) -> None:
    first, second = sorted((first, second))
    safe, last_arguable = both(ask(clock, first))
    assert first < safe <= last_arguable
    assert (safe, last_arguable) <= both(ask(clock, second))
    assert last_arguable <= both(ask(clock, second))[1]


@given(days, days)
def test_protest_is_timely_arguable_or_untimely_by_its_window_alone(decided_on: date, received_on: date) -> None:
    window = timeliness.protest_window(decided_on, None, LAW)
    outcome = timeliness.judge_timeliness(window, decided_on, received_on).outcome
    assert (outcome == "too-early") == (received_on < decided_on)
    assert (outcome == "untimely") == (received_on > window.last_arguable)
    assert (outcome == "timely") == (decided_on <= received_on <= window.safe)


@given(days, st.integers(0, 400))
def test_delinquent_blocks_grow_with_the_day_of_payment_and_start_after_the_due_day(on: date, later: int) -> None:
    paid_on = on + timedelta(days=later)
    blocks = bill_clocks.count_delinquent_blocks(on, on, paid_on)
    assert (blocks == 0) == (paid_on <= bill_clocks.bill_due(on))
    assert blocks <= bill_clocks.count_delinquent_blocks(on, on, paid_on + timedelta(days=1)) <= blocks + 1


@st.composite
def calculator_facts(draw: st.DrawFn) -> CalculatorFacts:
    """Any facts, as incomplete or contradictory as a caller may give them."""
    start = draw(days)
    given_days = {
        field.name: draw(st.none() | days)
        for field in fields(CalculatorFacts)
        if field.name.endswith(("_on", "_date")) or field.name.endswith("_ends_on")
    }
    flags = {field.name: draw(st.booleans()) for field in fields(CalculatorFacts) if isinstance(field.default, bool)}
    return CalculatorFacts(
        entry_type=draw(st.sampled_from(sorted(entry_types()))),
        entry_basis=draw(st.sampled_from(("release", "filing-elected", "immediate-delivery", "withdrawal", "quota"))),
        extensions=draw(extensions_after(start)),
        suspensions=draw(suspensions_after(start)),
        suspended_for=draw(st.sampled_from((None, "antidumping", "injunction", "other"))),
        preference_program=draw(st.sampled_from((None, "u.s.m.c.a.", "NAFTA", "australia"))),
        reconciliation_issues=draw(st.sampled_from(((), ("other",), ("agreement",), ("other", "agreement")))),
        designated_imports=draw(
            st.sampled_from(
                (
                    (),
                    (DesignatedImport(None, None),),
                    (DesignatedImport(start, start),),
                    (DesignatedImport(start), DesignatedImport(start, is_protested=True)),
                    (DesignatedImport(start, is_protested=False),),
                )
            )
        ),
        drawback_law=draw(st.sampled_from((None, "190", "191"))),
        is_in_suit=draw(st.none() | st.booleans()),
        tib_extended_years=draw(st.integers(0, 2)),
        **{**given_days, **flags, "is_sued_on": draw(st.booleans())},
    )


@given(calculator_facts())
def test_calculator_answers_any_facts_and_guesses_none(facts: CalculatorFacts) -> None:
    answer = calculate(facts, LAW)
    for clock in answer.clocks:
        assert clock.rule in RULES
        assert clock.safe <= clock.last_arguable
        assert clock.effect
        assert clock.explanation
        assert clock.inputs
    for unknown in answer.unknown:
        assert unknown.rule in RULES
        assert unknown.missing
    assert all(found.rule in RULES for found in answer.findings)
    known = {(clock.what, clock.rule) for clock in answer.clocks}
    assert known.isdisjoint((unknown.what, unknown.rule) for unknown in answer.unknown)


@given(calculator_facts())
def test_calculator_gives_the_same_answer_every_time(facts: CalculatorFacts) -> None:
    assert calculate(facts, LAW) == calculate(facts, LAW)
