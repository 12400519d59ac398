"""Every reader meets a word of a later release in every place where one may stand: it takes, counts and goes on."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from shared.bus import dead_letters, outbox
from shared.bus.consumer import Consumer, Handler
from shared.bus.dead_letters import DeadLetter
from shared.bus.lag import measure_lag
from shared.bus.outbox import Outgoing
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Message, Record, TopicPartition, TopicSpec
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.contracts.registry import TOPICS
from shared.contracts.words import find_unpublishable, open_words
from shared.db.engine import create_engine
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.events import consumer_settings
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import Parts, Service
from tests.support.databases import TestDatabases
from tests.support.events import FUTURE_WORD
from tests.support.future import SAMPLES, Told, parts_at, tell_all
from tests.support.invariants import find_violations
from tests.support.services import ROUTING, SERVICES

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
OPEN = {topic for topic, contract in TOPICS.items() if open_words(contract.data)}

Reader = tuple[str, str]
"""A service and a topic that it reads."""

APPLIED: dict[Reader, str] = {
    ("routing", "review-decided"): "SELECT decision_id FROM review_outcomes",
    ("workqueue", "entry-routed"): "SELECT entry_number FROM items WHERE state = 'open' AND asking_center IS NULL",
    ("workqueue", "filing-routed"): "SELECT filing_number FROM items WHERE state = 'open'",
    ("workqueue", "entry-changed"): "SELECT entry_number FROM entries WHERE scheduled_on IS NOT NULL",
    ("workqueue", "protest-changed"): "SELECT protest_number FROM protests WHERE decide_by IS NOT NULL",
    ("workqueue", "party-changed"): "SELECT party_id FROM parties JOIN delegations USING (party_id)",
    ("liquidation", "party-changed"): "SELECT party_id FROM parties JOIN delegations USING (party_id)",
    ("liquidation", "entry-routed"): "SELECT entry_number FROM entries WHERE center IS NOT NULL",
    ("liquidation", "review-decided"): "SELECT decision_id FROM review_decisions",
    ("liquidation", "request-issued"): "SELECT request_id FROM information_requests",
    ("liquidation", "request-changed"): "SELECT request_id FROM letters",
    ("liquidation", "work-item-changed"): "SELECT item_id FROM work_items WHERE ended_on IS NOT NULL",
    ("notifications", "party-changed"): "SELECT party_id FROM parties JOIN delegations USING (party_id)",
    ("notifications", "entry-changed"): "SELECT subject FROM notices WHERE kind = 'N-13'",
    ("notifications", "protest-changed"): "SELECT subject FROM notices WHERE kind = 'N-17'",
    ("notifications", "request-issued"): "SELECT subject FROM notices WHERE kind = 'N-03'",
    ("notifications", "request-changed"): "SELECT subject FROM notices WHERE variant = 'reminder'",
    ("notifications", "deadline-near"): "SELECT split_part(subject, ' ', 1) FROM notices WHERE kind = 'N-45'",
    ("notifications", "payment-changed"): "SELECT subject FROM notices WHERE kind = 'N-44'",
    ("notifications", "declaration-judged"): "SELECT split_part(subject, ':', 1) FROM notices WHERE kind = 'N-49'",
    ("notifications", "appeal-decided"): "SELECT subject FROM notices WHERE kind = 'N-02'",
}
"""What a reader makes of the sample of a topic, by the name of its subject."""

DECIDES = {
    ("liquidation", "request-changed"): {"form"},
    ("liquidation", "request-issued"): {"form"},  # the form is the rule by which the entry waits
    ("notifications", "entry-changed"): {"change"},
    ("notifications", "protest-changed"): {"act"},
    ("notifications", "request-issued"): {"form"},
    ("notifications", "request-changed"): {"form", "change"},
    ("notifications", "appeal-decided"): {"outcome"},
    ("notifications", "deadline-near"): {"change"},
    ("notifications", "payment-changed"): {"change"},
}
"""Places whose word alone says what follows: of an unknown one nothing does."""

UNUSED = {("notifications", "work-item-changed"), ("notifications", "entry-routed")}


@dataclass(slots=True)
class Watched:
    """A handler, and what it raised: a consumer would try again with half of the batch."""

    handler: Handler
    raised: list[Exception] = field(default_factory=list)

    async def __call__(self, tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
        try:
            return await self.handler(tx, events)
        except Exception as error:
            self.raised.append(error)
            raise


@dataclass(frozen=True, slots=True)
class Run:
    """A service that has read everything that was told to it."""

    service: Service
    platform: Platform
    parts: Parts
    consumer: Consumer
    told: Sequence[Told]
    log: Sequence[MutableMapping[str, Any]]

    async def fetch(self, query: str) -> list[str]:
        async with reading(self.platform.engine) as connection:
            return list((await connection.scalars(text(query))).all())

    def counted(self, topic: str, place: str) -> float:
        labels = {"topic": topic, "field": place, "group": self.service.name}
        return self.platform.metrics.registry.get_sample_value("centerline_unknown_words_total", labels) or 0.0


async def read_all(service: Service, engine: AsyncEngine, bus_url: str) -> Run:
    """Tell a service everything in one batch, and let its own consumer and handler read it."""
    settings = service.settings.model_validate(
        {"database_url": "postgresql://unused", "bus_database_url": bus_url, "token_secret": "s" * 32}
    )
    bus = PostgresBus(bus_url)
    platform = Platform(settings, engine, bus, FixedClock(NOW), Metrics.create())
    parts = service.build(platform)
    # One partition per topic: what comes after a word of the future stands behind it.
    await bus.ensure_topics([TopicSpec(topic, 1, 3_600_000) for topic in service.topics])
    told = [each for topic in service.topics if topic in OPEN for each in tell_all(topic)]
    await bus.publish([Message(each.topic, each.key.encode(), each.value) for each in told])
    handler = Watched(parts.handler)
    consumer = Consumer(
        bus=bus,
        engine=engine,
        handler=handler,
        settings=consumer_settings(service, settings),
        clock=platform.clock,
        metrics=platform.metrics,
    )
    stopping = Stopping()
    with capture_logs() as log:
        consuming = asyncio.create_task(consumer.run(stopping))
        async with asyncio.timeout(60):
            while sum((await lag_of(platform, service)).values()) and not consuming.done():
                await asyncio.sleep(0.02)
        stopping.set()
        await consuming
    assert handler.raised == []
    await bus.close()
    return Run(service, platform, parts, consumer, told, log)


async def lag_of(platform: Platform, service: Service) -> Mapping[TopicPartition, int]:
    async with transaction(platform.engine) as tx:
        return await measure_lag(tx, platform.bus, service.name, service.topics)


@pytest.fixture(
    scope="module", params=[service for service in SERVICES if OPEN & set(service.topics)], ids=lambda each: each.name
)
async def run(request: pytest.FixtureRequest, databases: TestDatabases) -> AsyncIterator[Run]:
    service: Service = request.param
    engine = create_engine(await databases.copy(service.name), application="tests", pool_size=2)
    yield await read_all(service, engine, await databases.empty())
    await engine.dispose()


def test_every_reader_of_an_open_word_is_asked_for() -> None:
    readers = {(service.name, topic) for service in SERVICES for topic in service.topics if topic in OPEN}
    assert readers == APPLIED.keys() | UNUSED
    assert all(places <= open_words(TOPICS[topic].data).keys() for (_, topic), places in DECIDES.items())


@pytest.mark.parametrize("topic", SAMPLES)
def test_sample_says_every_open_word(topic: str) -> None:
    data = orjson.loads(SAMPLES[topic](1).model_dump_json())
    for place, known in open_words(TOPICS[topic].data).items():
        said = set(parts_at(data, place.split(".")))
        assert said, place
        assert said <= known


def test_every_topic_of_our_own_has_a_sample() -> None:
    assert SAMPLES.keys() == {topic for topic, contract in TOPICS.items() if contract.producer != "filers"}


async def test_nothing_is_put_aside_and_every_record_is_in_a_batch(run: Run) -> None:
    async with transaction(run.platform.engine) as tx:
        assert await dead_letters.listing(tx, state=None, reason=None, after=0, limit=5) == []
    records = run.platform.metrics.registry.get_sample_value("centerline_batch_records_sum")
    assert records == len(run.told)


async def test_each_unknown_word_is_counted_by_its_place(run: Run) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for each in run.told:
        if each.future is not None:
            said = parts_at(orjson.loads(each.value)["data"], each.future.split("."))
            expected[each.topic, each.future] += said.count(FUTURE_WORD)
    for topic in {each.topic for each in run.told}:
        for place in open_words(TOPICS[topic].data):
            assert run.counted(topic, place) == expected[topic, place] > 0


async def test_the_log_names_each_unknown_word_once(run: Run) -> None:
    named = [(line["topic"], line["field"], line["word"]) for line in run.log if line["event"] == "unknown_word"]
    places = {(each.topic, each.future, FUTURE_WORD) for each in run.told if each.future is not None}
    assert (len(named), set(named)) == (len(places), places)


async def test_what_is_known_of_the_event_is_applied_and_so_are_those_behind_it(run: Run) -> None:
    for topic in {each.topic for each in run.told}:
        reader = (run.service.name, topic)
        if reader in UNUSED:
            continue
        applied = set(await run.fetch(APPLIED[reader]))
        for each in run.told:
            if each.topic == topic and each.is_plain:
                assert (each.name in applied) == (each.future not in DECIDES.get(reader, ())), each


async def test_invariants_hold(run: Run) -> None:
    found = await find_violations(run.platform.engine, run.parts.invariants)
    assert {name: lines for name, lines in found.items() if lines} == {}


async def test_what_the_reader_says_of_it_is_taken_by_its_own_readers(run: Run) -> None:
    async with transaction(run.platform.engine) as tx:
        caused = [row.message for row in await outbox.next_rows(tx, 10_000)]
    for message in caused:
        decoded = decode(message.topic, message.key, message.value, message.headers, 524_288)
        assert not isinstance(decoded, Rejection), decoded
        find = find_unpublishable(TOPICS[message.topic].data)
        assert find is None or find(decoded.data) == ()


async def test_replayed_dead_letter_is_counted_like_any_event(
    service_engine: Callable[[str], Awaitable[AsyncEngine]], databases: TestDatabases
) -> None:
    run = await read_all(ROUTING, await service_engine("routing"), await databases.empty())
    told = next(each for topic in run.service.topics if topic in OPEN for each in tell_all(topic) if each.future)
    record = Record(told.topic, 0, 1_000_000, told.key.encode(), told.value, {})
    letter = DeadLetter(record, "handler-failed", "by an older release", attempts=1)
    before = run.counted(told.topic, told.future or "")
    async with transaction(run.platform.engine) as tx:
        await dead_letters.park(tx, run.service.name, [letter], at=NOW, code_version="older")
        (row,) = await dead_letters.listing(tx, state="parked", reason=None, after=0, limit=5)
        await dead_letters.request_replay(tx, [row["id"]])
    stopping = Stopping()
    replaying = asyncio.create_task(run.consumer.run_replays(stopping))
    async with asyncio.timeout(60):
        while run.counted(told.topic, told.future or "") == before:
            await asyncio.sleep(0.02)
    stopping.set()
    await replaying
    async with transaction(run.platform.engine) as tx:
        (row,) = await dead_letters.listing(tx, state="replayed", reason=None, after=0, limit=5)
    assert run.counted(told.topic, told.future or "") == before + 1
