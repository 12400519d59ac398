"""The whole product as an operator starts it: `centerline up` as a process with the services below it."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from cli.catalogue import EVERY_SERVICE
from cli.environment import BusKind, Environment, ports_from
from shared.db import embedded
from shared.db.transaction import reading
from shared.runtime.invariants import check_all
from shared.runtime.service import open_platform
from tests.support.services import SERVICES

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("centerline")
LOOPBACK = "127.0.0.1"
READY_SECONDS = 90.0
STOP_SECONDS = 60.0
TOKEN_SECRET = "for-tests-only-" * 4
MARK = "CENTERLINE_TEST_RUN"  # inherited by every process of a run, so that none can hide


class ProductError(AssertionError):
    """The product did not start, or ended by itself; the text has the end of its log."""


@dataclass(frozen=True, slots=True)
class Product:
    """A running `centerline up`: where to reach it, its processes, its log."""

    environment: Environment
    process: subprocess.Popen[bytes]
    log: Path
    run_id: str

    def pids(self) -> dict[str, int]:
        """The process of each service that runs now; a service that was killed gets a new one."""
        words = {pid: _words(pid, "cmdline") for pid in self.all_pids()}
        return {
            service.name: pid
            for service in EVERY_SERVICE
            for pid, command in words.items()
            if command[1:3] == ["-m", f"services.{service.name}"]
        }

    def all_pids(self) -> list[int]:
        """Every process of this run, `centerline up` and what it left behind included."""
        return pids_of_run(self.run_id)

    def kill(self, service: str) -> None:
        """End a service with SIGKILL, as a crash would; `centerline up` starts it again."""
        os.kill(self.pids()[service], signal.SIGKILL)

    async def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Return when every service says that it is ready; raises `ProductError` when that does not come to pass."""
        waiting = {service.name for service in EVERY_SERVICE}
        deadline = time.monotonic() + seconds
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            while waiting:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise ProductError(f"not ready: {', '.join(sorted(waiting))}\n{self.end_of_log()}")
                for name in sorted(waiting):
                    if await _is_ready(client, self.environment.address_of(name)):
                        waiting.discard(name)
                await asyncio.sleep(0.05)

    def stop(self) -> int:
        """Ask with SIGINT, as Ctrl-C does, and wait; gives the exit code. Asking again changes nothing."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.end()
                raise ProductError(f"not stopped after {STOP_SECONDS:.0f} s\n{self.end_of_log()}") from None
        return self.process.returncode

    def end(self) -> None:
        """Leave no process of this run behind, whatever state it is in."""
        self.process.kill()  # first: it would start its services again
        self.process.wait()
        while left := self.all_pids():
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.02)

    def end_of_log(self) -> str:
        """The last lines that the product wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])


@asynccontextmanager
async def running_product(
    *,
    bus: BusKind,
    folder: Path,
    kafka: str = "",
    first_port: int | None = None,
    variables: Mapping[str, str] | None = None,
    replays: bool = False,
    ready_seconds: float = READY_SECONDS,
) -> AsyncIterator[Product]:
    """Start the product on an embedded PostgreSQL in `folder`, wait until it is ready, stop it after the block.

    The folder must be one that the database's own user may enter (the fixture `open_folder`); a folder that was used
    before brings its data along. `variables` go over the services' environment. Weekly cycles run on request only; with
    `replays` the clock of liquidation stands where `set_replay_clock` puts it.
    Whatever happens in the block, no process outlives it.
    """
    first_port = first_port or find_free_ports(len(EVERY_SERVICE)) + 1
    with ExitStack() as stack:
        server = embedded.start(folder / "postgres")
        stack.callback(embedded.stop, server, mode="immediate")
        environment = Environment(
            bus=bus,
            kafka_bootstrap=kafka,
            database_url=server.url("{service}"),
            bus_database_url=server.url("bus"),
            token_secret=TOKEN_SECRET,
            host=LOOPBACK,
            ports=ports_from(first_port),
            data=folder,
            server=server,
            replay_clock=folder / "replay-clock" if replays else None,
        )
        product = _launch(environment, variables or {})
        stack.callback(product.end)
        await product.wait_until_ready(ready_seconds)
        yield product
        product.stop()


def pids_of_run(run_id: str) -> list[int]:
    """Every process that was started with `MARK` set to this id, or by one that was."""
    mark = f"{MARK}={run_id}"
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if mark in _words(entry.name, "environ")]


def find_free_ports(count: int) -> int:
    """The first of so many ports in a row that are free now, below those that the system hands out itself."""
    while True:
        first = random.SystemRandom().randrange(20_000, 32_000 - count)
        with ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    probe = stack.enter_context(socket.socket())
                    probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return first


async def broken_invariants(environment: Environment) -> dict[str, list[str]]:
    """What contradicts the services' invariants, by service and invariant; empty when all hold."""
    broken = {}
    for service in SERVICES:
        settings = service.settings.model_validate(
            {
                "database_url": environment.database_of(service.name),
                "bus": environment.bus,
                "bus_database_url": environment.bus_database_url,
                "token_secret": environment.token_secret,
            }
            | ({"kafka_bootstrap": environment.kafka_bootstrap} if environment.kafka_bootstrap else {})
        )
        platform = open_platform(settings)
        parts = service.build(platform)
        found = await check_all(lambda engine=platform.engine: reading(engine), parts.invariants)
        broken |= {f"{service.name}: {name}": lines for name, lines in found.items() if lines}
        await platform.bus.close()
        await platform.engine.dispose()
    return broken


def clean_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what a developer may have set for Centerline, and with `variables`."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CENTERLINE_")} | dict(variables)


def _launch(environment: Environment, variables: Mapping[str, str]) -> Product:
    run_id = uuid4().hex
    log = environment.data / "up.log"
    own = {
        MARK: run_id,
        "CENTERLINE_TOKEN_SECRET": environment.token_secret,
        "CENTERLINE_LOG_LEVEL": "WARNING",
        "CENTERLINE_AUTOMATIC_CYCLES": "false",
    }
    if environment.replay_clock is not None:
        own["CENTERLINE_REPLAY_CLOCK"] = str(environment.replay_clock)
    command = [str(COMMAND), "up", f"--bus={environment.bus}", f"--data={environment.data}"]
    command += [f"--first-port={environment.ports['routing']}"]
    if environment.bus == "kafka":
        command.append(f"--kafka={environment.kafka_bootstrap}")
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=clean_environment({**own, **variables}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # a Ctrl-C in the terminal is for the tests; they stop the product
        )
    return Product(environment, process, log, run_id)


async def _is_ready(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(f"{address}/readyz")).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _words(pid: int | str, name: str) -> list[str]:
    """The NUL-separated words of a file of a process; none when it is gone or not ours to read."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace").split("\0")
    except OSError:
        return []
