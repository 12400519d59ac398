"""The services that read events, at work in this process on the embedded bus: consumers and relays, no jobs."""

import asyncio
import csv
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.archive import EVERYTHING
from cli.catalogue import all_topics
from cli.demo import account_of, parties_of
from shared.archive.archiver import Archiver
from shared.bus import offsets, outbox
from shared.bus.consumer import Consumer
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Message, TopicPartition
from shared.bus.relay import Relay
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from shared.runtime.clock import Clock
from shared.runtime.events import consumer_settings
from shared.runtime.lifecycle import Readiness, Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import Parts, Service, build_app
from shared.runtime.settings import load_settings
from tests.support.apis import Api
from tests.support.services import SERVICES
from tests.support.traffic import SAMPLES

QUIET_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Living:
    """One service at work: what it is built from, and its database."""

    service: Service
    platform: Platform
    parts: Parts

    @property
    def engine(self) -> AsyncEngine:
        return self.platform.engine


@dataclass(frozen=True, slots=True)
class Together:
    """The services at work on one bus."""

    bus: PostgresBus
    services: Mapping[str, Living]
    clock: Clock

    async def feed(self, messages: Sequence[Message]) -> None:
        """Publish messages in order, and return when all that they cause is applied everywhere."""
        for begin in range(0, len(messages), 100):
            await self.bus.publish(messages[begin : begin + 100])
        await self.quiet()

    async def register(self) -> None:
        """What people do: accounts and parties of the sample are registered in routing."""
        living = self.services["routing"]
        app = build_app(living.service, living.platform, living.parts, Readiness())
        api = Api(living.service, living.platform, living.parts, app)
        with (SAMPLES / "importers.csv").open(encoding="utf-8", newline="") as file:
            answer = await api.post("/importers", {"accounts": [account_of(row) for row in csv.DictReader(file)][:500]})
        assert answer.status in {200, 201}, answer.body
        with (SAMPLES / "parties.csv").open(encoding="utf-8", newline="") as file:
            parties = parties_of(csv.DictReader(file))
        answer = await api.post("/parties", {"parties": parties, "reason": "Of the sample."})
        assert answer.status in {200, 201}, answer.body
        await self.quiet()

    async def archive(self, folder: Path) -> None:
        """Write everything that is on the bus now into an archive."""
        archiver, stopping = Archiver(self.bus, folder, EVERYTHING, self.clock), Stopping()
        ends = await self.bus.end_offsets(EVERYTHING)
        running = asyncio.create_task(archiver.run(stopping))
        async with asyncio.timeout(QUIET_SECONDS):
            while any(archiver.read_to.get(at, 0) < end for at, end in ends.items()):
                await asyncio.sleep(0.05)
            stopping.set()
            await running

    async def quiet(self) -> None:
        """Return when all is applied and nothing waits to be published, twice in a row with nothing new between."""
        before: Mapping[TopicPartition, int] | None = None
        async with asyncio.timeout(QUIET_SECONDS):
            while True:
                ends = await self._ends_when_caught_up()
                if ends is not None and ends == before:
                    return
                before = ends
                await asyncio.sleep(0.05)

    async def _ends_when_caught_up(self) -> Mapping[TopicPartition, int] | None:
        for living in self.services.values():
            async with transaction(living.engine) as tx:
                if await outbox.depth(tx):
                    return None
        ends = dict(await self.bus.end_offsets({topic for each in SERVICES for topic in each.topics}))
        for living in self.services.values():
            held = {at: end for at, end in ends.items() if at.topic in living.service.topics}
            async with transaction(living.engine) as tx:
                places = await offsets.load(tx, living.service.name, held)
            if any(places[at] < end for at, end in held.items()):
                return None
        return ends


@asynccontextmanager
async def living_together(bus_url: str, urls: Mapping[str, str], clock: Clock) -> AsyncIterator[Together]:
    """Start consumers and relays of all services on their databases, and stop them after the block."""
    async with AsyncExitStack() as stack:
        bus = PostgresBus(bus_url)
        stack.push_async_callback(bus.close)
        await bus.ensure_topics(all_topics())
        services: dict[str, Living] = {}
        stopping, tasks = Stopping(), []
        for service in SERVICES:
            settings = load_settings(
                service.settings,
                database_url=urls[service.name],
                bus="postgres",
                bus_database_url=bus_url,
                token_secret="0" * 32,
                development=True,
            )
            engine = create_engine(urls[service.name], application="tests", pool_size=4)
            stack.push_async_callback(engine.dispose)
            platform = Platform(settings, engine, bus, clock, Metrics.create())
            parts = service.build(platform)
            assert parts.handler is not None
            services[service.name] = Living(service, platform, parts)
            filled = asyncio.Event()
            consumer = Consumer(
                bus=bus,
                engine=engine,
                handler=parts.handler,
                settings=consumer_settings(service, settings),
                clock=clock,
                metrics=platform.metrics,
                outbox_filled=filled,
                answer=parts.answer,
            )
            relay = Relay(bus=bus, engine=engine, service=service.name, metrics=platform.metrics, outbox_filled=filled)
            tasks += [asyncio.create_task(consumer.run(stopping)), asyncio.create_task(relay.run(stopping))]
        try:
            yield Together(bus, services, clock)
        finally:
            stopping.set()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for each in ended:
            if isinstance(each, BaseException):
                raise each
