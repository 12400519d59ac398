"""A day in a calendar, and how days follow what their source says: moved, ended, or known no more.

What a source says is taken as it is: nothing here counts a day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

DayKind = Literal["law", "policy", "goal"]
State = Literal["running", "ended"]

KINDS: Final[Mapping[DayKind, str]] = {
    "law": "Set by law",
    "policy": "A policy of CBP, no law",
    "goal": "A goal: nothing hangs on it",
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day as its source says it now. `uid` stays the same for the life of the clock, whatever its day.

    `of` is whose it is (an importer number, or an item), `about` the entry, protest or filing. `on` None: it is not
    known, and `missing` says what is. `lapse` is what happens when nobody does anything.
    """

    uid: str
    of: str
    about: str
    on: date | None
    kind: DayKind
    title: str
    rule: str
    lapse: str | None
    href: str
    notes: tuple[str, ...] = ()
    missing: str | None = None

    def document(self) -> dict[str, Any]:
        """What is kept of it beside its keys and its day."""
        return {
            "about": self.about,
            "kind": self.kind,
            "title": self.title,
            "rule": self.rule,
            "lapse": self.lapse,
            "href": self.href,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class ToldDay:
    """A day as a feed tells it: `sequence` goes up with every change, so that subscribers take the newer one."""

    day: Day
    sequence: int
    state: State
    told_at: datetime
    """When it was told like this for the first time."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a feed has now: all its days, those that are new or changed, and the ids of those that left it."""

    days: tuple[ToldDay, ...]
    changed: tuple[ToldDay, ...]
    gone: tuple[str, ...]
    unknown: tuple[Day, ...]


def follow(
    known: Mapping[str, ToldDay],
    found: Iterable[Day],
    may_see: Callable[[Day], bool],
    now: datetime,
    first: date,
    kept: timedelta,
) -> Followed:
    """Bring the days of a feed to what their source says now.

    A day that moved or says something else has the next sequence; one that its source does not have any more has ended
    and is told so for as long as ended days are `kept`, then it leaves. One that lies before `first` leaves without a
    word: it has passed. What the subscriber may not see (any more) leaves at once, ended or not.
    """
    days, changed, gone, unknown = [], [], [], []
    now_there: set[str] = set()
    for day in found:
        if not may_see(day) or day.uid in now_there:
            continue
        if day.on is None:
            unknown.append(day)
            continue
        now_there.add(day.uid)
        told = _tell(known.get(day.uid), day, now)
        days.append(told)
        if told is not known.get(day.uid):
            changed.append(told)
    for uid, told in known.items():
        if uid in now_there:
            continue
        assert told.day.on is not None  # only such days are told
        if not may_see(told.day) or (told.state == "running" and told.day.on < first):
            gone.append(uid)
        elif told.state == "running":
            ended = replace(told, state="ended", sequence=told.sequence + 1, told_at=now)
            days.append(ended)
            changed.append(ended)
        elif told.told_at + kept <= now:
            gone.append(uid)
        else:
            days.append(told)
    return Followed(_in_order(days), tuple(changed), tuple(sorted(gone)), tuple(unknown))


def _tell(before: ToldDay | None, day: Day, now: datetime) -> ToldDay:
    if before is None:
        return ToldDay(day, 0, "running", now)
    if before.state == "running" and before.day == replace(day, missing=None):
        return before
    return ToldDay(replace(day, missing=None), before.sequence + 1, "running", now)


def _in_order(days: Sequence[ToldDay]) -> tuple[ToldDay, ...]:
    return tuple(sorted(days, key=lambda told: (told.day.on or date.max, told.day.uid)))
