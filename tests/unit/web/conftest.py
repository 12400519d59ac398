"""A small application with the conventions of every API, and a client that speaks to it in memory."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import APIRouter

from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.settings import ServiceSettings
from shared.web.app import Application, create_app
from shared.web.identity import issue_development_token

NOW = datetime(2026, 3, 2, 19, 3, 11, tzinfo=UTC)
SETTINGS = ServiceSettings(
    service="routing",
    database_url="postgresql://localhost/routing",
    bus="kafka",
    port=8001,
    token_secret="s" * 32,
    code_version="abc123",
)
KIM = Identity("kim", "Kim Reyes", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE003"}))

MakeApp = Callable[..., Application]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics.create()


@pytest.fixture
def readiness() -> Readiness:
    return Readiness()


@pytest.fixture
def make_app(clock: FixedClock, metrics: Metrics, readiness: Readiness) -> MakeApp:
    def build(
        *routers: APIRouter,
        public_routers: Sequence[APIRouter] = (),
        settings: ServiceSettings = SETTINGS,
        **state: object,
    ) -> Application:
        return create_app(
            title="Routing",
            summary="Routes entries.",
            description="A test.",
            version="1.0.0",
            settings=settings,
            metrics=metrics,
            readiness=readiness,
            state=state,
            routers=routers,
            public_routers=public_routers,
            clock=clock,
        )

    return build


def bearer(identity: Identity = KIM, settings: ServiceSettings = SETTINGS, now: datetime = NOW) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_development_token(settings, identity, now)}"}


@pytest.fixture
async def connect() -> AsyncIterator[Callable[[Application], httpx.AsyncClient]]:
    clients: list[httpx.AsyncClient] = []

    def open_client(app: Application) -> httpx.AsyncClient:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing", headers=bearer())
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        await client.aclose()


@pytest.fixture
def settings() -> ServiceSettings:
    return SETTINGS


@pytest.fixture
def now() -> datetime:
    return NOW
