"""What the broker is told of offsets: true for who watches, read by nobody, and late rather than early."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus import offsets
from shared.bus.consumer import ConsumerSettings
from shared.bus.kafka import KafkaBus
from shared.bus.protocol import TopicSpec
from shared.db.transaction import transaction
from tests.contract.test_consumer_contract import TOPIC, Applied, Bench
from tests.support.events import entry_number

pytestmark = pytest.mark.kafka
ROOT = Path(__file__).resolve().parents[2]
DYING = """
import asyncio, os, signal, sys
from shared.bus.consumer import Consumer, ConsumerSettings
from shared.bus.kafka import KafkaBus, KafkaSubscription
from shared.db.engine import create_engine
from shared.runtime.clock import FixedClock
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from tests.contract.test_consumer_contract import NOW, Applied, TOPIC
bootstrap, url, group = sys.argv[1:]
# It is told once the transaction is committed: here is between the commit and the word to the broker.
KafkaSubscription.note_done = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
settings = ConsumerSettings(group, "urn:test", (TOPIC,), "test", max_wait_seconds=0.2, max_records=20)
consumer = Consumer(bus=KafkaBus(bootstrap), engine=create_engine(url, application="dying"), handler=Applied(),
                    settings=settings, clock=FixedClock(NOW), metrics=Metrics.create())
asyncio.run(consumer.run(Stopping()))
"""


@pytest.fixture
async def bench(
    kafka: str, kafka_turn: None, service_engine: Callable[[str], Awaitable[AsyncEngine]]
) -> AsyncIterator[Bench]:
    bus = KafkaBus(kafka)
    await bus.ensure_topics([TopicSpec(name, 4, 3_600_000) for name in (TOPIC, "decision-applied")])
    engine = await service_engine("routing")
    group = f"group-{uuid4().hex[:8]}"
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE applied (number text PRIMARY KEY, times int NOT NULL)"))
        await connection.execute(
            text("INSERT INTO consumer_offsets (group_name, topic, partition, next_offset) VALUES (:g, :t, :p, :o)"),
            [
                {"g": group, "t": at.topic, "p": at.partition, "o": end}
                for at, end in (await bus.end_offsets([TOPIC])).items()
            ],
        )
    yield Bench(bus, engine, ConsumerSettings(group, "urn:test", (TOPIC,), "test", max_wait_seconds=0.2))
    await bus.close()


async def told(kafka: str, group: str) -> dict[int, int]:
    """What the broker has heard of a group, as KEDA and every exporter of lag ask it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        heard = await admin.list_consumer_group_offsets(group)
        return {at.partition: meta.offset for at, meta in heard.items() if at.topic == TOPIC}
    finally:
        await admin.close()


async def stored(bench: Bench) -> dict[int, int]:
    """The truth, for partitions on which something was done."""
    partitions = (await bench.bus.end_offsets([TOPIC])).keys()
    async with transaction(bench.engine) as tx:
        return {at.partition: end for at, end in (await offsets.load(tx, bench.settings.group, partitions)).items()}


async def is_told_all(bench: Bench, kafka: str) -> bool:
    heard, truth = await told(kafka, bench.settings.group), await stored(bench)
    assert all(heard[partition] <= truth[partition] for partition in heard)
    return bool(heard) and all(truth[partition] == end for partition, end in heard.items())


async def test_broker_hears_what_is_done_while_the_member_goes_on(bench: Bench, kafka: str) -> None:
    numbers = [entry_number() for _ in range(100)]
    await bench.publish(numbers)
    async with bench.running(bench.consumer(Applied())):
        await bench.until_applied(numbers)
        await bench.until(lambda: is_told_all(bench, kafka), seconds=20)
    more = [entry_number() for _ in range(10)]
    await bench.publish(more)
    async with bench.running(bench.consumer(Applied())):
        await bench.until_applied(more)
    assert await is_told_all(bench, kafka)  # what was done last is told at leaving


async def test_member_killed_between_the_commit_and_the_word_loses_and_doubles_nothing(
    bench: Bench, kafka: str
) -> None:
    numbers = [entry_number() for _ in range(100)]
    await bench.publish(numbers)
    url = bench.engine.url.render_as_string(hide_password=False)
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING, kafka, url, bench.settings.group, cwd=ROOT
    )
    async with asyncio.timeout(60):
        assert await dying.wait() == -signal.SIGKILL
    assert 0 < len(await bench.counts()) < len(numbers)
    assert await told(kafka, bench.settings.group) == {}
    async with bench.running(bench.consumer(Applied())):
        await bench.until_applied(numbers)
        await bench.until(lambda: is_told_all(bench, kafka), seconds=20)
    assert await bench.counts() == dict.fromkeys(numbers, 1)


async def test_what_the_broker_believes_is_never_read(bench: Bench, kafka: str) -> None:
    """A tool that sets offsets forward would skip events, if anybody asked the broker."""
    numbers = [entry_number() for _ in range(40)]
    await bench.publish(numbers)
    ends = await bench.bus.end_offsets([TOPIC])
    meddler = AIOKafkaConsumer(bootstrap_servers=kafka, group_id=bench.settings.group, enable_auto_commit=False)
    await meddler.start()
    places = [TopicPartition(at.topic, at.partition) for at in ends]
    meddler.assign(places)
    await meddler.commit({at: ends[at] for at in places})  # type: ignore[index]  # both are pairs
    await meddler.stop()
    async with bench.running(bench.consumer(Applied())):
        await bench.until_applied(numbers)
    assert await bench.counts() == dict.fromkeys(numbers, 1)
