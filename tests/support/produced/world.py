"""A small world: the services on databases of their own, which hear each other, and a clock that stands still."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycles import run_cycle
from services.liquidation.domain.money.settings import POLICY
from shared.bus import outbox
from shared.bus.protocol import Message, Record
from shared.bus.refusals import Refusal, read_refusal, tell_once
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import Service, build_app, open_bus
from shared.runtime.slices import JobSession
from shared.web.identity import issue_development_token
from tests.support.events import decoded, demand_known_words
from tests.support.people import EVERY_CENTER, EVERY_DIVISION
from tests.support.services import SERVICES

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

OFFICE = Identity("ofo", "Office of Trade", frozenset({RoleName.OFFICE_OF_TRADE}))
SPECIALIST = Identity("kim", "Kim Reyes", frozenset({RoleName.IMPORT_SPECIALIST}), EVERY_CENTER, EVERY_DIVISION)
REVIEWER = Identity("sam", "Sam Ortiz", frozenset({RoleName.IMPORT_SPECIALIST}), EVERY_CENTER, EVERY_DIVISION)
DIRECTOR = Identity("dana", "Dana Fox", frozenset({RoleName.CENTER_DIRECTOR}), EVERY_CENTER, EVERY_DIVISION)
HEADQUARTERS = Identity("robin", "Robin Hale", frozenset({RoleName.REGULATIONS_AND_RULINGS}))


class Station:
    """One service: its handler, its API and its jobs, on a database; what it publishes waits in its outbox."""

    def __init__(self, service: Service, engine: AsyncEngine, clock: FixedClock, mail: Path, **settings: Any) -> None:
        self.service = service
        self.engine = engine
        given = {
            "env": "development",
            "database_url": "postgresql://unused",
            "bus": "kafka",
            "token_secret": "s" * 32,
            **settings,
        }
        if "mail_folder" in service.settings.model_fields:
            given["mail_folder"] = mail
        self._settings = service.settings.model_validate(given)
        self._platform = Platform(self._settings, engine, open_bus(self._settings), clock, Metrics.create())
        self.parts = service.build(self._platform)
        self.app = build_app(service, self._platform, self.parts, Readiness())
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=f"http://{service.name}")
        self._calls = 0

    async def hear(self, *events: Event[Any]) -> None:
        """One batch through the handler, as the consumer does it."""
        async with transaction(self.engine) as tx:
            await outbox.add(tx, f"urn:centerline:{self.service.name}", await self.parts.handler(tx, events))

    async def refuse(self, refusal: Refusal) -> None:
        """Answer a refused message, if this service does, as the consumer does it."""
        if self.parts.answer is None:
            return
        async with transaction(self.engine) as tx:
            source = f"urn:centerline:{self.service.name}"
            answers = self.parts.answer([refusal], self._platform.clock.now())
            await outbox.add(tx, source, await tell_once(tx, source, answers))

    async def call(self, method: str, path: str, who: Identity, body: Any = None, **headers: str) -> Any:
        """One call that must succeed; gives its JSON."""
        answer = await self.try_(method, path, who, body, **headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def try_(self, method: str, path: str, who: Identity, body: Any = None, **headers: str) -> httpx.Response:
        """One call, with its answer. Creating calls have a key, others mean the newest version."""
        self._calls += 1
        token = issue_development_token(self._settings, who, self._platform.clock.now())
        sent = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": f"{self.service.name}-{self._calls}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return await self._client.request(method, path, json=body, headers=sent)

    async def tag(self, path: str, who: Identity) -> str:
        """The ETag of something, for a call that changes it."""
        token = issue_development_token(self._settings, who, self._platform.clock.now())
        answer = await self._client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.is_success, answer.text
        return str(answer.headers["ETag"])

    async def run(self, job: str) -> None:
        """One run of a job of the schedule."""
        found = next(each for each in self.parts.jobs if each.name == job)
        await found.run(JobSession(job, self.engine, self._platform.clock))

    async def take_published(self) -> list[Message]:
        """What waits in the outbox, which is empty then, as the relay does it."""
        async with transaction(self.engine) as tx:
            rows = await outbox.next_rows(tx, 10_000)
            await outbox.remove(tx, [row.id for row in rows])
        return [row.message for row in rows]

    async def close(self) -> None:
        await self._client.aclose()
        await self._platform.bus.close()


class World:
    """The services and what they have published; `kept` are the events that have a name, by it."""

    def __init__(self, stations: Mapping[str, Station], clock: FixedClock) -> None:
        self.routing = stations["routing"]
        self.workqueue = stations["workqueue"]
        self.liquidation = stations["liquidation"]
        self.notifications = stations["notifications"]
        self.clock = clock
        self.kept: dict[str, dict[str, Any]] = {}
        self.published: list[tuple[str, dict[str, Any]]] = []
        self._stations = stations
        self._told = 0

    def go_to(self, on: date, hour: int = 17, minute: int = 0) -> None:
        """Let the time be that of a day; it never goes back."""
        self.clock.advance(datetime(on.year, on.month, on.day, hour, minute, tzinfo=UTC) - self.clock.now())

    async def tell(self, topic: str, data: dict[str, Any], **envelope: Any) -> None:
        """Let a filer send something now; whoever reads it hears it, and all that follows from it is heard too."""
        self._told += 1
        event = decoded(topic, data, **{"id": f"told-{self._told}", "time": self.now, **envelope})
        for station in self._stations.values():
            if topic in station.service.topics:
                await station.hear(event)
        await self.listen()

    async def tell_wrong(self, topic: str, event: dict[str, Any], key: str, offset: int = 0) -> None:
        """Let a filer send something that is no event of the topic: who answers such messages does, as the consumer."""
        value = orjson.dumps(event)
        rejection = decode(topic, key.encode(), value, {}, 524_288)
        assert isinstance(rejection, Rejection), rejection
        refusal = read_refusal(Record(topic, 0, offset, key.encode(), value, {}), rejection)
        for station in self._stations.values():
            if topic in station.service.topics:
                await station.refuse(refusal)
        await self.listen()

    @property
    def now(self) -> str:
        """The time as filers write it."""
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    async def listen(self) -> None:
        """Bring what was published to those who read it, until nobody has anything to say."""
        while True:
            spoken = [
                (name, message) for name, each in self._stations.items() for message in await each.take_published()
            ]
            if not spoken:
                return
            for name, message in spoken:
                event = decode(message.topic, message.key, message.value, message.headers, 524_288)
                assert not isinstance(event, Rejection), event
                demand_known_words(event)
                self.published.append((f"{name}/{message.topic}", orjson.loads(message.value)))
                for station in self._stations.values():
                    if message.topic in station.service.topics:
                        await station.hear(event)

    async def keep(self, name: str, topic: str, **said: Any) -> None:
        """Hear everybody out, and give a name to the last event of a topic that says this.

        The name is the producer's with that of the case.
        """
        await self.listen()
        assert name not in self.kept, name
        origin = f"{name.partition('/')[0]}/{topic}"
        of_topic = [event for source, event in self.published if source == origin]
        found = [event for event in of_topic if all(event["data"][field] == value for field, value in said.items())]
        assert found, f"{name}: {origin} says nothing of {said}; last: {of_topic[-3:]}"
        self.kept[name] = found[-1]

    async def cycle(self, friday: date, *, heard: bool = True) -> None:
        """Run the weekly cycle of a Friday, on that day; unless it is to be heard later, everybody hears of it."""
        self.go_to(friday, 18)
        async with transaction(self.liquidation.engine) as tx:
            await run_cycle(tx, self.clock.now(), friday, "cycle", needs_cut_sheet=False, policy=POLICY)
        if heard:
            await self.listen()


@asynccontextmanager
async def open_world(make_engine: MakeEngine, start: date, **routing: Any) -> AsyncIterator[World]:
    """Fresh services on a day; `routing` are settings of routing, whose random floor is none unless given."""
    clock = FixedClock(datetime(start.year, start.month, start.day, 12, tzinfo=UTC))
    async with AsyncExitStack() as stack:
        mail = Path(stack.enter_context(TemporaryDirectory()))
        stations = {}
        for service in SERVICES:
            given = {"random_floor_basis_points": 0, **routing} if service.name == "routing" else {}
            if service.name == "workqueue":
                given = {"increase_needs_notice": False}  # the stories decide on the day, without a CBP 29 before
            station = Station(service, await make_engine(service.name), clock, mail, **given)
            stack.push_async_callback(station.close)
            stations[service.name] = station
        yield World(stations, clock)
