"""One pass of the sample through running services, whoever runs them: registered, fed, let through its cycles, read."""

import asyncio
import csv
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx

from cli import client as cli_client
from cli.client import CallRefused, Client
from cli.demo import account_of, parties_of, set_replay_clock
from cli.environment import Environment
from cli.operations import watching_quiet
from shared.bus.protocol import Bus, Message
from shared.customs.calendar import end_of_legal_day
from shared.db.engine import create_engine
from shared.runtime.errors import Transient
from tests.support.digest import table_contents
from tests.support.services import SERVICES
from tests.support.traffic import SAMPLES

QUIET_SECONDS = 240.0

Contents = dict[str, dict[str, Counter[str]]]


async def publish(bus: Bus, messages: list[Message], pause: float = 0.0) -> None:
    """Publish everything; what failed is sent again, as a filing system would."""
    for start in range(0, len(messages), 200):
        await again_until_done(lambda some=messages[start : start + 200]: bus.publish(some))
        await asyncio.sleep(pause)


async def register_importers(environment: Environment) -> None:
    """Register the sample's accounts."""
    with (SAMPLES / "importers.csv").open(encoding="utf-8", newline="") as file:
        accounts = [account_of(row) for row in csv.DictReader(file)]
    await call(environment, "routing", "/importers", {"accounts": accounts})


async def register_parties(environment: Environment) -> None:
    """Register the sample's parties; filers and sureties are told of notices beside the importers then."""
    with (SAMPLES / "parties.csv").open(encoding="utf-8", newline="") as file:
        parties = parties_of(csv.DictReader(file))
    await call(environment, "routing", "/parties", {"parties": parties, "reason": "Of the sample."})


async def run_cycle(environment: Environment, friday: date) -> None:
    """Run the cycle of a Friday on that day."""
    set_replay_clock(environment, end_of_legal_day(friday))
    client = Client(environment)
    try:
        await again_until_done(lambda: cli_client.run_cycle(client, friday))
    finally:
        await client.close()


async def call(environment: Environment, service: str, path: str, body: Any) -> None:
    """POST until the service has answered."""
    client = Client(environment)
    try:
        await again_until_done(lambda: client.post(service, path, body))
    finally:
        await client.close()


async def settle(environment: Environment) -> None:
    """Wait until all is applied and every notice has gone out."""
    client = Client(environment)
    try:
        async with asyncio.timeout(QUIET_SECONDS):
            while True:
                async with watching_quiet(environment) as quiet:
                    await quiet.wait(seconds=QUIET_SECONDS)
                try:
                    figures = await client.get("notifications", "/figures")
                except httpx.HTTPError:  # killed last, and on its way back
                    await asyncio.sleep(0.3)
                    continue
                if not any(states.get("queued") for states in figures["notices"].values()):
                    return
                await asyncio.sleep(0.3)
    finally:
        await client.close()


async def again_until_done(attempt: Callable[[], Awaitable[Any]], seconds: float = 120.0) -> None:
    """Try until it works: services and servers come back by themselves."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                await attempt()
            except (Transient, httpx.HTTPError):
                await asyncio.sleep(0.2)
            except CallRefused as refused:
                if " 503 " not in str(refused):
                    raise
                await asyncio.sleep(0.2)
            else:
                return


async def read_contents(environment: Environment) -> Contents:
    """What the tables of every service say."""
    contents: Contents = {}
    for service in SERVICES:
        engine = create_engine(environment.database_of(service.name), application="tests", pool_size=1)
        contents[service.name] = await table_contents(engine, service)
        await engine.dispose()
    return contents
