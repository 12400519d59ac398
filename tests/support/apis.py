"""The real applications of all services on real databases with sample entries, loaded in this process."""

import csv
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import orjson
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.demo import account_of
from services.routing.app import SERVICE as ROUTING
from services.workqueue.domain.item import Division
from shared.bus import outbox
from shared.bus.protocol import Message
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.db.transaction import transaction
from shared.runtime.clock import Clock, FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.platform import Platform
from shared.runtime.service import Parts, Service, build_app, open_platform
from shared.runtime.settings import load_settings
from shared.web.identity import issue_development_token
from tests.support.asgi import Answer, Call, send
from tests.support.databases import Filled, TestDatabases
from tests.support.services import SERVICES
from tests.support.traffic import SAMPLES, sample_traffic

_MAX_EVENT_BYTES = 524_288
_BATCH = 500
BEGINNING = datetime(2025, 10, 1, tzinfo=UTC)
CENTERS = frozenset(f"CEE{number:03d}" for number in range(1, 11))
DIVISIONS = frozenset(get_args(Division))
OPERATOR = Identity("olga", "Olga", frozenset(RoleName), CENTERS, DIVISIONS)


@dataclass(frozen=True, slots=True)
class Api:
    """One service: its application as `make run` serves it, and what it is built from."""

    service: Service
    platform: Platform
    parts: Parts
    app: FastAPI

    def token(self, caller: Identity) -> bytes:
        """An Authorization header's value for a caller."""
        return b"Bearer " + issue_development_token(self.platform.settings, caller, self.platform.clock.now()).encode()

    async def post(self, path: str, body: Any, caller: Identity = OPERATOR) -> Answer:
        """A call as a client with everybody's roles makes it."""
        headers = (
            (b"authorization", self.token(caller)),
            (b"content-type", b"application/json"),
            (b"idempotency-key", f"{path} {orjson.dumps(body)[:200]!r}".encode()[:200]),
        )
        return await send(self.app, Call("POST", path.encode(), headers, orjson.dumps(body)))


def _open_api(service: Service, url: str, clock: Clock) -> Api:
    settings = load_settings(service.settings, database_url=url, bus="kafka", token_secret="0" * 32, development=True)
    platform = open_platform(settings, clock)
    parts = service.build(platform)
    return Api(service, platform, parts, build_app(service, platform, parts, Readiness()))


async def _register_accounts(engine: AsyncEngine) -> None:
    api = _open_api(ROUTING, engine.url.render_as_string(hide_password=False), FixedClock(BEGINNING))
    with (SAMPLES / "importers.csv").open(encoding="utf-8", newline="") as file:
        accounts = [account_of(row) for row in csv.DictReader(file)]
    answer = await api.post("/importers", {"accounts": accounts[:500]})
    assert answer.status in {200, 201}, answer.body
    await api.platform.engine.dispose()


_ACCOUNTS = Filled("accounts_of_the_sample", _register_accounts)


async def open_apis(databases: TestDatabases, *, lines: int, cycles: Sequence[date]) -> dict[str, Api]:
    """All services with the first lines of the sample applied, and the liquidation cycles of some Fridays run.

    The clock stands at the last event; entries whose Friday is not named are still to be liquidated.
    """
    clock = FixedClock(BEGINNING)
    apis = {}
    for service in SERVICES:
        url = await databases.copy(service.name, _ACCOUNTS if service is ROUTING else None)
        apis[service.name] = _open_api(service, url, clock)
    await deliver(apis, sample_traffic(lines).messages)
    for friday in cycles:
        answer = await apis["liquidation"].post("/cycles", {"date": friday.isoformat(), "despite_unread": True})
        assert answer.status < 300, answer.body
        await deliver(apis, await take_outboxes(apis))
    return apis


def known_numbers(lines: int) -> dict[str, list[str]]:
    """The numbers that the first lines of the sample are about."""
    numbers: dict[str, list[str]] = {"entry_number": [], "importer_number": [], "filing_number": []}
    for event in _decoded(sample_traffic(lines).messages):
        for name, found in numbers.items():
            if (value := getattr(event.data, name, None)) is not None and value not in found:
                found.append(value)
    return numbers


async def close_apis(apis: dict[str, Api]) -> None:
    """Let go of the databases."""
    for api in apis.values():
        await api.platform.engine.dispose()


async def deliver(apis: dict[str, Api], messages: Sequence[Message]) -> None:
    """Apply events to every service that reads them, and what follows from them, until nothing does."""
    while messages:
        for api in apis.values():
            events = list(_decoded(message for message in messages if message.topic in api.service.topics))
            for at in range(0, len(events), _BATCH):
                await _apply(api, events[at : at + _BATCH])
        messages = await take_outboxes(apis)


async def _apply(api: Api, events: Sequence[Event[Any]]) -> None:
    clock = api.platform.clock
    assert isinstance(clock, FixedClock)
    clock.advance(max(timedelta(0), max(event.time for event in events) - clock.now()))
    async with transaction(api.platform.engine) as tx:
        handled: Awaitable[Sequence[outbox.Outgoing]] = api.parts.handler(tx, events)
        await outbox.add(tx, f"urn:centerline:{api.service.name}", await handled)


async def take_outboxes(apis: dict[str, Api]) -> list[Message]:
    """What all services have to tell; it is gone from their outboxes."""
    taken = []
    for api in apis.values():
        async with transaction(api.platform.engine) as tx:
            rows = await outbox.next_rows(tx, 100_000)
            await outbox.remove(tx, [row.id for row in rows])
        taken += [row.message for row in rows]
    return taken


def _decoded(messages: Iterable[Message]) -> Iterable[Event[Any]]:
    seen = set()
    for message in messages:
        event = decode(message.topic, message.key, message.value, message.headers, _MAX_EVENT_BYTES)
        if not isinstance(event, Rejection) and (event.source, event.id) not in seen:
            seen.add((event.source, event.id))
            yield event
