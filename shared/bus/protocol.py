"""What a bus is: a partitioned log, ordered within a partition, read by groups that share its partitions."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


class TopicPartition(NamedTuple):
    """One partition of one topic."""

    topic: str
    partition: int


class Record(NamedTuple):
    """One message as it stands in the log."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Message:
    """One message to append; the key chooses the partition, so messages of one key stay in order."""

    topic: str
    key: bytes
    value: bytes
    headers: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive records of one partition: applying them moves the group from `start` to `end`."""

    at: TopicPartition
    start: int
    end: int
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic to ensure: its partitions and how long records are kept."""

    name: str
    partitions: int
    retention_ms: int


Positions = Callable[[Collection[TopicPartition]], Awaitable[Mapping[TopicPartition, int]]]
"""Loads the next offset of each partition from the service's own database; raises `Transient` when it is away."""


class Subscription(Protocol):
    """One member of a group. The bus hands out partitions; where to read them from, the positions say."""

    async def poll(self, max_records: int, wait_seconds: float) -> list[Slice]:
        """The next records of the partitions held now; empty when none came within the wait."""

    def reset(self, partitions: Collection[TopicPartition]) -> None:
        """Forget where these partitions were read to: the next poll asks for their positions again."""

    @property
    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions that this member believes to hold."""

    async def close(self) -> None:
        """Leave the group."""


class Bus(Protocol):
    """A bus. Every method raises `Transient` when the bus is away."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append messages; returns when all are durable. After an error some may be in the log all the same."""

    async def subscribe(self, group: str, topics: Collection[str], positions: Positions) -> Subscription:
        """Join a group on some topics."""

    async def ensure_topics(self, topics: Sequence[TopicSpec]) -> list[str]:
        """Create the topics that are missing; gives their names."""

    async def end_offsets(self, topics: Collection[str]) -> Mapping[TopicPartition, int]:
        """The offset that the next record of each partition will get."""

    async def ping(self) -> None:
        """Return when the bus answers."""

    async def close(self) -> None:
        """Give back all connections."""
