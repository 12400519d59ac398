"""The exactly-once consumer on every bus: repeats, poison, deaths, zombies, limits, replays."""

import asyncio
import hashlib
from collections import Counter
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

from shared.bus import dead_letters, outbox
from shared.bus.consumer import Consumer, ConsumerSettings, DeadLetterLimit
from shared.bus.kafka import KafkaBus
from shared.bus.lag import measure_lag
from shared.bus.outbox import Addressed, Outgoing
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import MAX_MESSAGE_BYTES, Bus, Message, Positions, Subscription, TopicSpec
from shared.bus.relay import Relay
from shared.contracts.decision import LegalBasis
from shared.contracts.envelope import Event
from shared.contracts.liquidation import DecisionApplied
from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.transaction import Transaction, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.errors import Transient
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.together import together
from tests.support.databases import TestDatabases
from tests.support.events import cloud_event, entry_number, released_body

TOPIC = "entry-released"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(slots=True)
class Applied:
    """A handler that counts how often each entry was applied, and causes one event for each."""

    poison: set[str] = field(default_factory=set)
    error: Exception = field(default_factory=lambda: ValueError("this record cannot be handled"))
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
            raise self.error
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

    def consumer(
        self, handler: Applied, bus: Bus | None = None, engine: AsyncEngine | None = None, **changes: Any
    ) -> Consumer:
        return Consumer(
            bus=bus or self.bus,
            engine=engine or self.engine,
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

    @asynccontextmanager
    async def relaying(self, metrics: Metrics, bus: Bus | None = None) -> AsyncIterator[None]:
        relay = Relay(
            bus=bus or self.bus,
            engine=self.engine,
            service="test",
            metrics=metrics,
            outbox_filled=asyncio.Event(),
        )
        stopping = Stopping()
        task = asyncio.create_task(relay.run(stopping))
        try:
            yield
        finally:
            stopping.set()
            await task

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


def message(number: str, ids: str, **changes: Any) -> Message:
    event = cloud_event(TOPIC, released_body(number, **changes), id=f"{ids}-{number}")
    return Message(TOPIC, number.encode(), orjson.dumps(event))


def written_otherwise(number: str, ids: str) -> Message:
    """What `message` says, in binary mode, with the keys in another order."""
    event = cloud_event(TOPIC, released_body(number), id=f"{ids}-{number}")
    headers = {f"ce_{name}": str(value).encode() for name, value in event.items() if name != "data"}
    data = dict(reversed(event["data"].items()))
    return Message(TOPIC, number.encode(), orjson.dumps(data), {**headers, "content-type": b"application/json"})


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

    async def subscribe(
        self, group: str, topics: Collection[str], positions: Positions, name: str | None = None
    ) -> Subscription:
        return await self._bus.subscribe(f"{group}-{uuid4().hex[:6]}", topics, positions, name)


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


async def test_other_event_under_an_id_in_use_is_parked_and_the_first_stands(bench: Bench) -> None:
    number, marker = entry_number(), entry_number()
    other = message(number, "same", port_of_release="2809")
    consumer = bench.consumer(Applied())
    async with bench.running(consumer):
        await bench.bus.publish([message(number, "same"), other, written_otherwise(number, "same")])  # one batch
        await bench.until(lambda: _parked(bench, 1))
        await bench.bus.publish([other, message(number, "same"), written_otherwise(number, "same")])  # and another
        await bench.until(lambda: _parked(bench, 2))
        await bench.publish([marker])
        await bench.until_applied([marker])
    rows = await bench.parked()
    assert {row["reason"] for row in rows} == {"conflicting-repeat"}
    assert f"same-{number}" in rows[0]["detail"]
    async with transaction(bench.engine) as tx:
        letters = [await dead_letters.find(tx, row["id"]) for row in rows]
        sent = await bulk.fetch(tx, "SELECT value FROM outbox WHERE topic LIKE '%.dead'")
    assert [letter["value"] for letter in letters if letter] == [other.value] * 2
    assert [row["value"] for row in sent] == [other.value] * 2
    assert await bench.counts() == {number: 1, marker: 1}
    assert _dead_lettered(consumer) == {(TOPIC, "conflicting-repeat"): 2}


async def test_conflicts_in_a_row_do_not_stop_the_group(bench: Bench) -> None:
    number = entry_number()
    others = [message(number, "same", port_of_release=f"{port}") for port in range(1000, 1030)]
    async with bench.running(bench.consumer(Applied(), max_records=10, refused_limit=5, failed_limit=5)):
        await bench.bus.publish([message(number, "same"), *others])
        await bench.until(lambda: _parked(bench, 30))
    assert await bench.counts() == {number: 1}


async def test_conflict_within_a_batch_that_is_halved_is_parked_once(bench: Bench) -> None:
    numbers = [entry_number() for _ in range(20)]
    pairs = [[message(number, "same"), message(number, "same", port_of_release="2809")] for number in numbers]
    await bench.bus.publish([each for pair in pairs for each in pair])
    async with bench.running(bench.consumer(Applied(poison={numbers[3]}))):
        await bench.until_applied(set(numbers) - {numbers[3]})
        await bench.until(lambda: _parked(bench, 21))
    reasons = Counter(row["reason"] for row in await bench.parked())
    assert reasons == {"conflicting-repeat": 19, "handler-failed": 2}  # neither of the pair came to stand
    assert set((await bench.counts()).values()) == {1}


async def test_repeat_of_an_event_from_before_digests_is_taken_as_a_repeat(bench: Bench) -> None:
    number, marker = entry_number(), entry_number()
    event = cloud_event(TOPIC, released_body(number), id=f"same-{number}")
    async with transaction(bench.engine) as tx:
        # As the release before wrote it: blake2b of the length of the source, the source and the id.
        name = f"{len(event['source'])}:{event['source']}{event['id']}".encode()
        key = hashlib.blake2b(name, digest_size=16).digest()
        await bulk.execute(tx, "INSERT INTO inbox (event_key) VALUES ($1)", key)
    async with bench.running(bench.consumer(Applied())):
        await bench.bus.publish([message(number, "same"), message(number, "same", port_of_release="2809")])
        await bench.publish([marker])
        await bench.until_applied([marker])
        await bench.until(lambda: _caught_up(bench))
    assert await bench.counts() == {marker: 1}
    assert await bench.parked() == []


@pytest.mark.parametrize("kind", [OSError, TimeoutError, ConnectionError])
async def test_network_error_of_a_handler_is_a_bug_and_not_the_database(bench: Bench, kind: type[OSError]) -> None:
    numbers = [entry_number() for _ in range(16)]
    await bench.publish(numbers)
    async with bench.running(bench.consumer(Applied(poison={numbers[5]}, error=kind("not of the database")))):
        await bench.until_applied(set(numbers) - {numbers[5]})
        await bench.until(lambda: _parked(bench, 1))
    (row,) = await bench.parked()
    assert row["detail"] == f"{kind.__name__}: not of the database"


async def test_replay_of_a_conflict_is_parked_again_and_of_a_failure_is_applied(bench: Bench) -> None:
    failed, conflicting = entry_number(), entry_number()
    async with bench.running(bench.consumer(Applied(poison={failed}))):
        await bench.bus.publish([message(failed, "same"), message(conflicting, "same")])
        await bench.bus.publish([message(conflicting, "same", port_of_release="2809")])
        await bench.until(lambda: _parked(bench, 2))
    letters = await bench.parked()
    async with transaction(bench.engine) as tx:
        await dead_letters.request_replay(tx, [letter["id"] for letter in letters])
    stopping = Stopping()
    replaying = asyncio.create_task(bench.consumer(Applied()).run_replays(stopping))
    await bench.until_applied([failed])
    await bench.until(lambda: _parked(bench, 1))
    stopping.set()
    await replaying
    (row,) = await bench.parked()
    assert (row["reason"], row["attempts"]) == ("conflicting-repeat", 2)
    assert await bench.counts() == {failed: 1, conflicting: 1}


@pytest.mark.parametrize("is_readable", [True, False])
async def test_replay_that_two_members_fail_at_once_counts_once(bench: Bench, is_readable: bool) -> None:
    number = entry_number()
    sent = message(number, "same") if is_readable else Message(TOPIC, number.encode(), b"not JSON")
    await bench.bus.publish([sent])
    async with bench.running(bench.consumer(Applied(poison={number}))):
        await bench.until(lambda: _parked(bench, 1))
    (letter,) = await bench.parked()
    async with transaction(bench.engine) as tx:
        await dead_letters.request_replay(tx, [letter["id"]])
    engines = [
        create_engine(bench.engine.url.render_as_string(hide_password=False), application="tests") for _ in range(2)
    ]
    members = [bench.consumer(Applied(poison={number}), engine=engine) for engine in engines]
    stopping = Stopping()
    # The lock lets members read and lock the letter, and holds each just before it writes down that it failed.
    async with transaction(bench.engine) as tx:
        await bulk.execute(tx, "LOCK TABLE dead_letters IN SHARE MODE")
        tasks = [asyncio.create_task(member.run_replays(stopping)) for member in members]

        async def both_wait() -> bool:
            rows = await bulk.fetch(tx, "SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'RowExclusiveLock'")
            return len(rows) == 2

        await bench.until(both_wait)
    await bench.until(lambda: _parked(bench, 1))
    stopping.set()
    await together(*tasks)
    for engine in engines:
        await engine.dispose()
    (row,) = await bench.parked()
    assert row["attempts"] == letter["attempts"] + 1


async def test_row_that_the_bus_refuses_steps_aside_and_those_behind_it_go_on(bench: Bench) -> None:
    keys = [entry_number() for _ in range(6)]
    async with transaction(bench.engine) as tx:
        rows = [
            Addressed("decision-applied", key, bytes(MAX_MESSAGE_BYTES + 1) if key == keys[2] else b"{}", {"h": "1"})
            for key in keys
        ]
        await outbox.add(tx, "urn:test", [], dead=rows)
    before = sum((await bench.bus.end_offsets(["decision-applied"])).values())
    metrics = Metrics.create()
    async with bench.relaying(metrics):
        await bench.until(lambda: _outbox_is_empty(bench))
    assert sum((await bench.bus.end_offsets(["decision-applied"])).values()) - before == 5
    assert metrics.outbox_published_total.labels(topic="decision-applied")._value.get() == 5
    async with transaction(bench.engine) as tx:
        assert await outbox.count_set_aside(tx) == 1
        (listed,) = await outbox.list_set_aside(tx, state="waiting", after=0, limit=10)
        found = await outbox.find_set_aside(tx, listed["id"])
    assert listed["bytes"] == MAX_MESSAGE_BYTES + 1
    assert str(MAX_MESSAGE_BYTES) in listed["reason"] or "MessageSizeTooLarge" in listed["reason"]
    assert found is not None
    assert (found["key"], found["value"], found["headers"]) == (keys[2], bytes(MAX_MESSAGE_BYTES + 1), {"h": "1"})


async def test_row_that_was_set_aside_is_published_again_or_discarded_once(bench: Bench) -> None:
    values = [b"kept", b"sent", b"large"]
    async with transaction(bench.engine) as tx:
        await outbox.add(tx, "urn:test", [], dead=[Addressed("decision-applied", "key", value) for value in values])
        ids = [row.id for row in await outbox.next_rows(tx, 10)]
        await outbox.set_aside(tx, dict.fromkeys(ids, "the broker was set otherwise"))
    assert await _outbox_is_empty(bench)
    async with transaction(bench.engine) as tx:
        assert await outbox.discard_set_aside(tx, [ids[0]]) == 1
        assert await outbox.return_set_aside(tx, ids) == 2
        assert await outbox.return_set_aside(tx, ids) == 0
        assert await outbox.discard_set_aside(tx, ids) == 0
        assert [row.message.value for row in await outbox.next_rows(tx, 10)] == [b"sent", b"large"]
        assert await outbox.count_set_aside(tx) == 0
        states = [row["state"] for row in await outbox.list_set_aside(tx, state=None, after=0, limit=10)]
    assert states == ["discarded", "returned", "returned"]


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
    async with bench.relaying(Metrics.create(), forgetful):
        await bench.until(lambda: _outbox_is_empty(bench))
    after = sum((await bench.bus.end_offsets(["decision-applied"])).values())
    assert after - before == 3 * len(numbers)


async def _is(bench: Bench, many: int) -> bool:
    return len(await bench.counts()) == many


async def _parked(bench: Bench, many: int) -> bool:
    return len(await bench.parked()) == many


async def _outbox_is_empty(bench: Bench) -> bool:
    async with transaction(bench.engine) as tx:
        return await outbox.depth(tx) == 0


async def _caught_up(bench: Bench) -> bool:
    async with transaction(bench.engine) as tx:
        behind = await measure_lag(tx, bench.bus, bench.settings.group, [TOPIC])
    return not any(behind.values())


def _dead_lettered(consumer: Consumer) -> dict[tuple[str, str], float]:
    (family,) = consumer._metrics.events_dead_lettered_total.collect()
    return {
        (sample.labels["topic"], sample.labels["reason"]): sample.value
        for sample in family.samples
        if sample.name.endswith("_total")
    }


async def _times(bench: Bench, number: str, many: int) -> bool:
    return (await bench.counts()).get(number) == many
