"""One service process: what a service brings, and how its parts are put together and run."""

import gc
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
import uvloop
from fastapi import APIRouter, FastAPI
from sqlalchemy import MetaData

from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Bus
from shared.db.migrate import pending
from shared.db.origins import Origin
from shared.db.partitions import Parted
from shared.db.pieces import Pieces
from shared.runtime.clock import Clock, DemonstrationClock, ReplayClock, SystemClock
from shared.runtime.invariants import QueryInvariant
from shared.runtime.lifecycle import Readiness, Stopping
from shared.runtime.logging import configure_logging
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Job, Platform
from shared.runtime.pools import Pools, open_pools
from shared.runtime.settings import Role, ServiceSettings, SettingsError, load_settings
from shared.runtime.supervisor import RoleTask, Supervisor, build_http_server
from shared.runtime.trace_export import start_exporting
from shared.web.app import create_app

if TYPE_CHECKING:
    from shared.bus.consumer import Handler, HoldBack
    from shared.bus.refusals import Answer
    from shared.db.seals import SealedTable
    from shared.operations.standing import DeliveriesRead

log = structlog.get_logger(__name__)


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
    HTTP, beside the API. `sealed` are its tables of history under seal, `parted` those in
    partitions by months, `pieces` those that can be in pieces by their key. `pages` builds the application of a service
    for people, which has pages instead of an API and takes no part in events. `deliveries` counts for operators what
    the service sends to people. `hold_back` settles what its handlers wrote to go out later by itself, for a copy of
    the service from which nothing may go out.
    """

    handler: "Handler | None"
    routers: Sequence[APIRouter]
    state: Mapping[str, Any]
    jobs: Sequence[Job] = ()
    invariants: Sequence[QueryInvariant] = ()
    public_routers: Sequence[APIRouter] = ()
    answer: "Answer | None" = None
    listeners: Sequence[Listener] = ()
    pages: Callable[[Readiness], FastAPI] | None = None
    sealed: "Sequence[SealedTable]" = ()
    parted: Sequence[Parted] = ()
    pieces: Sequence[Pieces] = ()
    deliveries: "DeliveriesRead | None" = None
    hold_back: "HoldBack | None" = None


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name, the topics that it reads, where its migrations are, and how its parts are built.

    `origins` says of each of its own tables where the rows come from.
    `subjects` says of each tag of its operations what it is about.
    """

    name: str
    summary: str
    description: str
    topics: tuple[str, ...]
    metadata: MetaData
    migrations: Path
    settings: type[ServiceSettings]
    build: Callable[[Platform], Parts]
    origins: Mapping[str, Origin] = field(default_factory=dict)
    version: str = "1.0.0"
    subjects: Mapping[str, str] = field(default_factory=dict)


def run(service: Service) -> None:
    """Run a service process until it is told to stop; exits non-zero when a part of it fails."""
    try:
        settings = load_settings(service.settings)
        stop_exporting = start_exporting(settings)
    except SettingsError as error:
        sys.stderr.write(f"{service.name} cannot start:\n{error}\n")
        sys.exit(2)
    configure_logging(service.name, settings.log_format, settings.log_level)
    if service.topics:
        tune_garbage_collection()
    try:
        exit_code = uvloop.run(_serve(service, settings))
    finally:
        stop_exporting()
    sys.exit(exit_code)


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
    # Not above: a process of pages has no letters, and would hold every contract for nothing.
    from shared.web.operations import Operated, operations_routers  # noqa: PLC0415

    return create_app(
        title=f"Centerline {service.name}",
        summary=service.summary,
        description=service.description,
        version=service.version,
        settings=platform.settings,
        metrics=platform.metrics,
        readiness=readiness,
        state={"platform": platform, "operated": Operated(service, parts), **parts.state},
        routers=(*parts.routers, *operations_routers(parts)) if Role.API in platform.settings.roles else (),
        subjects=service.subjects,
        public_routers=parts.public_routers if Role.API in platform.settings.roles else (),
        clock=platform.clock,
    )


def open_bus(settings: ServiceSettings) -> Bus:
    """The bus that the settings name; connects when first used."""
    if settings.bus == "kafka":
        from shared.bus.kafka import KafkaBus  # noqa: PLC0415  its library is large, and only one bus is open

        return KafkaBus(
            settings.kafka_bootstrap, client_id=f"centerline-{settings.service}", access=settings.kafka_access
        )
    assert settings.bus_database_url is not None  # the settings demand it
    return PostgresBus(settings.bus_database_url)


def open_platform(settings: ServiceSettings, clock: Clock | None = None, pools: Pools | None = None) -> Platform:
    """The things that a service's parts are built from; nothing connects yet.

    Without a clock it is that of the machine, or in development the one of a demonstration or a replay.
    """
    clock = clock or choose_clock(settings, SystemClock())
    metrics = Metrics.create()
    metrics.build_info.labels(component=settings.service, code_version=settings.code_version).set(1)
    return Platform(
        settings=settings,
        engine=(pools or open_pools(settings)).api,
        bus=open_bus(settings),
        clock=clock,
        metrics=metrics,
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
    roles: list[RoleTask] = []
    if parts.handler is not None:
        # Not above: a process of pages would hold the consumer, every contract and the adapters for nothing.
        from shared.runtime import events  # noqa: PLC0415

        readiness.add_check("bus", lambda: events.check_bus(platform.bus))
        lag = events.LagWatch(service, platform, pools.watch)
        readiness.add_check("lag", lag.check)
        roles = list(events.build_roles(service, platform, pools, parts, lag.run))
    servers = []
    app = build_app(service, platform, parts, readiness)
    servers.append(build_http_server(app, settings.host, settings.port, trusted_proxies=settings.trusted_proxies))
    try:
        return await Supervisor(roles, servers, readiness=[readiness], drain_seconds=settings.drain_seconds).run()
    finally:
        await platform.bus.close()
        await pools.dispose()
