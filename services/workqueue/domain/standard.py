"""How long work takes and how well it is to be done: performance standards of the Centers as data.

The Office of Inspector General found that there are none (metrics.md, "required, missing"); these are own rules of
Centerline, and no law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from shared.customs.calendar import NO_CLOSURES, add_days, is_business_day

MINUTES_OF: Final[Mapping[str, int]] = MappingProxyType(
    {
        "entry-summary-review": 30,
        "ad-cvd": 90,
        "quota": 30,
        "preference": 60,
        "classification": 90,
        "appraisement": 120,
        "consultation": 45,
        "protest": 240,
        "prior-disclosure": 480,
        "reconciliation": 180,
        "drawback-claim": 120,
        "preference-claim": 60,
        "petition": 180,
        "internal-advice": 240,
        "response": 45,
        "extension-request": 15,
        "inquiry": 20,
    }
)
"""Minutes of work that an item of a process takes, an estimate until time is measured."""
OTHER_MINUTES: Final = 60


def minutes_of(process: str) -> int:
    """Minutes of work that an item of a process is reckoned with.

    >>> minutes_of("protest"), minutes_of("some-criterion")
    (240, 60)
    """
    return MINUTES_OF.get(process, OTHER_MINUTES)


@dataclass(frozen=True, slots=True)
class Standard:
    """So many of a hundred items of these kinds end within their time.

    `days` is how many calendar days after the opening at the latest; None: on the day that each is due, or before.
    """

    code: str
    label: str
    kinds: tuple[str, ...]
    processes: tuple[str, ...]
    days: int | None
    percent: int
    since: date
    source: str


_OWN: Final = "own rule of Centerline, 2026"
STANDARDS: Final = (
    Standard(
        "reviews-before-cutoff",
        "Reviews end before the cut-off of their cycle",
        ("review",),
        (),
        None,
        95,
        date(2026, 1, 1),
        _OWN,
    ),
    Standard(
        "reviews-in-60-days",
        "Reviews end within 60 days of their opening",
        ("review",),
        (),
        60,
        80,
        date(2026, 1, 1),
        _OWN,
    ),
    Standard(
        "advice-in-14-days",
        "Advice to another Center is given within 14 days",
        ("consultation",),
        (),
        14,
        90,
        date(2026, 1, 1),
        _OWN,
    ),
    Standard(
        "protests-in-two-years",
        "Protests are decided within the two years of the law",
        ("protest",),
        (),
        None,
        100,
        date(2026, 1, 1),
        "19 USC 1515(a)",
    ),
    Standard(
        "protests-in-a-year",
        "Protests are decided within a year",
        ("protest",),
        (),
        365,
        75,
        date(2026, 1, 1),
        _OWN,
    ),
    Standard("filings-in-time", "Filings are answered by their day", ("filing",), (), None, 90, date(2026, 1, 1), _OWN),
)
"""Every standard that is measured; `docs/decisions/055` says why these."""


@dataclass(frozen=True, slots=True)
class Attainment:
    """How a standard was met: of so many that ended so many in time; half, and nine in ten, took these days at most."""

    standard: Standard
    ended: int
    in_time: int
    p50_days: Decimal | None
    p90_days: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """Of a hundred, with one decimal; None where nothing ended.

        >>> Attainment(STANDARDS[0], 8, 6, Decimal(1), Decimal(2)).percent
        Decimal('75.0')
        """
        return round(Decimal(100 * self.in_time) / self.ended, 1) if self.ended else None

    @property
    def is_met(self) -> bool | None:
        """Whether the standard was met; None where nothing ended."""
        return None if not self.ended else 100 * self.in_time >= self.standard.percent * self.ended


def working_days(first: date, count: int) -> list[date]:
    """So many working days from a legal day on, that day included where it is one.

    >>> working_days(date(2026, 3, 6), 2)
    [datetime.date(2026, 3, 6), datetime.date(2026, 3, 9)]
    """
    found: list[date] = []
    day = first
    while len(found) < count:
        if is_business_day(day, NO_CLOSURES):
            found.append(day)
        day = add_days(day, 1)
    return found


@dataclass(frozen=True, slots=True)
class Load:
    """The work that somebody has against what they can do, in minutes."""

    subject: str
    name: str
    teams: tuple[str, ...]
    items: int
    minutes: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An item that might go to somebody else of the same Center, and why."""

    item_id: str
    process: str
    number: str | None
    """The entry, protest or filing that it is about."""
    minutes: int
    from_subject: str | None
    to_subject: str
    why: str
