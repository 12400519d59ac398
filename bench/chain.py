"""The whole chain: filed and released entries in on Kafka until all are routed, queued and scheduled."""

import resource
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.nation import load_accounts, load_criteria
from bench.routing import Measured
from bench.site import Site
from bench.traffic import filed_and_released
from cli import operations
from cli.environment import Environment, ports_from
from cli.processes import running_fleet
from shared.bus.kafka import KafkaBus
from shared.bus.protocol import Message

_FIRST_PORT = 18_001
_PUBLISH_AT_ONCE = 2000
_LONGEST_SECONDS = 3 * 3600


@dataclass(frozen=True, slots=True)
class Chain:
    """How fast a chain was, and the memory (MiB resident) of each of its processes half way and at the end."""

    measured: Measured
    half_way: Mapping[str, float]
    at_end: Mapping[str, float]


async def measure_chain(site: Site, entries: int, accounts: int, criteria: int) -> Chain:
    """Entries through the services, from the first publication until nothing is left to do anywhere.

    Counts entries (a filing and a release each), of so many importer accounts, with so many criteria live. The
    publisher, the broker and the database share the machine.
    """
    environment = Environment(
        bus="kafka",
        kafka_bootstrap=site.kafka,
        database_url=site.server.url("{service}"),
        bus_database_url=site.server.url("bus"),
        token_secret="0" * 32,
        host="127.0.0.1",
        ports=ports_from(_FIRST_PORT),
        data=site.folder,
        server=site.server,
    )
    await operations.ensure_topics(environment)
    await operations.migrate(environment)
    async with operations.service_engine(environment, "routing") as engine:
        await load_accounts(engine, accounts)
        await load_criteria(engine, criteria, accounts)
    async with running_fleet(environment) as fleet, operations.watching_quiet(environment) as quiet:
        await quiet.wait()
        began = time.perf_counter()
        half_way: dict[str, float] = {}
        async for published in publish_entries(site.kafka, entries, released=True, accounts=accounts):
            if published >= entries and not half_way:  # of two records for each entry
                half_way = _memory_of(fleet.pids)
        await quiet.wait(seconds=_LONGEST_SECONDS)
        return Chain(Measured(entries, time.perf_counter() - began), half_way, _memory_of(fleet.pids))


def _memory_of(pids: Mapping[str, int]) -> dict[str, float]:
    """What each process has resident, in MiB (Linux)."""
    pages = {name: int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for name, pid in pids.items()}
    return {name: count * resource.getpagesize() / 2**20 for name, count in pages.items()}


async def publish_entries(kafka: str, entries: int, *, released: bool, accounts: int = 0) -> AsyncIterator[int]:
    """Put so many entries on the bus, of the importers of the sample or of so many accounts; gives how many records."""
    bus = KafkaBus(kafka)
    batch: list[Message] = []
    published = 0
    for message in filed_and_released(entries, released=released, accounts=accounts):
        batch.append(message)
        if len(batch) == _PUBLISH_AT_ONCE:
            await bus.publish(batch)
            published += len(batch)
            batch = []
            yield published
    await bus.publish(batch)
    await bus.close()
    yield published + len(batch)
