"""The window for corrections of the facts, and whether the correction that they tell of can be made."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.clocks import informal_date, scheduled_date
from services.liquidation.domain.correction_window import (
    LOCKED_FIELDS,
    AskedCorrection,
    CorrectionWindow,
    LockedChange,
    SuspensionBasis,
    correction_window,
    describe_bar,
    has_correction_window,
    is_asked_for,
    judge_correction,
    list_known_by,
)
from services.liquidation.domain.grounds import basis_of
from services.liquidation.domain.law import CyclePolicy, FridayChoice
from services.liquidation.domain.liquidation_period import reckon_period
from services.liquidation.domain.plan import schedule_after_lift
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.suspension import Suspension


def is_correctable(case: Case) -> bool:
    """Whether a window for corrections is known to close for the entry, and it is not liquidated."""
    return has_correction_window(case.facts.entry_type) and not case.is_liquidated


def find_window(case: Case, friday: FridayChoice, *, by: date | None = None) -> CorrectionWindow | None:
    """The window if the cycle takes that Friday, by what had been done by a day, or by all the facts.

    The same reading as `record.find_correction_window`; None when the entry date is not known, or no window closes.
    """
    facts, start = case.facts, case.start
    if case.entry_date is None or not has_correction_window(facts.entry_type):
        return None
    extensions, suspensions = facts.extensions, facts.suspensions
    if by is not None:
        extensions, suspensions = list_known_by(by, extensions, suspensions)
    scheduled_on, is_asked = None, False
    # Without any suspension among the facts the summary itself tells whether it is suspended.
    is_suspended = (case.kind.ad_cvd or facts.has_case) and not facts.suspensions
    if start is not None and start.on is not None:
        policy = CyclePolicy(case.law.cycle.days, friday)
        period = reckon_period(start, extensions, suspensions, law=case.law)
        is_suspended, is_asked = is_suspended or period.is_suspended, is_asked_for(period.effective)
        if period.lifted_on is not None:
            scheduled_on = schedule_after_lift(period, policy)
        elif start.rule in ("liq-1yr-entry", "liq-1yr-withdrawal"):
            scheduled_on = scheduled_date(start.on, policy, period.extended_months)
    return correction_window(
        facts.entry_type,
        case.entry_date,
        scheduled_on,
        is_extended_on_request=is_asked,
        has_case=facts.has_case,
        suspended_for=_find_basis(case, suspensions) if is_suspended else None,
    )


def _find_basis(case: Case, suspensions: Sequence[Suspension]) -> SuspensionBasis:
    """For what the entry is suspended: as given, else by the grounds; of several one that keeps the window open."""
    if case.facts.suspended_for is not None:
        return case.facts.suspended_for
    by_case: SuspensionBasis = "antidumping" if case.kind.ad_cvd or case.facts.has_case else "other"
    bases = [_read_basis(each, by_case) for each in suspensions if each.lift_noticed_on is None]
    return min(bases, key=lambda each: each == "other", default=by_case)


def _read_basis(suspension: Suspension, by_case: SuspensionBasis) -> SuspensionBasis:
    """By the ground as the record names it; one in other words by its authority."""
    if suspension.authority == "court":
        return "injunction"
    basis = basis_of(suspension)
    is_named = ":" in suspension.ground
    return by_case if basis == "other" and suspension.authority == "agency" and not is_named else basis


def find(case: Case) -> Iterator[Finding]:
    """Whether corrections are taken while suspended, and what bars the correction that the facts tell of."""
    window = find_window(case, case.law.cycle.friday)
    if window is not None and window.closes_on is None and not case.is_liquidated:
        yield Finding(window.rule, "open", "a correction is taken as long as the entry is suspended")
    facts = case.facts
    if facts.corrected_on is None and facts.corrected_entry_type is None and not facts.corrected_fields:
        return
    yield from _judge(case)


def _judge(case: Case) -> Iterator[Finding]:
    facts, filed_on = case.facts, case.facts.corrected_on
    window = find_window(case, case.law.cycle.friday, by=filed_on)
    liquidated_on = case.liquidated_on
    if liquidated_on is None and case.kind.informal:
        liquidated_on = informal_date(facts.paid_on, facts.released_on)
    asked = AskedCorrection(
        facts.entry_type,
        facts.corrected_entry_type or facts.entry_type,
        tuple(LockedChange(each) for each in LOCKED_FIELDS if each in facts.corrected_fields),
        filed_on,
    )
    bars = judge_correction(
        asked,
        window,
        is_liquidated=liquidated_on is not None and (filed_on is None or filed_on > liquidated_on),
        liquidated_on=liquidated_on,
    )
    for bar in bars:
        yield Finding(bar.rule, bar.kind, describe_bar(bar, str))
    if bars:
        return
    if filed_on is None:
        yield Finding("psc-window", "missing-fact", "corrected_on, the day on which it is filed, is not known")
    elif window is None and has_correction_window(facts.entry_type):
        yield Finding("psc-window", "missing-fact", "entry_date, from which the window is counted, is not known")
    else:
        rule, closes_on = (window.rule, window.closes_on) if window is not None else ("psc-window", None)
        until = f"the window closes on {closes_on}" if closes_on is not None else "no day closes the window"
        yield Finding(rule, "may-be-corrected", f"filed on {filed_on}, {until}")
