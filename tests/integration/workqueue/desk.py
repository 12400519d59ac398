"""A work queue to test: its handler, its API, its clock, and people who call it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.workqueue.app import SERVICE
from services.workqueue.handlers.handler import handle
from services.workqueue.publishing import SOURCE
from services.workqueue.settings import WorkqueueSettings
from services.workqueue.store.invariants import INVARIANTS
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.bus.postgres import PostgresBus
from shared.contracts.envelope import Event
from shared.db.transaction import reading, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token
from tests.support.invariants import find_violations
from tests.support.people import EVERY_DIVISION

NOW = datetime(2026, 3, 2, 19, 3, 11, tzinfo=UTC)
DIVISIONS = EVERY_DIVISION
KIM = Identity(
    "kim", "Kim Reyes", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE007"}), divisions=DIVISIONS
)
LEE = Identity(
    "lee", "Lee Park", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE007"}), divisions=DIVISIONS
)


class Desk:
    """One work queue with its clock, and people who call its API."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.clock = FixedClock(NOW)
        url = engine.url.render_as_string(hide_password=False)
        self.settings = WorkqueueSettings(database_url=url, bus_database_url=url, token_secret="s" * 32)
        self.platform = Platform(self.settings, engine, PostgresBus(url), self.clock, Metrics.create())
        self.parts = SERVICE.build(self.platform)
        self.app = build_app(SERVICE, self.platform, self.parts, Readiness())
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://workqueue")

    async def close(self) -> None:
        """Let go of its client and of the bus, which has connections of its own."""
        await self.client.aclose()
        await self.platform.bus.close()

    async def apply(self, *events: Event[Any]) -> Sequence[Outgoing]:
        """Apply events in one batch, as the consumer does; what they cause goes to the outbox."""
        async with transaction(self.engine) as tx:
            outgoing = await handle(tx, events)
            await outbox.add(tx, SOURCE, outgoing)
        return outgoing

    async def call(
        self, method: str, path: str, who: Identity = KIM, *, headers: dict[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        token = issue_development_token(self.settings, who, self.clock.now())
        return await self.client.request(
            method, path, headers={"Authorization": f"Bearer {token}", **(headers or {})}, **options
        )

    async def claim(self, item_id: Any, who: Identity = KIM) -> int:
        answer = await self.call("POST", f"/items/{item_id}/claim", who)
        assert answer.status_code == 200, answer.text
        token: int = answer.json()["token"]
        return token

    async def propose(self, item_id: Any, token: int) -> int:
        """Propose the action of a review and let the 20 days of the CBP 29 pass; gives the token of a new claim."""
        body = {"token": token, "form": "CBP-29", "questions": ["The entered rate is advanced."]}
        headers = {"Idempotency-Key": f"notice-{item_id}"}
        answer = await self.call("POST", f"/items/{item_id}/requests", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        self.clock.advance(timedelta(days=21))
        return await self.claim(item_id)

    async def rows(self, table: Any) -> list[Any]:
        async with reading(self.engine) as connection:
            return list(await connection.execute(select(table).order_by(*table.primary_key.columns)))

    async def published(self) -> list[dict[str, Any]]:
        """The events in the outbox, oldest first, as JSON."""
        async with transaction(self.engine) as tx:
            return [orjson.loads(row.message.value) for row in await outbox.next_rows(tx, 100_000)]

    async def violations(self) -> dict[str, list[str]]:
        return await find_violations(self.engine, INVARIANTS)
