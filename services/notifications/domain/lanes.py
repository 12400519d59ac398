"""How fast the bulk of a cycle goes out: at a bounded rate, so that a million mails do not fall on one hour."""

from datetime import datetime, timedelta
from typing import Final

_PARTS: Final = 1_000_000
"""What is left is counted in millionths of a mail, so that nothing is lost between two looks."""
_MOST_SECONDS: Final = 10
"""What is not used of so many seconds is kept for a burst; no more."""


class Allowance:
    """How many mails of the bulk lane may go now; `per_second` None: as many as there are."""

    def __init__(self, per_second: int | None) -> None:
        self._per_second = per_second
        self._left = 0
        self._seen: datetime | None = None

    def left(self, now: datetime) -> int | None:
        """How many may go at this instant; None is no bound."""
        if self._per_second is None:
            return None
        since = now - self._seen if self._seen is not None else timedelta(seconds=1)
        gained = max(since // timedelta(microseconds=1), 0) * self._per_second
        self._left = min(self._left + gained, self._per_second * _MOST_SECONDS * _PARTS)
        self._seen = now
        return max(self._left // _PARTS, 0)

    def take(self, mails: int) -> None:
        """Count mails that go."""
        self._left -= mails * _PARTS
