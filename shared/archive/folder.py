"""The whole archive: its topics and partitions, whether they are sound, and putting them back on a bus."""

import heapq
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.archive.partition import MANIFEST, ArchivedPartition, Damaged, Frame
from shared.bus.protocol import Bus, Message, Record


class NotEmpty(Exception):  # noqa: N818  says what the bus is
    """The bus already holds records of a topic: what is put back would come beside them."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the archive has of a partition. `gaps` are offsets that the bus had no more, `faults` what is damaged.

    `head` is the hash of the last line of the manifest: kept elsewhere, it shows later that nothing was taken away.
    """

    topic: str
    partition: int
    records: int
    first: int | None
    next: int
    bytes: int
    days: tuple[str, ...]
    gaps: tuple[str, ...]
    faults: tuple[str, ...]
    head: str | None


def list_partitions(folder: Path) -> list[ArchivedPartition]:
    """The partitions in an archive, by topic and number."""
    found = sorted(folder.glob(f"*/[0-9][0-9][0-9][0-9]/{MANIFEST}"))
    return [ArchivedPartition(folder, path.parent.parent.name, int(path.parent.name)) for path in found]


def check(partition: ArchivedPartition) -> Checked:
    """Read a partition whole, and say what it has and what is wrong with it."""
    faults = tuple(map(str, partition.check()))
    try:
        frames, head = partition.frames(), partition.head
    except Damaged:
        frames, head = [], None
    return Checked(
        topic=partition.topic,
        partition=partition.number,
        records=sum(frame.records for frame in frames),
        first=frames[0].first if frames else None,
        next=frames[-1].next if frames else 0,
        bytes=sum(frame.bytes for frame in frames),
        days=tuple(dict.fromkeys(frame.segment.removesuffix(".zst") for frame in frames)),
        gaps=tuple(f"{frame.expected} to {frame.first - 1}" for frame in frames if frame.first > frame.expected),
        faults=faults,
        head=head,
    )


def read_records(folder: Path) -> Iterator[list[Record]]:
    """Everything in an archive, frame by frame in the order in which frames were written; raises `Damaged`.

    Within a partition that is the order of the log. A frame is in memory at a time.
    """
    for frame, partition in frames_in_order(list_partitions(folder)):
        yield partition.read(frame)


def frames_in_order(partitions: Iterable[ArchivedPartition]) -> Iterator[tuple[Frame, ArchivedPartition]]:
    """The frames of partitions, unread, in the order in which they were written; raises `Damaged`."""
    for _, frame, partition in heapq.merge(*map(_in_order, partitions), key=lambda each: each[0]):
        yield frame, partition


def _message_of(record: Record) -> Message:
    """The record to be published again; the client library sends no message without both key and value."""
    key = b"" if record.key is None and record.value is None else record.key
    return Message(record.topic, key, record.value, record.headers)


def _in_order(partition: ArchivedPartition) -> Iterator[tuple[tuple[str, str, int, int], Frame, ArchivedPartition]]:
    for frame in partition.frames():
        yield (frame.archived_at, partition.topic, partition.number, frame.first), frame, partition


async def restore(bus: Bus, folder: Path, topics: Collection[str]) -> int:
    """Put an archive back on a bus that holds nothing of these topics; gives how many records.

    Every record comes with its key, value and headers, and the order of each partition. All is read and checked before
    the first is published. Raises `NotEmpty`, `Damaged` and what the bus raises; what was stopped midway begins again
    on a bus that is made empty.
    """
    ends = await bus.end_offsets(topics)
    if held := sorted({at.topic for at, end in ends.items() if end}):
        raise NotEmpty(f"{', '.join(held)} hold records already; put the archive back on a bus that is empty")
    for partition in list_partitions(folder):
        for damage in partition.check():
            raise damage
    count = 0
    for records in read_records(folder):
        kept = [record for record in records if record.topic in topics]
        await bus.publish([_message_of(each) for each in kept])
        count += len(kept)
    return count
