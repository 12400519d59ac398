"""Real processes, real databases, real faults: whatever happens, the tables end as a clean run leaves them.

The oracle is the content of every table of every service after one clean, ordered pass. The disturbed pass delivers
everything twice and in any order while services are killed, the database loses power and the broker is killed; then the
weekly cycles run while liquidation is killed under them. `make fault` does this with the whole sample.
"""

import asyncio
import random
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.demo import set_replay_clock
from cli.operations import open_bus
from shared.customs.calendar import end_of_legal_day
from shared.db import embedded
from tests.support.digest import differences
from tests.support.kafka_broker import KafkaBroker
from tests.support.passes import (
    Contents,
    publish,
    read_contents,
    register_importers,
    register_parties,
    run_cycle,
    settle,
)
from tests.support.product import Product, broken_invariants, running_product
from tests.support.traffic import Traffic, sample_traffic

CYCLES = (date(2025, 10, 17), date(2025, 11, 14), date(2026, 8, 14), date(2026, 8, 21), date(2026, 9, 4))
SEED = 20261122


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
        await register_importers(product.environment)
        await register_parties(product.environment)
        async with open_bus(product.environment) as bus:
            await publish(bus, list(traffic.messages))
        await settle(product.environment)
        for friday in CYCLES:
            await run_cycle(product.environment, friday)
        await settle(product.environment)
        assert await broken_invariants(product.environment) == {}
        return await read_contents(product.environment)


async def disturbed_run(site: Site, traffic: Traffic, scale: Scale) -> Contents:
    """The same facts delivered twice and in any order, under faults; gives what the tables say."""
    chance = random.Random(SEED)
    bus_kind: Any = site.bus
    async with running_product(bus=bus_kind, folder=site.folder, kafka=site.kafka, replays=True) as product:
        set_replay_clock(product.environment, end_of_legal_day(CYCLES[0]))
        await register_importers(product.environment)
        await register_parties(product.environment)
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
        await settle(product.environment)
        for friday in CYCLES:
            await run_cycle_and_kill(product, friday, chance)
        await settle(product.environment)
        assert await broken_invariants(product.environment) == {}
        return await read_contents(product.environment)


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


async def run_cycle_and_kill(product: Product, friday: date, chance: random.Random) -> None:
    """Begin the cycle, kill the service under it, then ask again until it is done."""
    beginning = asyncio.create_task(run_cycle(product.environment, friday))
    await asyncio.sleep(chance.uniform(0.0, 0.15))
    if "liquidation" in product.pids():
        product.kill("liquidation")
    await beginning
    await run_cycle(product.environment, friday)
