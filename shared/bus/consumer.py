"""The loop that applies events exactly once.

One round: poll, decode, then one transaction that moves the offsets (compare-and-swap), admits the events that are
new, lets the handler write, parks what was refused or contradicts an event of the same id, and puts the caused events
into the outbox. While a round is being written the next one is polled and decoded. What goes wrong has three answers:

- another member was first (`Fenced`): drop those partitions' records and read their place again;
- it passes by itself (`Transient`): wait, then read again from the stored place;
- anything else: halve the batch until the one record is found that cannot be applied, park that, apply the rest.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus import dead_letters, inbox, offsets, outbox
from shared.bus.dead_letters import DeadLetter
from shared.bus.offsets import Fenced, Move
from shared.bus.outbox import Outgoing
from shared.bus.protocol import Bus, Record, Slice, Subscription, TopicPartition
from shared.bus.refusals import Answer, Refusal, is_of_filers, read_refusal, tell_once
from shared.bus.traced import tracing_batch
from shared.contracts.content import digest_content
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.contracts.registry import TOPICS
from shared.contracts.words import find_unknown
from shared.db.engine import TableMissing
from shared.db.transaction import Transaction, transaction
from shared.runtime.clock import Clock, start_stopwatch
from shared.runtime.errors import Refused, Transient
from shared.runtime.ids import event_key
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.tracing import part as part_of_trace

log = structlog.get_logger(__name__)

_DECODE_CHUNK = 250
_WAIT_WHILE_APPLYING = 0.05
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_MOST_WORDS_NAMED = 100  # in the log of a process; all are counted


class Handler(Protocol):
    """What a service does with events: load what they need, decide, write; give the events that follow.

    Gets only events that were never applied before, in the order of each partition. Runs inside the transaction that
    also moves the offsets, so it neither commits nor talks to anything but the database.
    """

    async def __call__(self, tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
        """Apply events; raising rolls the whole batch back."""


@dataclass(frozen=True, slots=True)
class ConsumerSettings:
    """How a group reads. Limits are counts of records, bytes, or dead letters in an unbroken row on a partition."""

    group: str
    source: str
    topics: tuple[str, ...]
    code_version: str
    max_records: int = 1000
    max_wait_seconds: float = 0.5
    max_event_bytes: int = 524_288
    refused_limit: int = 1000
    failed_limit: int = 25


HoldBack = Callable[[Transaction, datetime], Awaitable[None]]
"""Takes out of the transaction of a batch, at an instant, whatever would leave the house by it."""


class DeadLetterLimit(Exception):  # noqa: N818  names the limit that was reached
    """Too many dead letters in a row: more likely a bad release than bad messages, so the group stops here."""


class Item(NamedTuple):
    """A record with what became of decoding it; an event comes with the digest of its content."""

    record: Record
    content: Event[Any] | Rejection
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Part:
    """The decoded records of one slice."""

    at: TopicPartition
    start: int
    end: int
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction applies."""

    parts: Sequence[Part]

    @property
    def items(self) -> Iterator[Item]:
        """Every record, partition by partition."""
        return (item for part in self.parts for item in part.items)

    def __len__(self) -> int:
        return sum(len(part.items) for part in self.parts)

    def without(self, partitions: Collection[TopicPartition]) -> "Batch":
        """The batch less some partitions."""
        return Batch([part for part in self.parts if part.at not in partitions])

    def halves(self) -> tuple["Batch", "Batch"]:
        """Two batches that, applied one after the other, do what this one does."""
        room = len(self) // 2
        left: list[Part] = []
        right: list[Part] = []
        for part in self.parts:
            here = min(room, len(part.items))
            room -= here
            if here == len(part.items):
                left.append(part)
            elif here == 0:
                right.append(part)
            else:
                cut = part.items[here].record.offset
                left.append(Part(part.at, part.start, cut, part.items[:here]))
                right.append(Part(part.at, cut, part.end, part.items[here:]))
        return Batch(left), Batch(right)


class Consumer:
    """One member of a service's consumer group; `name` is what it is called over restarts, None when it is not.

    `answer` makes what goes back to filers for messages that are refused; None where another service answers them.
    With `hold_back` nothing that batches cause is published: a copy of the service lives through what has been.
    """

    def __init__(
        self,
        *,
        bus: Bus,
        engine: AsyncEngine,
        handler: Handler,
        settings: ConsumerSettings,
        clock: Clock,
        metrics: Metrics,
        outbox_filled: asyncio.Event | None = None,
        name: str | None = None,
        answer: Answer | None = None,
        hold_back: HoldBack | None = None,
    ) -> None:
        self._bus = bus
        self._engine = engine
        self._handler = handler
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._outbox_filled = outbox_filled
        self._name = name
        self._answer = answer
        self._hold_back = hold_back
        self._pause = _FIRST_PAUSE
        self._named: set[tuple[str, str, str]] = set()

    async def run(self, stopping: Stopping) -> None:
        """Consume until told to stop; what has been polled by then is finished first.

        Raises `DeadLetterLimit` when the group must not go on, `NameTaken` when another process has this one's name.
        """
        subscription = await self._subscribe(stopping)
        if subscription is None:
            return
        applying: asyncio.Task[None] | None = None
        current = Batch([])
        try:
            while not stopping.is_set():
                try:
                    wait = _WAIT_WHILE_APPLYING if applying else self._settings.max_wait_seconds
                    slices = await subscription.poll(self._settings.max_records, wait)
                except (Transient, TableMissing) as error:
                    await self._wait("bus", error, stopping)
                    slices = []
                following = await self._decode(slices)
                if applying is not None:
                    before, applying = applying, None
                    following = await self._settle(before, current, following, subscription, stopping)
                if len(following):
                    current = following
                    applying = asyncio.create_task(self._apply(following))
        except asyncio.CancelledError:
            if applying is not None:
                applying.cancel()  # nobody waits for it any more; its transaction rolls back
            raise
        finally:
            try:
                if applying is not None:
                    await self._settle(applying, current, Batch([]), subscription, stopping)
            finally:
                await subscription.close()

    async def apply(self, slices: Sequence[Slice]) -> None:
        """Apply records that come from elsewhere than the bus, as `run` does with those of the bus.

        Raises `Fenced` when the group does not stand where they begin, `Transient`, `DeadLetterLimit`.
        """
        await self._apply(await self._decode(slices))

    async def run_replays(self, stopping: Stopping) -> None:
        """Try again the dead letters that an operator asked for, until told to stop."""
        while not stopping.is_set():
            try:
                while await self._replay_one():
                    pass
            except (Transient, TableMissing) as error:
                log.warning("replay_paused", error=str(error))
            await stopping.sleep(1.0)

    async def _subscribe(self, stopping: Stopping) -> Subscription | None:
        while not stopping.is_set():
            try:
                return await self._bus.subscribe(
                    self._settings.group, self._settings.topics, self._positions, self._name
                )
            except (Transient, TableMissing) as error:
                await self._wait("bus", error, stopping)
        return None

    async def _positions(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, int]:
        async with transaction(self._engine) as tx:
            return await offsets.load(tx, self._settings.group, partitions)

    async def _decode(self, slices: Sequence[Slice]) -> Batch:
        parts = []
        since_break = 0
        for piece in slices:
            items = []
            for record in piece.records:
                items.append(self._read(record))
                since_break += 1
                if since_break == _DECODE_CHUNK:
                    since_break = 0
                    await asyncio.sleep(0)  # lets the batch that is being written go on
            parts.append(Part(piece.at, piece.start, piece.end, items))
        return Batch(parts)

    def _read(self, record: Record) -> Item:
        content = decode(record.topic, record.key, record.value, record.headers, self._settings.max_event_bytes)
        if isinstance(content, Rejection):
            return Item(record, content)
        return Item(record, content, digest_content(content, record.value or b"", record.headers))

    async def _settle(
        self,
        applying: asyncio.Task[None],
        current: Batch,
        following: Batch,
        subscription: Subscription,
        stopping: Stopping,
    ) -> Batch:
        """Wait for a batch to be applied; gives what of the following one may be applied on top of it."""
        try:
            await applying
        except Fenced as fenced:
            log.info("fenced", partitions=len(fenced.partitions))
            lost: Collection[TopicPartition] = {part.at for part in current.parts}
        except Transient as error:
            await self._wait("database", error, stopping)
            lost = {part.at for part in current.parts}
        else:
            subscription.note_done({part.at: part.end for part in current.parts})
            self._pause = _FIRST_PAUSE
            self._metrics.consumer_paused.labels(reason="database").set(0)
            self._metrics.consumer_paused.labels(reason="bus").set(0)
            return following
        # What follows on a partition that was not applied has no ground to stand on: read it again from its place.
        subscription.reset({*lost, *(part.at for part in following.parts)})
        return Batch([])

    async def _apply(self, batch: Batch) -> None:
        try:
            await self._commit(batch)
        except (Fenced, Transient, DeadLetterLimit):
            raise
        except Exception as error:
            if len(batch) > 1:
                for half in batch.halves():
                    await self._apply(half)
                return
            item = next(batch.items)
            log.error("handler_failed", topic=item.record.topic, offset=item.record.offset, exc_info=error)
            await self._commit(batch, failure=_explain(error))

    async def _commit(self, batch: Batch, failure: tuple[str, str] | None = None) -> None:
        """Apply a batch in one transaction; with `failure`, park its only record as failed instead."""
        elapsed = start_stopwatch()
        settings = self._settings
        with tracing_batch(settings.group, batch.items):
            outgoing, letters, unaddressed = await self._write(batch, failure)
        self._note(batch, letters, elapsed())
        self._note_unaddressed(unaddressed)
        if failure is None:
            for part in batch.parts:
                self._note_unknown_words(part.at.topic, (item.content for item in part.items))
        if (outgoing or letters) and self._outbox_filled is not None:
            self._outbox_filled.set()

    async def _write(
        self, batch: Batch, failure: tuple[str, str] | None
    ) -> tuple[Sequence[Outgoing], Sequence[DeadLetter], Sequence[Refusal]]:
        """Gives the events that follow, the letters, and the refusals that no filer can be told of."""
        settings = self._settings
        letters = _letters(batch, failure)
        async with transaction(self._engine) as tx:
            streaks = await offsets.advance(
                tx, settings.group, [_move(part, failed=failure is not None) for part in batch.parts]
            )
            for at, streak in streaks.items():
                if streak.refused > settings.refused_limit or streak.failed > settings.failed_limit:
                    raise DeadLetterLimit(
                        f"{at.topic}[{at.partition}]: {streak.refused} refused and {streak.failed} failed in a row; "
                        "deploy a release that can read them, or raise the limit if they really are bad"
                    )
            outgoing: Sequence[Outgoing] = ()
            if failure is None:
                outgoing, conflicting = await self._handle(tx, batch.items)
                letters += conflicting
            now = self._clock.now()
            refusals = self._refusals(batch, letters) if letters and failure is None else []
            if refusals and self._answer is not None:
                answers = self._answer([each for each in refusals if each.filer_code is not None], now)
                outgoing = [*outgoing, *await tell_once(tx, settings.source, answers)]
            dead = await dead_letters.park(tx, settings.group, letters, at=now, code_version=settings.code_version)
            if self._hold_back is None:
                await outbox.add(tx, settings.source, outgoing, dead=dead)
            else:
                await self._hold_back(tx, now)
        return outgoing, letters, [each for each in refusals if each.filer_code is None]

    def _refusals(self, batch: Batch, letters: Sequence[DeadLetter]) -> list[Refusal]:
        """What is refused of the filers' messages in a batch, where this service answers them."""
        if self._answer is None:
            return []
        faults = {
            _place(item.record): item.content.faults for item in batch.items if isinstance(item.content, Rejection)
        }
        return [
            read_refusal(each.record, Rejection(each.reason, each.detail, faults.get(_place(each.record), ())))
            for each in letters
            if is_of_filers(each.record.topic)
        ]

    async def _handle(self, tx: Transaction, items: Iterable[Item]) -> tuple[Sequence[Outgoing], Sequence[DeadLetter]]:
        """Apply the events that are new; gives what they cause, and what contradicts an event of the same id."""
        events = [
            (event_key(item.content.source, item.content.id), item.content, item)
            for item in items
            if not isinstance(item.content, Rejection)
        ]
        first_of: dict[bytes, Item] = {}
        for key, _, item in events:
            first_of.setdefault(key, item)
        stands: dict[bytes, bytes | None] = {key: item.digest for key, item in first_of.items()}
        applied = await inbox.admit(tx, {key: item.digest for key, item in first_of.items()})
        stands |= applied
        letters = [
            _conflicting(item.record, event) for key, event, item in events if stands[key] not in (None, item.digest)
        ]
        to_apply = [event for key, event, item in events if item is first_of[key] and key not in applied]
        if not to_apply:
            return (), letters
        with part_of_trace(f"{self._settings.group} decide", {"messaging.batch.message_count": len(to_apply)}):
            return await self._handler(tx, to_apply), letters

    async def _replay_one(self) -> bool:
        """Try the oldest requested dead letter; False when there is none."""
        group = self._settings.group
        async with transaction(self._engine) as tx:
            waiting = await dead_letters.requested(tx, group, 1)
        if not waiting:
            return False
        letter_id, record, attempts = waiting[0]
        item = self._read(record)
        if isinstance(item.content, Rejection):
            failure = item.content.reason, item.content.detail
        else:
            try:
                async with transaction(self._engine) as tx:
                    if not await dead_letters.claim(tx, letter_id, attempts):
                        return True
                    outgoing, conflicting = await self._handle(tx, [item])
                    if not conflicting:
                        await dead_letters.mark_replayed(tx, letter_id)
                    await outbox.add(tx, self._settings.source, outgoing)
            except Transient:
                raise
            except Exception as error:  # noqa: BLE001  a letter that fails again is parked again, whatever it raised
                failure = _explain(error)
            else:
                if not conflicting:
                    self._note_unknown_words(record.topic, [item.content])
                    return True
                failure = conflicting[0].reason, conflicting[0].detail
        async with transaction(self._engine) as tx:
            await dead_letters.mark_failed_again(tx, letter_id, attempts, *failure, self._clock.now())
        return True

    def _note(self, batch: Batch, letters: Sequence[DeadLetter], seconds: float) -> None:
        self._metrics.batch_duration_seconds.observe(seconds)
        self._metrics.batch_records.observe(len(batch))
        for part in batch.parts:
            self._metrics.events_consumed_total.labels(topic=part.at.topic).inc(len(part.items))
        for letter in letters:
            self._metrics.events_dead_lettered_total.labels(topic=letter.record.topic, reason=letter.reason).inc()
        if letters:
            log.warning("dead_letters", reasons=dict(Counter(letter.reason for letter in letters)))

    def _note_unaddressed(self, refusals: Sequence[Refusal]) -> None:
        for each in refusals:
            self._metrics.refusals_unaddressed_total.labels(topic=each.record.topic, reason=each.code).inc()
        if refusals:
            log.warning("refused_without_filer", reasons=dict(Counter(each.code for each in refusals)))

    def _note_unknown_words(self, topic: str, contents: Iterable[Event[Any] | Rejection]) -> None:
        """Count the words of applied events that this release does not know; the log names each once."""
        find = find_unknown(TOPICS[topic].data)
        if find is None:
            return
        for event in contents:
            if isinstance(event, Rejection):
                continue
            for field, word in find(event.data):
                self._metrics.unknown_words_total.labels(topic=topic, field=field, group=self._settings.group).inc()
                named = (topic, field, word)
                if named not in self._named and len(self._named) < _MOST_WORDS_NAMED:
                    self._named.add(named)
                    log.warning("unknown_word", topic=topic, field=field, word=word, event_id=event.id)

    async def _wait(self, what: str, error: Exception, stopping: Stopping) -> None:
        self._metrics.consumer_paused.labels(reason=what).set(1)
        log.warning("consumer_paused", waiting_for=what, seconds=self._pause, error=str(error))
        await stopping.sleep(self._pause)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)


def _place(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset


def _letters(batch: Batch, failure: tuple[str, str] | None) -> list[DeadLetter]:
    letters = []
    for item in batch.items:
        if failure is not None:
            letters.append(DeadLetter(item.record, *failure, attempts=2))
        elif isinstance(item.content, Rejection):
            letters.append(DeadLetter(item.record, item.content.reason, item.content.detail, attempts=1))
    return letters


def _conflicting(record: Record, event: Event[Any]) -> DeadLetter:
    return DeadLetter(
        record,
        "conflicting-repeat",
        f"another event with source {event.source!r} and id {event.id!r} came first and stands: "
        "send what this one says as an event with an id of its own",
        attempts=1,
    )


def _move(part: Part, *, failed: bool) -> Move:
    refused = 0
    for item in reversed(part.items):
        if not isinstance(item.content, Rejection):
            break
        refused += 1
    is_all_bad = failed or refused == len(part.items)
    return Move(part.at, part.start, part.end, refused=refused, failed=int(failed), is_all_bad=is_all_bad)


def _explain(error: Exception) -> tuple[str, str]:
    if isinstance(error, Refused):
        return error.code, str(error)
    return "handler-failed", f"{type(error).__name__}: {error}"
