"""Reminders of days by which a party has to act: at which distances, and which of them is still true.

A reminder adds to what the law has told, and changes nobody's rights. Distances are calendar days, counted back from
the safe day, and neither is moved for a weekend or holiday: a day on which nobody works is no reason to tell it later.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

REMINDABLE: Final = (
    "cf28-reply-due",
    "cf29-reply-due",
    "bill-due",
    "suit-until",
    "tib-ends",
    "protest-until",
    "protest-until-reliquidation",
)
"""Codes of days that can be reminded of: those of which the store finds the entries by an index."""
USUAL: Final = ("cf28-reply-due", "cf29-reply-due", "bill-due", "suit-until", "tib-ends")
"""Days by which CBP asked for something, or by which a right that was used already is lost.

Not the last day to protest: every entry that liquidates has one, 39 million a year, and nearly all are as entered. It
stands in the courtesy notice (N-09) and in calendars; an operator may add it.
"""


@dataclass(frozen=True, slots=True)
class ReminderPolicy:
    """Of which days is reminded, and how many days before; own rule of Centerline. No distance: of none."""

    codes: frozenset[str]
    days_before: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of the day of a clock at a distance; `overtaken_on` is from when on it is not to be told any more."""

    clock: str
    due_on: date
    days_before: int
    entry_number: str
    importer_number: str
    center: str | None
    code: str
    what: str
    rule: str
    lapse: str | None
    overtaken_on: date


def find_distance(due_on: date, since: date, today: date, distances: Collection[int]) -> int | None:
    """The distance at which a day is reminded of now: the nearest one whose time came from `since` to today.

    After a pause several have come: the nearest is still true, the others are not made up for. None: no time has come,
    or the day has passed.

    >>> find_distance(date(2026, 3, 31), date(2026, 3, 1), date(2026, 3, 1), (30, 14, 7, 1))
    30
    >>> find_distance(date(2026, 3, 31), date(2026, 2, 20), date(2026, 3, 26), (30, 14, 7, 1))
    7
    >>> find_distance(date(2026, 3, 31), date(2026, 3, 2), date(2026, 3, 5), (30, 14, 7, 1))
    """
    if due_on < today:
        return None
    come = [each for each in distances if since <= due_on - timedelta(days=each) <= today]
    return min(come, default=None)


def find_overtaken(due_on: date, distance: int, distances: Collection[int]) -> date:
    """From when on a reminder at a distance is not to be told any more: the next one's time, or the day after the last.

    >>> str(find_overtaken(date(2026, 3, 31), 14, (30, 14, 7, 1))), str(find_overtaken(date(2026, 3, 31), 1, (7, 1)))
    ('2026-03-24', '2026-04-01')
    """
    nearer = [each for each in distances if each < distance]
    return due_on - timedelta(days=max(nearer)) if nearer else due_on + timedelta(days=1)
