"""The exactly-once consumer on every bus: repeats, poison, deaths, zombies, limits, replays."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus import dead_letters
from shared.bus.consumer import Consumer, ConsumerSettings, DeadLetterLimit
from shared.bus.kafka import KafkaBus
from shared.bus.outbox import Outgoing
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Bus, Message, Positions, Subscription, TopicSpec
from shared.bus.relay import Relay
from shared.contracts.decision import LegalBasis
from shared.contracts.envelope import Event
from shared.contracts.liquidation import DecisionApplied
from shared.db import bulk
from shared.db.transaction import Transaction, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.errors import Transient
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from tests.support.databases import TestDatabases
from tests.support.events import cloud_event, entry_number, released_body

TOPIC = "entry-released"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(slots=True)
class Applied:
    """A handler that counts how often each entry was applied, and causes one event for each."""

    poison: set[str] = field(default_factory=set)
    hang: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
        numbers = [event.data.entry_number for event in events]
        await bulk.execute(
            tx,
            "INSERT INTO applied SELECT number, 1 FROM unnest($1::text[]) AS given(number)"
            " ON CONFLICT (number) DO UPDATE SET times = applied.times + 1",
            numbers,
        )
        if self.poison & set(numbers):
            raise ValueError("this record cannot be handled")
        self.reached.set()
        if self.hang is not None:
            await self.hang.wait()
        basis = LegalBasis(rule="test", citation="test")
        return [
            Outgoing(
                f"caused-{number}",
                DecisionApplied(
                    decision_id=number, entry_number=number, importer_number="07-345678900", legal_basis=basis
                ),
                NOW,
            )
            for number in numbers
        ]


@dataclass(slots=True)
class Bench:
    """A bus, a database, and consumers on them."""

    bus: Bus
    engine: AsyncEngine
    settings: ConsumerSettings

    def consumer(self, handler: Applied, bus: Bus | None = None, **changes: Any) -> Consumer:
        return Consumer(
            bus=bus or self.bus,
            engine=self.engine,
            handler=handler,
            settings=replace(self.settings, **changes),
            clock=FixedClock(NOW),
            metrics=Metrics.create(),
        )

    @asynccontextmanager
    async def running(self, *consumers: Consumer) -> AsyncIterator[Stopping]:
        stopping = Stopping()
        tasks = [asyncio.create_task(consumer.run(stopping)) for consumer in consumers]
        try:
            yield stopping
        finally:
            stopping.set()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def publish(self, numbers: Sequence[str], *, ids: str = "") -> None:
        await self.bus.publish([message(number, ids or uuid4().hex) for number in numbers])

    async def counts(self) -> dict[str, int]:
        async with transaction(self.engine) as tx:
            return {row["number"]: row["times"] for row in await bulk.fetch(tx, "SELECT number, times FROM applied")}

    async def outbox_ids(self) -> list[str]:
        async with transaction(self.engine) as tx:
            rows = await bulk.fetch(tx, "SELECT value FROM outbox WHERE topic = 'decision-applied' ORDER BY id")
        return [orjson.loads(row["value"])["id"] for row in rows]

    async def parked(self) -> list[dict[str, Any]]:
        async with transaction(self.engine) as tx:
            return await dead_letters.listing(tx, state="parked", reason=None, after=0, limit=5000)

    async def until(self, is_so: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
        async with asyncio.timeout(seconds):
            while not await is_so():
                await asyncio.sleep(0.02)

    async def until_applied(self, numbers: Collection[str]) -> None:
        wanted = set(numbers)

        async def all_there() -> bool:
            return wanted <= (await self.counts()).keys()

        await self.until(all_there)


def message(number: str, ids: str) -> Message:
    event = cloud_event(TOPIC, released_body(number), id=f"{ids}-{number}")
    return Message(TOPIC, number.encode(), orjson.dumps(event))


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
async def bench(
    request: pytest.FixtureRequest,
    databases: TestDatabases,
    service_engine: Callable[[str], Awaitable[AsyncEngine]],
) -> AsyncIterator[Bench]:
    bus: Bus
    if request.param == "kafka":
        request.getfixturevalue("kafka_turn")
        bus = KafkaBus(request.getfixturevalue("kafka"))
    else:
        bus = PostgresBus(await databases.empty())
    await bus.ensure_topics([TopicSpec(name, 4, 3_600_000) for name in (TOPIC, "decision-applied")])
    engine = await service_engine("routing")
    group = f"group-{uuid4().hex[:8]}"
    ends = await bus.end_offsets([TOPIC])
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE applied (number text PRIMARY KEY, times int NOT NULL)"))
        # A shared broker holds what earlier tests sent: begin at its end.
        await connection.execute(
            text("INSERT INTO consumer_offsets (group_name, topic, partition, next_offset) VALUES (:g, :t, :p, :o)"),
            [{"g": group, "t": at.topic, "p": at.partition, "o": end} for at, end in ends.items()],
        )
    yield Bench(bus, engine, ConsumerSettings(group, "urn:test", (TOPIC,), "test", max_wait_seconds=0.2))
    await bus.close()


async def test_repeats_within_and_across_batches_are_applied_once(bench: Bench) -> None:
    numbers = [entry_number() for _ in range(300)]
    async with bench.running(bench.consumer(Applied(), max_records=50)):
        for _ in range(3):
            await bench.publish(numbers, ids="same")
        last = entry_number()
        await bench.publish([last])
        await bench.until_applied([*numbers, last])
        await bench.publish(numbers[:20], ids="same")
        await bench.publish([entry_number()])
        await bench.until(lambda: _is(bench, 302))
    assert set((await bench.counts()).values()) == {1}
    assert sorted(await bench.outbox_ids()) == sorted(f"caused-{number}" for number in await bench.counts())


async def test_refused_messages_are_parked_whole_and_their_neighbours_applied(bench: Bench) -> None:
    numbers = [entry_number() for _ in range(10)]
    raw = b"{\x00 not json"
    await bench.publish(numbers[:5])
    await bench.bus.publish([Message(TOPIC, numbers[0].encode(), raw, {"x": b"\xff\x00"})])
    await bench.publish(numbers[5:])
    async with bench.running(bench.consumer(Applied())):
        await bench.until_applied(numbers)
        await bench.until(lambda: _parked(bench, 1))
    (row,) = await bench.parked()
    assert row["reason"] == "not-json"
    async with transaction(bench.engine) as tx:
        found = await dead_letters.find(tx, row["id"])
        sent = await bulk.fetch(tx, "SELECT topic, value FROM outbox WHERE topic LIKE '%.dead'")
    assert found is not None
    assert found["value"] == raw
    assert [(row["topic"], row["value"]) for row in sent] == [(f"{TOPIC}.{bench.settings.group}.dead", raw)]


async def test_poison_is_found_by_halving_and_everything_around_it_is_applied(bench: Bench) -> None:
    numbers = [entry_number() for _ in range(64)]
    poison = {numbers[7], numbers[40]}
    await bench.publish(numbers)
    async with bench.running(bench.consumer(Applied(poison=poison))):
        await bench.until_applied(set(numbers) - poison)
        await bench.until(lambda: _parked(bench, 2))
    assert await bench.counts() == dict.fromkeys(set(numbers) - poison, 1)
    assert {row["reason"] for row in await bench.parked()} == {"handler-failed"}


async def test_member_that_dies_inside_a_batch_leaves_nothing_behind(bench: Bench) -> None:
    numbers = [entry_number() for _ in range(50)]
    await bench.publish(numbers)
    dying = Applied(hang=asyncio.Event())
    task = asyncio.create_task(bench.consumer(dying).run(Stopping()))
    async with asyncio.timeout(60):
        await dying.reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    # Only the row of that one batch could have been written, and its transaction was never committed.
    async with bench.running(bench.consumer(Applied())):
        await bench.until_applied(numbers)
    assert set((await bench.counts()).values()) == {1}


class Astray:
    """A bus on which every subscriber is alone in a group of its own, so all believe to hold all partitions."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)

    async def subscribe(self, group: str, topics: Collection[str], positions: Positions) -> Subscription:
        return await self._bus.subscribe(f"{group}-{uuid4().hex[:6]}", topics, positions)


async def test_zombies_that_read_the_same_partitions_apply_each_event_once(bench: Bench) -> None:
    numbers = [entry_number() for _ in range(600)]
    astray: Any = Astray(bench.bus)
    members = [bench.consumer(Applied(), bus=astray, max_records=40) for _ in range(3)]
    async with bench.running(*members):
        for start in range(0, 600, 60):
            await bench.publish(numbers[start : start + 60])
        await bench.until_applied(numbers)
    assert await bench.counts() == dict.fromkeys(numbers, 1)
    assert sorted(await bench.outbox_ids()) == sorted(f"caused-{number}" for number in numbers)


async def test_bad_release_stops_the_group_and_the_mended_one_goes_on(bench: Bench) -> None:
    number = entry_number()  # one key, so one partition and an unbroken row
    others = [(number, f"bad-{position}") for position in range(60)]
    await bench.bus.publish([message(key, ids) for key, ids in others])
    with pytest.raises(DeadLetterLimit, match="failed in a row"):
        await bench.consumer(Applied(poison={number}), failed_limit=10).run(Stopping())
    assert len(await bench.parked()) == 10
    async with bench.running(bench.consumer(Applied(), failed_limit=10)):
        await bench.until(lambda: _times(bench, number, 50))
    assert len(await bench.parked()) == 10


async def test_replayed_dead_letter_is_applied_once_with_its_own_id(bench: Bench) -> None:
    number = entry_number()
    await bench.publish([number], ids="original")
    async with bench.running(bench.consumer(Applied(poison={number}))):
        await bench.until(lambda: _parked(bench, 1))
    (letter,) = await bench.parked()
    async with transaction(bench.engine) as tx:
        assert await dead_letters.request_replay(tx, [letter["id"]]) == 1
    mended = bench.consumer(Applied())
    stopping = Stopping()
    replaying = asyncio.create_task(mended.run_replays(stopping))
    await bench.until_applied([number])
    await bench.until(lambda: _parked(bench, 0))
    async with transaction(bench.engine) as tx:
        assert await dead_letters.request_replay(tx, [letter["id"]]) == 0
    stopping.set()
    await replaying
    async with bench.running(mended):
        await bench.publish([number], ids="original")
        marker = entry_number()
        await bench.publish([marker])
        await bench.until_applied([marker])
    assert (await bench.counts())[number] == 1


class Forgetful:
    """A bus that is cut off after it has taken messages, before it says so."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.cuts = 2

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)

    async def publish(self, messages: Sequence[Message]) -> None:
        await self._bus.publish(messages)
        if self.cuts:
            self.cuts -= 1
            raise Transient("cut off")


async def test_relay_that_is_cut_off_publishes_in_order_and_empties_the_outbox(bench: Bench) -> None:
    numbers = [entry_number() for _ in range(30)]
    before = sum((await bench.bus.end_offsets(["decision-applied"])).values())
    await bench.publish(numbers)
    async with bench.running(bench.consumer(Applied())):
        await bench.until_applied(numbers)
    forgetful: Any = Forgetful(bench.bus)
    relay = Relay(
        bus=forgetful,
        engine=bench.engine,
        service="test",
        metrics=Metrics.create(),
        outbox_filled=asyncio.Event(),
    )
    stopping = Stopping()
    relaying = asyncio.create_task(relay.run(stopping))

    async def is_empty() -> bool:
        return await bench.outbox_ids() == []

    await bench.until(is_empty)
    stopping.set()
    await relaying
    after = sum((await bench.bus.end_offsets(["decision-applied"])).values())
    assert after - before == 3 * len(numbers)


async def _is(bench: Bench, many: int) -> bool:
    return len(await bench.counts()) == many


async def _parked(bench: Bench, many: int) -> bool:
    return len(await bench.parked()) == many


async def _times(bench: Bench, number: str, many: int) -> bool:
    return (await bench.counts()).get(number) == many
