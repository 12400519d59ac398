"""The one place that reads the system clock; everything else is handed a `Clock`."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
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


def start_stopwatch() -> Callable[[], float]:
    """Return a function that says how many seconds have passed since this call (monotonic, for metrics)."""
    started = time.perf_counter()
    return lambda: time.perf_counter() - started
