"""The connections of one process to its service's database: a pool for each role, so that none can starve another."""

from dataclasses import dataclass, fields

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db.engine import Patience, create_engine
from shared.runtime.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class Pools:
    """A pool for each role; nothing connects before it is used, so a role that does not run costs nothing.

    `watch` is for lag and readiness, which every process tells.
    """

    api: AsyncEngine
    consumer: AsyncEngine
    relay: AsyncEngine
    jobs: AsyncEngine
    watch: AsyncEngine

    async def dispose(self) -> None:
        """Close every connection."""
        for each in fields(self):
            await getattr(self, each.name).dispose()


def open_pools(settings: ServiceSettings) -> Pools:
    """The pools that the settings give. The sum of their sizes is what docs/operations.md sets beside max_connections.

    A consumer group's member applies one batch at a time, and dead letters are tried again on one connection more.
    While each of them holds one, what a service keeps between batches is read anew on another. A slot is held on one
    for life. A relay holds its lock on the connection on which it works, and so does a job. There are three more for
    what operators asked for: letters, checks, and to look for jobs, which run on those of jobs.
    """
    calls = Patience(settings.api_pool_seconds, settings.api_lock_seconds, settings.api_statement_seconds)
    events = Patience(lock=settings.consumer_lock_seconds, statement=settings.consumer_statement_seconds)
    has_slot = settings.fleet_slot is not None
    work = Patience(lock=settings.job_lock_seconds, statement=settings.job_statement_seconds)
    return Pools(
        api=_open(settings, "api", settings.api_connections, calls),
        consumer=_open(settings, "consumer", settings.consumer_members + 2 + has_slot, events),
        relay=_open(settings, "relay", 1, events),
        jobs=_open(settings, "jobs", settings.job_connections + 3, work),
        watch=_open(settings, "watch", 2, calls),
    )


def count_connections(pools: Pools) -> int:
    """How many connections a process with every role opens at most."""
    return sum(getattr(pools, each.name).pool.size() for each in fields(pools))


def _open(settings: ServiceSettings, role: str, size: int, patience: Patience) -> AsyncEngine:
    return create_engine(
        settings.database_url,
        application=f"centerline-{settings.service}-{role}",
        pool_size=size,
        overflow=0,
        patience=patience,
    )
