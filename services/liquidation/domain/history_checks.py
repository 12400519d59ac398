"""What must hold over the whole history of an entry, whatever happened to it; each breach names its rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.clocks import MAX_EXTENDED_MONTHS, four_year_cap
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.liquidation_period import PeriodStart, reckon_period
from services.liquidation.domain.reliquidation import FinalWriter, final_1501_on, judge_change_after_final
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.suspension import Suspension, is_suspended, judge_liquidation

Cause = Literal["law", "center", "two-years", "courtesy-notice", "center-change"]

_NEVER_CAUSES: Final = {
    "two-years": ("inv-two-years", "two years without a decision changed the state"),
    "courtesy-notice": ("inv-courtesy", "a courtesy notice drove a clock"),
    "center-change": ("inv-center-change", "a change of Center moved a clock"),
}


@dataclass(frozen=True, slots=True)
class RecordedExtension:
    """An extension that the record holds as effective, and to which day it moved the end of the period."""

    request: ExtensionRequest
    ends_on: date


@dataclass(frozen=True, slots=True)
class RecordedLiquidation:
    """A liquidation in the record."""

    on: date
    is_deemed: bool = False
    is_voided: bool = False


@dataclass(frozen=True, slots=True)
class RecordedProtest:
    """A protest in the record."""

    received_on: date
    deemed_denied_on: date | None = None
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A change of the entry after its liquidation became final, by whom."""

    on: date
    writer: FinalWriter


@dataclass(frozen=True, slots=True)
class MovedClock:
    """A clock or state that changed, and what is given as the cause."""

    on: date
    cause: Cause


@dataclass(frozen=True, slots=True)
class History:
    """All that the record of an entry says; `other_decisions_on` are protestable decisions besides liquidation."""

    start: PeriodStart
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[RecordedExtension, ...] = ()
    period_ends_on: date | None = None
    liquidations: tuple[RecordedLiquidation, ...] = ()
    final_1501_on: date | None = None
    final_1514_on: date | None = None
    corrections_on: tuple[date, ...] = ()
    protests: tuple[RecordedProtest, ...] = ()
    other_decisions_on: tuple[date, ...] = ()
    changes_after_final: tuple[RecordedChange, ...] = ()
    moved_clocks: tuple[MovedClock, ...] = ()


def find_breaches(history: History, law: LawSettings) -> tuple[Finding, ...]:
    """Every invariant that a history breaks, in the order of the rules; none for a sound one.

    Rules inv-*: what the statutes of liquidation and protest say of any sequence of events.

    >>> entered = PeriodStart("liq-1yr-entry", date(2025, 3, 3))
    >>> early = History(entered, liquidations=(RecordedLiquidation(date(2026, 2, 2), is_deemed=True),))
    >>> [breach.rule for breach in find_breaches(early, LAW)]
    ['inv-separate-flags']
    """
    return (
        *_breaches_of_periods(history, law),
        *_breaches_of_extensions(history, law),
        *_breaches_of_order(history),
        *_breaches_after_liquidation(history),
        *_breaches_of_causes(history),
    )


def _breaches_of_periods(history: History, law: LawSettings) -> Iterator[Finding]:
    period = reckon_period(history.start, (each.request for each in history.extensions), history.suspensions, law=law)
    for each in history.liquidations:
        if each.is_deemed and is_suspended(history.suspensions, each.on):
            yield Finding("inv-separate-flags", "deemed-while-suspended", f"deemed {each.on}")
        elif each.is_deemed and (period.safe is None or each.on < period.safe):
            yield Finding("inv-separate-flags", "deemed-early", f"deemed {each.on}, period ends {period.safe}")
    if period.lifted_on is not None and history.period_ends_on not in (None, period.ends_on):
        why = f"recorded end {history.period_ends_on}, the notice of {period.lifted_on} gives {period.ends_on}"
        yield Finding("inv-lift-period", "wrong-period", why)


def _breaches_of_extensions(history: History, law: LawSettings) -> Iterator[Finding]:
    requests = [each.request for each in history.extensions]
    for void in reckon_period(history.start, requests, history.suspensions, law=law).void:
        if void.because.rule == "ext-notice":
            yield Finding("inv-extension-posted", "posted-late", void.because.why)
    if (months := sum(each.months for each in requests)) > MAX_EXTENDED_MONTHS:
        yield Finding("inv-three-extensions", "too-long", f"extended by {months} months in all")
    assert history.start.on is not None
    cap = four_year_cap(history.start.on)
    for extension in history.extensions:
        if extension.ends_on > cap and not is_suspended(history.suspensions, cap):
            yield Finding("inv-three-extensions", "past-four-years", f"ends {extension.ends_on}, cap {cap}")


def _breaches_of_order(history: History) -> Iterator[Finding]:
    liquidated_on = _first_liquidation(history)
    for corrected_on in history.corrections_on:
        if liquidated_on is not None and corrected_on > liquidated_on:
            why = f"corrected {corrected_on}, liquidated {liquidated_on}"
            yield Finding("inv-correction-protest-order", "correction-after-liquidation", why)
    decided = [on for on in (liquidated_on, *history.other_decisions_on) if on is not None]
    for protest in history.protests:
        if not any(on <= protest.received_on for on in decided):
            why = f"protested {protest.received_on}, decisions: {', '.join(map(str, decided)) or 'none'}"
            yield Finding("inv-correction-protest-order", "protest-before-decision", why)
    for protest in history.protests:
        denied_on, decided_on = protest.deemed_denied_on, protest.decided_on
        if denied_on is not None and decided_on is not None and decided_on > denied_on:
            why = f"deemed denied {denied_on}, decided {decided_on}"
            yield Finding("inv-deemed-denial", "decided-after-deemed-denial", why)


def _breaches_after_liquidation(history: History) -> Iterator[Finding]:
    liquidated_on = _first_liquidation(history)
    if liquidated_on is not None and history.final_1501_on not in (None, final_1501_on(liquidated_on)):
        why = f"final_1501 on {history.final_1501_on}, day 91 is {final_1501_on(liquidated_on)}"
        yield Finding("inv-final-1501", "wrong-day", why)
    for each in history.liquidations:
        worth = judge_liquidation(history.suspensions, each.on)
        if not each.is_deemed and each.is_voided != (worth.outcome == "void"):
            outcome = "voided-wrongly" if each.is_voided else "void-one-kept"
            yield Finding("inv-breach", outcome, worth.why)
    for change in history.changes_after_final:
        is_final = history.final_1514_on is not None and change.on >= history.final_1514_on
        if is_final and judge_change_after_final(change.writer).outcome == "refused":
            yield Finding("inv-after-final", "changed-after-final", f"{change.writer} on {change.on}")


def _breaches_of_causes(history: History) -> Iterator[Finding]:
    for moved in history.moved_clocks:
        if moved.cause in _NEVER_CAUSES:
            rule, why = _NEVER_CAUSES[moved.cause]
            yield Finding(rule, "moved", f"{moved.on}: {why}")


def _first_liquidation(history: History) -> date | None:
    """The original liquidation: the first that has effect."""
    return min((each.on for each in history.liquidations if not each.is_voided), default=None)
