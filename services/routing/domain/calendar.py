"""The calendar of the Centers: office hours, calls, trainings; once, or week by week until a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from shared.customs.calendar import EASTERN, legal_date

LONGEST: Final = timedelta(days=7)
"""No event lasts longer."""
CalendarKind = Literal["office-hours", "call", "training", "visit-day", "other"]


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """Something to which a Center invites the trade, as it stands in its newest revision."""

    event_id: UUID
    revision: int
    center: str
    kind: CalendarKind
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    weekly_until: date | None
    is_cancelled: bool
    reason: str | None
    made_by: str
    made_at: datetime
    authority: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time at which an event takes place."""

    event: CalendarEvent
    starts_at: datetime
    ends_at: datetime


def occasions(events: Iterable[CalendarEvent], first: date, last: date) -> list[Occasion]:
    """When events take place from one legal day to another, both among them; at the same hour in New York each week.

    What began before the first day and goes on into it is among them.
    """
    found = []
    for event in events:
        lasting = event.ends_at - event.starts_at
        local = event.starts_at.astimezone(EASTERN).replace(tzinfo=None)
        until = event.weekly_until if event.weekly_until is not None else legal_date(event.starts_at)
        while local.date() <= min(until, last):
            starts_at = local.replace(tzinfo=EASTERN).astimezone(UTC)
            ends_at = starts_at + lasting
            if legal_date(ends_at - timedelta(microseconds=1)) >= first:
                found.append(Occasion(event, starts_at, ends_at))
            local += timedelta(weeks=1)
    return sorted(found, key=lambda each: (each.starts_at, each.event.center, str(each.event.event_id)))
