"""A feed as iCalendar (RFC 5545, with the names of RFC 7986): each day an event of a whole day."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event, vText

from shared.calendars.day import KINDS, Day, ToldDay

PRODUCT: Final = "-//Centerline//Calendar feeds//EN"
MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
MOST_NAMED: Final = 20
"""Unknown days that the description of a calendar names; beyond them it says how many there are."""
ENDED: Final = (
    "This day is to be kept no more: it was met or answered, its clock has ended, is not known now, or is another's."
)
_CONTROLS: Final = {code: None for code in (*range(32), *range(127, 160), 0x2028, 0x2029) if code != ord("\n")}


def write_calendar(
    name: str,
    days: Sequence[ToldDay],
    unknown: Sequence[Day],
    *,
    scope: str,
    notice: str | None,
    refresh: timedelta,
    alarm_days: int | None,
    base_url: str,
) -> str:
    """The calendar of a feed. The same days give the same text.

    A day that is not known is no event: the description of the calendar says which they are, and nothing else does.
    `scope` says there what the calendar holds, so that what it does not hold is not taken for what is not there;
    `notice` stands in its place when it shows nothing, as that the feed is too large. `alarm_days`: a reminder of the
    calendar program so many days before each day that runs; None: none.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for property_name in ("name", "x-wr-calname"):
        calendar.add(property_name, vText(_clean(name)))
    described = _clean(_describe(unknown, scope, notice))
    for property_name in ("description", "x-wr-caldesc"):
        calendar.add(property_name, vText(described))
    calendar.add("refresh-interval", refresh, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", refresh)
    for told in days:
        calendar.add_component(_event(told, alarm_days, base_url))
    written: bytes = calendar.to_ical()
    return written.decode()


def _event(told: ToldDay, alarm_days: int | None, base_url: str) -> Event:
    day = told.day
    assert day.on is not None
    has_ended = told.state == "ended"
    event = Event()
    event.add("uid", day.uid)
    event.add("sequence", told.sequence)
    event.add("dtstamp", told.told_at.astimezone(UTC))
    event.add("last-modified", told.told_at.astimezone(UTC))
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("status", "CANCELLED" if has_ended else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    event.add("summary", _clean(_summarise(day, has_ended=has_ended)))
    event.add("description", _clean("\n".join(_lines(day, has_ended=has_ended))))
    event.add("categories", [day.kind.upper()])
    event.add("url", f"{base_url}{day.href}")
    if alarm_days is not None and not has_ended:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _clean(_summarise(day, has_ended=False)))
        alarm.add("trigger", timedelta(days=-alarm_days))
        event.add_component(alarm)
    return event


def _summarise(day: Day, *, has_ended: bool) -> str:
    ended = "Ended: " if has_ended else ""
    kind = "" if day.kind == "law" else f" ({day.kind})"
    return f"{ended}{day.title}: {day.about}{kind}"


def _lines(day: Day, *, has_ended: bool) -> list[str]:
    if has_ended:
        return [ENDED, day.rule]
    lapse = [] if day.lapse is None else [f"If nothing is done: {day.lapse}"]
    return [f"{KINDS[day.kind]}.", day.rule, *lapse, *day.notes]


def _describe(unknown: Sequence[Day], scope: str, notice: str | None) -> str:
    if notice is not None:
        return notice
    lines = [f"In this calendar: {scope}"]
    if unknown:
        lines.append(f"Not in it, because the day is not known: {len(unknown)}.")
        lines += [f"{each.about}: {each.title} ({each.missing or 'not known'})" for each in unknown[:MOST_NAMED]]
        if len(unknown) > MOST_NAMED:
            lines.append(f"and {len(unknown) - MOST_NAMED} more.")
    return "\n".join(lines)


def _clean(text: str) -> str:
    """Text without what a line of iCalendar cannot hold: controls, other ends of lines; escapes are the library's."""
    lines = " ".join(text.replace("\r\n", "\n").split("\r"))
    return lines.translate(_CONTROLS).encode("utf-8", "replace").decode()
