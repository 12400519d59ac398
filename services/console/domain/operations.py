"""The words of the operator's pages: services, acts, and how far the partitions of a topic are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

SERVICES: Final[Mapping[str, str]] = {
    "routing": "Routing",
    "workqueue": "Work queue",
    "liquidation": "Liquidation",
    "notifications": "Notifications",
}

ACTS: Final[Mapping[str, str]] = {
    "replay-letters": "Replay of dead letters",
    "discard-letters": "Dead letters discarded",
    "publish-events": "Events published once more",
    "discard-events": "Events discarded",
    "run-job": "Job run now",
    "retry-rows": "Rows to be tried again",
    "check-invariants": "Check of invariants",
    "restore-archive": "Archive applied to this copy",
}

STATES: Final[Mapping[str, str]] = {
    "parked": "parked",
    "replay-requested": "to be tried again",
    "replayed": "applied",
    "discarded": "discarded",
}
"""The states of a dead letter."""


class Place(Protocol):
    """Where a service stands on a partition."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def next_offset(self) -> int: ...
    @property
    def behind(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class TopicLag:
    """How far a service is on a topic; `behind` is None where one of its partitions is not known."""

    topic: str
    behind: int | None
    partitions: str


def lag_by_topic(places: Iterable[Place]) -> list[TopicLag]:
    """The topics in their order, each with its partitions: the next record, and how many are still to be applied."""
    of_topic: dict[str, list[Place]] = {}
    for each in places:
        of_topic.setdefault(each.topic, []).append(each)
    return [TopicLag(topic, _sum(found), ", ".join(map(_say, found))) for topic, found in of_topic.items()]


def say_asked(asked: Mapping[str, Any]) -> str:
    """What an act was asked for.

    >>> say_asked({"reason": "not-json", "topic": "entry-filed", "up_to": 4711})
    'reason not-json, topic entry-filed, letters up to 4,711'
    >>> say_asked({"ids": [7, 9]}), say_asked({"job": "weekly-cycle"}), say_asked({})
    ('numbers 7, 9', 'job weekly-cycle', 'all')
    """
    said = [f"{name} {asked[name]}" for name in ("job", "reason", "topic") if name in asked]
    said += [f"failed {word} {asked[name]}" for name, word in _DAYS.items() if name in asked]
    if "ids" in asked:
        said.append(_listed("numbers", asked["ids"]))
    if "keys" in asked:
        said.append(_listed("rows", asked["keys"]))
    if "up_to" in asked:
        said.append(f"letters up to {asked['up_to']:,}")
    return ", ".join(said) or "all"


_DAYS: Final[Mapping[str, str]] = {"failed_from": "from", "failed_to": "to"}
_MOST: Final = 8


def _listed(name: str, values: list[Any]) -> str:
    more = f" and {len(values) - _MOST} more" if len(values) > _MOST else ""
    return f"{name} {', '.join(map(str, values[:_MOST]))}{more}"


def _sum(places: Iterable[Place]) -> int | None:
    total = 0
    for each in places:
        if each.behind is None:
            return None
        total += each.behind
    return total


def _say(place: Place) -> str:
    behind = "" if not place.behind else f" ({place.behind:,} behind)"
    return f"p{place.partition} at {place.next_offset:,}{behind}"
