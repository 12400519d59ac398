"""The clocks of an entry as a picture: where each mark and window stands, computed here and drawn by the template.

What is drawn has coordinates in the picture's own units; the picture scales, and the table beside it says the same in
words. A second line in each track shows the same clocks for other facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

WIDTH: Final = 1000
LEFT: Final = 120
RIGHT: Final = 24
TOP: Final = 44
ROW: Final = 46
BAR: Final = 9
"""Height that a window takes, with the room below it."""

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

WINDOWS: Final[frozenset[str]] = frozenset(
    {
        *("summary-due", "cf28-reply-due", "cf29-reply-due", "correction-until", "period-ends", "extension-cap"),
        *("reliquidation-until", "protest-until", "protest-until-reliquidation", "protest-until-surety"),
        *("protest-decision-due", "suit-until", "protest-amend-until", "set-aside-until", "void-denial-until"),
        *("bill-due", "tib-ends", "reconciliation-due"),
    }
)
"""Days of a timeline up to which somebody may act: each ends a window that began with the day it is counted from."""

_BEGINS: Final[tuple[tuple[str, str], ...]] = (
    ("protest", "protest"),
    ("suit", "protest"),
    ("ext", "extension"),
    ("susp", "suspension"),
    ("liq", "liquidation"),
    ("reliq", "finality"),
    ("final", "finality"),
    ("psc", "summary"),
    ("es-file", "summary"),
    ("cf2", "review"),
    ("afr", "protest"),
    ("void", "protest"),
    ("bill", "money"),
    ("refund", "money"),
    ("int-", "money"),
    ("deposit", "money"),
)
"""How rule ids of a track begin; what begins otherwise is special."""


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the table as the picture needs it; `since` begins the window that it ends."""

    number: int
    track: str
    kind: str
    title: str
    on: date
    last_arguable: date | None
    is_done: bool
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of the picture; `number` is its row in the table."""

    number: int
    x: int
    y: int
    sign: Sign
    kind: str
    title: str
    is_second: bool = False


@dataclass(frozen=True, slots=True)
class WindowBar:
    """A window of the picture: up to its safe day, and `more` up to the last arguable one."""

    number: int
    x: int
    y: int
    width: int
    more: int
    kind: str
    title: str
    is_second: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A month on the axis."""

    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A line of a track, with the name of the track where it is the first."""

    y: int
    label: str
    is_second: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn."""

    height: int
    today_x: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    bars: tuple[WindowBar, ...]
    marks: tuple[Mark, ...]


class _Axis:
    """Where days stand."""

    def __init__(self, days: Iterable[date]) -> None:
        known = list(days)
        self.first, self.last = min(known), max(known)
        self._span = max((self.last - self.first).days, 1)

    def x_of(self, day: date) -> int:
        return LEFT + round((day - self.first).days * (WIDTH - LEFT - RIGHT) / self._span)


def draw(events: Sequence[Event], today: date, second: Sequence[Event] = ()) -> Picture | None:
    """Place the events of an entry, and in a second line those of other facts; None where nothing has a day."""
    every = [*events, *second]
    if not every:
        return None
    days = [day for each in every for day in (each.since, each.on, each.last_arguable) if day is not None]
    axis = _Axis([*days, today])
    lanes: list[Lane] = []
    bars: list[WindowBar] = []
    marks: list[Mark] = []
    top = TOP
    for code, name in TRACKS:
        if all(each.track != code for each in every):
            continue
        label = name
        for line, is_second in ((events, False), (second, True)):
            own = [each for each in line if each.track == code]
            if not own:
                continue
            y = top + ROW // 2
            windows = _stack(own, axis, y + BAR, is_second=is_second)
            lanes.append(Lane(y, label, is_second))
            bars += windows
            marks += [mark for each in own for mark in _marks(each, axis, y, is_second=is_second)]
            top += ROW + BAR * len({each.y for each in windows})
            label = ""
    return Picture(
        height=top + 12,
        today_x=axis.x_of(today),
        lanes=tuple(lanes),
        ticks=tuple(Tick(axis.x_of(day), label) for day, label in _months(axis.first, axis.last)),
        bars=tuple(bars),
        marks=tuple(marks),
    )


def _marks(event: Event, axis: _Axis, y: int, *, is_second: bool) -> list[Mark]:
    sign: Sign = "happened" if event.is_done else "safe"
    found = [Mark(event.number, axis.x_of(event.on), y, sign, event.kind, event.title, is_second)]
    if event.last_arguable is not None and event.last_arguable != event.on:
        x = axis.x_of(event.last_arguable)
        found.append(Mark(event.number, x, y, "arguable", event.kind, event.title, is_second))
    return found


def _stack(events: Sequence[Event], axis: _Axis, top: int, *, is_second: bool) -> list[WindowBar]:
    """The windows of a line below it; those that overlap stand below each other."""
    ends: list[int] = []
    bars = []
    for each in sorted((each for each in events if each.since is not None), key=lambda each: (each.since, each.number)):
        assert each.since is not None
        x, safe = axis.x_of(each.since), axis.x_of(each.on)
        end = max(safe, axis.x_of(each.last_arguable)) if each.last_arguable is not None else safe
        place = next((n for n, taken in enumerate(ends) if taken < x), len(ends))
        ends[place : place + 1] = [end]
        bars.append(
            WindowBar(each.number, x, top + place * BAR, max(safe - x, 1), end - safe, each.kind, each.title, is_second)
        )
    return bars


def counted_from(inputs: Mapping[str, str], until: date) -> date | None:
    """The day from which a clock was counted: the last of the facts that it rests on which is not after it.

    >>> counted_from({"entry_date": "2026-03-02", "scheduled_on": "2027-01-10", "months": "12"}, date(2026, 12, 26))
    datetime.date(2026, 3, 2)
    >>> counted_from({"request": "x"}, date(2026, 12, 26)) is None
    True
    """
    days = [day for text in inputs.values() if (day := _day(text)) is not None and day < until]
    return max(days, default=None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def track_of(rule: str) -> str:
    """The track of a clock that only its rule tells.

    >>> track_of("protest-180"), track_of("liq-1yr-entry"), track_of("drawback-5yr")
    ('protest', 'liquidation', 'special')
    """
    return next((track for begin, track in _BEGINS if rule.startswith(begin)), "special")


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
