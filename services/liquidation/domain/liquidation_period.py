"""The period in which CBP liquidates an entry: its year by kind, lengthened by extensions and moved by suspensions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from services.liquidation.domain.clocks import MAX_EXTENDED_MONTHS, MAX_EXTENSION_MONTHS, deemed_date, four_year_cap
from services.liquidation.domain.extension import ExtensionRequest, NotExtended, OpenPeriod, find_excess, find_void
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
    """An extension without effect, or what of it has none, and why."""

    request: ExtensionRequest
    because: NotExtended


@dataclass(frozen=True, slots=True)
class Period:
    """The period as the facts give it.

    `ends_on` is the last day on which CBP may liquidate by the reading in the settings: on it the entry is deemed
    liquidated. `safe` is the earliest plausible reading (alert by it), `last_arguable` the latest. All three are None
    while the entry is suspended. `lifted_on` is the notice of the last removal that moved it, `lifts` all of them.
    `void` are extensions without effect, or in part. `effective` are those that moved it.
    """

    start: date
    rule: str
    ends_on: date | None
    safe: date | None
    last_arguable: date | None
    extended_months: int = 0
    extensions: int = 0
    void: tuple[VoidExtension, ...] = ()
    lifts: tuple[date, ...] = ()
    effective: tuple[ExtensionRequest, ...] = ()

    @property
    def lifted_on(self) -> date | None:
        """The notice of the last removal that moved the period; None: none did."""
        return self.lifts[-1] if self.lifts else None

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

    Rules ext-* and liq-4yr-cap as in `find_void` and `find_excess`; susp-lift-6mo [S], 19 USC 1504(d): once no
    suspension stands, six months from the last notice, and what is posted afterwards extends those. When more is left
    of the year than six months, which of them governs is unsettled [U]: by setting the six months, and the other day is
    arguable. susp-lift-extended [S], 1504(b), (d): an extended period that is open when the notice comes governs by
    itself; the six months are the safe day. A suspension that was over when the year began, as before the final
    withdrawal of warehouse goods, does not touch it, nor one that began after the period had ended. `start` without a
    day raises `ValueError`.

    >>> entered = PeriodStart("liq-1yr-entry", date(2025, 3, 3))
    >>> reckon_period(entered, [ExtensionRequest("information-needed", 12, date(2026, 2, 2))], law=LAW).ends_on
    datetime.date(2027, 3, 3)
    >>> lifted = Suspension("A570012000", "agency", date(2025, 3, 3), date(2027, 5, 31))
    >>> reckon_period(entered, suspensions=[lifted], law=LAW).ends_on
    datetime.date(2027, 11, 30)
    """
    if start.on is None:
        raise ValueError(f"{start.rule}: {', '.join(start.missing)} is not known")
    running = _open(start.on, start.rule)
    for on, kind, _, _, request in sorted(_list_acts(start.on, extensions, suspensions), key=lambda act: act[:-1]):
        if request is not None:
            running = _extend(running, request)
        elif kind == "1 begins":
            # One that begins after the period has ended finds the entry liquidated by law.
            running = running if on > running.ends_on else replace(running, is_suspended=True)
        elif running.is_suspended:
            running = _lift(running, on, law)
    return _close(running)


@dataclass(frozen=True, slots=True)
class _Running:
    """The period as it stands after some acts: while suspended with the end that it had reached, and would have.

    `is_extended`: an extension is in force; one whose end had passed at a lift is spent.
    """

    start: date
    rule: str
    ends_on: date
    safe: date
    last_arguable: date
    extended_months: int = 0
    extensions: tuple[ExtensionRequest, ...] = ()
    void: tuple[VoidExtension, ...] = ()
    lifts: tuple[date, ...] = ()
    is_suspended: bool = False
    is_extended: bool = False


def _open(start: date, rule: str) -> _Running:
    """A year; where its month has no such day, the day after is arguable."""
    end = deemed_date(start)
    return _Running(start, rule, end, end, end if end.day == start.day else add_days(end, 1))


def _close(running: _Running) -> Period:
    is_open = not running.is_suspended
    return Period(
        running.start,
        running.rule,
        running.ends_on if is_open else None,
        running.safe if is_open else None,
        running.last_arguable if is_open else None,
        running.extended_months,
        len(running.extensions),
        running.void,
        running.lifts,
        running.extensions,
    )


_Act = tuple[date, Literal["1 begins", "2 lifted", "3 posted"], int, str, ExtensionRequest | None]
"""Of acts of one day a suspension begins before another is lifted, and both come before a posting."""


def _list_acts(
    start: date, extensions: Iterable[ExtensionRequest], suspensions: Iterable[Suspension]
) -> Iterator[_Act]:
    for each in extensions:
        yield each.posted_on, "3 posted", -each.months, f"{each.reason} {each.requested_on}", each
    for began_on, lifted_on in _merge(suspensions):
        if lifted_on is None or lifted_on > start:
            yield began_on, "1 begins", 0, "", None
            if lifted_on is not None:
                yield lifted_on, "2 lifted", 0, "", None


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


def _lift(running: _Running, lifted_on: date, law: LawSettings) -> _Running:
    six_months, cap = six_months_from_notice(lifted_on), four_year_cap(running.start)
    latest = max(six_months if six_months.day == lifted_on.day else add_days(six_months, 1), running.last_arguable)
    lifted = replace(running, is_suspended=False, rule="susp-lift-6mo", lifts=(*running.lifts, lifted_on))
    if not running.extensions:
        ends_on = six_months if law.lift_reading == "six-months" else max(six_months, running.ends_on)
        return replace(lifted, ends_on=ends_on, safe=six_months, last_arguable=latest)
    if lifted_on <= cap:
        six_months, latest = min(six_months, cap), min(latest, cap)
    if not running.is_extended or running.ends_on <= lifted_on:
        return replace(lifted, ends_on=six_months, safe=six_months, last_arguable=latest, is_extended=False)
    return replace(
        lifted,
        rule="susp-lift-extended",
        ends_on=running.ends_on if law.extended_lift_reading == "extended-period" else six_months,
        safe=min(six_months, running.ends_on),
        last_arguable=latest,
    )


def _extend(running: _Running, request: ExtensionRequest) -> _Running:
    # While suspended the period is open, so no posting comes too late for it.
    open_until = request.posted_on if running.is_suspended else running.ends_on
    judged = OpenPeriod(running.start, open_until, running.extended_months, len(running.extensions))
    because = find_void(judged, request, is_suspended=running.is_suspended)
    if because is not None:
        return replace(running, void=(*running.void, VoidExtension(request, because)))
    excess = find_excess(running.extended_months, request)
    added = min(request.months, MAX_EXTENDED_MONTHS - running.extended_months)
    return replace(
        running,
        extended_months=running.extended_months + added,
        extensions=(*running.extensions, request),
        is_extended=True,
        void=running.void if excess is None else (*running.void, VoidExtension(request, excess)),
        ends_on=_lengthen(running.ends_on, added, running.start).safe,
        safe=_lengthen(running.safe, added, running.start).safe,
        last_arguable=_lengthen(running.last_arguable, added, running.start).last_arguable,
    )


def _lengthen(end: date, months: int, start: date) -> Due:
    """So many months after the end before, up to the fourth anniversary; where a month has no such day, arguably a day
    more. A reading that reaches beyond the anniversary already is not lengthened.
    """
    cap, longer = four_year_cap(start), add_months(end, months)
    latest = longer if longer.day == end.day else add_days(longer, 1)
    return Due(max(end, min(longer, cap)), max(end, min(latest, cap)))


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
