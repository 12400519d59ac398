"""The weekly cycle as its page tells it: its stages, its Fridays, and a forecast by Center."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Protocol

from shared.customs.calendar import friday_on_or_after

STAGES: Final = ("Forecast", "Holds", "Cut", "Two signatures", "Run", "Report")
"""How a cycle comes to be, in order."""

DISPOSITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "as-entered": "as entered",
        "by-decision": "by decision",
        "deemed": "deemed",
        "held": "held",
    }
)
"""What a cycle does with entries, in words."""

_COMING: Final = 4


class Line(Protocol):
    """Entries of a forecast of one disposition, Center and kind."""

    @property
    def disposition(self) -> str: ...
    @property
    def center(self) -> str | None: ...
    @property
    def entries(self) -> int: ...
    @property
    def duty_usd(self) -> str: ...
    @property
    def effect_duty_usd(self) -> str: ...


class Held(Protocol):
    """A hold set with the moments from and until which it stands."""

    @property
    def applied_at(self) -> datetime | None: ...
    @property
    def lifted_at(self) -> datetime | None: ...


@dataclass(slots=True)
class OfCenter:
    """A Center's part of a forecast: entries by disposition, and the money of them."""

    counts: dict[str, int] = field(default_factory=dict)
    duty: Decimal = Decimal(0)
    effect: Decimal = Decimal(0)


def stage_of(*, is_cut: bool, sheet_state: str | None, has_run: bool, needs_two_people: bool) -> str:
    """The stage at which a cycle is; before the cut it can be looked at and held.

    >>> stage_of(is_cut=True, sheet_state="to be confirmed", has_run=False, needs_two_people=True)
    'Two signatures'
    >>> stage_of(is_cut=True, sheet_state=None, has_run=False, needs_two_people=False)
    'Run'
    """
    if has_run:
        return "Report"
    if not is_cut:
        return "Forecast"
    if sheet_state == "confirmed" or not needs_two_people:
        return "Run"
    return "Cut" if sheet_state is None else "Two signatures"


def coming_fridays(today: date, ran: Iterable[date]) -> list[date]:
    """The next Fridays, the one before first where its cycle has not run.

    >>> [day.day for day in coming_fridays(date(2026, 12, 1), [])]
    [27, 4, 11, 18, 25]
    >>> [day.day for day in coming_fridays(date(2026, 12, 4), [date(2026, 11, 27), date(2026, 12, 4)])]
    [11, 18, 25]
    """
    done = set(ran)
    first = friday_on_or_after(today) - timedelta(days=7)
    return [day for day in (first + timedelta(days=7 * week) for week in range(_COMING + 1)) if day not in done]


def by_center(lines: Sequence[Line]) -> dict[str | None, OfCenter]:
    """A forecast by Center, what has none first; money of what the cycle takes, not of what is held."""
    found: dict[str | None, OfCenter] = {}
    for line in sorted(lines, key=lambda each: each.center or ""):
        center = found.setdefault(line.center, OfCenter())
        center.counts[line.disposition] = center.counts.get(line.disposition, 0) + line.entries
        if line.disposition != "held":
            center.duty += Decimal(line.duty_usd)
            center.effect += Decimal(line.effect_duty_usd)
    return found


def binds(held: Held, cut_at: datetime) -> bool:
    """Whether a hold set stands at the cut of a cycle, which is what the cycle obeys."""
    is_applied = held.applied_at is not None and held.applied_at <= cut_at
    return is_applied and not (held.lifted_at is not None and held.lifted_at <= cut_at)
