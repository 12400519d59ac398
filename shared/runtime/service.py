"""One service process: what a service brings, and how its parts are put together and run."""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import uvloop
from fastapi import APIRouter, FastAPI
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus import inbox, outbox
from shared.bus.consumer import Consumer, ConsumerSettings, Handler
from shared.bus.kafka import KafkaBus
from shared.bus.lag import measure_lag
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Bus
from shared.bus.refusals import Answer
from shared.bus.relay import Relay
from shared.db import idempotency
from shared.db.engine import DATABASE_ERRORS
from shared.db.migrate import pending
from shared.db.seals import SealedTable
from shared.db.transaction import transaction
from shared.runtime import sealing
from shared.runtime.clock import Clock, DemonstrationClock, ReplayClock, SystemClock
from shared.runtime.errors import Transient
from shared.runtime.invariants import QueryInvariant, check_next
from shared.runtime.job_runner import JobRunner
from shared.runtime.lifecycle import Readiness, Stopping
from shared.runtime.logging import configure_logging
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Job, Platform
from shared.runtime.pools import Pools, open_pools
from shared.runtime.settings import Role, ServiceSettings, SettingsError, load_settings
from shared.runtime.slices import JobSession
from shared.runtime.slot import FleetSlot, Run
from shared.runtime.supervisor import RoleTask, Supervisor, build_http_server
from shared.web.app import create_app

log = structlog.get_logger(__name__)

_LAG_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Listener:
    """Something that listens until it is asked to stop."""

    name: str
    run: Callable[[Stopping], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service brings: its event handler, its API, its scheduled work, its invariants.

    `public_routers` also answer anyone, without a token: what they show is public. `answer` tells filers what of
    their messages is refused, in one of the services that read them. `listeners` take what comes by other ways than
    HTTP, beside the API. `sealed` are its tables of history under seal. `pages` builds the application of a service
    for people, which has pages instead of an API and takes no part in events.
    """

    handler: Handler | None
    routers: Sequence[APIRouter]
    state: Mapping[str, Any]
    jobs: Sequence[Job] = ()
    invariants: Sequence[QueryInvariant] = ()
    public_routers: Sequence[APIRouter] = ()
    answer: Answer | None = None
    listeners: Sequence[Listener] = ()
    pages: Callable[[Readiness], FastAPI] | None = None
    sealed: Sequence[SealedTable] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name, the topics that it reads, where its migrations are, and how its parts are built."""

    name: str
    summary: str
    description: str
    topics: tuple[str, ...]
    metadata: MetaData
    migrations: Path
    settings: type[ServiceSettings]
    build: Callable[[Platform], Parts]
    version: str = "1.0.0"


def run(service: Service) -> None:
    """Run a service process until it is told to stop; exits non-zero when a part of it fails."""
    try:
        settings = load_settings(service.settings)
    except SettingsError as error:
        sys.stderr.write(f"{service.name} cannot start:\n{error}\n")
        sys.exit(2)
    configure_logging(service.name, settings.log_format, settings.log_level)
    tune_garbage_collection()
    sys.exit(uvloop.run(_serve(service, settings)))


def tune_garbage_collection() -> None:
    """Keep the garbage collector off the event path.

    What is loaded by now stays loaded and is not looked at again. A batch makes many objects and soon drops them all,
    so a collection in the middle of it would find little: collections come when more is left than a batch makes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(400_000, 20, 50)


def build_app(service: Service, platform: Platform, parts: Parts, readiness: Readiness) -> FastAPI:
    """The HTTP side of a service."""
    if parts.pages is not None:
        return parts.pages(readiness)
    return create_app(
        title=f"Centerline {service.name}",
        summary=service.summary,
        description=service.description,
        version=service.version,
        settings=platform.settings,
        metrics=platform.metrics,
        readiness=readiness,
        state={"platform": platform, **parts.state},
        routers=parts.routers if Role.API in platform.settings.roles else (),
        public_routers=parts.public_routers if Role.API in platform.settings.roles else (),
        clock=platform.clock,
    )


def open_bus(settings: ServiceSettings) -> Bus:
    """The bus that the settings name; connects when first used."""
    if settings.bus == "kafka":
        return KafkaBus(settings.kafka_bootstrap, client_id=f"centerline-{settings.service}")
    assert settings.bus_database_url is not None  # the settings demand it
    return PostgresBus(settings.bus_database_url)


def open_platform(settings: ServiceSettings, clock: Clock | None = None, pools: Pools | None = None) -> Platform:
    """The things that a service's parts are built from; nothing connects yet.

    Without a clock it is that of the machine, or in development the one of a demonstration or a replay.
    """
    clock = clock or choose_clock(settings, SystemClock())
    return Platform(
        settings=settings,
        engine=(pools or open_pools(settings)).api,
        bus=open_bus(settings),
        clock=clock,
        metrics=Metrics.create(),
    )


def choose_clock(settings: ServiceSettings, machine: Clock) -> Clock:
    """The clock that the settings name; in production it is always that of the machine."""
    clock = machine
    if settings.clock_behind_seconds is not None:
        clock = DemonstrationClock(timedelta(seconds=settings.clock_behind_seconds), clock)
        log.warning("demonstration: the clock is not that of the machine", now=clock.now().isoformat())
    if settings.replay_clock is not None:
        log.warning("replay: the clock stands where a file says", file=str(settings.replay_clock))
        clock = ReplayClock(settings.replay_clock, clock)
    return clock


async def _serve(service: Service, settings: ServiceSettings) -> int:
    pools = open_pools(settings)
    platform = open_platform(settings, pools=pools)
    parts = service.build(platform)
    readiness = Readiness()
    readiness.add_check("migrations", lambda: pending(pools.watch, service.migrations))
    roles = []
    if parts.handler is not None:
        readiness.add_check("bus", lambda: _check_bus(platform.bus))
        lag = _LagWatch(service, platform, pools.watch)
        readiness.add_check("lag", lag.check)
        roles = list(build_roles(service, platform, pools, parts, lag.run))
    servers = []
    app = build_app(service, platform, parts, readiness)
    servers.append(build_http_server(app, settings.host, settings.port, trusted_proxies=settings.trusted_proxies))
    try:
        return await Supervisor(roles, servers, readiness=[readiness], drain_seconds=settings.drain_seconds).run()
    finally:
        await platform.bus.close()
        await pools.dispose()


def build_roles(
    service: Service, platform: Platform, pools: Pools, parts: Parts, watch: Callable[[Stopping], Awaitable[None]]
) -> Sequence[RoleTask]:
    """What a process runs beside its API, by its roles, each on the connections of its own pool; `watch` in any case.

    A role is alive as long as its loop runs: when that ends, the process ends. A job that fails is an outcome of its
    loop, which tells it and goes on.
    """
    settings, metrics = platform.settings, platform.metrics
    outbox_filled = asyncio.Event()
    roles = [RoleTask(Role.SCHEDULER, "lag", watch)]
    if Role.CONSUMER in settings.roles and parts.handler is not None:
        slot = settings.fleet_slot
        members = [
            Consumer(
                bus=platform.bus,
                engine=pools.consumer,
                handler=parts.handler,
                settings=consumer_settings(service, settings),
                clock=platform.clock,
                metrics=metrics,
                outbox_filled=outbox_filled,
                name=None if slot is None else f"{service.name}-{slot}-{number}",
                answer=parts.answer,
            )
            for number in range(1, settings.consumer_members + 1)
        ]
        runs: list[Run] = [member.run for member in members]
        if slot is not None:
            held = FleetSlot(pools.consumer, service.name, slot)
            runs = [held.member(run) for run in runs]
            roles.append(RoleTask(Role.CONSUMER, "slot", held.run))
        roles.extend(RoleTask(Role.CONSUMER, f"consumer-{number}", run) for number, run in enumerate(runs, start=1))
        roles.append(RoleTask(Role.CONSUMER, "replays", members[0].run_replays))
    if Role.RELAY in settings.roles:
        relay = Relay(
            bus=platform.bus, engine=pools.relay, service=service.name, metrics=metrics, outbox_filled=outbox_filled
        )
        roles.append(RoleTask(Role.RELAY, "relay", relay.run))
    if Role.API in settings.roles:
        roles.extend(RoleTask(Role.API, each.name, each.run) for each in parts.listeners)
    if Role.SCHEDULER in settings.roles:
        jobs = [*parts.jobs, *_platform_jobs(platform, parts)]
        runner = JobRunner(service.name, pools.jobs, platform.clock, metrics, jobs, at_once=settings.job_connections)
        roles.extend(RoleTask(Role.SCHEDULER, job.name, partial(runner.run, job)) for job in jobs)
    return roles


def consumer_settings(service: Service, settings: ServiceSettings) -> ConsumerSettings:
    """How a service's group reads, from what the operator set."""
    return ConsumerSettings(
        group=service.name,
        source=f"urn:centerline:{service.name}",
        topics=service.topics,
        code_version=settings.code_version,
        max_records=settings.batch_max_records,
        max_wait_seconds=settings.batch_max_wait_ms / 1000,
        max_event_bytes=settings.max_event_bytes,
        refused_limit=settings.dead_letter_limit_refused,
        failed_limit=settings.dead_letter_limit_failed,
    )


def _platform_jobs(platform: Platform, parts: Parts) -> Sequence[Job]:
    async def check_invariants(session: JobSession) -> None:
        await check_next(session, parts.invariants, platform.clock, platform.metrics)

    async def seal_history(session: JobSession) -> None:
        await sealing.seal_what_waits(session, parts.sealed, platform.clock.now())

    async def prune_inbox(session: JobSession) -> None:
        before = platform.clock.now() - timedelta(days=platform.settings.inbox_retention_days)
        async with transaction(session) as tx:
            await inbox.prune(tx, before)

    async def forget_answers(session: JobSession) -> None:
        before = platform.clock.now() - timedelta(days=platform.settings.idempotency_days)
        is_over = False
        while not is_over:
            async with transaction(session) as tx:
                is_over = await idempotency.forget(tx.connection, before) == 0

    async def retain_log(_: JobSession) -> None:
        if isinstance(platform.bus, PostgresBus):
            await platform.bus.retain()

    return (
        Job("check-invariants", timedelta(minutes=5), check_invariants),
        Job("seal-history", timedelta(minutes=1), seal_history),
        Job("prune-inbox", timedelta(minutes=1), prune_inbox),
        Job("forget-answers", timedelta(hours=1), forget_answers),
        Job("retain-log", timedelta(minutes=1), retain_log),
    )


class _LagWatch:
    """Knows how far the group is behind, and says so to metrics and readiness."""

    def __init__(self, service: Service, platform: Platform, engine: AsyncEngine) -> None:
        self._service = service
        self._platform = platform
        self._engine = engine
        self._problem: str | None = "not measured yet"

    async def run(self, stopping: Stopping) -> None:
        """Measure until told to stop."""
        while True:
            try:
                await self._measure()
            except (Transient, *DATABASE_ERRORS) as error:  # also before `centerline migrate`: its tables are missing
                self._problem = f"cannot be measured: {error}"
            if await stopping.sleep(_LAG_SECONDS):
                return

    async def check(self) -> str | None:
        """None when the lag is known."""
        return self._problem

    async def _measure(self) -> None:
        platform, metrics = self._platform, self._platform.metrics
        async with transaction(self._engine) as tx:
            lag = await measure_lag(tx, platform.bus, self._service.name, self._service.topics)
            metrics.outbox_depth.set(await outbox.depth(tx))
            metrics.outbox_set_aside.set(await outbox.count_set_aside(tx))
        for at, behind in lag.items():
            metrics.consumer_lag.labels(topic=at.topic, partition=str(at.partition)).set(behind)
        self._problem = None


async def _check_bus(bus: Bus) -> str | None:
    try:
        await bus.ping()
    except Transient as error:
        return str(error)
    return None
