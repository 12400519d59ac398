"""The whole chain: filed and released entries in on Kafka until all are routed, queued and scheduled."""

import asyncio
import time

from bench.routing import Measured
from bench.site import Site
from bench.traffic import filed_and_released
from cli import operations
from cli.catalogue import SERVICES
from cli.environment import Environment
from cli.processes import running_fleet
from shared.bus.kafka import KafkaBus

_FIRST_PORT = 18_001
_PUBLISH_AT_ONCE = 2000


async def measure_chain(site: Site, entries: int) -> Measured:
    """Entries through four service processes, from the first publication until nothing is left to do anywhere.

    Counts entries (a filing and a release each). The publisher, the broker and the database share the machine.
    """
    environment = Environment(
        bus="kafka",
        kafka_bootstrap=site.kafka,
        database_url=site.server.url("{service}"),
        bus_database_url=site.server.url("bus"),
        token_secret="0" * 32,
        host="127.0.0.1",
        ports={service.name: _FIRST_PORT + position for position, service in enumerate(SERVICES)},
        data=site.folder,
        server=site.server,
    )
    await operations.ensure_topics(environment)
    await operations.migrate(environment)
    async with running_fleet(environment), operations.watching_quiet(environment) as quiet:
        await quiet.wait()
        began = time.perf_counter()
        await publish_entries(site.kafka, entries, released=True)
        await quiet.wait(seconds=1800)
        return Measured(entries, time.perf_counter() - began)


async def publish_entries(kafka: str, entries: int, *, released: bool, accounts: int = 0) -> None:
    """Put so many entries on the bus, of the importers of the sample or of so many accounts."""
    bus = KafkaBus(kafka)
    batch = []
    for message in filed_and_released(entries, released=released, accounts=accounts):
        batch.append(message)
        if len(batch) == _PUBLISH_AT_ONCE:
            await bus.publish(batch)
            batch = []
            await asyncio.sleep(0)
    await bus.publish(batch)
    await bus.close()
