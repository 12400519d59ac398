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


class ReplayClock:
    """A clock that stands at the instant that a file names, to live through days that have passed; development only.

    While the file is absent or empty it is the clock of the machine. It is read anew each time: whoever replays moves
    the clock by writing the file.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        try:
            written = self._file.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            written = ""
        if not written:
            return datetime.now(UTC)
        at = datetime.fromisoformat(written)
        if at.tzinfo is None:
            raise ValueError(f"{self._file} names a time without a time zone: {written}")
        return at.astimezone(UTC)


def start_stopwatch() -> Callable[[], float]:
    """Return a function that says how many seconds have passed since this call (monotonic, for metrics)."""
    started = time.perf_counter()
    return lambda: time.perf_counter() - started
