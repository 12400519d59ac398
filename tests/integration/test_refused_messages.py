"""A refused message goes back to its filer once, however many services refuse it, and people see it once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cli import operations
from cli.environment import Environment
from shared.bus import outbox
from shared.bus.consumer import Consumer
from shared.bus.lag import measure_lag
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Message, TopicSpec
from shared.contracts.registry import TOPICS
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.events import consumer_settings
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import Parts, Service
from tests.support.databases import TestDatabases
from tests.support.events import cloud_event, entry_body, entry_number
from tests.support.recorded import read
from tests.support.services import SERVICES

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
LIMIT = 524_288


@dataclass(frozen=True, slots=True, kw_only=True)
class Places(Environment):
    """An environment whose databases have names of their own."""

    urls: dict[str, str] = field(default_factory=dict)

    def database_of(self, service: str) -> str:
        return self.urls[service]


@dataclass(frozen=True, slots=True)
class Reader:
    """A service on its database, as a process runs it."""

    service: Service
    engine: AsyncEngine
    platform: Platform
    parts: Parts

    async def read(self) -> None:
        """Let the service's own consumer read everything that lies on the bus."""
        consumer = Consumer(
            bus=self.platform.bus,
            engine=self.engine,
            handler=self.parts.handler,
            settings=consumer_settings(self.service, self.platform.settings),
            clock=self.platform.clock,
            metrics=self.platform.metrics,
            answer=self.parts.answer,
        )
        stopping = Stopping()
        consuming = asyncio.create_task(consumer.run(stopping))
        async with asyncio.timeout(60):
            while await self._behind() and not consuming.done():
                await asyncio.sleep(0.02)
        stopping.set()
        await consuming

    async def _behind(self) -> int:
        async with transaction(self.engine) as tx:
            found = await measure_lag(tx, self.platform.bus, self.service.name, self.service.topics)
        return sum(found.values())

    async def told(self) -> list[dict[str, Any]]:
        """The refusals in the outbox."""
        async with transaction(self.engine) as tx:
            rows = await outbox.next_rows(tx, 1000)
        return [orjson.loads(row.message.value) for row in rows if row.message.topic == "event-refused"]

    def counted(self, **labels: str) -> float:
        name = "centerline_refusals_unaddressed_total"
        return self.platform.metrics.registry.get_sample_value(name, labels) or 0.0


@dataclass(frozen=True, slots=True)
class System:
    """All services over one bus."""

    bus: PostgresBus
    environment: Environment
    readers: Sequence[Reader]

    async def publish(self, *messages: Message) -> None:
        await self.bus.publish(messages)
        for reader in self.readers:
            await reader.read()

    async def told(self) -> dict[str, list[dict[str, Any]]]:
        found = {reader.service.name: await reader.told() for reader in self.readers}
        return {name: events for name, events in found.items() if events}


@pytest.fixture
async def system(databases: TestDatabases, tmp_path: Path) -> AsyncIterator[System]:
    bus_url = await databases.empty()
    bus = PostgresBus(bus_url)
    await bus.ensure_topics([TopicSpec(topic, 1, 3_600_000) for topic in TOPICS])
    urls = {service.name: await databases.copy(service.name) for service in SERVICES}
    readers = []
    for service in SERVICES:
        given: dict[str, Any] = {
            "database_url": urls[service.name],
            "bus_database_url": bus_url,
            "token_secret": "s" * 32,
        }
        settings = service.settings.model_validate(given)
        engine = create_engine(urls[service.name], application="tests", pool_size=2)
        platform = Platform(settings, engine, bus, FixedClock(NOW), Metrics.create())
        readers.append(Reader(service, engine, platform, service.build(platform)))
    environment = Places(
        bus="postgres",
        kafka_bootstrap="",
        database_url="",
        bus_database_url=bus_url,
        token_secret="s" * 32,
        host="",
        ports={},
        data=tmp_path,
        server=None,
        urls=urls,
    )
    yield System(bus, environment, readers)
    for reader in readers:
        await reader.engine.dispose()
    await bus.close()


def message(event: dict[str, Any], topic: str = "entry-filed") -> Message:
    return Message(topic, str(event["subject"]).encode(), orjson.dumps(event))


def wrong(number: str, name: str, **envelope: Any) -> dict[str, Any]:
    return cloud_event("entry-filed", entry_body(number, port_of_entry="27"), id=name, **envelope)


READERS = [service.name for service in SERVICES if "entry-filed" in service.topics]


async def test_message_that_several_services_refuse_is_answered_once_by_routing(system: System) -> None:
    number = entry_number()
    await system.publish(message(wrong(number, "wrong-1")))
    parked = [reader.service.name for reader in system.readers if await _letters(system, reader.service.name)]
    assert parked == READERS
    assert len(READERS) > 1
    (event,) = (await system.told())["routing"]
    assert list(await system.told()) == ["routing"]
    assert (event["type"], event["subject"], event["source"]) == (
        "gov.cbp.event.refused.v1",
        "B76",
        "urn:centerline:routing",
    )
    told = event["data"]
    assert (told["source"], told["id"], told["code"], told["entry_number"]) == (
        "urn:filer:B76",
        "wrong-1",
        "schema",
        number,
    )
    assert told["faults"] == [
        {"field": "data.port_of_entry", "code": "form", "right": "four digits, such as 2704", "came": "“27”"}
    ]
    assert told["remedy"] == "Correct every field that the faults name, and publish it under a new id."


async def test_redelivery_is_answered_with_nothing_new_and_another_fault_of_the_id_is(system: System) -> None:
    event = wrong(entry_number(), "wrong-2")
    await system.publish(message(event), message(event))
    await system.publish(message(event))
    assert len((await system.told())["routing"]) == 1
    await system.publish(message({**event, "type": "gov.cbp.entry.filed.v9"}))
    first, second = (await system.told())["routing"]
    assert (first["data"]["code"], second["data"]["code"]) == ("schema", "unknown-version")
    assert first["id"] != second["id"]


async def test_repeat_that_says_something_else_is_answered_too(system: System) -> None:
    number = entry_number()
    first = cloud_event("entry-filed", entry_body(number), id="used")
    other = cloud_event("entry-filed", entry_body(number, port_of_entry="2709"), id="used")
    await system.publish(message(first), message(other))
    (event,) = (await system.told())["routing"]
    assert (event["data"]["id"], event["data"]["code"]) == ("used", "conflicting-repeat")


async def test_message_that_names_no_filer_goes_to_operators_only(system: System) -> None:
    nameless = {"specversion": "1.0", "subject": "x"}
    ours = wrong(entry_number(), "ours", source="urn:cbp:ace")
    await system.publish(message(nameless), message(ours))
    assert await system.told() == {}
    routing = system.readers[0]
    assert routing.service.name == "routing"
    assert routing.counted(topic="entry-filed", reason="missing-attribute") == 1
    assert routing.counted(topic="entry-filed", reason="schema") == 1
    assert len(await _letters(system, "routing")) == 2


async def test_what_centerline_says_itself_is_never_answered(system: System) -> None:
    broken = read("routing/entry-of-account-unreviewed")
    broken["data"]["center"] = 5
    await system.publish(message(broken, "entry-routed"))
    assert await system.told() == {}
    assert await _letters(system, "liquidation")


async def test_barred_correction_is_answered_by_liquidation_only(system: System) -> None:
    number = entry_number()
    body = entry_body(number, version=2, reasons=["H06"], importer_number="12-345678900")
    correction = cloud_event("entry-corrected", body, id="barred", time="2026-03-03T10:00:00Z")
    await system.publish(message(correction, "entry-corrected"))
    assert await system.told() == {}, "until the first version is known nothing bars it for good"
    await system.publish(message(cloud_event("entry-filed", entry_body(number))))
    await system.publish(message(correction, "entry-corrected"))
    told = await system.told()
    assert list(told) == ["liquidation"]
    (event,) = told["liquidation"]
    assert (event["data"]["id"], event["data"]["code"]) == ("barred", "correction-changes-importer")
    assert event["data"]["faults"][0]["field"] == "data.importer_number"


def test_what_goes_back_to_filers_is_read_by_who_refuses_nothing() -> None:
    """A refusal of a refusal would go round for ever: notifications tells them, and answers no message."""
    assert [service.name for service in SERVICES if "event-refused" in service.topics] == ["notifications"]
    assert "notifications" not in TOPICS["event-refused"].producers


async def test_people_see_a_refused_message_once_with_all_of_its_letters(system: System) -> None:
    event = wrong(entry_number(), "seen-once")
    event["data"]["lines"][0]["tariffs"][0]["hts"] = "84.71"
    await system.publish(message(event))
    (seen,) = await operations.list_refused_messages(system.environment, state="parked", reason=None)
    assert sorted(seen.letters) == sorted(READERS)
    assert (seen.topic, seen.reasons, seen.states) == ("entry-filed", ("schema",), ("parked",))
    assert await operations.dead_letters_by_reason(system.environment) == {"schema": 1}
    letter = await operations.find_dead_letter(system.environment, "routing", seen.letters["routing"])
    assert letter is not None
    assert [fault["field"] for fault in operations.explain_letter(letter, LIMIT)] == [
        "data.port_of_entry",
        "data.lines[1].tariffs[1].hts",
    ]
    others = await operations.find_letters_of_others(system.environment, letter)
    assert {name: number for name, (number, _) in others.items()} == seen.letters


async def test_letters_of_one_message_are_settled_together(system: System) -> None:
    await system.publish(message(wrong(entry_number(), "kept")), message(wrong(entry_number(), "settled")))
    kept, settled = await operations.list_refused_messages(system.environment, state="parked", reason=None)
    ids = [settled.letters["routing"]]
    done = await operations.settle_dead_letters(system.environment, "routing", ids, replay=False, everywhere=True)
    assert done == len(READERS)
    assert await operations.list_refused_messages(system.environment, state="parked", reason=None) == [kept]
    alone = [kept.letters["routing"]]
    assert await operations.settle_dead_letters(system.environment, "routing", alone, replay=False) == 1
    (left,) = await operations.list_refused_messages(system.environment, state="parked", reason=None)
    assert sorted(left.letters) == sorted(set(READERS) - {"routing"})


async def _letters(system: System, service: str) -> list[dict[str, Any]]:
    return await operations.list_dead_letters(
        system.environment, service, state="parked", reason=None, after=0, limit=10
    )
