"""The law of one entry's liquidation read a second time, slowly: an oracle that shares no line with the product.

It takes the body that the deadline calculator takes and walks the calendar day by day. Where the text leaves more than
one reading, the one that is taken stands beside the code as "Reading:".
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

LateAct = Literal["reliquidation", "no-power"]
Verdict = Literal["timely", "arguable", "untimely", "too-early"]
Reach = Literal["in-time", "too-late"]

DAY = timedelta(days=1)
PROTEST_180_SINCE = date(2004, 12, 18)
"""Entries since this day are protested within 180 days, older ones within 90 (19 CFR 174.12(e))."""
RELIQUIDATION_FROM_LIQUIDATION_SINCE = date(2016, 2, 24)
"""Pub. L. 114-125 s. 911: since this day the 90 days of 1501 run from the liquidation, before from its notice."""
MOST_MONTHS = 36
"""All extensions of an entry together (19 CFR 159.12(e))."""


# --- the calendar ---------------------------------------------------------------------------------------------------


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth Monday (0) ... Sunday (6) of a month; -1 is the last."""
    found = [
        date(year, month, number)
        for number in range(1, calendar.monthrange(year, month)[1] + 1)
        if date(year, month, number).weekday() == weekday
    ]
    return found[nth] if nth < 0 else found[nth - 1]


def _observed(day: date) -> date:
    """A holiday of a fixed date that falls on Saturday is kept on Friday, on Sunday on Monday (5 USC 6103)."""
    return day - DAY if day.weekday() == 5 else day + DAY if day.weekday() == 6 else day


def _holidays_of(year: int) -> set[date]:
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    if year >= 2021:  # Juneteenth became a law on 17 June 2021 and was kept on Friday the 18th
        fixed.append(date(year, 6, 19))
    moving = [
        _nth(year, 1, 0, 3),  # Birthday of Martin Luther King, Jr.
        _nth(year, 2, 0, 3),  # Washington's Birthday
        _nth(year, 5, 0, -1),  # Memorial Day
        _nth(year, 9, 0, 1),  # Labor Day
        _nth(year, 10, 0, 2),  # Columbus Day
        _nth(year, 11, 3, 4),  # Thanksgiving Day
    ]
    return {*map(_observed, fixed), *moving}


HOLIDAYS = frozenset(day for year in range(1990, 2062) for day in _holidays_of(year) if day.year <= 2060)
"""Federal holidays as they are observed, 1990 to 2060; New Year's Day of 2011 is among them as 31 December 2010."""


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def roll(day: date) -> date:
    """The day itself, or the next day on which the office is open (roll-private-filing, roll-court)."""
    while not is_business_day(day):
        day += DAY
    return day


def months_after(day: date, months: int) -> date:
    """The same day number so many months later; where the month has none, its last day (count-months)."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def latest_months_after(day: date, months: int) -> date:
    """The latest day that can be argued: one more where the end of the month has cut the day (count-month-end)."""
    end = months_after(day, months)
    return end if end.day == day.day else end + DAY


# --- the facts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Extension:
    months: int
    posted_on: date
    is_importers: bool
    requested_on: date | None


@dataclass(frozen=True, slots=True)
class Suspension:
    authority: str
    began_on: date
    lift_noticed_on: date | None

    def stands_on(self, day: date) -> bool:
        """From its first day until the day before the notice of its removal.

        Reading: one that is lifted on the day on which it began never stood, and nothing follows from it.
        """
        return self.began_on <= day and (self.lift_noticed_on is None or day < self.lift_noticed_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    entry_date: date | None
    starts_on: date | None
    extensions: tuple[Extension, ...]
    suspensions: tuple[Suspension, ...]
    liquidated_on: date | None
    posted_on: date | None
    is_labelled_deemed: bool
    reliquidations: tuple[date, ...]
    protested: str | None
    is_by_surety: bool
    received_on: date | None
    is_exclusion: bool
    acceleration_mailed_on: date | None
    denied_on: date | None
    allowed_on: date | None
    is_sued_on: bool
    demanded_on: date | None
    preference_denied_on: date | None


def _day(value: Any) -> date | None:
    return None if value is None else value if isinstance(value, date) else date.fromisoformat(value)


def _known(value: Any) -> date:
    day = _day(value)
    assert day is not None
    return day


def _suspensions(body: Mapping[str, Any], entry_date: date | None) -> tuple[Suspension, ...]:
    """Reading: an antidumping or countervailing entry of which no suspension is told is suspended since its entry."""
    if body["entry_type"] == "03" and not body.get("suspensions") and entry_date is not None:
        return (Suspension("statute", entry_date, None),)
    return tuple(
        Suspension(each["authority"], _known(each["began_on"]), _day(each.get("lift_noticed_on")))
        for each in body.get("suspensions", ())
    )


def read(body: Mapping[str, Any]) -> History:
    """The facts in a calculator's body that these questions turn on."""
    entry_date = _day(body.get("entry_date"))
    demanded_on = _day(body.get("surety_demanded_on")) if body.get("demand_identifies_debt", True) else None
    later = [_known(each["on"]) for each in body.get("reliquidations", ())]
    if body.get("reliquidated_on") is not None:
        later.append(_known(body["reliquidated_on"]))
    return History(
        entry_date=entry_date,
        # The year of a warehouse entry runs from the withdrawal of the last of its goods (1504(a)(1)(B)).
        starts_on=_day(body.get("final_withdrawal_on")) if body["entry_type"] == "21" else entry_date,
        extensions=tuple(
            Extension(
                each.get("months", 12),
                _known(each["posted_on"]),
                each["reason"] == "importer-request",
                _day(each.get("requested_on")),
            )
            for each in body.get("extensions", ())
        ),
        suspensions=_suspensions(body, entry_date),
        liquidated_on=_day(body.get("liquidated_on")),
        posted_on=_day(body.get("posted_on")),
        is_labelled_deemed=body.get("is_deemed", False),
        reliquidations=tuple(sorted(later)),
        protested=body.get("protested"),
        # Who protests, when it is left out: the surety if a demand on it is given (the words of the input).
        is_by_surety=(body.get("protested_by") or ("surety" if demanded_on else "importer")) == "surety",
        received_on=_day(body.get("protest_received_on")),
        is_exclusion=body.get("is_exclusion_protest", False),
        acceleration_mailed_on=_day(body.get("acceleration_mailed_on")),
        denied_on=_day(body.get("denied_on")),
        allowed_on=_day(body.get("allowed_on")),
        is_sued_on=body.get("is_sued_on", False),
        demanded_on=demanded_on,
        preference_denied_on=_day(body.get("preference_denied_on")),
    )


# --- the answers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """The last day on the earliest reading, and the last day on the latest."""

    safe: date
    last_arguable: date

    def moved(self, days: int) -> "Window":
        return Window(self.safe + days * DAY, self.last_arguable + days * DAY)


@dataclass(frozen=True, slots=True)
class Period:
    """The end of the time to liquidate: the earliest reading, the one that governs, the latest."""

    safe: date
    governing: date
    last_arguable: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LawAnswer:
    """What the law says of one history.

    Units: legal days. `deemed` is None while a suspension stands. `void` is the rule that takes the effect of the act
    of liquidation. `cut_extensions` are valid and longer than the total or the fourth anniversary lets them be.
    `reliquidations` and `reliquidation_protests` go in the order of the days of the reliquidations.
    """

    deemed: Period | None
    void_extensions: tuple[int, ...]
    cut_extensions: tuple[int, ...] = ()
    liquidated_on: date | None = None
    is_deemed: bool = False
    void: str | None = None
    late_act: LateAct | None = None
    may_reliquidate_until: date | None = None
    reliquidations: tuple[Reach, ...] = ()
    protest: Window | None = None
    late_act_protest: Window | None = None
    reliquidation_protests: tuple[Window | None, ...] = ()
    surety_protest: Window | None = None
    preference_protest: Window | None = None
    verdict: Verdict | None = None
    counted_from: date | None = None
    deemed_denial_on: date | None = None
    denied_on: date | None = None
    sue: Window | None = None
    final_1501_on: date | None = None
    final_1514: Window | None = None


# --- the end of the period ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Clock:
    """The time to liquidate as it stands on one day of the walk."""

    starts_on: date
    safe: date = field(init=False)
    governing: date = field(init=False)
    latest: date = field(init=False)
    used: int = 0
    was_extended: bool = False
    is_extension_in_force: bool = False

    def __post_init__(self) -> None:
        self.safe = self.governing = months_after(self.starts_on, 12)
        self.latest = latest_months_after(self.starts_on, 12)

    @property
    def fourth_anniversary(self) -> date:
        return months_after(self.starts_on, 48)

    def extend(self, extension: Extension, *, is_suspended: bool) -> Literal["valid", "cut", "void"]:
        """Lengthen every reading by the extension unless it is void (19 USC 1504(b), 19 CFR 159.12).

        Each reading ends so many months after its own prior end (ext-length: prior end date plus up to a year), never
        past the fourth anniversary. Reading: an extension that the total or the anniversary cuts is not void, only
        its excess is; one that finds the period already at or past the anniversary (after a late lift) is void.
        Reading: the total takes up the months that were granted, also where the anniversary has cut them.
        """
        granted = min(extension.months, MOST_MONTHS - self.used)
        if not 1 <= extension.months <= 12 or granted <= 0:
            return "void"
        if extension.is_importers:
            asked = extension.requested_on
            if asked is None or asked > extension.posted_on or (not is_suspended and asked > self.governing):
                return "void"
        cap = self.fourth_anniversary
        if not is_suspended and (extension.posted_on > self.governing or self.governing >= cap):
            return "void"
        uncut = months_after(self.governing, granted)
        self.safe = max(self.safe, min(months_after(self.safe, granted), cap))
        self.governing = max(self.governing, min(uncut, cap))
        self.latest = max(self.latest, min(latest_months_after(self.latest, granted), cap))
        self.used += granted
        self.was_extended = self.is_extension_in_force = True
        is_cut = granted < extension.months or uncut > cap
        return "cut" if is_cut else "valid"

    def lift(self, day: date) -> None:
        """The last suspension is removed: six months, or the extended end that 1504(d) excepts.

        Reading: the undisturbed end is the one that the clock had reached when the suspension began, with what was
        posted meanwhile. For a first suspension that is the entry's own year and its extensions; for a second it
        includes what was extended after the first lift.
        Reading: an extension whose end has passed at a lift is spent, and never excepts the entry again.
        Reading: a lift on the fourth anniversary leaves that day unsuspended, so that the anniversary still ends it.
        """
        six, six_latest = months_after(day, 6), latest_months_after(day, 6)
        latest = max(six_latest, self.latest)
        is_capped = self.was_extended and day <= self.fourth_anniversary
        if self.is_extension_in_force and self.governing > day:
            self.safe = min(six, self.governing)
        else:
            self.safe = self.governing = min(six, self.fourth_anniversary) if is_capped else six
            self.is_extension_in_force = False
        self.latest = min(latest, self.fourth_anniversary) if is_capped else latest


@dataclass(frozen=True, slots=True)
class Found:
    """The end of the period, None while a suspension stands, and which extensions are void or cut."""

    period: Period | None
    void: tuple[int, ...] = ()
    cut: tuple[int, ...] = ()


def find_period(history: History) -> Found:
    """Walk every day from the first fact to the last, or to the end of the time to liquidate.

    The walk knows nothing of liquidations: what CBP did is compared with it afterwards.
    Reading: a suspension that was over when the period began (goods still in a warehouse) leaves the year alone.
    """
    starts_on = history.starts_on
    if starts_on is None:
        return Found(None)
    clock, became = _Clock(starts_on), ["void"] * len(history.extensions)
    known = [starts_on, *(each.posted_on for each in history.extensions)]
    for each in history.suspensions:
        known += [each.began_on, *([each.lift_noticed_on] if each.lift_noticed_on else [])]
    day, last_known, was_suspended = min(known), max(known), False
    while True:
        is_suspended = any(each.stands_on(day) for each in history.suspensions)
        if was_suspended and not is_suspended and day > starts_on:
            clock.lift(day)
        if not was_suspended and day > clock.governing:
            break  # it is over when the next day begins, and nothing that comes later finds it open
        for number, extension in enumerate(history.extensions):
            if extension.posted_on == day:
                became[number] = clock.extend(extension, is_suspended=is_suspended)
        was_suspended = is_suspended
        if day >= last_known:
            break  # a suspension that stands on the last known day was never lifted
        day += DAY
    return Found(
        None if was_suspended else Period(clock.safe, clock.governing, clock.latest),
        tuple(number for number, each in enumerate(became) if each == "void"),
        tuple(number for number, each in enumerate(became) if each == "cut"),
    )


# --- liquidation, reliquidation, protest ----------------------------------------------------------------------------


def _protest_days(history: History) -> int:
    is_old = history.entry_date is not None and history.entry_date < PROTEST_180_SINCE
    return 90 if is_old else 180


def _window(day: date, days: int, latest_from: date | None = None) -> Window:
    last = roll((latest_from if latest_from is not None and latest_from > day else day) + days * DAY)
    return Window(day + days * DAY, last)


def _judge(received_on: date, day: date, window: Window) -> Verdict:
    """A protest on the day of the decision itself is in time."""
    if received_on < day:
        return "too-early"
    if received_on <= window.safe:
        return "timely"
    return "arguable" if received_on <= window.last_arguable else "untimely"


def _stands(history: History, period: Period | None, day: date, *authorities: str) -> bool:
    """Whether a suspension stands on a day; one that began after the period ended found nothing to suspend."""
    if period is not None and day > period.governing:
        return False
    return any(each.stands_on(day) for each in history.suspensions if each.authority in authorities)


@dataclass(frozen=True, slots=True)
class _Liquidation:
    on: date | None = None
    is_deemed: bool = False
    void: str | None = None
    late_act: LateAct | None = None


def _liquidate(history: History, period: Period | None) -> _Liquidation:
    """What liquidation there is in law.

    Reading: without an act that stands, the deemed liquidation is told as soon as the history shows a later day than
    the governing end; until then the end of the period is only a date to come.
    Reading: a notice that labels the entry deemed liquidated decides nothing. After the governing end it is a
    misdated or late notice of what the law did on that end, never a reliquidation. Before the end, with no suspension,
    it is taken at its word.
    """
    act, void = history.liquidated_on, None
    any_authority = ("court", "agency", "statute")
    if act is not None and history.is_labelled_deemed:
        posted_on = max(act, history.posted_on or act)
        if _stands(history, period, act, *any_authority) or _stands(history, period, posted_on, *any_authority):
            void = "susp-false-deemed"
    elif act is not None and _stands(history, period, act, "court"):
        void = "susp-injunction-breach"
    if act is None or void is not None:
        if period is not None and _latest_day(history) > period.governing:
            return _Liquidation(period.governing, is_deemed=True, void=void)
        return _Liquidation(void=void)
    if period is None or act <= period.governing:
        return _Liquidation(act, history.is_labelled_deemed)
    late_act: LateAct | None = None
    if not history.is_labelled_deemed:
        late_act = "reliquidation" if act <= period.governing + 90 * DAY else "no-power"
    return _Liquidation(period.governing, is_deemed=True, late_act=late_act)


def _latest_day(history: History) -> date:
    maybe = [
        history.starts_on,
        history.liquidated_on,
        history.received_on,
        history.acceleration_mailed_on,
        history.denied_on,
        history.allowed_on,
        *history.reliquidations,
        *(each.posted_on for each in history.extensions),
        *(each.began_on for each in history.suspensions),
    ]
    return max(each for each in maybe if each is not None)


def _may_reliquidate_until(history: History, liquidation: _Liquidation) -> date:
    """90 days from the original liquidation in law; before 24 February 2016 from the posting of its notice.

    Reading: the day of the liquidation decides which law applies. An act that came late is no notice of the deemed
    liquidation that it overlooked, so that its 90 days always run from the deemed day.
    """
    assert liquidation.on is not None
    base = liquidation.on
    is_noticed = history.liquidated_on is not None and liquidation.void is None and liquidation.late_act is None
    if base < RELIQUIDATION_FROM_LIQUIDATION_SINCE and is_noticed and history.posted_on is not None:
        base = max(base, history.posted_on)
    return base + 90 * DAY


def _protest_of_liquidation(history: History, liquidation: _Liquidation, period: Period | None) -> Window:
    """180 (90) days from the liquidation; a deemed one posted later is arguable from its posting (protest-deemed).

    Reading: an ordinary liquidation is dated on its posting, so where that is given as later it is arguable too. An act
    between two readings of the end of the period arguably is the liquidation itself.
    """
    assert liquidation.on is not None
    posted_on = None
    if history.is_labelled_deemed and liquidation.void is None:
        posted_on = history.posted_on or history.liquidated_on
    elif liquidation.void is None and liquidation.late_act is None:
        posted_on = history.posted_on
    elif liquidation.late_act is not None and period is not None and history.liquidated_on is not None:
        posted_on = history.liquidated_on if history.liquidated_on <= period.last_arguable else None
    return _window(liquidation.on, _protest_days(history), posted_on)


@dataclass(frozen=True, slots=True)
class _Decision:
    on: date
    window: Window


def _judge_protest(
    history: History, original: _Decision | None, later: Sequence[_Decision]
) -> tuple[Verdict | None, date | None]:
    """Whether the protest is in time, and the day from which that was counted.

    `later` are the reliquidations that count, a late act that stands as one among them.
    Reading: a surety counts from its demand once that was mailed, before it like everyone from the decision.
    Reading: the protest that names no decision is counted from the liquidation unless it is untimely there and comes
    within the window of a reliquidation; of several, from the last on or before the receipt. One that names the
    liquidation stays with it; one that names a reliquidation, of which none counts, is judged by the liquidation.
    """
    received_on = history.received_on
    if received_on is None or history.is_exclusion or history.protested in ("preference-denial", "exclusion"):
        return None, None
    if original is None:
        return "too-early", None
    reached = [each for each in later if each.on <= received_on]
    if history.protested == "reliquidation" and later:
        decision = reached[-1] if reached else later[0]
        return _judge(received_on, decision.on, decision.window), decision.on
    first = original
    if history.is_by_surety and history.demanded_on is not None and history.demanded_on <= received_on:
        first = _Decision(history.demanded_on, _window(history.demanded_on, _protest_days(history)))
    verdict = _judge(received_on, first.on, first.window)
    if verdict == "untimely" and history.protested is None:
        for decision in reversed(reached):
            again = _judge(received_on, decision.on, decision.window)
            if again != "untimely":
                return again, decision.on
    return verdict, first.on


# --- denial, suit, finality -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Outcome:
    deemed_denial_on: date | None = None
    denied_on: date | None = None
    is_allowed: bool = False


def _decide(history: History, verdict: Verdict | None) -> _Outcome:
    """What became of the protest: the first of notice of denial, allowance, and denial by law governs.

    The deemed denial comes at the end of day 30, so that what CBP did on that day is still in time.
    Reading: it is told as a computed event although the thirtieth day may be still to come.
    Reading: only a protest that can be in time is disposed of at an accelerated pace; one that came too early or too
    late is no protest under section 1514. A notice of its denial has its date all the same.
    Reading: a request before the protest has no effect, for an entry before 18 December 2004 also one before the 90th
    day after it.
    Reading: of a notice of denial and an allowance the first governs: neither is reconsidered (protest-no-rescind).
    """
    received_on, mailed_on = history.received_on, history.acceleration_mailed_on
    by_law = []
    if received_on is not None and history.is_exclusion:
        by_law.append(received_on + 30 * DAY)
    if received_on is not None and mailed_on is not None and verdict not in ("untimely", "too-early"):
        wait = 90 if _protest_days(history) == 90 else 0
        if mailed_on >= received_on + wait * DAY:
            by_law.append(mailed_on + 30 * DAY)
    events: list[tuple[date, int, str]] = [(day, 1, "deemed") for day in by_law]
    if history.denied_on is not None:
        events.append((history.denied_on, 0, "denied"))
    if history.allowed_on is not None:
        events.append((history.allowed_on, 0, "allowed"))
    if not events:
        return _Outcome()
    day, _, what = min(events)
    if what == "allowed":
        return _Outcome(is_allowed=True)
    return _Outcome(day if what == "deemed" else None, day)


def _time_to_sue(outcome: _Outcome) -> Window | None:
    """180 days from the denial, rolled by the court's own rule (28 USC 2636(a))."""
    return None if outcome.denied_on is None else _window(outcome.denied_on, 180)


def _final_for_everyone(
    history: History, windows: Sequence[Window], verdict: Verdict | None, outcome: _Outcome, sue: Window | None
) -> Window | None:
    """The day after the last day on which someone could protest or sue; None while the protest keeps it open.

    Reading: everyone includes a surety, whose own window after a demand holds finality back.
    """
    last = list(windows)
    if verdict in ("timely", "arguable"):
        if outcome.is_allowed or sue is None or history.is_sued_on:
            return None
        last.append(sue)
    return Window(max(each.safe for each in last), max(each.last_arguable for each in last)).moved(1)


def ask_law(body: Mapping[str, Any]) -> LawAnswer:
    """All answers for one history in the calculator's own words."""
    history = read(body)
    days = _protest_days(history)
    found = find_period(history)
    period = found.period
    surety = None if history.demanded_on is None else _window(history.demanded_on, days)
    refused_on = history.preference_denied_on
    preference = None if refused_on is None else _window(refused_on, days)
    liquidation = _liquidate(history, period)
    if liquidation.on is None:
        verdict, counted_from = _judge_protest(history, None, ())
        outcome = _decide(history, verdict)
        return LawAnswer(
            deemed=period,
            void_extensions=found.void,
            cut_extensions=found.cut,
            void=liquidation.void,
            surety_protest=surety,
            preference_protest=preference,
            verdict=verdict,
            counted_from=counted_from,
            deemed_denial_on=outcome.deemed_denial_on,
            denied_on=outcome.denied_on,
            sue=_time_to_sue(outcome),
        )
    original = _Decision(liquidation.on, _protest_of_liquidation(history, liquidation, period))
    until = _may_reliquidate_until(history, liquidation)
    late = None
    if liquidation.late_act == "reliquidation":
        assert history.liquidated_on is not None
        late = _Decision(history.liquidated_on, _window(history.liquidated_on, days))
    reaches: list[Reach] = ["in-time" if each <= until else "too-late" for each in history.reliquidations]
    counting = {
        each: _Decision(each, _window(each, days))
        for each, reach in zip(history.reliquidations, reaches, strict=True)
        if reach == "in-time"
    }
    later = sorted([*([late] if late else []), *counting.values()], key=lambda each: each.on)
    verdict, counted_from = _judge_protest(history, original, later)
    outcome = _decide(history, verdict)
    sue = _time_to_sue(outcome)
    windows = [original.window, *(each.window for each in later), *([surety] if surety else [])]
    return LawAnswer(
        deemed=period,
        void_extensions=found.void,
        cut_extensions=found.cut,
        liquidated_on=liquidation.on,
        is_deemed=liquidation.is_deemed,
        void=liquidation.void,
        late_act=liquidation.late_act,
        may_reliquidate_until=until,
        reliquidations=tuple(reaches),
        protest=original.window,
        late_act_protest=late.window if late else None,
        reliquidation_protests=tuple(
            counting[each].window if each in counting else None for each in history.reliquidations
        ),
        surety_protest=surety,
        preference_protest=preference,
        verdict=verdict,
        counted_from=counted_from,
        deemed_denial_on=outcome.deemed_denial_on,
        denied_on=outcome.denied_on,
        sue=sue,
        final_1501_on=until + DAY,
        final_1514=_final_for_everyone(history, windows, verdict, outcome, sue),
    )
