"""The clocks of an entry that is not liquidated: summary, deposit, correction, schedule, the end of its period."""

from collections.abc import Iterator, Mapping
from typing import Final

from services.liquidation.domain.calculator import corrections
from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.clocks import (
    MAX_EXTENDED_MONTHS,
    four_year_cap,
    scheduled_date,
)
from services.liquidation.domain.law import CyclePolicy
from services.liquidation.domain.liquidation_period import (
    longest_extension,
)
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.summary_clocks import (
    deposit_limit,
    immediate_delivery_summary_due,
    monthly_statement_due,
    summary_due,
)
from services.liquidation.domain.suspension import (
    choose_lift_notice,
    instructions_target,
    judge_lift_notice,
    six_months_from_notice,
)
from shared.customs.calendar import Due


def _is_awaiting_summary(case: Case) -> bool:
    return (
        case.kind.in_ace_summary
        and not case.kind.informal
        and not case.is_liquidated
        and case.facts.summary_filed_on is None
    )


def _is_window(case: Case, rule: str) -> bool:
    window = corrections.find_window(case, case.law.cycle.friday)
    return corrections.is_correctable(case) and (window.rule if window is not None else "psc-window") == rule


def _read_window(case: Case) -> Due | None:
    """With both Fridays that CBP may choose; None while a suspension keeps the window open."""
    windows = (corrections.find_window(case, "before"), corrections.find_window(case, "after"))
    days = sorted(window.closes_on for window in windows if window is not None and window.closes_on is not None)
    return Due(days[0], days[-1]) if days else None


def _schedule(case: Case) -> Due:
    """Both Fridays that CBP may choose."""
    entered_on, days = case.day("entry_date"), case.law.cycle.days
    return Due(
        scheduled_date(entered_on, CyclePolicy(days, "before"), case.extended_months),
        scheduled_date(entered_on, CyclePolicy(days, "after"), case.extended_months),
    )


def _deposit_limits(case: Case) -> Due:
    """From entry or release: the statute says either."""
    entered_on = case.day("entry_date")
    days = sorted(deposit_limit(on, case.law) for on in {entered_on, case.facts.released_on or entered_on})
    return Due(days[0], days[-1])


ROWS: Final = (
    Row(
        "es-file",
        "entry summary due",
        ("entry_date",),
        "none",
        lambda case: summary_due(case.day("entry_date"), case.law),
        "claim for liquidated damages; repeated, the loss of release before summary",
        lambda case: _is_awaiting_summary(case) and case.facts.entry_basis != "immediate-delivery",
    ),
    Row(
        "es-file-immediate-delivery",
        "entry summary due after immediate delivery",
        ("released_on",),
        "none",
        lambda case: immediate_delivery_summary_due(
            case.day("released_on"), case.facts.quota_period_ends_on, law=case.law
        ),
        "claim for liquidated damages",
        lambda case: _is_awaiting_summary(case) and case.facts.entry_basis == "immediate-delivery",
    ),
    Row(
        "deposit-outer-limit",
        "latest day that a regulation may set for the deposit",
        ("entry_date",),
        "none",
        _deposit_limits,
        "the ceiling of the statute; a scheduled statement stays inside it",
        lambda case: case.has_deposit and case.facts.paid_on is None and not case.facts.pays_monthly,
    ),
    Row(
        "deposit-pms",
        "deposit on the periodic monthly statement",
        ("entry_date",),
        "none",
        lambda case: monthly_statement_due(case.entry_date, case.facts.released_on, case.law),
        "interest from then; default means the loss of the privilege",
        lambda case: case.has_deposit and case.facts.pays_monthly,
    ),
    Row(
        "psc-window",
        "last day for a correction",
        ("entry_date",),
        "none",
        _read_window,
        "ACE rejects it; after liquidation protest, or claim under 1520(d)",
        lambda case: _is_window(case, "psc-window"),
    ),
    Row(
        "psc-window-extended",
        "last day for a correction",
        ("entry_date", "extensions"),
        "none",
        _read_window,
        "ACE rejects it; after liquidation protest, or claim under 1520(d)",
        lambda case: _is_window(case, "psc-window-extended"),
    ),
    Row(
        "liq-cycle-314",
        "scheduled liquidation",
        ("entry_date",),
        "none",
        _schedule,
        "the entry liquidates as entered, or by the review's decision",
        lambda case: case.is_scheduled,
    ),
    Row(
        "susp-lift-target-90",
        "instructions of Commerce expected until",
        ("review_results_on",),
        "none",
        lambda case: instructions_target(case.day("review_results_on"), case.law),
        "nothing: for reports only",
        lambda case: case.facts.review_results_on is not None,
    ),
)


def period_rows(case: Case) -> Iterator[Row]:
    """The end of the period to liquidate by the rule that governs it, and how far extensions would move it."""
    start, period = case.start, case.period
    if start is None or case.is_liquidated:
        return
    what = "deemed liquidated, when CBP has not acted"
    effect = "liquidated by operation of law at the rate, value, quantity and amount that the importer asserted"
    if case.kind.drawback:
        effect = "liquidated by operation of law at the drawback that was asserted"
    if period is None:
        facts = start.missing if case.kind.drawback else _START_FACTS[start.rule]
        yield Row(start.rule, what, facts, "government", lambda _: None, effect, lambda _: True)
        return
    if case.is_suspended or period.safe is None or period.last_arguable is None:
        needs = ("lift_noticed_on",) if case.facts.suspensions else ("suspensions",)
        yield Row("susp-lift-6mo", what, needs, "government", lambda _: None, effect, lambda _: True)
        return
    end = Due(period.safe, period.last_arguable)
    known = tuple(name for name in _START_FACTS[start.rule] if case.find(name) is not None)
    needs = (*known, *(("extensions",) if period.extensions else ()))
    lifted = ("suspensions",) if period.lifted_on is not None else ()
    in_force = "" if end.safe == end.last_arguable else f"; by the reading in force on {period.ends_on}"
    counted_from = period.lifted_on or period.start
    yield Row(
        period.rule,
        what,
        (*needs, *lifted),
        "government",
        lambda _: end,
        effect + in_force,
        lambda _: True,
        start=counted_from,
    )
    yield Row(
        "ext-notice",
        "notice of a further extension posted until",
        needs,
        "government",
        lambda _: end.safe,
        "the period is not extended",
        lambda _: period.extended_months < MAX_EXTENDED_MONTHS,
    )
    yield Row(
        "ext-length",
        "a further extension reaches at most",
        needs,
        "government",
        lambda _: max(end.safe, min(longest_extension(end.safe), four_year_cap(period.start))),
        "deemed liquidated at the new end",
        lambda _: period.extended_months < MAX_EXTENDED_MONTHS,
    )
    yield Row(
        "liq-4yr-cap",
        "no extension reaches beyond",
        needs,
        "government",
        lambda _: four_year_cap(period.start),
        "deemed liquidated, unless then suspended",
        lambda _: period.extensions > 0,
    )


_START_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "liq-1yr-entry": ("entry_date",),
    "liq-1yr-withdrawal": ("entry_date",),
    "liq-1yr-warehouse": ("final_withdrawal_on",),
    "liq-1yr-recon": ("reconciliation_filed_on", "reconciliation_due_on"),
    "liq-1yr-drawback": ("drawback_claimed_on", "designated_imports"),
    "liq-drawback-old": ("drawback_claimed_on",),
    "liq-1yr-activity-stmt": ("activity_statement_filed_on", "activity_statement_due_on"),
}


def find(case: Case) -> Iterator[Finding]:
    """Whether the entry is suspended, whether it can be corrected meanwhile, and which extensions are void."""
    if case.is_suspended and not case.is_liquidated:
        yield Finding("susp-grounds", "suspended", "no period to liquidate runs until the last suspension is removed")
    yield from corrections.find(case)
    if case.period is not None:
        yield from (Finding(each.because.rule, "void", each.because.why) for each in case.period.void)
    yield from _find_starts_after_lift(case)


def _find_starts_after_lift(case: Case) -> Iterator[Finding]:
    """Each notice and each removal with the end that it would give: which counts, and what the others would.

    Rules susp-lift-trigger [S], Aspects (Fed. Cir. 2022): the first that is unambiguous and public; susp-lift-multiline
    [P], HQ H311377: of several suspensions the last removal.
    """
    chosen = choose_lift_notice(case.facts.lift_notices)
    for notice in case.facts.lift_notices:
        found = judge_lift_notice(notice)
        outcome = "a-later-one" if found.outcome == "starts" and notice != chosen else found.outcome
        why = found.why
        if found.outcome == "starts":
            why = f"{why}: six months from it end on {six_months_from_notice(notice.on)}"
        yield Finding(found.rule, outcome, why)
    lifts = sorted({each.lift_noticed_on for each in case.facts.suspensions if each.lift_noticed_on is not None})
    if len(lifts) > 1:
        ends = ", ".join(f"from {each} on {six_months_from_notice(each)}" for each in lifts)
        yield Finding("susp-lift-multiline", "last-removal-counts", f"six months end {ends}")
