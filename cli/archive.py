"""The archive by hand: written as long as wanted, checked, put back on a bus or straight into a copy of a service."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from cli.catalogue import SERVICES, all_topics, find_service
from cli.environment import Environment
from cli.not_there import NotThere
from cli.operations import open_bus
from shared.archive import copying
from shared.archive import folder as archive_folder
from shared.archive.archiver import Archiver
from shared.archive.copying import ArchiveClock, Asked, Copied
from shared.archive.folder import Checked
from shared.bus.protocol import TopicPartition
from shared.contracts.registry import TOPICS
from shared.db import embedded
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.runtime.events import consumer_settings
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import open_bus as open_service_bus
from shared.runtime.settings import load_settings

UPSTREAM: Final = tuple(topic for topic, contract in TOPICS.items() if "filers" in contract.producers)
"""What filing systems publish: everything else can be made again from it, and from what people did."""
EVERYTHING: Final = tuple(TOPICS)
"""What services publish too: with it a copy of one service is made alone, without the others."""
_LOOK_SECONDS: Final = 0.2
_QUIET_SECONDS: Final = 10.0


async def write(
    environment: Environment, folder: Path, name: str | None, *, once: bool, topics: Sequence[str] = UPSTREAM
) -> int:
    """Archive until a signal comes, or, with `once`, what is on the bus now; gives how many records were written."""
    stopping = Stopping()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with open_bus(environment) as bus:
        archiver = Archiver(bus, folder, topics, environment.clock, name)
        ends = await bus.end_offsets(topics) if once else None
        watching = asyncio.create_task(_stop_at(archiver, ends, stopping)) if ends is not None else None
        try:
            await archiver.run(stopping)
        finally:
            stopping.set()
            if watching is not None:
                await watching
    return archiver.archived


async def _stop_at(archiver: Archiver, ends: Mapping[TopicPartition, int], stopping: Stopping) -> None:
    """Stop when all that was there is read, or nothing more comes: what the bus has expired can never be reached."""
    seen, quiet = dict(archiver.read_to), 0.0
    while not await stopping.sleep(_LOOK_SECONDS):
        quiet = quiet + _LOOK_SECONDS if seen == archiver.read_to else 0.0
        seen = dict(archiver.read_to)
        if all(seen.get(at, 0) >= end for at, end in ends.items()) or (seen and quiet >= _QUIET_SECONDS):
            stopping.set()


def check(folder: Path) -> list[Checked]:
    """What an archive has, partition by partition, every byte read."""
    partitions = archive_folder.list_partitions(folder)
    if not partitions:
        raise NotThere(f"there is no archive in {folder}; write one with `centerline archive run`")
    return [archive_folder.check(partition) for partition in partitions]


async def restore(environment: Environment, folder: Path) -> int:
    """Put an archive back on a bus that is empty; gives how many records."""
    if not archive_folder.list_partitions(folder):
        raise NotThere(f"there is no archive in {folder}; name the folder with --archive")
    async with open_bus(environment) as bus:
        await bus.ensure_topics(all_topics())
        return await archive_folder.restore(bus, folder, UPSTREAM)


async def copy_into(
    environment: Environment,
    folder: Path,
    service: str,
    database: str,
    asked: Asked,
    progress: Callable[[int], None] | None = None,
) -> Copied:
    """Apply an archive to the database of a copy of a service; a name without an address is one on its server.

    On the embedded server the database is made when there is none. It is brought to the revision of this code first.
    The settings are those that the environment gives the service: readings of the law, what an event may be.
    """
    if not archive_folder.list_partitions(folder):
        raise NotThere(f"there is no archive in {folder}; name the folder with --archive")
    known, url = find_service(service), database
    if "://" not in database:
        url = make_url(environment.database_of(service)).set(database=database).render_as_string(hide_password=False)
    if _place(url) in {_place(environment.database_of(each.name)) for each in SERVICES}:
        raise NotThere(f"{database} is the database of a service itself; name that of a copy with --database")
    if "://" not in database and environment.server is not None:
        embedded.ensure_database(environment.server, database)
    settings = load_settings(
        known.settings,
        database_url=url,
        bus=environment.bus,
        bus_database_url=environment.bus_database_url,
        **({"kafka_bootstrap": environment.kafka_bootstrap} if environment.kafka_bootstrap else {}),
        env="development",  # nothing answers calls, and nothing goes out
        token_secret=environment.token_secret,
    )
    clock = ArchiveClock(environment.clock.now())
    engine = create_engine(url, application="centerline-restore", pool_size=3)
    bus = open_service_bus(settings)
    try:
        await upgrade(engine, known.migrations)
        platform = Platform(settings, engine, bus, clock, Metrics.create())
        return await copying.copy_into(
            known,
            platform,
            known.build(platform),
            clock,
            folder,
            asked,
            consumer_settings(known, settings),
            progress,
        )
    finally:
        await bus.close()
        await engine.dispose()


def _place(url: str) -> tuple[str | None, int | None, str | None]:
    address = make_url(url)
    return address.host, address.port, address.database
