"""How long a page waited for the services, beside how long it took itself."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from shared.runtime.clock import start_stopwatch


@dataclass(frozen=True, slots=True)
class Asked:
    """The calls of a page: when each began and ended, in seconds since the page was asked for."""

    elapsed: Callable[[], float] = field(default_factory=start_stopwatch)
    spans: list[tuple[float, float]] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        """Seconds of the call that took longest."""
        return max((end - begin for begin, end in self.spans), default=0.0)

    @property
    def waited(self) -> float:
        """Seconds in which at least one call was under way.

        >>> Asked(spans=[(0.0, 2.0), (1.0, 3.0), (5.0, 6.0)]).waited
        4.0
        """
        total, reached = 0.0, 0.0
        for begin, end in sorted(self.spans):
            total += max(0.0, end - max(begin, reached))
            reached = max(reached, end)
        return total

    def header(self) -> str:
        """The value of Server-Timing, in milliseconds."""
        told = {"page": self.elapsed(), "services": self.waited, "slowest": self.slowest}
        return ", ".join(f"{name};dur={seconds * 1000:.1f}" for name, seconds in told.items())


current_asked: ContextVar[Asked | None] = ContextVar("current_asked", default=None)
"""The calls of the page that is being made."""
