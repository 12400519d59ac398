"""The four services as processes of this machine: started, watched, started again when they die, stopped."""

import asyncio
import ctypes
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import structlog

from cli.catalogue import SERVICES
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


class Fleet:
    """The running services."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._processes: dict[str, Process] = {}
        self._watchers: list[asyncio.Task[None]] = []
        self._is_stopping = False
        self.failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @property
    def pids(self) -> dict[str, int]:
        """The process ids, by service."""
        return {name: process.pid for name, process in self._processes.items()}

    async def start(self) -> None:
        """Start all services; returns when each says that it is ready.

        Raises `ServiceFailed` naming the service and its last word.
        """
        for service in SERVICES:
            await self._spawn(service.name)
            self._watchers.append(asyncio.create_task(self._watch(service.name)))
        await self.wait_until_ready()

    async def wait_until_ready(self) -> None:
        """Return when every service answers /readyz with 200."""
        async with httpx.AsyncClient(timeout=5) as client:
            for service in SERVICES:
                await self._await_ready(client, service.name)

    async def stop(self) -> None:
        """Ask all to stop and wait for their drain; what hangs is killed."""
        self._is_stopping = True
        for process in self._processes.values():
            if process.returncode is None:
                process.terminate()
        for name, process in self._processes.items():
            try:
                async with asyncio.timeout(_STOP_SECONDS):
                    await process.wait()
            except TimeoutError:
                log.error("service_killed", service=name)
                process.kill()
                await process.wait()
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)

    async def _spawn(self, name: str) -> None:
        self._processes[name] = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            f"services.{name}",
            env=self._environment.variables_of(name),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            start_new_session=True,  # Ctrl-C reaches this process only, which then stops the services in order
            preexec_fn=_stop_with_parent,
        )

    async def _watch(self, name: str) -> None:
        while True:
            code = await self._processes[name].wait()
            if self._is_stopping:
                return
            if code == _SETTINGS_ERROR:
                if not self.failed.done():
                    self.failed.set_result(f"{name} cannot start with these settings")
                return
            log.warning("service_restarted", service=name, exit_code=code)
            await asyncio.sleep(_RESTART_SECONDS)
            await self._spawn(name)

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
async def running_fleet(environment: Environment) -> AsyncIterator[Fleet]:
    """The services for the length of a block."""
    fleet = Fleet(environment)
    try:
        await fleet.start()
        yield fleet
    finally:
        await fleet.stop()
