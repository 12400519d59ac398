"""The test broker itself: it takes and keeps messages, also over a crash."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.support.kafka_broker import KafkaBroker

pytestmark = pytest.mark.kafka


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[KafkaBroker]:
    with KafkaBroker.start(tmp_path / "kafka") as started:
        yield started


async def create_topic(broker: KafkaBroker, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=2, replication_factor=1)])
    finally:
        await admin.close()


async def publish(broker: KafkaBroker, topic: str, values: list[bytes]) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap,
        enable_idempotence=True,
        acks="all",
        max_request_size=2 * 1024 * 1024,
    )
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value, key=b"B7603245275")
    finally:
        await producer.stop()


async def read(broker: KafkaBroker, topic: str, *, group: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        found: list[bytes] = []
        while len(found) < count:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                found += [record.value for record in records]
        await consumer.commit()
        return found
    finally:
        await consumer.stop()


async def test_broker_keeps_messages_and_offsets_over_a_crash(broker: KafkaBroker) -> None:
    await create_topic(broker, "entry-filed")
    await publish(broker, "entry-filed", [b"one", b"two"])
    assert await read(broker, "entry-filed", group="routing", count=2) == [b"one", b"two"]

    broker.kill()
    broker.restart()

    await publish(broker, "entry-filed", [b"three"])
    assert await read(broker, "entry-filed", group="routing", count=1) == [b"three"]
    assert await read(broker, "entry-filed", group="audit", count=3) == [b"one", b"two", b"three"]


async def test_broker_takes_a_message_of_more_than_a_mebibyte(broker: KafkaBroker) -> None:
    await create_topic(broker, "entry-filed")
    large = b"x" * (1536 * 1024)
    await publish(broker, "entry-filed", [large])
    assert await read(broker, "entry-filed", group="routing", count=1) == [large]
