"""The services as processes of this machine: started, watched, started again when they die, stopped."""

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import structlog

from cli.catalogue import EVERY_SERVICE, SERVICES
from cli.environment import Environment

log = structlog.get_logger(__name__)

_READY_SECONDS = 60.0
_RESTART_SECONDS = 0.5
_STOP_SECONDS = 40.0
_SETTINGS_ERROR = 2
_PR_SET_PDEATHSIG = 1


def _stop_with_parent() -> None:
    """Ask the system to stop this child when its parent is killed, so that no service is left behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class ServiceFailed(Exception):  # noqa: N818  says what happened
    """A service cannot run: its settings are wrong, or it does not become ready."""


def processes_for(cores: int, services: int) -> int:
    """How many processes each service gets: two where each of them has a core, which is 1.6 times the rate.

    >>> processes_for(8, 4), processes_for(2, 4)
    (2, 1)
    """
    return 2 if cores >= 2 * services else 1


def _count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _label(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


class Fleet:
    """The running services."""

    def __init__(self, environment: Environment, each: int | None = None) -> None:
        """`each` is how many processes a service has; as many as the cores allow where it is not said."""
        self._environment = environment
        self._each = each if each is not None else processes_for(_count_cores(), len(SERVICES))
        self._processes: dict[tuple[str, int], Process] = {}
        self._watchers: list[asyncio.Task[None]] = []
        self._is_stopping = False
        self.failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @property
    def pids(self) -> dict[str, int]:
        """The process ids, by service and, of further ones, their number: `routing`, `routing-2`."""
        return {_label(*key): process.pid for key, process in self._processes.items()}

    async def start(self) -> None:
        """Start all services; returns when each says that it is ready.

        Raises `ServiceFailed` naming the service and its last word.
        """
        for service in EVERY_SERVICE:
            each = 1 if service not in SERVICES else self._each  # pages need no second process
            for number in range(1, each + 1):
                await self._spawn(service.name, number)
                self._watchers.append(asyncio.create_task(self._watch(service.name, number)))
        await self.wait_until_ready()

    async def wait_until_ready(self) -> None:
        """Return when every service answers /readyz with 200."""
        async with httpx.AsyncClient(timeout=5) as client:
            for service in EVERY_SERVICE:
                await self._await_ready(client, service.name)

    async def stop(self) -> None:
        """Ask all to stop and wait for their drain; what hangs is killed."""
        self._is_stopping = True
        for process in self._processes.values():
            if process.returncode is None:
                process.terminate()
        for key, process in self._processes.items():
            try:
                async with asyncio.timeout(_STOP_SECONDS):
                    await process.wait()
            except TimeoutError:
                log.error("service_killed", service=_label(*key))
                process.kill()
                await process.wait()
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)

    async def _spawn(self, name: str, number: int) -> None:
        self._processes[name, number] = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            f"services.{name}",
            env=self._environment.variables_of(name, number),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            start_new_session=True,  # Ctrl-C reaches this process only, which then stops the services in order
            preexec_fn=_stop_with_parent,
        )

    async def _watch(self, name: str, number: int) -> None:
        while True:
            code = await self._processes[name, number].wait()
            if self._is_stopping:
                return
            if code == _SETTINGS_ERROR:
                if not self.failed.done():
                    self.failed.set_result(f"{name} cannot start with these settings")
                return
            log.warning("service_restarted", service=_label(name, number), exit_code=code)
            await asyncio.sleep(_RESTART_SECONDS)
            await self._spawn(name, number)

    async def _await_ready(self, client: httpx.AsyncClient, name: str) -> None:
        url = f"{self._environment.address_of(name)}/readyz"
        answer = "no answer"
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while not self.failed.done():
                    try:
                        response = await client.get(url)
                    except httpx.HTTPError as error:
                        answer = type(error).__name__
                    else:
                        if response.status_code == httpx.codes.OK:
                            return
                        answer = response.text
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise ServiceFailed(f"{name} is not ready after {_READY_SECONDS:.0f} s: {answer}") from None
        raise ServiceFailed(self.failed.result())


@asynccontextmanager
async def running_fleet(environment: Environment, each: int | None = None) -> AsyncIterator[Fleet]:
    """The services for the length of a block, each with so many processes, or as many as the cores allow."""
    fleet = Fleet(environment, each)
    try:
        await fleet.start()
        yield fleet
    finally:
        await fleet.stop()
