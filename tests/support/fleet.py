"""Several processes of one service, routing, under traffic that never ends: what becomes of their partitions."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from bench.traffic import filed_and_released
from cli import operations
from cli.environment import BusKind, Environment
from services.routing.app import SERVICE as ROUTING
from shared.bus.protocol import Bus, TopicPartition
from shared.db import bulk, embedded
from shared.db.migrate import upgrade
from shared.db.transaction import transaction
from tests.support.product import LOOPBACK, ROOT, TOKEN_SECRET, clean_environment

TRAFFIC = ("entry-filed", "entry-released")
_AT_ONCE = 60
_PAUSE_SECONDS = 0.5
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Return:
    """How long a process took to consume again, and how much of it it waited for a core that others had."""

    seconds: float
    queued: float

    @property
    def own_seconds(self) -> float:
        """What it would have taken on a machine with cores to spare."""
        return self.seconds - self.queued


@dataclass(slots=True)
class RoutingFleet:
    """Processes of routing by slot, fed by a task of their own."""

    environment: Environment
    bus: Bus
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, slot: str, *, place: str | None = None) -> None:
        """Start a process with a slot, "" for none; `place` says what the fleet calls it, the slot by default."""
        place = place or slot
        variables = self.environment.variables_of(ROUTING.name) | {
            "CENTERLINE_FLEET_SLOT": slot,
            "CENTERLINE_PORT": "0",
            "CENTERLINE_LOG_LEVEL": "WARNING",
        }
        own = {name: value for name, value in variables.items() if name.startswith("CENTERLINE_")}
        inherited = clean_environment(own)
        inherited.pop("PYTHONDONTWRITEBYTECODE", None)  # a service that is installed is compiled
        with self.log_of(place).open("ab") as log:
            self.processes[place] = subprocess.Popen(
                [sys.executable, "-m", "services.routing"],
                cwd=ROOT,
                env=inherited,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log_of(self, place: str) -> Path:
        """What a process wrote, over all its lives."""
        return self.environment.data / f"routing-{place}.log"

    def kill(self, place: str) -> None:
        """End a process with SIGKILL, as a crash would."""
        self.processes[place].kill()
        self.processes[place].wait()

    def stop(self, place: str) -> int:
        """Ask a process to end, as an orchestrator would; gives its exit code."""
        self.processes[place].send_signal(signal.SIGTERM)
        return self.processes[place].wait(60)

    def is_running(self, place: str) -> bool:
        """Whether a process has not ended."""
        return self.processes[place].poll() is None

    async def bring_back(self, slot: str) -> Return:
        """Start a process and wait until a record published since is committed on every partition.

        Counts from the start of the process on: loading Python and the service is part of it.
        """
        began = time.monotonic()
        self.start(slot)
        await self.until_all_are_consumed()
        return Return(time.monotonic() - began, _queued_seconds(self.processes[slot].pid))

    async def until_all_are_consumed(self, seconds: float = 60.0) -> float:
        """Wait until a record that is published from now on is committed on every partition of the traffic.

        Gives the seconds that it took.
        """
        began = time.monotonic()
        ends = await self.bus.end_offsets(TRAFFIC)
        async with asyncio.timeout(seconds), operations.service_engine(self.environment, ROUTING.name) as engine:
            while True:
                async with transaction(engine) as tx:
                    rows = await bulk.fetch(
                        tx,
                        "SELECT topic, partition, next_offset FROM consumer_offsets WHERE group_name = $1",
                        ROUTING.name,
                    )
                reached = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}
                if all(reached.get(at, 0) > end for at, end in ends.items()):
                    return time.monotonic() - began
                await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def routing_fleet(folder: Path, bus: BusKind, kafka: str = "") -> AsyncIterator[RoutingFleet]:
    """A fleet without processes yet, on a database server in `folder`, with entries filed and released without end.

    Whatever happens in the block, no process outlives it.
    """
    server = embedded.start(folder / "postgres")
    try:
        for name in ("bus", ROUTING.name):
            embedded.ensure_database(server, name)
        environment = Environment(
            bus=bus,
            kafka_bootstrap=kafka,
            database_url=server.url("{service}"),
            bus_database_url=server.url("bus"),
            token_secret=TOKEN_SECRET,
            host=LOOPBACK,
            ports={ROUTING.name: 0},
            data=folder,
            server=server,
        )
        await operations.ensure_topics(environment)
        async with operations.service_engine(environment, ROUTING.name) as engine:
            await upgrade(engine, ROUTING.migrations)
        async with operations.open_bus(environment) as opened:
            fleet = RoutingFleet(environment, opened)
            feeding = asyncio.create_task(_feed(opened))
            try:
                yield fleet
                assert not feeding.done(), "the traffic has stopped"
            finally:
                feeding.cancel()
                await asyncio.gather(feeding, return_exceptions=True)
                for process in fleet.processes.values():
                    process.kill()
                    process.wait()
    finally:
        embedded.stop(server, mode="immediate")


def _queued_seconds(pid: int) -> float:
    """How long the main thread of a process could have run and had no core (Linux, proc(5): schedstat)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


async def _feed(bus: Bus) -> None:
    """Publish a little at a time, so that every partition has something new within a second."""
    endless = filed_and_released(10**7, released=True)
    while True:
        await bus.publish(list(islice(endless, _AT_ONCE)))
        await asyncio.sleep(_PAUSE_SECONDS)
