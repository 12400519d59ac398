"""All services and the console on sockets of this process: pages with what they stand on, without a bus."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from services.console.api.application import build_pages
from services.console.app import SERVICE as CONSOLE
from shared.runtime.identity import Identity
from shared.runtime.lifecycle import Readiness
from shared.runtime.service import open_platform
from shared.runtime.settings import load_settings
from shared.runtime.supervisor import build_http_server
from tests.support.apis import Api, close_apis, deliver, open_apis, take_outboxes
from tests.support.asgi import Call, send
from tests.support.databases import TestDatabases


@dataclass(frozen=True, slots=True)
class Served:
    """The product without its bus: what one service tells comes to the others when a test says so."""

    apis: dict[str, Api]
    console: str
    app: Any

    async def ask(self, service: str, path: str, caller: Identity) -> Any:
        """The JSON answer of a service to a GET; anything but success is an error of the test."""
        api = self.apis[service]
        answer = await send(api.app, Call("GET", path.encode(), ((b"authorization", api.token(caller)),)))
        assert answer.status == 200, f"{path}: {answer.status} {answer.body!r}"
        return orjson.loads(answer.body)

    async def deliver(self, messages: Sequence[Any] = ()) -> None:
        """Apply these events and what all services have to tell, and what follows, until nothing does."""
        await deliver(self.apis, [*messages, *await take_outboxes(self.apis)])


@asynccontextmanager
async def serving_all(databases: TestDatabases, *, lines: int = 0) -> AsyncIterator[Served]:
    """Serve all services, with the first lines of the sample, and the console; one clock for all."""
    apis = await open_apis(databases, lines=lines, cycles=[])
    async with AsyncExitStack() as stack:
        stack.push_async_callback(close_apis, apis)
        addresses = {f"{name}_url": await stack.enter_async_context(_serving(api.app)) for name, api in apis.items()}
        settings = load_settings(
            CONSOLE.settings,
            database_url=await databases.copy("console"),
            bus="kafka",
            token_secret="0" * 32,
            session_key="k" * 40,
            development=True,
            panel_seconds=20,  # what is asked is what a page says, and not how soon
            act_seconds=20,
            connect_seconds=20,
            **addresses,
        )
        platform = open_platform(settings, next(iter(apis.values())).platform.clock)
        stack.push_async_callback(platform.engine.dispose)
        app = build_pages(platform, Readiness())
        yield Served(apis, await stack.enter_async_context(_serving(app)), app)


@asynccontextmanager
async def _serving(app: Any) -> AsyncIterator[str]:
    """Where an application answers while the block runs."""
    server = build_http_server(app, "127.0.0.1", 0, graceful_seconds=1)
    listening = asyncio.Event()
    server.on_listening = listening.set
    running = asyncio.create_task(server.serve())
    await listening.wait()
    yield f"http://127.0.0.1:{server.port}"
    server.should_exit = True
    await running
