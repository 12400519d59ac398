"""What a bus is: a partitioned log, ordered within a partition, read by groups that share its partitions."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

MAX_MESSAGE_BYTES = 2 * 1024 * 1024
"""What a bus takes as one message: key, value and headers."""


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
    """One message to append; the key chooses the partition, so messages of one key stay in order.

    Only what is put back from the archive may lack a key or a value, because it was sent so.
    """

    topic: str
    key: bytes | None
    value: bytes | None
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


class Unpublishable(Exception):  # noqa: N818  says what the messages are
    """The bus refuses messages for good: a later attempt would end the same way. All others of the call are durable.

    `reasons` says why, by the message's position in the call.
    """

    def __init__(self, messages: Sequence[Message], reasons: Mapping[int, str]) -> None:
        named = "; ".join(
            f"{messages[position].topic} {(messages[position].key or b'').decode('utf-8', 'replace')}: {reason}"
            for position, reason in sorted(reasons.items())[:_MOST_NAMED]
        )
        super().__init__(f"the bus refuses {len(reasons)} of {len(messages)} messages: {named}")
        self.reasons = dict(reasons)


_MOST_NAMED = 3

Positions = Callable[[Collection[TopicPartition]], Awaitable[Mapping[TopicPartition, int]]]
"""Loads the next offset of each partition from the service's own database; raises `Transient` when it is away."""


class NameTaken(Exception):  # noqa: N818  says what happened
    """Another process has joined the group under this member's name: two processes were given one slot."""


class Subscription(Protocol):
    """One member of a group. The bus hands out partitions; where to read them from, the positions say."""

    async def poll(self, max_records: int, wait_seconds: float) -> list[Slice]:
        """The next records of the partitions held now; empty when none came within the wait.

        Raises `NameTaken` when another member has joined under this one's name; it reads nothing from then on.
        """

    def reset(self, partitions: Collection[TopicPartition]) -> None:
        """Forget where these partitions were read to: the next poll asks for their positions again."""

    def note_done(self, positions: Mapping[TopicPartition, int]) -> None:
        """Say up to where partitions have been done with: the bus shows it to whoever watches, and reads it never.

        Told later and at leaving, when the bus can be reached; the positions of the service's database stay the truth.
        """

    @property
    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions that this member believes to hold."""

    async def close(self) -> None:
        """Leave the group."""


class Bus(Protocol):
    """A bus. Every method raises `Transient` when the bus is away."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append messages; returns when all are durable.

        Raises `Unpublishable` when some never will be, and all others are. After any other error some may be in the log
        all the same.
        """

    async def subscribe(
        self, group: str, topics: Collection[str], positions: Positions, name: str | None = None
    ) -> Subscription:
        """Join a group on some topics.

        A member with a name of its own gets the partitions of the one that had it before, at once, though that one died
        without leaving. One without waits until the group has forgotten the dead.
        """

    async def ensure_topics(self, topics: Sequence[TopicSpec]) -> list[str]:
        """Create the topics that are missing; gives their names."""

    async def end_offsets(self, topics: Collection[str]) -> Mapping[TopicPartition, int]:
        """The offset that the next record of each partition will get."""

    async def ping(self) -> None:
        """Return when the bus answers."""

    async def close(self) -> None:
        """Give back all connections."""
