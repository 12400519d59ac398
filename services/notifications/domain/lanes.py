"""How fast the bulk of a cycle goes out: at a bounded rate, so that a million mails do not fall on one hour."""

from datetime import datetime

_MOST_SECONDS = 10.0
"""What is not used of so many seconds is kept for a burst; no more."""


class Allowance:
    """How many mails of the bulk lane may go now; `per_second` None: as many as there are."""

    def __init__(self, per_second: float | None) -> None:
        self._per_second = per_second
        self._left = 0.0
        self._seen: datetime | None = None

    def left(self, now: datetime) -> int | None:
        """How many may go at this instant; None is no bound."""
        if self._per_second is None:
            return None
        if self._seen is None:
            self._left = self._per_second
        else:
            gained = max((now - self._seen).total_seconds(), 0.0) * self._per_second
            self._left = min(self._left + gained, self._per_second * _MOST_SECONDS)
        self._seen = now
        return int(self._left)

    def take(self, mails: int) -> None:
        """Count mails that go."""
        self._left -= mails
