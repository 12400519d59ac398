"""Runs jobs on their schedules, and notes how each ran.

A job that fails is noted, told and tried again at its next time: it costs itself, and neither the API nor the consumers
of its process. What takes the process down is the end of this loop itself, which is a bug of the runtime.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db import job_runs
from shared.db.engine import DATABASE_ERRORS
from shared.db.job_runs import Result
from shared.db.transaction import Connections, exclusive_session, transaction
from shared.runtime.clock import Clock, is_replaying, start_stopwatch
from shared.runtime.errors import Transient
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Job
from shared.runtime.slices import JobSession, describe

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_RETRY_SECONDS: Final = 5.0
_NOTED_EVERY: Final = timedelta(minutes=1)
"""A job that runs more often is noted once in this time, and whenever it ends in another way than before."""


class JobRunner:
    """Runs each job on its schedule while this process holds the job's lock, `at_once` of them at a time."""

    def __init__(
        self,
        service: str,
        engine: AsyncEngine,
        clock: Clock,
        metrics: Metrics,
        jobs: Sequence[Job],
        *,
        at_once: int,
    ) -> None:
        self._service = service
        self._engine = engine
        self._clock = clock
        self._metrics = metrics
        self._jobs = jobs
        self._free = asyncio.Semaphore(at_once)
        self._noted: dict[str, tuple[Result, datetime]] = {}

    async def run(self, job: Job, stopping: Stopping) -> None:
        """Begin one interval after the start, or when the run before said, if that is sooner.

        Never at once, so that a crash loop does not become a loop of jobs.
        """
        async with self._free:
            wait = await self._register(job)
        while not await stopping.sleep(wait):
            async with self._free:
                if stopping.is_set():
                    return
                wait = await self.run_once(job)

    async def run_once(self, job: Job) -> float:
        """Run a job unless another process does; gives the seconds until it is to be tried again."""
        try:
            async with exclusive_session(self._engine, f"{self._service}.job.{job.name}") as held:
                if held is not None:
                    await self._run_held(job, JobSession(job.name, held, self._clock), after=job.every)
        except (Transient, *DATABASE_ERRORS) as error:  # also before `centerline migrate`: its tables are missing
            log.warning("job_postponed", job=job.name, error=str(error))
            retry = timedelta(seconds=min(_RETRY_SECONDS, job.every.total_seconds()))
            await self._end(job, self._engine, "postponed", self._clock.now(), 0.0, describe(error), after=retry)
            return retry.total_seconds()
        return job.every.total_seconds()

    @asynccontextmanager
    async def hold(self, job: Job) -> AsyncIterator[JobSession | None]:
        """Hold a job's lock, to run it because somebody asks for it (`run_asked`); None while another run holds it.

        What passes by itself and ends the block is noted as a run that was put off, and goes on.
        """
        session = None
        try:
            async with self._free, exclusive_session(self._engine, f"{self._service}.job.{job.name}") as held:
                session = None if held is None else JobSession(job.name, held, self._clock)
                yield session
        except (Transient, *DATABASE_ERRORS) as error:
            if session is not None:
                await self._end(job, self._engine, "postponed", self._clock.now(), 0.0, describe(error), after=None)
            raise

    async def run_asked(self, job: Job, session: JobSession) -> tuple[Result, str | None]:
        """Run a job whose lock is held; gives how it ended and why. Its schedule stays as it is."""
        return await self._run_held(job, session, after=None)

    async def _run_held(self, job: Job, session: JobSession, *, after: timedelta | None) -> tuple[Result, str | None]:
        """Run a job, which is to run again `after` its end, or when it would have without this run."""
        started_at, elapsed = self._clock.now(), start_stopwatch()
        if job.every >= _NOTED_EVERY:
            next_run_at = None if after is None else started_at + after
            async with transaction(session) as tx:
                await job_runs.begin(tx, job.name, job.every, started_at=started_at, next_run_at=next_run_at)
        result: Result = "succeeded"
        error_text = None
        try:
            await job.run(session)
            await session.forget_old()
        except Transient:
            raise
        except Exception as error:
            log.error("job_failed", job=job.name, exc_info=error)
            result, error_text = "failed", describe(error)
        self._metrics.job_last_run_seconds.labels(job_name=job.name).set(elapsed())
        await self._end(job, session, result, started_at, elapsed(), error_text, after=after)
        await self._count_rows(job, session)
        return result, error_text

    async def _register(self, job: Job) -> float:
        """Make the job known; gives the seconds until it is to run."""
        now, every = self._clock.now(), job.every.total_seconds()
        try:
            async with transaction(self._engine) as tx:
                next_run_at, last_succeeded_at = await job_runs.register(tx, job.name, job.every, now + job.every)
                if job is self._jobs[0]:
                    await job_runs.forget_others(tx, [each.name for each in self._jobs])
        except (Transient, *DATABASE_ERRORS) as error:
            log.warning("job_not_registered", job=job.name, error=str(error))
            return every
        if last_succeeded_at is not None:
            at = last_succeeded_at.timestamp()
            self._metrics.job_last_success_timestamp_seconds.labels(job_name=job.name).set(at)
        if is_replaying(self._clock):
            return every  # a clock that jumps says nothing about when the job ran; what is due is done by hand
        due = (next_run_at - now).total_seconds()
        return min(every, max(due, _RETRY_SECONDS))

    async def _end(
        self,
        job: Job,
        database: Connections,
        result: Result,
        started_at: datetime,
        seconds: float,
        error: str | None,
        *,
        after: timedelta | None,
    ) -> None:
        now = self._clock.now()
        self._metrics.job_runs_total.labels(job_name=job.name, result=result).inc()
        if result == "succeeded":
            self._metrics.job_last_success_timestamp_seconds.labels(job_name=job.name).set(now.timestamp())
        before, noted_at = self._noted.get(job.name, (None, now))
        if job.every < _NOTED_EVERY and result == before and now < noted_at + _NOTED_EVERY:
            return
        try:
            async with transaction(database) as tx:
                await job_runs.end(
                    tx,
                    job.name,
                    job.every,
                    result,
                    started_at=started_at,
                    ended_at=now,
                    seconds=seconds,
                    error=error,
                    next_run_at=None if after is None else now + after,
                )
        except (Transient, *DATABASE_ERRORS) as problem:
            log.warning("job_not_noted", job=job.name, result=result, error=str(problem))
        else:
            self._noted[job.name] = (result, now)

    async def _count_rows(self, job: Job, session: JobSession) -> None:
        left_out = await session.find_left_out()
        self._metrics.job_rows_set_aside.labels(job_name=job.name).set(len(left_out))
