"""Where a service stands, each part within its own time: one that cannot be told is unknown and costs no other."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus import dead_letters, outbox
from shared.bus.lag import list_places
from shared.bus.protocol import Bus, TopicPartition
from shared.db import job_runs, walks
from shared.db.engine import DATABASE_ERRORS, Patience
from shared.db.job_runs import JobRun
from shared.db.transaction import Transaction, be_patient, snapshot
from shared.runtime.clock import start_stopwatch
from shared.runtime.errors import Transient
from shared.runtime.logging import mask_importer_numbers

T = TypeVar("T")

PART_SECONDS = 1.5
"""How long a part may take: a page waits two seconds for all of them, which are asked for at once."""

_LEFT_ALONE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """What a part says, or why it cannot be told."""

    value: T | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the group stands on a partition. `behind` is None where the bus does not say where the partition ends.

    `refused_in_a_row` and `failed_in_a_row` count towards the limits at which the process stops.
    """

    topic: str
    partition: int
    next_offset: int
    behind: int | None
    refused_in_a_row: int
    failed_in_a_row: int
    moved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be published, since when and for how many seconds, and what the bus would not take."""

    events: int
    oldest_at: datetime | None
    oldest_seconds: float | None
    set_aside: int


@dataclass(frozen=True, slots=True)
class WaitingDeliveries:
    """Deliveries of one lane and channel that wait: of them those that failed before, that are due, held, or unknown.

    `without_account` wait for an importer's account to become known.
    """

    lane: str
    channel: str
    waiting: int
    failing: int
    due: int
    held: int
    without_account: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What waits, by lane and channel, and all deliveries by state; None where they are too many to be counted now."""

    waiting: Sequence[WaitingDeliveries]
    by_state: Mapping[str, int] | None


DeliveriesRead = Callable[[AsyncEngine, datetime], Awaitable[Deliveries]]
"""How a service that sends something counts it."""


async def within(part: Awaitable[T], seconds: float | None = None) -> Known[T]:
    """A part, or why it cannot be told in time: `PART_SECONDS`, if nothing else is given."""
    seconds = PART_SECONDS if seconds is None else seconds
    try:
        async with asyncio.timeout(seconds):
            return Known(await part)
    except TimeoutError:
        return Known(problem=f"no answer within {seconds:g} seconds")
    except (Transient, *DATABASE_ERRORS) as error:
        return Known(problem=mask_importer_numbers(f"{type(error).__name__}: {error}")[:300])


async def ask(engine: AsyncEngine, question: Callable[[Transaction], Awaitable[T]], seconds: float) -> T:
    """Ask the database; the server gives up when it takes longer, and so does the caller."""
    async with snapshot(engine) as tx:
        await be_patient(tx, Patience(lock=seconds, statement=seconds))
        return await question(tx)


class Ends:
    """Where the partitions end, as the bus says; one that did not answer is left alone for some seconds."""

    def __init__(self) -> None:
        self._since_silence: Callable[[], float] | None = None

    async def read(self, bus: Bus, topics: Collection[str]) -> Mapping[TopicPartition, int] | None:
        """The end of each partition; None where the bus does not answer."""
        if self._since_silence is not None and self._since_silence() < _LEFT_ALONE_SECONDS:
            return None
        found = (await within(bus.end_offsets(topics), PART_SECONDS * 2 / 3)).value
        self._since_silence = start_stopwatch() if found is None else None
        return found


async def read_places(engine: AsyncEngine, bus: Bus, group: str, topics: Collection[str], known: Ends) -> list[Place]:
    """Where the group stands on every partition of its topics."""
    ends = await known.read(bus, topics)

    async def load(tx: Transaction) -> Mapping[TopicPartition, Place]:
        return {
            TopicPartition(row["topic"], row["partition"]): Place(
                row["topic"],
                row["partition"],
                row["next_offset"],
                None,
                row["refused_streak"],
                row["failed_streak"],
                row["updated_at"],
            )
            for row in await list_places(tx, group)
            if row["topic"] in topics
        }

    places = await ask(engine, load, PART_SECONDS)
    found = []
    for at in sorted({*places, *(ends or ())}):
        place = places.get(at, Place(at.topic, at.partition, 0, None, 0, 0, None))
        end = None if ends is None else ends.get(at)
        found.append(
            Place(
                place.topic,
                place.partition,
                place.next_offset,
                None if end is None else max(0, end - place.next_offset),
                place.refused_in_a_row,
                place.failed_in_a_row,
                place.moved_at,
            )
        )
    return found


async def read_waiting(tx: Transaction) -> Waiting:
    """What waits in the outbox."""
    oldest = await outbox.oldest(tx)
    events, aside = await outbox.depth(tx), await outbox.count_set_aside(tx)
    return Waiting(events, oldest[0] if oldest else None, oldest[1] if oldest else None, aside)


async def count_letters(tx: Transaction) -> Mapping[str, int]:
    """Parked letters by reason."""
    return await dead_letters.counts(tx)


async def list_jobs(tx: Transaction) -> Sequence[JobRun]:
    """How the jobs of the service ran last."""
    return await job_runs.list_runs(tx)


async def count_findings(tx: Transaction) -> Mapping[str, int]:
    """What the checks on a schedule have found and not yet found mended: keys by invariant."""
    return await walks.count_findings(tx)
