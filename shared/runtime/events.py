"""The part that a process takes in events: what it runs beside its API, and how far its group is behind."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus import inbox, outbox
from shared.bus.consumer import Consumer, ConsumerSettings
from shared.bus.lag import measure_lag
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Bus
from shared.bus.relay import Relay
from shared.db import idempotency
from shared.db.engine import DATABASE_ERRORS
from shared.db.transaction import transaction
from shared.operations.acting import OperatorActs
from shared.runtime import partitioning, sealing
from shared.runtime.errors import Transient
from shared.runtime.invariants import check_next
from shared.runtime.job_runner import JobRunner
from shared.runtime.lifecycle import Stopping
from shared.runtime.platform import Job, Platform
from shared.runtime.pools import Pools
from shared.runtime.service import Parts, Service
from shared.runtime.settings import Role, ServiceSettings
from shared.runtime.slices import JobSession
from shared.runtime.slot import FleetSlot, Run
from shared.runtime.supervisor import RoleTask

_LAG_SECONDS = 2.0


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
        jobs = [*parts.jobs, *platform_jobs(platform, parts)]
        runner = JobRunner(service.name, pools.jobs, platform.clock, metrics, jobs, at_once=settings.job_connections)
        roles.extend(RoleTask(Role.SCHEDULER, job.name, partial(runner.run, job)) for job in jobs)
        acts = OperatorActs(service.name, pools.jobs, platform.clock, runner, jobs, parts.invariants)
        roles.append(RoleTask(Role.SCHEDULER, "acts-on-letters", acts.run_letters))
        roles.append(RoleTask(Role.SCHEDULER, "asked-jobs", acts.run_jobs))
        roles.append(RoleTask(Role.SCHEDULER, "asked-checks", acts.run_checks))
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


def platform_jobs(platform: Platform, parts: Parts) -> Sequence[Job]:
    """The jobs of every service of events."""

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

    async def make_partitions(session: JobSession) -> None:
        await partitioning.make_ahead(session, parts.parted, platform.clock, platform.metrics)
        await partitioning.look_over(session, parts.pieces)

    async def retain_log(_: JobSession) -> None:
        if isinstance(platform.bus, PostgresBus):
            await platform.bus.retain()

    return (
        Job("check-invariants", timedelta(minutes=5), check_invariants),
        Job("seal-history", timedelta(minutes=1), seal_history),
        Job("prune-inbox", timedelta(minutes=1), prune_inbox),
        Job("forget-answers", timedelta(hours=1), forget_answers),
        Job("make-partitions", timedelta(hours=1), make_partitions),
        Job("retain-log", timedelta(minutes=1), retain_log),
    )


class LagWatch:
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


async def check_bus(bus: Bus) -> str | None:
    """None when the bus answers, else what is wrong."""
    try:
        await bus.ping()
    except Transient as error:
        return str(error)
    return None
