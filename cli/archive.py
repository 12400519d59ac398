"""The archive by hand: written as long as wanted, checked, put back on a bus."""

import asyncio
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cli.catalogue import all_topics
from cli.environment import Environment
from cli.not_there import NotThere
from cli.operations import open_bus
from shared.archive import folder as archive_folder
from shared.archive.archiver import Archiver
from shared.archive.folder import Checked
from shared.bus.protocol import TopicPartition
from shared.contracts.registry import TOPICS
from shared.runtime.lifecycle import Stopping

UPSTREAM: Final = tuple(topic for topic, contract in TOPICS.items() if "filers" in contract.producers)
"""What filing systems publish: everything else can be made again from it, and from what people did."""
_LOOK_SECONDS: Final = 0.2
_QUIET_SECONDS: Final = 10.0


async def write(environment: Environment, folder: Path, name: str | None, *, once: bool) -> int:
    """Archive until a signal comes, or, with `once`, what is on the bus now; gives how many records were written."""
    stopping = Stopping()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with open_bus(environment) as bus:
        archiver = Archiver(bus, folder, UPSTREAM, environment.clock, name)
        ends = await bus.end_offsets(UPSTREAM) if once else None
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
