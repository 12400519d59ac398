"""Legal days in America/New_York, and how periods of days, business days, months and years are counted.

Rule ids, evidence tags and citations are those of the deadline research: [S] the operative fact was read in
a source, [P] partly read, [M] recalled, [U] unsettled. There is no single computation rule in Title 19;
each clock says itself which of these functions it uses.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import holidays

EASTERN: Final = ZoneInfo("America/New_York")
NO_CLOSURES: Final[frozenset[date]] = frozenset()

_WEDNESDAY: Final = 2
_FRIDAY: Final = 4
_ONE_DAY: Final = timedelta(days=1)
_LAST_INSTANT: Final = time(23, 59, 59, 999999)
_WEEKLY_CUTOFF: Final = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Due:
    """The two readings of one due date (design rule 2 of the deadline research).

    `safe` is never rolled and the earliest plausible reading: warn filers by it, and alert on it for what
    CBP owes. `last_arguable` is rolled and the latest plausible reading: refuse a submission as late only
    after it.
    """

    safe: date
    last_arguable: date


def legal_date(at: datetime) -> date:
    """The legal day of an instant: its date in America/New_York.

    Rule count-timezone [U], HQ 115811 and HQ 115812: the system counts in Eastern time.
    `at` must be aware; a naive time raises `ValueError`, since nobody can say which day it is.

    >>> legal_date(datetime(2026, 3, 3, 4, 59, tzinfo=UTC))
    datetime.date(2026, 3, 2)
    """
    if at.tzinfo is None:
        raise ValueError("a legal date needs an aware time; give the time in UTC")
    return at.astimezone(EASTERN).date()


def end_of_legal_day(on: date) -> datetime:
    """The last instant of a legal day, in UTC: an act at or before it is an act on that day or earlier.

    Rule count-full-last-day [S], HQ H173819: the last day counts in full.

    >>> end_of_legal_day(date(2026, 7, 1))
    datetime.datetime(2026, 7, 2, 3, 59, 59, 999999, tzinfo=datetime.timezone.utc)
    """
    return datetime.combine(on, _LAST_INSTANT, tzinfo=EASTERN).astimezone(UTC)


@cache
def _statutory_holidays(year: int) -> Mapping[date, str]:
    return MappingProxyType(dict(sorted(holidays.country_holidays("US", years=year, language="en_US").items())))


@cache
def _days_closed(year: int) -> frozenset[date]:
    return frozenset(_statutory_holidays(year))


def federal_holidays(year: int, closures: frozenset[date]) -> Mapping[date, str]:
    """The national holidays of a year by legal day, oldest first, the observed days included.

    Rule count-holidays [U], 19 CFR 101.6(a), 5 USC 6103: a fixed-date holiday on a Saturday is observed on
    Friday, on a Sunday on Monday. `closures` adds days on which federal offices are closed by order;
    whether such a day is a national holiday is unsettled, so they are the caller's data.

    >>> federal_holidays(2026, closures=NO_CLOSURES)[date(2026, 7, 3)]
    'Independence Day (observed)'
    """
    by_order = {day: "Closed by order" for day in closures if day.year == year}
    return MappingProxyType(dict(sorted({**by_order, **_statutory_holidays(year)}.items())))


def is_business_day(on: date, closures: frozenset[date]) -> bool:
    """Whether a legal day is Monday to Friday and no national holiday.

    Rules count-business-day [S], 19 CFR 101.1; count-working-day [U]: "working day" is read the same way.

    >>> is_business_day(date(2026, 7, 2), closures=NO_CLOSURES), is_business_day(date(2026, 7, 3), closures=NO_CLOSURES)
    (True, False)
    """
    return on.weekday() <= _FRIDAY and on not in _days_closed(on.year) and on not in closures


def next_business_day(on: date, closures: frozenset[date]) -> date:
    """The day itself if it is a business day, otherwise the first one after it (rule count-business-day [S]).

    >>> next_business_day(date(2026, 7, 3), closures=NO_CLOSURES)
    datetime.date(2026, 7, 6)
    """
    while not is_business_day(on, closures):
        on += _ONE_DAY
    return on


def add_business_days(on: date, n: int, closures: frozenset[date]) -> date:
    """The n-th business day after a trigger day; before it for a negative n; the day itself for 0.

    Rules count-day-one [S], CBP protest seminar notes (2008), HQ H173819: the trigger day is day 0,
    whatever day it is; count-business-day [S], 19 CFR 101.1. Ten working days for the entry summary
    (es-file, 19 CFR 142.12(b)):

    >>> add_business_days(date(2026, 3, 2), 10, closures=NO_CLOSURES)
    datetime.date(2026, 3, 16)
    """
    step = _ONE_DAY if n >= 0 else -_ONE_DAY
    for _ in range(abs(n)):
        on += step
        while not is_business_day(on, closures):
            on += step
    return on


def add_days(on: date, n: int) -> date:
    """The n-th calendar day after a trigger day, weekends and holidays counted.

    Rules count-day-one [S] and count-calendar-days [S], CBP protest seminar notes (2008). A protest against a
    liquidation of 2 January 2026 is due 180 days after it (19 USC 1514(c)(3)):

    >>> add_days(date(2026, 1, 2), 180)
    datetime.date(2026, 7, 1)
    """
    return on + timedelta(days=n)


def add_months(on: date, n: int) -> date:
    """The same day number n months later, that whole day included, or the month's last day before it.

    Rules count-months [S], HQ H173819; count-month-end [U], general practice: 31 August and six months give
    the last of February. Six months from notice that a suspension is lifted (susp-lift-6mo, 19 USC
    1504(d)):

    >>> add_months(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    month_index = on.year * 12 + on.month - 1 + n
    year, month = month_index // 12, month_index % 12 + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def add_years(on: date, n: int) -> date:
    """The anniversary n years later, that whole day included; 28 February for a 29th in a year without one.

    Rules count-years [S], HQ H328370; count-month-end [U]. One year from entry (liq-1yr-entry, 19 USC
    1504(a)):

    >>> add_years(date(2025, 3, 2), 1)
    datetime.date(2026, 3, 2)
    >>> add_years(date(2024, 2, 29), 1)
    datetime.date(2025, 2, 28)
    """
    return add_months(on, 12 * n)


def friday_on_or_after(on: date) -> date:
    """The first Friday that is not before the day.

    Rule liq-cycle-314 [S], CBP Dec. 16-25 (81 FR 89375): automatic liquidations post on Fridays; whether on
    the Friday before or after day 314 is not published, so the caller chooses.

    >>> friday_on_or_after(date(2026, 3, 2))
    datetime.date(2026, 3, 6)
    """
    return on + timedelta(days=(_FRIDAY - on.weekday()) % 7)


def friday_on_or_before(on: date) -> date:
    """The last Friday that is not after the day (rule liq-cycle-314 [S], see `friday_on_or_after`).

    >>> friday_on_or_before(date(2026, 3, 2))
    datetime.date(2026, 2, 27)
    """
    return on - timedelta(days=(on.weekday() - _FRIDAY) % 7)


def wednesday_cutoff(friday: date) -> datetime:
    """The instant, in UTC, at which the weekly liquidation cycle that posts on this Friday is cut.

    Wednesday 23:59:59 Eastern of the same week (weekly cut of the liquidation process). What is decided at
    or before it takes part. Raises `ValueError` when the day is no Friday.

    >>> wednesday_cutoff(date(2026, 3, 6))
    datetime.datetime(2026, 3, 5, 4, 59, 59, tzinfo=datetime.timezone.utc)
    """
    if friday.weekday() != _FRIDAY:
        raise ValueError(f"{friday} is not a Friday; a liquidation cycle is named by the Friday on which it posts")
    wednesday = friday - timedelta(days=_FRIDAY - _WEDNESDAY)
    return datetime.combine(wednesday, _WEEKLY_CUTOFF, tzinfo=EASTERN).astimezone(UTC)


def due(safe: date, *, rolls: bool, closures: frozenset[date]) -> Due:
    """Both readings of a due date that counting gave as `safe`.

    `rolls=True` is rule roll-private-filing [S], T.D. 53961(1) and CBP protest seminar notes (2008): what a
    private party files on the next day that the office is open, after a last day on which it was not, is
    accepted. Whether that survives electronic filing on every day is unsettled
    (roll-private-filing-electronic [U]), which is why the safe date stays. `rolls=False` is rule
    roll-government-clock [S for 1504(a)(2)(C), U in general]: clocks against CBP are not rolled.

    >>> due(date(2026, 7, 4), rolls=True, closures=NO_CLOSURES)
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 6))
    >>> due(date(2026, 7, 4), rolls=False, closures=NO_CLOSURES).last_arguable
    datetime.date(2026, 7, 4)
    """
    return Due(safe=safe, last_arguable=next_business_day(safe, closures) if rolls else safe)
