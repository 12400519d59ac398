"""Days as a file for calendars (iCalendar, RFC 5545): whole days, each with its rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

_OCTETS: Final = 75


@dataclass(frozen=True, slots=True)
class Day:
    """A day to put down; under the same `uid` a file that is fetched again moves it instead of adding another."""

    uid: str
    on: date
    title: str
    text: str


def write_days(days: Sequence[Day], now: datetime) -> str:
    """The file, with the line ends and folds that the standard asks for.

    >>> deemed = Day("x", date(2027, 1, 23), "Deemed; 1 of 2", "19 USC 1504(a), by law")
    >>> text = write_days([deemed], datetime(2026, 11, 29, tzinfo=UTC))
    >>> [line for line in text.split("\\r\\n") if line.startswith(("DTSTART", "SUMMARY", "DESC"))]
    ['DTSTART;VALUE=DATE:20270123', 'SUMMARY:Deemed\\\\; 1 of 2', 'DESCRIPTION:19 USC 1504(a)\\\\, by law']
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Centerline//Console//EN", "CALSCALE:GREGORIAN"]
    for day in days:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day.uid}@centerline",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escape(day.title)}",
            f"DESCRIPTION:{_escape(day.text)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _fold(line))


def _escape(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def _fold(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, no character cut; each further part begins with a space."""
    part = ""
    for sign in line:
        if len((part + sign).encode()) > _OCTETS:
            yield part
            part = " "
        part += sign
    yield part
