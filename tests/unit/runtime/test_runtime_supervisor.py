"""The supervisor: order of the stop, failures, deadlines, signals."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.runtime.lifecycle import Readiness, Stopping
from shared.runtime.settings import Role
from shared.runtime.supervisor import RoleTask, Supervisor, build_http_server

ROOT = Path(__file__).parents[3]


def role(name: Role, said: list[str], begun: asyncio.Event | None = None) -> RoleTask:
    async def run(stopping: Stopping) -> None:
        if begun is not None:
            begun.set()
        await stopping.wait()
        await asyncio.sleep(0)
        said.append(name)

    return RoleTask(name, name, run)


async def answer_nothing(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})


async def test_roles_stop_in_order_scheduler_consumer_relay() -> None:
    said: list[str] = []
    begun = asyncio.Event()
    supervisor = Supervisor([role(Role.RELAY, said), role(Role.CONSUMER, said), role(Role.SCHEDULER, said, begun)])
    running = asyncio.create_task(supervisor.run())
    await begun.wait()
    supervisor.stop("test")
    assert await running == 0
    assert said == ["scheduler", "consumer", "relay"]


async def test_a_role_that_raises_drains_the_rest_and_exits_with_one() -> None:
    said: list[str] = []

    async def die(_: Stopping) -> None:
        raise RuntimeError("boom")

    supervisor = Supervisor([role(Role.RELAY, said), RoleTask(Role.CONSUMER, "consumer", die)])
    assert await supervisor.run() == 1
    assert said == ["relay"]


@pytest.mark.parametrize("leave", [lambda: None, lambda: sys.exit(0)])
async def test_a_role_that_ends_without_being_asked_exits_with_one(leave: Callable[[], None]) -> None:
    async def end(_: Stopping) -> None:
        leave()

    assert await Supervisor([RoleTask(Role.RELAY, "relay", end)]).run() == 1


async def test_a_role_that_fails_while_draining_exits_with_one() -> None:
    async def fail_late(stopping: Stopping) -> None:
        await stopping.wait()
        raise RuntimeError("boom")

    supervisor = Supervisor([RoleTask(Role.RELAY, "relay", fail_late)])
    supervisor.stop("test")
    assert await supervisor.run() == 1


async def test_a_role_past_its_deadline_is_cancelled_and_the_next_still_gets_time() -> None:
    said: list[str] = []

    async def hang(stopping: Stopping) -> None:
        await asyncio.Event().wait()

    supervisor = Supervisor([RoleTask(Role.CONSUMER, "consumer", hang), role(Role.RELAY, said)], drain_seconds=0.1)
    supervisor.stop("test")
    assert await supervisor.run() == 1
    assert said == ["relay"]


async def test_a_role_that_ignores_cancellation_ends_the_process() -> None:
    exits: list[int] = []
    release = asyncio.Event()

    async def cling(stopping: Stopping) -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    def leave(code: int) -> None:
        exits.append(code)
        release.set()

    supervisor = Supervisor([RoleTask(Role.RELAY, "relay", cling)], drain_seconds=0.01, exit_now=leave)
    supervisor.stop("test")
    assert await supervisor.run() == 1
    assert exits == [1]


async def test_the_second_signal_leaves_at_once() -> None:
    exits: list[int] = []
    begun, first, release = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def drain_slowly(stopping: Stopping) -> None:
        begun.set()
        await stopping.wait()
        first.set()
        await release.wait()

    def leave(code: int) -> None:
        exits.append(code)
        release.set()

    supervisor = Supervisor([RoleTask(Role.CONSUMER, "consumer", drain_slowly)], exit_now=leave)
    running = asyncio.create_task(supervisor.run())
    await begun.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    await first.wait()
    os.kill(os.getpid(), signal.SIGINT)
    await running
    assert exits == [128 + signal.SIGINT]


async def test_readiness_follows_start_and_stop() -> None:
    readiness = Readiness()
    seen: list[dict[str, str | None]] = []
    server = build_http_server(answer_nothing, "127.0.0.1", 0)

    async def watch(stopping: Stopping) -> None:
        seen.append(await readiness.report())
        await stopping.wait()
        seen.append(await readiness.report())

    supervisor = Supervisor([RoleTask(Role.RELAY, "relay", watch)], [server], readiness=[readiness])
    ready = asyncio.Event()
    become_ready = supervisor._become_ready

    def announce() -> None:
        become_ready()
        ready.set()

    supervisor._become_ready = announce  # type: ignore[method-assign]
    running = asyncio.create_task(supervisor.run())
    await ready.wait()
    assert await readiness.report() == {}
    supervisor.stop("test")
    assert await running == 0
    assert seen == [{"supervisor": "starting"}, {"supervisor": "stopping"}]


async def test_a_port_in_use_drains_the_roles_and_exits_with_one() -> None:
    said: list[str] = []
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with taken:
        port = taken.sockets[0].getsockname()[1]
        supervisor = Supervisor([role(Role.CONSUMER, said)], [build_http_server(answer_nothing, "127.0.0.1", port)])
        assert await supervisor.run() == 1
    assert said == ["consumer"]


def test_nothing_to_supervise_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to supervise"):
        Supervisor()


async def test_readiness_reports_checks_that_fail_and_flags() -> None:
    readiness = Readiness()

    async def well() -> str | None:
        return None

    async def broken() -> str | None:
        raise OSError("secret host")

    readiness.add_check("database", well)
    readiness.add_check("bus", broken)
    readiness.raise_flag("consumer", "paused")
    assert await readiness.report() == {"consumer": "paused", "database": None, "bus": "failed: OSError"}
    readiness.lower_flag("consumer")
    assert "consumer" not in await readiness.report()
    with pytest.raises(ValueError, match="already"):
        readiness.add_check("bus", well)


async def test_a_check_that_hangs_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.runtime.lifecycle.CHECK_SECONDS", 0.01)
    readiness = Readiness()

    async def hang() -> str | None:
        await asyncio.Event().wait()
        return None

    readiness.add_check("bus", hang)
    assert await readiness.report() == {"bus": "no answer within 0.01 seconds"}


async def test_stopping_sleep_says_whether_to_stop() -> None:
    stopping = Stopping()
    assert not await stopping.sleep(0.001)
    stopping.set()
    assert await stopping.sleep(60)
    assert stopping.is_set()


PROGRAM = textwrap.dedent(
    """
    import asyncio, sys
    from shared.runtime.lifecycle import Readiness, Stopping
    from shared.runtime.logging import configure_logging
    from shared.runtime.settings import Role
    from shared.runtime.supervisor import RoleTask, Supervisor, build_http_server

    dying = sys.argv[1:] == ["die"]

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive(); await send({"type": "lifespan.startup.complete"})
            await receive(); print("http down", flush=True); await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"here"})

    def role(name):
        async def run(stopping: Stopping) -> None:
            if dying and name == "consumer":
                raise RuntimeError("boom")
            await stopping.wait()
            print(name, "drained", flush=True)
        return RoleTask(Role(name), name, run)

    async def main() -> int:
        configure_logging("test", "json")
        server = build_http_server(app, "127.0.0.1", 0)
        supervisor = Supervisor([role(n) for n in ("relay", "consumer", "scheduler")], [server])
        inner = supervisor._become_ready
        def ready():
            inner(); print("ready", server.port, flush=True)
        supervisor._become_ready = ready
        return await supervisor.run()

    sys.exit(asyncio.run(main()))
    """
)


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_in_order_and_exits_with_zero(number: signal.Signals) -> None:
    with start() as process:
        assert process.stdout is not None
        word, port = process.stdout.readline().split()
        assert word == "ready"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as response:
            assert response.read() == b"here"
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert out.splitlines() == ["scheduler drained", "consumer drained", "relay drained", "http down"]
    assert json.loads(err.splitlines()[-1])["event"] == "stopped"


def test_a_dying_role_takes_the_process_down_loudly() -> None:
    with start("die") as process:
        out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "relay drained" in out
    failure = next(line for line in map(json.loads, err.splitlines()) if line["event"] == "failed")
    assert failure["part"] == "consumer"
    assert "RuntimeError: boom" in failure["exception"]
