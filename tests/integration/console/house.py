"""The console over real services in one process, each on its own database: pages as people read and send them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from services.console.acts.people import find_person
from services.console.api.application import build_pages
from services.console.settings import ConsoleSettings
from services.liquidation.app import SERVICE as LIQUIDATION
from services.routing.app import SERVICE as ROUTING
from services.workqueue.app import SERVICE as WORKQUEUE
from shared.bus.postgres import PostgresBus
from shared.runtime.clock import FixedClock
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app, open_bus
from shared.runtime.settings import load_settings
from shared.web.identity import issue_development_token
from tests.support.pages import Reader, reading_through

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

SECRET = "s" * 32
NOWHERE = "http://127.0.0.1:9"
"""Where a service that a test does without does not answer."""
SERVICES = {each.name: each for each in (ROUTING, WORKQUEUE, LIQUIDATION)}


@dataclass(frozen=True, slots=True)
class House:
    """The console with the services behind it, all on one clock."""

    console: FastAPI
    apps: dict[str, FastAPI]
    engines: dict[str, AsyncEngine]
    clock: FixedClock

    def at(self, *moment: int) -> None:
        """Go on to a moment; who is signed in has to sign in again when that is much later."""
        self.clock.advance(datetime(*moment, tzinfo=UTC) - self.clock.now())  # type: ignore[arg-type, misc]

    async def call(self, subject: str, service: str, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """A call of an API by one of the sample people; gives what it answers."""
        person, app = find_person(subject), self.apps[service]
        assert person is not None
        token = issue_development_token(app.state.settings, person.identity, self.clock.now())
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{subject} {path} {key}"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{service}") as client:
            answer = await client.request(method, path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """Serve the console to browsers of this machine; gives its address."""
        server = uvicorn.Server(uvicorn.Config(self.console, log_config=None))
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        await serving

    @asynccontextmanager
    async def reading_as(self, subject: str) -> AsyncIterator[Reader]:
        """Be one of the sample people."""
        async with reading_through(httpx.ASGITransport(self.console), subject) as reader:
            yield reader


async def open_house(make_engine: MakeEngine, now: datetime, *names: str, **settings: Any) -> House:
    """The console with the services of these names, which take `settings` where they have them."""
    clock, apps, engines = FixedClock(now), {}, {}
    for name in names:
        service, engines[name] = SERVICES[name], await make_engine(name)
        taken = {each: value for each, value in settings.items() if each in service.settings.model_fields}
        made = load_settings(
            service.settings,
            database_url="postgresql://unused",
            bus_database_url="postgresql://unused",
            token_secret=SECRET,
            development=True,
            **taken,
        )
        platform = Platform(made, engines[name], PostgresBus("postgresql+asyncpg://unused"), clock, Metrics.create())
        apps[name] = build_app(service, platform, service.build(platform), Readiness())
    own = ConsoleSettings(
        database_url="postgresql://localhost/console",
        bus="kafka",
        token_secret=SECRET,
        development=True,
        session_key="k" * 40,
        routing_url=NOWHERE,
        workqueue_url=NOWHERE,
        liquidation_url=NOWHERE,
        notifications_url=NOWHERE,
        panel_seconds=20,
        act_seconds=20,
    )
    console = build_pages(
        Platform(own, await make_engine("console"), open_bus(own), clock, Metrics.create()), Readiness()
    )
    clients = console.state.console.services._clients
    for name, app in apps.items():
        clients[name] = type(clients[name])(transport=httpx.ASGITransport(app), base_url=f"http://{name}")
    return House(console, apps, engines, clock)
