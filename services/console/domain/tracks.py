"""The clocks of an entry as a picture: where each mark stands, computed here and drawn by the template.

Marks have coordinates in the picture's own units; the picture scales, and the table beside it says the same in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

WIDTH: Final = 1000
LEFT: Final = 120
RIGHT: Final = 24
TOP: Final = 44
ROW: Final = 46

Sign = Literal["happened", "safe", "arguable"]

TRACKS: Final[tuple[tuple[str, str], ...]] = (
    ("release", "Release"),
    ("summary", "Summary"),
    ("review", "Review"),
    ("suspension", "Suspension"),
    ("extension", "Extension"),
    ("liquidation", "Liquidation"),
    ("finality", "Finality"),
    ("protest", "Protest"),
    ("money", "Money"),
    ("special", "Special"),
)
"""The tracks of a timeline from the top, with their names."""


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the timeline as the picture needs it."""

    number: int
    track: str
    kind: str
    title: str
    on: date
    last_arguable: date | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of the picture; `number` is its row in the table."""

    number: int
    x: int
    y: int
    sign: Sign
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A month on the axis."""

    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A track with its name."""

    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn."""

    height: int
    today_x: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]


def draw(events: Sequence[Event], today: date) -> Picture | None:
    """Place the events of an entry; None where nothing has a day."""
    if not events:
        return None
    days = [each.on for each in events] + [each.last_arguable for each in events if each.last_arguable] + [today]
    first, last = min(days), max(days)
    span = max((last - first).days, 1)

    def x_of(day: date) -> int:
        return LEFT + round((day - first).days * (WIDTH - LEFT - RIGHT) / span)

    used = {each.track for each in events}
    lanes = [(code, name) for code, name in TRACKS if code in used]
    y_of = {code: TOP + ROW // 2 + position * ROW for position, (code, _) in enumerate(lanes)}
    marks = []
    for each in events:
        y = y_of[each.track]
        sign: Sign = "happened" if each.is_done else "safe"
        marks.append(Mark(each.number, x_of(each.on), y, sign, each.kind, each.title))
        if each.last_arguable is not None and each.last_arguable != each.on:
            marks.append(Mark(each.number, x_of(each.last_arguable), y, "arguable", each.kind, each.title))
    return Picture(
        height=TOP + len(lanes) * ROW + 12,
        today_x=x_of(today),
        lanes=tuple(Lane(y_of[code], name) for code, name in lanes),
        ticks=tuple(Tick(x_of(day), label) for day, label in _months(first, last)),
        marks=tuple(marks),
    )


def _months(first: date, last: date) -> list[tuple[date, str]]:
    """The first days of months between two days, at most eight, January with its year."""
    starts = []
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        starts.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    step = max(1, -(-len(starts) // 8))
    chosen = starts[::step]
    return [(each, f"{each:%b %Y}" if not n or each.month <= step else f"{each:%b}") for n, each in enumerate(chosen)]
