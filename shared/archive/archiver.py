"""The member of the group `archive` that writes what it reads into the archive; its folder says where it stands."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from shared.archive.partition import ArchivedPartition, Busy, PartitionWriter
from shared.bus.protocol import Bus, Record, Slice, Subscription, TopicPartition
from shared.runtime.clock import Clock, start_stopwatch
from shared.runtime.errors import Transient
from shared.runtime.lifecycle import Stopping

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

GROUP: Final = "archive"
_MOST_RECORDS: Final = 2_000
_WAIT_SECONDS: Final = 0.5
_FRAME_SECONDS: Final = 5.0
_BYTES_AT_ONCE: Final = 8 * 1024 * 1024
_PAUSE_SECONDS: Final = 1.0


@dataclass(slots=True)
class _Waiting:
    """Records of a partition that are not yet a frame, and the offset that follows them."""

    end: int
    records: list[Record] = field(default_factory=list)
    bytes: int = 0


class Archiver:
    """Reads the topics of filing systems and writes every record down, in the order of its partition.

    Nothing is decoded: what no service can read is kept as well. Frames are written every five seconds, or when 8 MiB
    wait; until then its records are on the bus alone, and are read again by whoever goes on.
    """

    def __init__(
        self,
        bus: Bus,
        folder: Path,
        topics: Collection[str],
        clock: Clock,
        name: str | None = None,
        group: str = GROUP,
    ) -> None:
        self._bus, self._folder, self._topics, self._clock = bus, folder, topics, clock
        self._name, self._group = name, group
        self._writers: dict[TopicPartition, PartitionWriter] = {}
        self._waiting: dict[TopicPartition, _Waiting] = {}
        self._since_frame = start_stopwatch()
        self.archived = 0
        """Records that this process has written down."""
        self.read_to: dict[TopicPartition, int] = {}
        """How far this process has read the partitions that it was given."""

    async def run(self, stopping: Stopping) -> None:
        """Archive until it is told to stop; a bus that is away is waited for."""
        try:
            while not stopping.is_set():
                try:
                    await self._follow(stopping)
                except Transient as error:
                    log.warning("archive_waits", error=str(error))
                    await stopping.sleep(_PAUSE_SECONDS)
        finally:
            self._let_go(set(self._writers))

    async def _follow(self, stopping: Stopping) -> None:
        subscription = await self._bus.subscribe(self._group, self._topics, self._positions, self._name)
        try:
            while not stopping.is_set():
                for each in await subscription.poll(_MOST_RECORDS, _WAIT_SECONDS):
                    self._take(each)
                if self._is_due():
                    await self._write(subscription)
            await self._write(subscription)
        finally:
            self._waiting.clear()
            await subscription.close()

    async def _positions(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, int]:
        """Where partitions that were handed out are to be read from: behind their last frame."""
        for at in partitions:
            self._waiting.pop(at, None)
            if at not in self._writers:
                partition = ArchivedPartition(self._folder, at.topic, at.partition)
                try:
                    self._writers[at] = await asyncio.to_thread(partition.open_to_write)
                except Busy as error:  # the member that had it has not noticed yet
                    raise Transient(str(error)) from error
            self.read_to[at] = self._writers[at].next
        return {at: self._writers[at].next for at in partitions}

    def _take(self, given: Slice) -> None:
        waiting = self._waiting.setdefault(given.at, _Waiting(given.start))
        waiting.records += given.records
        waiting.end = self.read_to[given.at] = given.end
        waiting.bytes += sum(len(record.key or b"") + len(record.value or b"") for record in given.records)

    def _is_due(self) -> bool:
        bytes_waiting = sum(waiting.bytes for waiting in self._waiting.values())
        return bytes_waiting >= _BYTES_AT_ONCE or self._since_frame() >= _FRAME_SECONDS

    async def _write(self, subscription: Subscription) -> None:
        """Write what waits; partitions that were taken away are let go of, written or not: who has them reads again."""
        held = subscription.assigned
        for at, waiting in self._waiting.items():
            if at in held:
                await asyncio.to_thread(self._writers[at].append, waiting.records, waiting.end, self._clock.now())
                self.archived += len(waiting.records)
                subscription.note_done({at: waiting.end})
        self._waiting.clear()
        self._let_go(self._writers.keys() - held)
        self._since_frame = start_stopwatch()

    def _let_go(self, partitions: Collection[TopicPartition]) -> None:
        for at in partitions:
            self._writers.pop(at).close()
