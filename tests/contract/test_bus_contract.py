"""What every bus does, Kafka and the embedded log alike: one suite, run on both."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection, Mapping
from random import Random
from uuid import uuid4

import pytest
from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from shared.bus import kafka as kafka_bus
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import (
    MAX_MESSAGE_BYTES,
    Bus,
    Message,
    NameTaken,
    Record,
    Subscription,
    TopicPartition,
    TopicSpec,
    Unpublishable,
)
from shared.runtime.errors import Transient
from shared.runtime.together import together
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


async def share(topic: TopicSpec, one: Subscription, two: Subscription) -> None:
    """Poll until both hold their half."""
    async with asyncio.timeout(60):
        while not (len(one.assigned) == len(two.assigned) == topic.partitions / 2 and not one.assigned & two.assigned):
            await together(one.poll(1, 0.2), two.poll(1, 0.2))


async def poll_for_ever(*subscriptions: Subscription) -> None:
    """Poll until one of them fails."""
    async with asyncio.timeout(30):
        while True:
            await together(*(subscription.poll(1, 0.1) for subscription in subscriptions))


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
            await together(one.poll(1, 0.2), two.poll(1, 0.2))
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


async def test_member_that_comes_back_under_its_name_has_its_partitions_at_once(bus: Bus, topic: TopicSpec) -> None:
    group_name = group()
    one = await bus.subscribe(group_name, [topic.name], Places().load, "slot-0")
    two = await bus.subscribe(group_name, [topic.name], Places().load, "slot-1")
    await share(topic, one, two)
    before = two.assigned
    # Of the one that died nothing is heard; its connections are closed later and tell the group nothing.
    back = await bus.subscribe(group_name, [topic.name], Places().load, "slot-1")
    async with asyncio.timeout(5):  # the group forgets a member without a name after 6 s at the earliest
        while not back.assigned:
            await together(one.poll(1, 0.1), back.poll(1, 0.1))
    assert back.assigned == before
    assert one.assigned.isdisjoint(before)
    for subscription in (two, one, back):
        await subscription.close()


async def test_member_whose_name_was_taken_is_told_and_does_not_take_it_back(bus: Bus, topic: TopicSpec) -> None:
    group_name = group()
    first = await bus.subscribe(group_name, [topic.name], Places().load, "slot-0")
    async with asyncio.timeout(30):
        while not first.assigned:
            await first.poll(1, 0.1)
    second = await bus.subscribe(group_name, [topic.name], Places().load, "slot-0")
    async with asyncio.timeout(30):
        while not second.assigned:
            await second.poll(1, 0.1)
    with pytest.raises(NameTaken, match="slot-0"):
        await poll_for_ever(first, second)
    await first.close()
    await bus.publish(messages(topic, 20))
    assert len(await read([second], 20)) == 20
    assert len(second.assigned) == topic.partitions
    await second.close()


async def test_named_member_that_leaves_gives_its_partitions_to_the_others_at_once(bus: Bus, topic: TopicSpec) -> None:
    group_name = group()
    one = await bus.subscribe(group_name, [topic.name], Places().load, "slot-0")
    two = await bus.subscribe(group_name, [topic.name], Places().load, "slot-1")
    await share(topic, one, two)
    await two.close()
    async with asyncio.timeout(5):
        while len(one.assigned) < topic.partitions:
            await one.poll(1, 0.1)
    await one.close()


async def test_member_that_comes_back_with_more_topics_gets_those_as_well(bus: Bus, topic: TopicSpec) -> None:
    other = fresh_topic()
    await bus.ensure_topics([other])
    group_name = group()
    before = await bus.subscribe(group_name, [topic.name], Places().load, "slot-0")
    async with asyncio.timeout(30):
        while not before.assigned:
            await before.poll(1, 0.1)
    after = await bus.subscribe(group_name, [topic.name, other.name], Places().load, "slot-0")
    async with asyncio.timeout(30):
        while {at.topic for at in after.assigned} != {topic.name, other.name}:
            await after.poll(1, 0.1)
    await before.close()
    await after.close()


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


async def test_messages_larger_than_what_is_read_ahead_come_whole_and_in_order(bus: Bus, topic: TopicSpec) -> None:
    # Nothing in them can be compressed, and no limit on memory may hold one of them up for ever.
    values = [Random(number).randbytes(size) for number, size in enumerate((9, 1_500_000, 900_000, 9, 600_000, 9))]
    sent = [Message(topic.name, key, value) for value in values for key in (b"key-1", b"key-2", b"key-3")]
    await bus.publish(sent)
    subscription = await bus.subscribe(group(), [topic.name], Places().load)
    found = await read([subscription], len(sent))
    await subscription.close()
    for key in (b"key-1", b"key-2", b"key-3"):
        assert [record.value for record in found if record.key == key] == values


async def test_message_that_is_too_large_is_refused_by_name_and_the_others_are_durable(
    bus: Bus, topic: TopicSpec
) -> None:
    sent = messages(topic, 12, keys=3)
    for position, size in ((4, MAX_MESSAGE_BYTES + 1), (9, 3 * MAX_MESSAGE_BYTES)):
        sent[position] = Message(topic.name, sent[position].key, bytes(size))
    with pytest.raises(Unpublishable, match=f"2 of 12 messages: {topic.name} key-1: ") as raised:
        await bus.publish(sent)
    assert raised.value.reasons.keys() == {4, 9}
    subscription = await bus.subscribe(group(), [topic.name], Places().load)
    found = await read([subscription], 10)
    await bus.publish(sent[:1])
    found += await read([subscription], 1)
    await subscription.close()
    values = [int(record.value or b"") for record in found]
    assert sorted(values[:10]) == [0, 1, 2, 3, 5, 6, 7, 8, 10, 11]
    assert values[10:] == [0]


async def test_call_with_nothing_but_refused_messages_appends_nothing(bus: Bus, topic: TopicSpec) -> None:
    with pytest.raises(Unpublishable):
        await bus.publish([Message(topic.name, b"large", bytes(MAX_MESSAGE_BYTES + 1))])
    assert set((await bus.end_offsets([topic.name])).values()) == {0}


@pytest.mark.kafka
async def test_message_above_the_limit_of_its_topic_is_found_among_those_of_its_batch(kafka: str) -> None:
    # The broker refuses the whole batch, and all that follow on the partition for the gap in their numbers.
    spec = fresh_topic()
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(spec.name, 1, 1, topic_configs={"max.message.bytes": "20000"})])
    await admin.close()
    bus = KafkaBus(kafka)
    sent = [Message(spec.name, f"key-{number % 3}".encode(), f"{number}".encode()) for number in range(300)]
    noise = b"".join(hashlib.blake2b(f"{number}".encode()).digest() for number in range(1000))  # cannot be compressed
    for position in (0, 40, 299):
        sent[position] = Message(spec.name, sent[position].key, noise)
    with pytest.raises(Unpublishable, match="MessageSizeTooLarge") as raised:
        await bus.publish(sent)
    assert raised.value.reasons.keys() == {0, 40, 299}
    subscription = await bus.subscribe(group(), [spec.name], Places().load)
    found = await read([subscription], 297)
    await subscription.close()
    await bus.close()
    assert len(found) == 297
    assert {record.value for record in found} == {message.value for message in sent} - {noise}


@pytest.mark.parametrize("number", [10, 17, 18, 32], ids=str)
def test_what_is_wrong_with_a_message_stays_wrong(number: int) -> None:
    # The codes of MESSAGE_TOO_LARGE, INVALID_TOPIC_EXCEPTION, RECORD_LIST_TOO_LARGE and INVALID_TIMESTAMP in Kafka's
    # protocol guide, each with "Retriable: False".
    assert kafka_bus.is_permanent(errors.for_code(number)())


@pytest.mark.parametrize("number", [-1, 3, 5, 6, 7, 19, 20, 29, 31, 45, 58, 9999], ids=str)
def test_what_the_cluster_or_an_operator_can_mend_is_tried_again(number: int) -> None:
    assert not kafka_bus.is_permanent(errors.for_code(number)())


def test_every_error_of_the_client_is_judged_once() -> None:
    known = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, KafkaError)}
    assert known == kafka_bus.PERMANENT | kafka_bus.TRANSIENT
    assert not kafka_bus.PERMANENT & kafka_bus.TRANSIENT
    assert not [kind for kind in kafka_bus.PERMANENT if kind.retriable]


@pytest.mark.parametrize("is_retriable", [True, False])
def test_error_that_the_list_does_not_know_is_judged_as_the_client_does(is_retriable: bool) -> None:
    class LaterError(KafkaError):  # type: ignore[misc]
        retriable = is_retriable

    assert kafka_bus.is_permanent(LaterError()) is not is_retriable


@pytest.mark.parametrize("error", [OSError(), TimeoutError(), ConnectionResetError()])
def test_network_is_tried_again(error: OSError) -> None:
    assert not kafka_bus.is_permanent(error)
