"""Real processes, real databases, real faults: whatever happens, the tables end as a clean run leaves them.

The oracle is the content of every table of every service after one clean, ordered pass. The disturbed pass delivers
everything twice and in any order while services are killed, the database loses power and the broker is killed; then the
weekly cycles run while liquidation is killed under them. `make fault` does this with the whole sample.
"""

import asyncio
import csv
import random
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli import client as cli_client
from cli.client import CallRefused, Client
from cli.demo import account_of, parties_of, set_replay_clock
from cli.operations import open_bus, watching_quiet
from shared.bus.protocol import Bus, Message
from shared.customs.calendar import end_of_legal_day
from shared.db import embedded
from shared.db.engine import create_engine
from shared.runtime.errors import Transient
from tests.support.digest import differences, table_contents
from tests.support.kafka_broker import KafkaBroker
from tests.support.product import Product, broken_invariants, running_product
from tests.support.services import SERVICES
from tests.support.traffic import SAMPLES, Traffic, sample_traffic

CYCLES = (date(2025, 10, 17), date(2025, 11, 14), date(2026, 8, 14), date(2026, 8, 21), date(2026, 9, 4))
QUIET_SECONDS = 240.0
SEED = 20261122

Contents = dict[str, dict[str, Counter[str]]]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much traffic, and how many faults strike while it flows."""

    lines: int | None
    service_kills: int
    seconds_between: float


SHORT = Scale(lines=1000, service_kills=6, seconds_between=0.8)
LONG = Scale(lines=None, service_kills=60, seconds_between=1.5)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a run takes place; `broker` is None on the embedded bus."""

    folder: Path
    broker: KafkaBroker | None

    @property
    def bus(self) -> str:
        return "postgres" if self.broker is None else "kafka"

    @property
    def kafka(self) -> str:
        return "" if self.broker is None else self.broker.bootstrap


CleanRuns = Callable[[Scale], Awaitable[Contents]]


@pytest.fixture(scope="session")
def make_site(open_folder: Path) -> Iterator[Callable[[str, str], Site]]:
    """Gives fresh sites by name and bus; brokers are stopped afterwards."""
    made: list[Site] = []

    def make(name: str, bus: str) -> Site:
        folder = open_folder / name
        folder.mkdir()
        site = Site(folder, KafkaBroker.start(folder / "kafka") if bus == "kafka" else None)
        made.append(site)
        return site

    yield make
    for site in made:
        if site.broker is not None:
            site.broker.kill()
        shutil.rmtree(site.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def clean_contents(make_site: Callable[[str, str], Site]) -> CleanRuns:
    """What one clean pass of a scale leaves; each is run once for both buses."""
    kept: dict[int | None, Contents] = {}

    async def run(scale: Scale) -> Contents:
        if scale.lines not in kept:
            site = make_site(f"clean-{scale.lines}", "postgres")
            kept[scale.lines] = await clean_run(site, sample_traffic(scale.lines))
        return kept[scale.lines]

    return run


@pytest.mark.parametrize("bus", ["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
@pytest.mark.timeout(400)
@pytest.mark.verify
async def test_faults_leave_no_trace(
    make_site: Callable[[str, str], Site], clean_contents: CleanRuns, bus: str
) -> None:
    await check_faults_leave_no_trace(make_site, clean_contents, bus, SHORT)


@pytest.mark.parametrize("bus", ["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
@pytest.mark.timeout(3600)
@pytest.mark.long
async def test_faults_leave_no_trace_on_the_whole_sample(
    make_site: Callable[[str, str], Site], clean_contents: CleanRuns, bus: str
) -> None:
    await check_faults_leave_no_trace(make_site, clean_contents, bus, LONG)


async def check_faults_leave_no_trace(
    make_site: Callable[[str, str], Site], clean_contents: CleanRuns, bus: str, scale: Scale
) -> None:
    """Compare a clean run on the embedded bus with a disturbed one on the given bus."""
    clean = await clean_contents(scale)
    assert clean["routing"]["routing_decisions"].total() > 400
    assert clean["liquidation"]["entries"].total() >= clean["routing"]["releases"].total()
    assert any('"state": "liquidated"' in row for row in clean["liquidation"]["entries"])
    assert clean["routing"]["dead_letters"].total() == 29
    site = make_site(f"disturbed-{bus}-{scale.lines}", bus)
    disturbed = await disturbed_run(site, sample_traffic(scale.lines), scale)
    found = {name: differences(clean[name], disturbed[name]) for name in clean}
    assert not any(found.values()), "\n".join(line for lines in found.values() for line in lines)


async def clean_run(site: Site, traffic: Traffic) -> Contents:
    """One ordered pass without faults; gives what the tables say."""
    async with running_product(bus="postgres", folder=site.folder, replays=True) as product:
        set_replay_clock(product.environment, end_of_legal_day(CYCLES[0]))
        await register_importers(product)
        await register_parties(product)
        async with open_bus(product.environment) as bus:
            await publish(bus, list(traffic.messages))
        await settle(product)
        for friday in CYCLES:
            await run_cycle(product, friday)
        await settle(product)
        assert await broken_invariants(product.environment) == {}
        return await read_contents(product)


async def disturbed_run(site: Site, traffic: Traffic, scale: Scale) -> Contents:
    """The same facts delivered twice and in any order, under faults; gives what the tables say."""
    chance = random.Random(SEED)
    bus_kind: Any = site.bus
    async with running_product(bus=bus_kind, folder=site.folder, kafka=site.kafka, replays=True) as product:
        set_replay_clock(product.environment, end_of_legal_day(CYCLES[0]))
        await register_importers(product)
        await register_parties(product)
        async with open_bus(product.environment) as bus:
            feeding = asyncio.create_task(publish(bus, traffic.disturbed(chance), pause=0.2))
            await strike_services(product, chance, scale)
            await lose_power(product)
            if site.broker is not None:
                await asyncio.to_thread(site.broker.kill)
                await asyncio.sleep(1.0)
                await asyncio.to_thread(site.broker.restart)
            await strike_services(product, chance, scale)
            await feeding
        await settle(product)
        for friday in CYCLES:
            await run_cycle_and_kill(product, friday, chance)
        await settle(product)
        assert await broken_invariants(product.environment) == {}
        return await read_contents(product)


async def strike_services(product: Product, chance: random.Random, scale: Scale) -> None:
    """Kill services one after the other, each at a moment of its own."""
    for _ in range(scale.service_kills // 2):
        await asyncio.sleep(chance.uniform(0.3, 1.7) * scale.seconds_between)
        running = sorted(product.pids())
        if running:
            product.kill(chance.choice(running))


async def lose_power(product: Product) -> None:
    """Kill the database server with all its processes, and start it again from what is on disk."""
    server = product.environment.server
    assert server is not None
    await asyncio.to_thread(embedded.kill, server)
    await asyncio.sleep(1.0)
    await asyncio.to_thread(embedded.start, server.data_dir, port=server.port)


async def publish(bus: Bus, messages: list[Message], pause: float = 0.0) -> None:
    """Publish everything; what failed is sent again, as a filing system would."""
    for start in range(0, len(messages), 200):
        await again_until_done(lambda some=messages[start : start + 200]: bus.publish(some))
        await asyncio.sleep(pause)


async def register_importers(product: Product) -> None:
    """Register the sample's accounts."""
    with (SAMPLES / "importers.csv").open(encoding="utf-8", newline="") as file:
        accounts = [account_of(row) for row in csv.DictReader(file)]
    await call(product, "routing", "/importers", {"accounts": accounts})


async def register_parties(product: Product) -> None:
    """Register the sample's parties; filers and sureties are told of notices beside the importers then."""
    with (SAMPLES / "parties.csv").open(encoding="utf-8", newline="") as file:
        parties = parties_of(csv.DictReader(file))
    await call(product, "routing", "/parties", {"parties": parties, "reason": "Of the sample."})


async def run_cycle(product: Product, friday: date) -> None:
    """Run the cycle of a Friday on that day."""
    set_replay_clock(product.environment, end_of_legal_day(friday))
    client = Client(product.environment)
    try:
        await again_until_done(lambda: cli_client.run_cycle(client, friday))
    finally:
        await client.close()


async def run_cycle_and_kill(product: Product, friday: date, chance: random.Random) -> None:
    """Begin the cycle, kill the service under it, then ask again until it is done."""
    beginning = asyncio.create_task(run_cycle(product, friday))
    await asyncio.sleep(chance.uniform(0.0, 0.15))
    if "liquidation" in product.pids():
        product.kill("liquidation")
    await beginning
    await run_cycle(product, friday)


async def call(product: Product, service: str, path: str, body: Any) -> None:
    """POST until the service has answered."""
    client = Client(product.environment)
    try:
        await again_until_done(lambda: client.post(service, path, body))
    finally:
        await client.close()


async def settle(product: Product) -> None:
    """Wait until all is applied and every notice has gone out."""
    client = Client(product.environment)
    try:
        async with asyncio.timeout(QUIET_SECONDS):
            while True:
                async with watching_quiet(product.environment) as quiet:
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


async def read_contents(product: Product) -> Contents:
    """What the tables of every service say."""
    contents: Contents = {}
    for service in SERVICES:
        engine = create_engine(product.environment.database_of(service.name), application="tests", pool_size=1)
        contents[service.name] = await table_contents(engine, service)
        await engine.dispose()
    return contents
