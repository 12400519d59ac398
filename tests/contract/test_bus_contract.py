"""What every bus does, Kafka and the embedded log alike: one suite, run on both."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from uuid import uuid4

import pytest

from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Bus, Message, Record, Subscription, TopicPartition, TopicSpec
from shared.runtime.errors import Transient
from tests.support.databases import TestDatabases
from tests.support.topics import fresh_topic


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
async def bus(request: pytest.FixtureRequest, databases: TestDatabases) -> AsyncIterator[Bus]:
    made: Bus
    if request.param == "kafka":
        made = KafkaBus(request.getfixturevalue("kafka"))
    else:
        made = PostgresBus(await databases.empty())
    yield made
    await made.close()


@pytest.fixture
async def topic(bus: Bus) -> TopicSpec:
    spec = fresh_topic()
    await bus.ensure_topics([spec])
    return spec


class Places:
    """Positions as a service's database would keep them."""

    def __init__(self) -> None:
        self.stored: dict[TopicPartition, int] = {}

    async def load(self, partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, int]:
        return {at: self.stored.get(at, 0) for at in partitions}


def messages(topic: TopicSpec, many: int, keys: int = 5) -> list[Message]:
    return [
        Message(topic.name, f"key-{number % keys}".encode(), f"{number}".encode(), {"h": b"\x00\xff"})
        for number in range(many)
    ]


async def read(
    subscriptions: Collection[Subscription], many: int, places: Places | None = None, seconds: float = 30
) -> list[Record]:
    """Poll until so many records have come; `places` then hold where reading stopped."""
    found: list[Record] = []
    async with asyncio.timeout(seconds):
        while len(found) < many:
            for subscription in subscriptions:
                for piece in await subscription.poll(100, 0.2):
                    found.extend(piece.records)
                    if places is not None:
                        places.stored[piece.at] = piece.end
    return found


def group() -> str:
    return f"group-{uuid4().hex[:8]}"


async def test_new_group_gets_old_messages_whole_and_in_order_per_key(bus: Bus, topic: TopicSpec) -> None:
    sent = messages(topic, 200)
    await bus.publish(sent[:150])
    subscription = await bus.subscribe(group(), [topic.name], Places().load)
    await bus.publish(sent[150:])
    found = await read([subscription], 200)
    await subscription.close()
    assert sorted(int(record.value or b"") for record in found) == list(range(200))
    for key in {record.key for record in found}:
        values = [int(record.value or b"") for record in found if record.key == key]
        assert values == sorted(values)
    assert found[0].headers == {"h": b"\x00\xff"}


async def test_slices_are_dense_and_join_up(bus: Bus, topic: TopicSpec) -> None:
    await bus.publish(messages(topic, 300, keys=50))
    subscription = await bus.subscribe(group(), [topic.name], Places().load)
    next_offset: dict[TopicPartition, int] = {}
    seen = 0
    async with asyncio.timeout(30):
        while seen < 300:
            for piece in await subscription.poll(40, 0.2):
                assert piece.start == next_offset.get(piece.at, 0)
                assert [record.offset for record in piece.records] == list(range(piece.start, piece.end))
                next_offset[piece.at] = piece.end
                seen += len(piece.records)
    await subscription.close()
    assert next_offset == {at: end for at, end in (await bus.end_offsets([topic.name])).items() if end}


async def test_reading_begins_where_the_positions_say(bus: Bus, topic: TopicSpec) -> None:
    places = Places()
    await bus.publish(messages(topic, 50))
    first = await bus.subscribe(group(), [topic.name], places.load)
    await read([first], 50, places)
    await first.close()
    await bus.publish(messages(topic, 60)[50:])
    second = await bus.subscribe(group(), [topic.name], places.load)
    found = await read([second], 10)
    assert sorted(int(record.value or b"") for record in found) == list(range(50, 60))
    await second.close()


async def test_reset_reads_again_from_the_stored_position(bus: Bus, topic: TopicSpec) -> None:
    await bus.publish(messages(topic, 30))
    subscription = await bus.subscribe(group(), [topic.name], Places().load)
    await read([subscription], 30)
    subscription.reset(subscription.assigned)
    again = await read([subscription], 30)
    await subscription.close()
    assert sorted(int(record.value or b"") for record in again) == list(range(30))


async def test_positions_that_cannot_be_loaded_stop_reading_without_losing_anything(bus: Bus, topic: TopicSpec) -> None:
    is_away = True

    async def load(partitions: Collection[TopicPartition]) -> Mapping[TopicPartition, int]:
        if is_away:
            raise Transient("database away")
        return dict.fromkeys(partitions, 0)

    await bus.publish(messages(topic, 10))
    subscription = await bus.subscribe(group(), [topic.name], load)
    async with asyncio.timeout(30):
        while True:
            try:
                assert await subscription.poll(100, 0.1) == []
            except Transient:
                break
    is_away = False
    assert len(await read([subscription], 10)) == 10
    await subscription.close()


async def test_two_members_share_the_partitions_and_the_survivor_takes_over(bus: Bus, topic: TopicSpec) -> None:
    places, name = Places(), group()
    one = await bus.subscribe(name, [topic.name], places.load)
    two = await bus.subscribe(name, [topic.name], places.load)
    async with asyncio.timeout(60):
        while not (one.assigned and two.assigned and not one.assigned & two.assigned):
            await asyncio.gather(one.poll(1, 0.2), two.poll(1, 0.2))
    assert len(one.assigned | two.assigned) == topic.partitions
    await bus.publish(messages(topic, 100, keys=40))
    found = await read([one, two], 100, places)
    assert sorted(int(record.value or b"") for record in found) == list(range(100))
    await two.close()
    async with asyncio.timeout(60):
        while len(one.assigned) < topic.partitions:
            await one.poll(1, 0.2)
    await bus.publish(messages(topic, 100, keys=40))
    values = [int(record.value or b"") for record in await read([one], 100, places)]
    assert sorted(values) == list(range(100))
    await one.close()


async def test_ensuring_topics_again_creates_nothing(bus: Bus, topic: TopicSpec) -> None:
    other = fresh_topic()
    assert await bus.ensure_topics([topic, other]) == [other.name]
    assert await bus.ensure_topics([topic, other]) == []


@pytest.mark.kafka
async def test_topic_that_the_broker_refuses_is_told_with_its_reason(kafka: str) -> None:
    bus = KafkaBus(kafka)
    with pytest.raises(Transient, match="topic no such name was not created: Topic name is invalid"):
        await bus.ensure_topics([TopicSpec("no such name", 1, 3_600_000)])
    await bus.close()


async def test_missing_topic_says_what_to_do(bus: Bus, topic: TopicSpec) -> None:
    with pytest.raises(Transient, match="topics ensure"):
        await bus.end_offsets([topic.name, "never-made"])


async def test_large_messages_travel_whole(bus: Bus, topic: TopicSpec) -> None:
    value = bytes(range(256)) * 2400
    await bus.publish([Message(topic.name, b"large", value)])
    subscription = await bus.subscribe(group(), [topic.name], Places().load)
    (record,) = await read([subscription], 1)
    await subscription.close()
    assert record.value == value
