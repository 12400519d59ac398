"""Runs the roles and HTTP servers of a process, owns the signals, and stops everything in order.

A graceful stop goes: readiness off, schedulers, consumers, relays (so that what the consumers committed last
is still published), HTTP servers last. A role that ends on its own takes the process down with a non-zero
exit.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog
import uvicorn

from shared.runtime.lifecycle import Check, Readiness, Stopping
from shared.runtime.settings import Role
from shared.web.wire import DEFAULT_LIMITS, WireLimits, guard_connections

__all__ = ["Check", "HttpServer", "Readiness", "RoleTask", "Stopping", "Supervisor", "build_http_server"]

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

FLAG: Final = "supervisor"
STOP_ORDER: Final = (Role.SCHEDULER, Role.CONSUMER, Role.RELAY, Role.API)
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
CANCEL_SECONDS: Final = 2.0
HTTP_GRACE_SECONDS: Final = 10


class HttpServer(uvicorn.Server):
    """uvicorn without its signal handlers: the supervisor says when it stops and learns when it listens."""

    on_listening: Callable[[], None] | None = None

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.on_listening is not None:
            self.on_listening()

    @property
    def port(self) -> int:
        """The port it listens on, also when the system chose it."""
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port


def build_http_server(
    app: Any,
    host: str,
    port: int,
    *,
    graceful_seconds: int = HTTP_GRACE_SECONDS,
    trusted_proxies: Sequence[str] = (),
    limits: WireLimits = DEFAULT_LIMITS,
) -> HttpServer:
    """Prepare a server for an ASGI application; when it stops, open requests get `graceful_seconds`.

    The address of a caller is that of the connection, but for `trusted_proxies`, whose X-Forwarded-For is believed.
    `limits` are what one connection may cost.
    """
    return HttpServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,  # shared.runtime.logging has routed uvicorn's loggers
            access_log=False,  # the request middleware writes that line
            lifespan="on",
            http=guard_connections(limits),
            ws="none",
            server_header=False,
            # uvicorn itself would believe whoever calls from this machine, and what FORWARDED_ALLOW_IPS says
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=[*trusted_proxies],
            timeout_graceful_shutdown=graceful_seconds,
        )
    )


@dataclass(frozen=True, slots=True)
class RoleTask:
    """One long-running part: `run` returns when its `Stopping` is set and what it has in hand is done."""

    role: Role
    name: str
    run: Callable[[Stopping], Awaitable[None]]


class Supervisor:
    """Runs roles and servers until a signal, a call to `stop`, or the end of one of them.

    Roles get `drain_seconds` together to finish; each stage of the stop may use an equal share of what is
    left, so that one hanging consumer cannot take the relay's time. A part that still runs then is cancelled.
    A second signal ends the process at once through `exit_now`.
    """

    def __init__(
        self,
        roles: Sequence[RoleTask] = (),
        servers: Sequence[HttpServer] = (),
        *,
        readiness: Sequence[Readiness] = (),
        drain_seconds: float = 20,
        exit_now: Callable[[int], None] = os._exit,
    ) -> None:
        if not roles and not servers:
            raise ValueError("there is nothing to supervise")
        self._roles = roles
        self._servers = servers
        self._readiness = readiness
        self._drain_seconds = drain_seconds
        self._exit_now = exit_now
        self._wanted = asyncio.Event()
        self._failed = False
        self._signals = 0
        self._not_listening = len(servers)
        self._flag("starting")

    def stop(self, reason: str) -> None:
        """Begin the graceful stop; asking again changes nothing."""
        if not self._wanted.is_set():
            log.info("stopping", reason=reason)
            self._flag("stopping")
            self._wanted.set()

    async def run(self) -> int:
        """Run everything; return the exit code: 0 after a clean stop, 1 when a part failed or was cut off."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self._on_signal, number)
        parts: list[_Part] = []
        try:
            parts += [self._start_role(task) for task in self._roles]
            servers = [self._start_server(server) for server in self._servers]
            parts += servers
            if not servers:
                self._become_ready()
            await self._wanted.wait()
            await self._drain_roles([part for part in parts if part not in servers])
            await self._drain(servers, max((part.grace for part in servers), default=0))
            self._check_nothing_runs(parts)
        finally:
            for part in parts:
                part.task.cancel()
            for number in SIGNALS:
                loop.remove_signal_handler(number)
        code = 1 if self._failed else 0
        log.info("stopped", exit_code=code)
        return code

    def _start_role(self, role: RoleTask) -> "_Part":
        stopping = Stopping()
        return self._start(role.role, role.name, role.run(stopping), stopping.set)

    def _start_server(self, server: HttpServer) -> "_Part":
        def stop() -> None:
            server.should_exit = True

        server.on_listening = self._on_listening
        grace = (server.config.timeout_graceful_shutdown or HTTP_GRACE_SECONDS) + CANCEL_SECONDS
        return self._start(Role.API, f"http:{server.config.port}", server.serve(), stop, grace)

    def _start(
        self, role: Role, name: str, work: Awaitable[None], stop: Callable[[], None], grace: float = 0
    ) -> "_Part":
        part = _Part(role, name, asyncio.create_task(_contain_exit(work), name=name), stop, grace)
        part.task.add_done_callback(partial(self._on_end, part))
        log.info("started", part=name, role=role)
        return part

    def _on_listening(self) -> None:
        self._not_listening -= 1
        if self._not_listening == 0:
            self._become_ready()

    def _become_ready(self) -> None:
        if not self._wanted.is_set():
            for readiness in self._readiness:
                readiness.lower_flag(FLAG)

    def _on_signal(self, number: signal.Signals) -> None:
        self._signals += 1
        if self._signals > 1:
            log.warning("second signal, leaving at once", signal=number.name)
            self._exit_now(128 + number)
        self.stop(number.name)

    def _on_end(self, part: "_Part", task: asyncio.Task[None]) -> None:
        if part.is_asked and (task.cancelled() or task.exception() is None):
            log.info("ended", part=part.name)
            return
        self._failed = True
        if task.cancelled():
            log.error("cancelled by someone else", part=part.name)
        elif (error := task.exception()) is not None:
            log.error("failed", part=part.name, exc_info=error)
        else:
            log.error("ended without being asked", part=part.name)
        self.stop(f"{part.name} ended")

    async def _drain_roles(self, parts: "list[_Part]") -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._drain_seconds
        stages = [stage for role in STOP_ORDER if (stage := [part for part in parts if part.role is role])]
        for position, stage in enumerate(stages):
            await self._drain(stage, (deadline - loop.time()) / (len(stages) - position))

    async def _drain(self, stage: "list[_Part]", seconds: float) -> None:
        for part in stage:
            part.is_asked = True
            part.stop()
        if stage:
            await asyncio.wait([part.task for part in stage], timeout=max(seconds, 0))
        late = [part for part in stage if not part.task.done()]
        for part in late:
            self._failed = True
            log.error("did not stop in time, cancelled", part=part.name, seconds=round(seconds, 1))
            part.task.cancel()
        if late:
            await asyncio.wait([part.task for part in late], timeout=CANCEL_SECONDS)

    def _check_nothing_runs(self, parts: "list[_Part]") -> None:
        if stuck := [part.name for part in parts if not part.task.done()]:
            log.critical("ignores cancellation, leaving at once", parts=stuck)
            self._exit_now(1)

    def _flag(self, problem: str) -> None:
        for readiness in self._readiness:
            readiness.raise_flag(FLAG, problem)


@dataclass(slots=True, eq=False)
class _Part:
    role: Role
    name: str
    task: asyncio.Task[None]
    stop: Callable[[], None]
    grace: float
    is_asked: bool = False


async def _contain_exit(work: Awaitable[None]) -> None:
    """Turn SystemExit (uvicorn cannot listen) into an error: it would tear down the event loop."""
    try:
        await work
    except SystemExit as error:
        raise RuntimeError(f"tried to leave the process with exit code {error.code}") from error
