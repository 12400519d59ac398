"""The schedule of the work queue: what runs by itself and how often, in one process at a time under its name's lock."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from services.workqueue.acts import bulk, claim, clock, quality
from services.workqueue.acts import request as letters
from services.workqueue.domain.clocks import pending_cutoff
from services.workqueue.handlers.handler import derive_filings
from services.workqueue.publishing import SOURCE
from services.workqueue.settings import WorkqueueSettings
from services.workqueue.store import figures as figure_store
from services.workqueue.store import filings as filing_store
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, reading
from shared.runtime.access import EVERYTHING
from shared.runtime.platform import Job, Platform
from shared.runtime.slices import JobSession, work_through

_FILINGS_AT_ONCE: Final = 500


def schedule(platform: Platform, settings: WorkqueueSettings) -> tuple[Job, ...]:
    """The jobs of one process."""

    async def expire_leases(session: JobSession) -> None:
        await claim.expire_leases(session, platform.clock.now())

    async def derive_what_is_left(session: JobSession) -> None:
        async def find(tx: Transaction, _: str | None, left_out: Sequence[str]) -> Sequence[str]:
            return await filing_store.find_without_basis(tx, left_out, _FILINGS_AT_ONCE)

        async def derive(tx: Transaction, filing_numbers: Sequence[str]) -> int:
            await outbox.add(tx, SOURCE, await derive_filings(tx, filing_numbers, platform.clock.now()))
            return len(filing_numbers)

        await work_through(session, find, derive)

    async def tell_overdue(session: JobSession) -> None:
        await letters.tell_overdue(session, platform.clock.now())

    async def count_pending(session: JobSession) -> None:
        cutoff = pending_cutoff(legal_date(platform.clock.now()), settings.center_goal_working_days)
        async with reading(session) as connection:
            pending = await figure_store.count_pending(connection, EVERYTHING, cutoff)
        platform.metrics.items_pending_past_goal.set(pending.past_goal)

    async def escalate(session: JobSession) -> None:
        await clock.escalate(session, platform.clock.now())

    async def do_bulk(session: JobSession) -> None:
        await bulk.go_on(session, platform.clock.now(), settings.bulk_limits)

    async def draw_samples(session: JobSession) -> None:
        await quality.draw_samples(session, settings.quality_seed, platform.clock.now())

    return (
        Job("expire-leases", timedelta(seconds=settings.lease_check_seconds), expire_leases),
        Job("derive-filings", timedelta(minutes=5), derive_what_is_left),
        Job("tell-overdue-requests", timedelta(minutes=15), tell_overdue),
        Job("count-pending", timedelta(minutes=1), count_pending),
        Job("bulk-runs", timedelta(seconds=5), do_bulk),
        Job("escalate-clocks", timedelta(hours=1), escalate),
        Job("draw-quality-samples", timedelta(minutes=15), draw_samples),
    )
