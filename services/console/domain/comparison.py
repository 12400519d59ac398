"""The clocks of two sets of facts beside each other: what moves when a fact is another."""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar


class Dated(Protocol):
    """A clock as the calculator gives it."""

    @property
    def what(self) -> str:
        """What it is about."""

    @property
    def safe(self) -> date:
        """Its safe day."""


C = TypeVar("C", bound=Dated)


@dataclass(frozen=True, slots=True)
class Compared(Generic[C]):
    """A clock by the facts before, and by those now; None where they start none."""

    was: C | None
    then: C | None

    @property
    def one(self) -> C:
        """The clock, by the facts now where they start it."""
        found = self.then if self.then is not None else self.was
        assert found is not None
        return found

    @property
    def moves(self) -> int | None:
        """Days by which its safe day comes later; None where only one of the two is there."""
        return (self.then.safe - self.was.safe).days if self.was is not None and self.then is not None else None


def compare(now: Sequence[C], before: Sequence[C]) -> list[Compared[C]]:
    """Every clock of either, in the order of their days; those that are about the same thing together."""
    earlier: defaultdict[str, deque[C]] = defaultdict(deque)
    for clock in before:
        earlier[clock.what].append(clock)
    found = [Compared(earlier[clock.what].popleft() if earlier[clock.what] else None, clock) for clock in now]
    found += [Compared(clock, None) for left in earlier.values() for clock in left]
    return sorted(found, key=lambda each: (each.one.safe, each.one.what))
