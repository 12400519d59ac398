"""What a cycle waits for before it runs, and what it did not see: events on their way when it began."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class UnreadPartition:
    """Events of a partition that were published before the cycle began and were not applied when it ran."""

    topic: str
    partition: int
    events: int


@dataclass(frozen=True, slots=True)
class StandingLetters:
    """Dead letters of a topic that stand: parked, or asked for again and not yet applied."""

    topic: str
    letters: int


@dataclass(frozen=True, slots=True)
class Unseen:
    """What a cycle does not see. `as_of` is when the ends of the topics were read; None: the bus was away, unknown."""

    as_of: datetime | None
    unread: tuple[UnreadPartition, ...] = ()
    letters: tuple[StandingLetters, ...] = ()

    @property
    def state(self) -> Literal["nothing", "some", "unknown"]:
        """Whether everything was seen; letters that stand are not."""
        if self.as_of is None:
            return "unknown"
        return "some" if self.unread or self.letters else "nothing"


UNKNOWN = Unseen(None)
"""Nobody asked, as before this was recorded."""


def may_run(unseen: Unseen, began_at: datetime, now: datetime, limit: timedelta) -> bool:
    """Whether a cycle runs now: everything that may still come has been read, or it has waited long enough.

    Dead letters do not come by themselves, so they are not waited for.
    """
    is_read = unseen.as_of is not None and not unseen.unread
    return is_read or now >= began_at + limit


def is_left(began_at: datetime, now: datetime, limit: timedelta) -> bool:
    """Whether a cut is so old that whoever began it has not come back: the cycle begins anew."""
    return now >= began_at + 2 * limit
