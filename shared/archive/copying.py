"""An archive straight into a copy of a service: its handlers apply what stands there in order, and nothing goes out.

Offsets move in the transaction of each batch, as live, so a copy that was interrupted goes on where it stands. The
clock stands at the instant at which the archive took the records in hand. Nothing is published, nobody is answered, and
what a service would send later by itself is withdrawn in the same transaction.
"""

import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.archive.folder import NotEmpty, frames_in_order, list_partitions
from shared.archive.partition import ArchivedPartition
from shared.bus import offsets, outbox
from shared.bus.consumer import Consumer, ConsumerSettings
from shared.bus.lag import list_places
from shared.bus.offsets import Fenced
from shared.bus.protocol import Record, Slice, TopicPartition
from shared.db import operator_acts
from shared.db.operator_acts import ActState, OperatorAct
from shared.db.origins import PLATFORM, Origin, find_filled
from shared.db.transaction import Transaction, exclusive_session, transaction
from shared.runtime.platform import Platform
from shared.runtime.service import Parts, Service

ACT: Final = "restore-archive"
"""The act of an operator that a copy keeps: what was put into it, whether it is whole, who did it."""

_MUST_BE_EMPTY: Final = frozenset({Origin.EVENTS, Origin.BOTH, Origin.ACTS})
_ALSO_EMPTY: Final = ("consumer_offsets", "inbox", "outbox", "outbox_set_aside")
_MOST_NAMED: Final = 5


class Lacking(Exception):  # noqa: N818  says what the archive is
    """The archive has not all that the service has read; the text says what, and what to do."""


class InUse(Exception):  # noqa: N818  says what the database is
    """A process of the service works on the database, so that it is no copy."""


class ArchiveClock:
    """Stands at the instant at which the archive took what is applied now."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def stand_at(self, at: datetime) -> None:
        """Move to an instant."""
        self._at = at


@dataclass(frozen=True, slots=True)
class Asked:
    """How a copy is to be made.

    `goes_on`: the database is a backup, or a copy of before, and what is archived behind its offsets is applied.
    `in_part`: what the archive lacks is passed over.
    """

    by: str
    reason: str
    goes_on: bool
    in_part: bool


@dataclass(frozen=True, slots=True)
class Copied:
    """What was done: records applied by this run, events of a backup's outbox dropped, what the archive lacks."""

    service: str
    records: int
    resumed: bool
    dropped: int
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """Records of one transaction, and when the newest of them were archived."""

    at: datetime
    slices: Sequence[Slice]

    @property
    def records(self) -> int:
        return sum(len(each.records) for each in self.slices)


async def copy_into(
    service: Service,
    platform: Platform,
    parts: Parts,
    clock: ArchiveClock,
    folder: Path,
    asked: Asked,
    settings: ConsumerSettings,
    progress: Callable[[int], None] | None = None,
) -> Copied:
    """Apply an archive to the database of a copy of a service, whose `parts` were built with the archive's clock.

    Raises `NotEmpty`, `InUse`, `Lacking`, `Damaged`, each before anything is changed, and `Transient`: run again, it
    goes on behind the last batch. `progress` is told how many records have been applied so far.
    """
    assert parts.handler is not None
    engine, started_at = platform.engine, clock.now()
    async with _alone(engine, service.name):
        partitions = [each for each in list_partitions(folder) if each.topic in service.topics]
        async with transaction(engine) as tx:
            before = await operator_acts.find_last(tx, ACT)
            going_on = before is not None and before.state == "going-on"
            if not (asked.goes_on or going_on):
                await _demand_empty(tx, service)
            stands = await _stands_at(tx, service, partitions)
        for partition in partitions:
            for damage in partition.check():
                raise damage
        lacking = tuple(_lacks(service, partitions, stands))
        if lacking and not asked.in_part:
            raise Lacking(_say_lacking(service, lacking))

        async with transaction(engine) as tx:
            dropped = await outbox.depth(tx)
            await _silence(tx, parts, started_at)
            await offsets.load(tx, service.name, stands)
            act = before if going_on and before is not None else await _begin(tx, asked, partitions, stands, started_at)
        applied = reached = 0

        async def hold_back(tx: Transaction, now: datetime) -> None:
            await _silence(tx, parts, now)
            await _note(tx, act, reached, "going-on", started_at)

        consumer = Consumer(
            bus=platform.bus,
            engine=engine,
            handler=parts.handler,
            settings=replace(settings, refused_limit=sys.maxsize, failed_limit=sys.maxsize),
            clock=clock,
            metrics=platform.metrics,
            hold_back=hold_back,
        )
        for step in _steps(partitions, stands, settings.max_records):
            clock.stand_at(step.at)
            reached = applied + step.records
            try:
                await consumer.apply(step.slices)
            except Fenced as error:
                raise InUse(f"somebody else applies events to the database of {service.name}: stop it first") from error
            applied = reached
            if progress is not None:
                progress(applied)
        async with transaction(engine) as tx:
            await _note(tx, act, applied, "done", started_at, lacking)
    return Copied(service.name, applied, going_on, dropped, lacking)


@asynccontextmanager
async def _alone(engine: AsyncEngine, service: str) -> AsyncIterator[None]:
    """Hold what the relay of a service holds while it works: where one works, the database is no copy."""
    async with exclusive_session(engine, f"{service}.relay") as session:
        if session is None:
            raise InUse(
                f"a process of {service}, or another restore, works on this database: it is no copy; name another"
                " with --database"
            )
        yield


async def _demand_empty(tx: Transaction, service: Service) -> None:
    """Raise `NotEmpty` with the tables that hold rows; those that a release fills are not looked at."""
    origins = {**PLATFORM, **service.origins}
    names = [name for name in service.metadata.tables if origins[name] in _MUST_BE_EMPTY or name in _ALSO_EMPTY]
    if held := await find_filled(tx, names):
        more = f" and {len(held) - _MOST_NAMED} more" if len(held) > _MOST_NAMED else ""
        raise NotEmpty(
            f"the database is not empty: {', '.join(held[:_MOST_NAMED])}{more} hold rows; name an empty one with"
            " --database, or say --go-on for a copy from a backup"
        )


async def _stands_at(
    tx: Transaction, service: Service, partitions: Sequence[ArchivedPartition]
) -> dict[TopicPartition, int]:
    """Where the copy stands on each partition of the archive; nothing is written."""
    places = {
        TopicPartition(row["topic"], row["partition"]): row["next_offset"]
        for row in await list_places(tx, service.name)
    }
    return {at: places.get(at, 0) for at in (TopicPartition(each.topic, each.number) for each in partitions)}


def _lacks(
    service: Service, partitions: Sequence[ArchivedPartition], stands: Mapping[TopicPartition, int]
) -> Iterator[str]:
    """What the service read, or would have, and the archive has not."""
    archived = {each.topic for each in partitions}
    if missing := [topic for topic in service.topics if topic not in archived]:
        yield ", ".join(missing)
    for each in partitions:
        place = stands[TopicPartition(each.topic, each.number)]
        for frame in each.frames():
            begins = max(place, frame.expected)
            if frame.next > place and frame.first > begins:
                yield f"{each.topic} {each.number} offsets {begins} to {frame.first - 1}"


def _say_lacking(service: Service, lacking: Collection[str]) -> str:
    return (
        f"the archive lacks what {service.name} reads: {'; '.join(list(lacking)[:_MOST_NAMED])};"
        " `centerline archive run --derived` keeps what services publish too, until then begin with a backup and"
        " --go-on, or say --in-part to go without"
    )


async def _begin(
    tx: Transaction,
    asked: Asked,
    partitions: Sequence[ArchivedPartition],
    stands: Mapping[TopicPartition, int],
    at: datetime,
) -> OperatorAct:
    total = sum(
        max(0, frame.records - max(0, stands[TopicPartition(each.topic, each.number)] - frame.first))
        for each in partitions
        for frame in each.frames()
    )
    heads = {f"{each.topic} {each.number}": each.head for each in partitions}
    said = {"goes_on": asked.goes_on, "heads": heads}
    return await operator_acts.write(tx, ACT, said, reason=asked.reason, by=asked.by, at=at, total=total)


async def _note(
    tx: Transaction, act: OperatorAct, applied: int, state: ActState, at: datetime, lacking: Sequence[str] = ()
) -> None:
    """Note how many records are applied, with those of a run that was interrupted."""
    result = {"lacking": list(lacking)}
    await operator_acts.move(tx, act.act_id, reached=0, done=act.done + applied, result=result, state=state, at=at)


async def _silence(tx: Transaction, parts: Parts, now: datetime) -> None:
    """Leave nothing that would go out: no event for a relay, nothing that the service sends later by itself."""
    await outbox.clear(tx)
    if parts.hold_back is not None:
        await parts.hold_back(tx, now)


def _steps(partitions: Sequence[ArchivedPartition], stands: Mapping[TopicPartition, int], most: int) -> Iterator[_Step]:
    """What is archived behind the places, in the order of archiving, at most so many records at a time."""
    place = dict(stands)
    waiting: dict[TopicPartition, Slice] = {}
    room, at = most, None
    for frame, partition in frames_in_order(partitions):
        here = TopicPartition(partition.topic, partition.number)
        if frame.next <= place[here]:
            continue
        at = datetime.fromisoformat(frame.archived_at)
        records = [record for record in partition.read(frame) if record.offset >= place[here]]
        while records:
            taken, records = records[:room], records[room:]
            end = records[0].offset if records else frame.next
            waiting[here] = _joined(waiting.get(here), here, place[here], end, taken)
            place[here] = end
            room -= len(taken)
            if room == 0:
                yield _Step(at, list(waiting.values()))
                waiting, room = {}, most
    if waiting and at is not None:
        yield _Step(at, list(waiting.values()))


def _joined(before: Slice | None, at: TopicPartition, start: int, end: int, records: Sequence[Record]) -> Slice:
    if before is None:
        return Slice(at, start, end, records)
    return Slice(at, before.start, end, [*before.records, *records])
