"""The schedule of the work queue: what runs by itself and how often, in one process at a time under its name's lock."""

from datetime import timedelta

from services.workqueue.acts import claim
from services.workqueue.settings import WorkqueueSettings
from shared.runtime.platform import Job, Platform
from shared.runtime.slices import JobSession


def schedule(platform: Platform, settings: WorkqueueSettings) -> tuple[Job, ...]:
    """The jobs of one process."""

    async def expire_leases(session: JobSession) -> None:
        await claim.expire_leases(session, platform.clock.now())

    return (Job("expire-leases", timedelta(seconds=settings.lease_check_seconds), expire_leases),)
