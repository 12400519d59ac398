"""The period in which CBP liquidates an entry: its year by kind, lengthened by extensions and moved by suspensions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from services.liquidation.domain.clocks import MAX_EXTENSION_MONTHS, deemed_date, four_year_cap
from services.liquidation.domain.extension import ExtensionRequest, NotExtended, OpenPeriod, find_void
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.suspension import Suspension, six_months_from_notice
from shared.customs.calendar import Due, add_days, add_months

PeriodKind = Literal["consumption", "warehouse", "withdrawal", "reconciliation", "activity-statement", "drawback"]


@dataclass(frozen=True, slots=True)
class StartFacts:
    """The days from which the year of some kind of entry may run."""

    entry_date: date | None = None
    final_withdrawal_on: date | None = None
    filed_on: date | None = None
    due_on: date | None = None
    claimed_on: date | None = None


@dataclass(frozen=True, slots=True)
class PeriodStart:
    """The rule and the day from which the year runs; without a day, the facts that are missing."""

    rule: str
    on: date | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VoidExtension:
    """An extension without effect, and why."""

    request: ExtensionRequest
    because: NotExtended


@dataclass(frozen=True, slots=True)
class Period:
    """The period as the facts give it.

    `ends_on` is the last day on which CBP may liquidate by the reading in the settings: on it the entry is deemed
    liquidated. `safe` is the earliest plausible reading (alert by it), `last_arguable` the latest. All three are None
    while the entry is suspended. `lifted_on` is the notice of the last removal that moved it.
    """

    start: date
    rule: str
    ends_on: date | None
    safe: date | None
    last_arguable: date | None
    extended_months: int = 0
    extensions: int = 0
    void: tuple[VoidExtension, ...] = ()
    lifted_on: date | None = None

    @property
    def is_suspended(self) -> bool:
        """Whether a suspension stands, so that nothing can be deemed."""
        return self.ends_on is None


def period_start(kind: PeriodKind, facts: StartFacts) -> PeriodStart:
    """From which day the year runs.

    Rules liq-1yr-entry, -withdrawal [S], 19 USC 1504(a)(1)(A), (C): the entry; liq-1yr-warehouse [S], (B): the final
    withdrawal; liq-1yr-recon, -activity-stmt [S], (D), (E): the filing or the due day, whichever is earlier, so that
    both are needed; liq-1yr-drawback [S], (a)(2)(A): the filing of the claim.

    >>> period_start("reconciliation", StartFacts(filed_on=date(2026, 5, 4), due_on=date(2026, 4, 1))).on
    datetime.date(2026, 4, 1)
    >>> period_start("warehouse", StartFacts(entry_date=date(2026, 3, 2))).missing
    ('final_withdrawal_on',)
    """
    match kind:
        case "consumption":
            return _start("liq-1yr-entry", entry_date=facts.entry_date)
        case "withdrawal":
            return _start("liq-1yr-withdrawal", entry_date=facts.entry_date)
        case "warehouse":
            return _start("liq-1yr-warehouse", final_withdrawal_on=facts.final_withdrawal_on)
        case "reconciliation":
            return _start("liq-1yr-recon", filed_on=facts.filed_on, due_on=facts.due_on)
        case "activity-statement":
            return _start("liq-1yr-activity-stmt", filed_on=facts.filed_on, due_on=facts.due_on)
        case "drawback":
            return _start("liq-1yr-drawback", claimed_on=facts.claimed_on)


def _start(rule: str, **days: date | None) -> PeriodStart:
    missing = tuple(name for name, on in days.items() if on is None)
    return PeriodStart(rule, None if missing else min(on for on in days.values() if on is not None), missing)


def reckon_period(
    start: PeriodStart,
    extensions: Iterable[ExtensionRequest] = (),
    suspensions: Iterable[Suspension] = (),
    *,
    law: LawSettings,
) -> Period:
    """The period with everything that was done to it; the order in which the facts are given does not matter.

    Rules ext-* and liq-4yr-cap as in `find_void`; susp-lift-6mo [S], 19 USC 1504(d): once no suspension stands, six
    months from the last notice, and what is posted afterwards extends those. When more is left of the period as it
    would have been without the suspension, which of them governs is unsettled [U]: by setting the six months, and the
    other day is arguable. A suspension that was over when the year began, as before the final withdrawal of warehouse
    goods, does not touch it. `start` without a day raises `ValueError`.

    >>> entered = PeriodStart("liq-1yr-entry", date(2025, 3, 3))
    >>> reckon_period(entered, [ExtensionRequest("information-needed", 12, date(2026, 2, 2))], law=LAW).ends_on
    datetime.date(2027, 3, 3)
    >>> lifted = Suspension("A570012000", "agency", date(2025, 3, 3), date(2027, 5, 31))
    >>> reckon_period(entered, suspensions=[lifted], law=LAW).ends_on
    datetime.date(2027, 11, 30)
    """
    if start.on is None:
        raise ValueError(f"{start.rule}: {', '.join(start.missing)} is not known")
    first_end = _undisturbed(start.on, 0)
    period = Period(start.on, start.rule, first_end.safe, first_end.safe, first_end.last_arguable)
    acts: list[tuple[date, int, int, str, ExtensionRequest | tuple[date, date | None]]] = [
        (each.posted_on, 1, -each.months, f"{each.reason} {each.requested_on}", each) for each in extensions
    ]
    acts += [
        (began_on, 0, 0, "", (began_on, lifted_on))
        for began_on, lifted_on in _merge(suspensions)
        if lifted_on is None or lifted_on > start.on
    ]
    suspended_until = start.on
    for *_, act in sorted(acts, key=lambda act: act[:-1]):
        if isinstance(act, ExtensionRequest):
            period = _extend(period, act, law, suspended_until)
            continue
        began_on, lifted_on = act
        if period.ends_on is None or began_on > period.ends_on:
            continue
        if lifted_on is None:
            period = replace(period, ends_on=None, safe=None, last_arguable=None)
        else:
            suspended_until = lifted_on
            period = _lift(period, lifted_on, law)
    return period


def _merge(suspensions: Iterable[Suspension]) -> Sequence[tuple[date, date | None]]:
    """The spans in which at least one suspension stands: beginning and end (None: still)."""
    merged: list[tuple[date, date | None]] = []
    stood = [each for each in suspensions if each.stands_on(each.began_on)]
    for each in sorted(stood, key=lambda each: each.began_on):
        if merged and (merged[-1][1] is None or each.began_on <= merged[-1][1]):
            began_on, ended_on = merged[-1]
            later = None if ended_on is None or each.lift_noticed_on is None else max(ended_on, each.lift_noticed_on)
            merged[-1] = (began_on, later)
        else:
            merged.append((each.began_on, each.lift_noticed_on))
    return merged


def _undisturbed(start: date, extended_months: int) -> Due:
    """The end of a period without suspensions; where its month has no such day, the day after is arguable."""
    end = deemed_date(start, extended_months)
    return Due(end, end if end.day == start.day else add_days(end, 1))


def _lift(period: Period, lifted_on: date, law: LawSettings) -> Period:
    six_months = six_months_from_notice(lifted_on)
    undisturbed = deemed_date(period.start, period.extended_months)
    latest = max(six_months, undisturbed)
    longest_six_months = six_months if six_months.day == lifted_on.day else add_days(six_months, 1)
    safe = _cut(six_months, period.start, lifted_on) if period.extensions else six_months
    return replace(
        period,
        ends_on=six_months if law.lift_reading == "six-months" else latest,
        safe=safe,
        last_arguable=max(longest_six_months, undisturbed),
        rule="susp-lift-6mo",
        lifted_on=lifted_on,
    )


def _extend(period: Period, request: ExtensionRequest, law: LawSettings, suspended_until: date) -> Period:
    is_suspended = period.is_suspended or request.posted_on < suspended_until
    # While suspended the period is open, so no posting comes too late for it.
    open_until = request.posted_on if period.ends_on is None or is_suspended else period.ends_on
    judged = OpenPeriod(period.start, open_until, period.extended_months, period.extensions)
    because = find_void(judged, request)
    if because is not None:
        return replace(period, void=(*period.void, VoidExtension(request, because)))
    months = period.extended_months + request.months
    extended = replace(period, extended_months=months, extensions=period.extensions + 1)
    if period.ends_on is None or period.safe is None or period.last_arguable is None:
        return extended
    if period.rule != "susp-lift-6mo":
        end = _undisturbed(period.start, months)
        return replace(extended, ends_on=end.safe, safe=end.safe, last_arguable=end.last_arguable)
    if is_suspended:
        # Posted before the removal: whether it lengthens the six months is unsettled, so only the arguable day moves.
        undisturbed = deemed_date(period.start, months)
        latest = max(period.last_arguable, undisturbed)
        ends_on = period.ends_on if law.lift_reading == "six-months" else latest
        safe = _cut(period.safe, period.start, suspended_until)
        return replace(extended, ends_on=ends_on, safe=safe, last_arguable=latest)
    latest = add_months(period.last_arguable, request.months)
    is_past_cap = period.last_arguable > four_year_cap(period.start)
    return replace(
        extended,
        ends_on=_lengthen(period.ends_on, request.months, period.start),
        safe=_lengthen(period.safe, request.months, period.start),
        # Whether the fourth anniversary binds a period that a suspension carried over it is unsettled.
        last_arguable=latest if is_past_cap else _lengthen(period.last_arguable, request.months, period.start),
    )


def _cut(end: date, start: date, lifted_on: date) -> date:
    """The fourth anniversary, on which an extended entry that is no longer suspended may be deemed liquidated."""
    cap = four_year_cap(start)
    return min(end, cap) if lifted_on <= cap else end


def _lengthen(end: date, months: int, start: date) -> date:
    """Up to the fourth anniversary; a period that reaches beyond it already is not lengthened."""
    return max(end, min(add_months(end, months), four_year_cap(start)))


def is_deemed_liquidated(period: Period, on: date) -> bool:
    """Whether an entry that CBP has not liquidated is liquidated by operation of law at the beginning of a day.

    Rules liq-1yr-* [S], 19 USC 1504(a); count-full-last-day [S]: not on the last day itself; inv-separate-flags [S]:
    never while suspended.

    >>> period = reckon_period(PeriodStart("liq-1yr-entry", date(2025, 3, 3)), law=LAW)
    >>> is_deemed_liquidated(period, date(2026, 3, 3)), is_deemed_liquidated(period, date(2026, 3, 4))
    (False, True)
    """
    return period.ends_on is not None and on > period.ends_on


@dataclass(frozen=True, slots=True)
class DesignatedImport:
    """An import that a drawback claim designates; None: not known, never "not yet" or "never".

    `is_protested`: whether a protest is on file against its liquidation, which keeps it from being final.
    """

    liquidated_on: date | None = None
    final_1514_on: date | None = None
    is_protested: bool | None = None


def longest_extension(ends_on: date) -> date:
    """To which day one extension can move the end of a period at most.

    Rule ext-length [S], 19 CFR 159.12(a), (d): the end before plus one year.

    >>> longest_extension(date(2026, 3, 3))
    datetime.date(2027, 3, 3)
    """
    return add_months(ends_on, MAX_EXTENSION_MONTHS)
