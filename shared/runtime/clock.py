"""The one place that reads the system clock; everything else is handed a `Clock`."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Says what time it is, as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is told to move: tests, replays, simulated years."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs a time with a time zone")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new time; a clock never goes back."""
        if by < timedelta(0):
            raise ValueError("a clock does not go back")
        self._at += by
        return self._at


class DemonstrationClock:
    """A clock that is behind another one and goes at its pace, so that a demonstration does not age; development only.

    `behind` may be negative: a machine whose date is before the days of the sample.
    """

    def __init__(self, behind: timedelta, machine: Clock) -> None:
        self._behind = behind
        self._machine = machine

    def now(self) -> datetime:
        return self._machine.now() - self._behind


class ReplayClock:
    """A clock that stands at the instant that a file names, to live through days that have passed; development only.

    While the file is absent or empty it is the clock `otherwise`. It is read anew each time: whoever replays moves
    the clock by writing the file.
    """

    def __init__(self, file: Path, otherwise: Clock) -> None:
        self._file = file
        self._otherwise = otherwise

    def now(self) -> datetime:
        at = self.stands_at()
        return self._otherwise.now() if at is None else at

    def stands_at(self) -> datetime | None:
        """The instant at which it stands; None while it goes."""
        try:
            written = self._file.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        if not written:
            return None
        at = datetime.fromisoformat(written)
        if at.tzinfo is None:
            raise ValueError(f"{self._file} names a time without a time zone: {written}")
        return at.astimezone(UTC)


def is_replaying(clock: Clock) -> bool:
    """Whether somebody lives through past days by this clock, and does by hand what is due on them."""
    return isinstance(clock, ReplayClock) and clock.stands_at() is not None


def start_stopwatch() -> Callable[[], float]:
    """Return a function that says how many seconds have passed since this call (monotonic, for metrics)."""
    started = time.perf_counter()
    return lambda: time.perf_counter() - started
