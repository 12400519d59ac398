"""Assembles the work queue."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from services.workqueue import acts, handlers
from services.workqueue.api import router
from services.workqueue.settings import WorkqueueSettings
from services.workqueue.store.invariants import INVARIANTS
from services.workqueue.store.tables import metadata
from shared.db.transaction import transaction
from shared.runtime.service import Job, Parts, Platform, Service


def build(platform: Platform) -> Parts:
    """The parts of the work queue."""
    settings = cast("WorkqueueSettings", platform.settings)

    async def expire_leases() -> None:
        async with transaction(platform.engine) as tx:
            await acts.expire_leases(tx, platform.clock.now())

    async def forget_answers() -> None:
        before = platform.clock.now() - timedelta(days=settings.idempotency_days)
        async with transaction(platform.engine) as tx:
            await acts.forget_answers(tx, before)

    return Parts(
        handler=handlers.handle,
        routers=[router],
        state={"lease": timedelta(minutes=settings.lease_minutes)},
        jobs=[
            Job("expire-leases", timedelta(seconds=settings.lease_check_seconds), expire_leases),
            Job("forget-answers", timedelta(hours=1), forget_answers),
        ],
        invariants=INVARIANTS,
    )


SERVICE = Service(
    name="workqueue",
    summary="Which piece of work a Center team takes next, who holds it, what was decided.",
    description="Items from routing, protests and filings; claims with leases; decisions, advice, letters.",
    topics=handlers.TOPICS,
    metadata=metadata,
    migrations=Path(__file__).parent / "migrations",
    settings=WorkqueueSettings,
    build=build,
)
