"""The routing API and its handler on one database, and the people who call it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import httpx
import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.app import SERVICE, build
from services.routing.handlers.handler import RoutingHandler
from services.routing.store.rulebook import RulesInForce
from shared.bus import outbox
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.db.transaction import reading, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.service import build_app, open_platform
from shared.runtime.settings import load_settings
from shared.web.identity import issue_development_token
from tests.support.events import decoded, demand_known_words

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

NOW = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)
TODAY = date(2026, 3, 16)
IMPORTER, SECOND, STRANGER = "07-345678900", "08-345678900", "09-345678900"

OFFICE = Identity("ofo", "Office", frozenset({RoleName.OFFICE_OF_TRADE}))
DIRECTOR = Identity("dana", "Dana", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE007"}))
OTHER_DIRECTOR = Identity("dora", "Dora", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE005"}))
HOLDER = Identity("holder", "Holder", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER, SECOND}))
OUTSIDER = Identity("out", "Outsider", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({STRANGER}))
BROKER = Identity("broker", "Broker", frozenset({RoleName.BROKER}), filer_code="B76")
SURETY = Identity("surety", "Surety", frozenset({RoleName.SURETY}), surety_code="036")


class Matters:
    """Routing with a clock: people call it, events reach it."""

    def __init__(self, client: httpx.AsyncClient, settings: Any, engine: AsyncEngine, clock: FixedClock) -> None:
        self.client = client
        self.settings = settings
        self.engine = engine
        self.clock = clock
        self._handler = RoutingHandler(RulesInForce(0), Metrics.create().conflicts_total)
        self._keys = 0

    async def call(
        self,
        method: str,
        path: str,
        who: Identity = OFFICE,
        *,
        if_match: str | None = None,
        key: str | None = None,
        **options: Any,
    ) -> httpx.Response:
        """One call with a token of that person and a new Idempotency-Key."""
        self._keys += 1
        token = issue_development_token(self.settings, who, self.clock.now())
        headers = {"authorization": f"Bearer {token}", "idempotency-key": key or f"key-{self._keys}"}
        if if_match is not None:
            headers["if-match"] = if_match
        return await self.client.request(method, path, headers=headers, **options)

    async def register(self, number: str = IMPORTER, center: str | None = "CEE007", **changes: Any) -> None:
        """An account with its Center."""
        body = {"importer_number": number, "name": f"SYNTHETIC {number[:2]}", "center": center} | changes
        answer = await self.call("POST", "/importers", json={"accounts": [body]})
        assert answer.status_code == 201, answer.text

    async def receive(self, *events: Event[Any]) -> None:
        """A batch of events through the handler, with what it publishes."""
        async with transaction(self.engine) as tx:
            await outbox.add(tx, "urn:centerline:routing", await self._handler(tx, events))

    async def published(self, topic: str) -> list[Any]:
        """The data published on a topic, read as every reader does."""
        found = []
        async with transaction(self.engine) as tx:
            for row in await outbox.next_rows(tx, 1000):
                if row.message.topic == topic:
                    event = decode(topic, row.message.key, row.message.value, {}, 524_288)
                    assert not isinstance(event, Rejection), event
                    demand_known_words(event)
                    found.append(orjson.loads(row.message.value)["data"])
        return found

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        """Every row of a table, in order of its key."""
        async with reading(self.engine) as connection:
            found = await connection.execute(select(table).order_by(*table.primary_key.columns))
            return [dict(row) for row in found.mappings()]


@asynccontextmanager
async def open_matters(service_engine: MakeEngine, **given: Any) -> AsyncIterator[Matters]:
    """The whole service on a fresh database, without its bus."""
    engine = await service_engine("routing")
    url = engine.url.render_as_string(hide_password=False)
    settings = load_settings(
        SERVICE.settings, database_url=url, bus="kafka", token_secret="0" * 32, random_floor_basis_points=0, **given
    )
    clock = FixedClock(NOW)
    platform = open_platform(settings, clock)
    app = build_app(SERVICE, platform, build(platform), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing") as client:
        yield Matters(client, settings, platform.engine, clock)
    await platform.engine.dispose()


def filing(kind: str = "protest", number: str = "SYN-1", importer: str = IMPORTER, **changes: Any) -> Event[Any]:
    """A post-entry-filed event; `body`, `received_at`, `entries` and the envelope's `id`, `time` may be given."""
    envelope = {name: changes.pop(name) for name in ("id", "time") if name in changes}
    data = {
        "filing_number": number,
        "kind": kind,
        "importer_number": importer,
        "filed_by": {"role": "importer", "id": importer, "name": "SYNTHETIC"},
        "received_at": "2026-03-02T15:00:00Z",
        "entries": [],
        "body": {},
    } | changes
    return decoded("post-entry-filed", data, **envelope)


def said(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Rows in a form that can be compared."""
    return [repr(sorted(row.items())) for row in rows]
