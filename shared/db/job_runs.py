"""How each scheduled job ran last, and when it runs next: one row for each, for operators and for the job itself."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.db import bulk
from shared.db.transaction import Transaction

Result = Literal["never", "running", "succeeded", "failed", "postponed"]

_REGISTER: Final = """
INSERT INTO job_runs (job, every_seconds, next_run_at) VALUES ($1, $2, $3)
ON CONFLICT (job) DO UPDATE SET every_seconds = excluded.every_seconds
RETURNING next_run_at, last_succeeded_at
"""
_BEGIN: Final = """
INSERT INTO job_runs (job, every_seconds, result, started_at, next_run_at)
VALUES ($1, $2, 'running', $3, coalesce($4::timestamptz, $3))
ON CONFLICT (job) DO UPDATE SET result = 'running', started_at = excluded.started_at,
    next_run_at = coalesce($4::timestamptz, job_runs.next_run_at)
"""
_END: Final = """
INSERT INTO job_runs (job, every_seconds, result, started_at, ended_at, duration_seconds, error, next_run_at,
    last_succeeded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8::timestamptz, $5), CASE $3 WHEN 'succeeded' THEN $5::timestamptz END)
ON CONFLICT (job) DO UPDATE SET result = excluded.result, started_at = excluded.started_at,
    ended_at = excluded.ended_at, duration_seconds = excluded.duration_seconds, error = excluded.error,
    next_run_at = coalesce($8::timestamptz, job_runs.next_run_at),
    last_succeeded_at = coalesce(excluded.last_succeeded_at, job_runs.last_succeeded_at)
"""
_FORGET: Final = "DELETE FROM job_runs WHERE job <> ALL($1::text[])"
_LIST: Final = """
SELECT r.job, r.every_seconds, r.result, r.started_at, r.ended_at, r.duration_seconds, r.error, r.last_succeeded_at,
    r.next_run_at, (SELECT count(*) FROM rows_set_aside a WHERE a.job = r.job) AS set_aside
FROM job_runs r ORDER BY r.job
"""


@dataclass(frozen=True, slots=True)
class JobRun:
    """How a job ran last. `error` says why it failed or was put off; `set_aside` counts the rows that it leaves out.

    `never` is a job that no process has run yet; `running` one that runs now, or whose process was killed in it.
    """

    job: str
    every_seconds: float
    result: Result
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: float | None
    error: str | None
    last_succeeded_at: datetime | None
    next_run_at: datetime
    set_aside: int


async def register(
    tx: Transaction, job: str, every: timedelta, first_run_at: datetime
) -> tuple[datetime, datetime | None]:
    """Make a scheduled job known, as never run; gives when it is to run next, and when it ran well last."""
    (row,) = await bulk.fetch(tx, _REGISTER, job, every.total_seconds(), first_run_at)
    return row["next_run_at"], row["last_succeeded_at"]


async def forget_others(tx: Transaction, jobs: Sequence[str]) -> None:
    """Take out what the schedule does not name any more."""
    await bulk.execute(tx, _FORGET, list(jobs))


async def begin(
    tx: Transaction, job: str, every: timedelta, *, started_at: datetime, next_run_at: datetime | None
) -> None:
    """Note that a job runs now; without `next_run_at` its schedule stays as it is."""
    await bulk.execute(tx, _BEGIN, job, every.total_seconds(), started_at, next_run_at)


async def end(
    tx: Transaction,
    job: str,
    every: timedelta,
    result: Result,
    *,
    started_at: datetime,
    ended_at: datetime,
    seconds: float,
    error: str | None,
    next_run_at: datetime | None,
) -> None:
    """Note how a run ended; `seconds` is how long it took. Without `next_run_at` the schedule stays as it is."""
    known = (result, started_at, ended_at, seconds, error, next_run_at)
    await bulk.execute(tx, _END, job, every.total_seconds(), *known)


async def list_runs(tx: Transaction) -> list[JobRun]:
    """Every scheduled job, in order of its name."""
    names = [each.name for each in fields(JobRun)]
    return [JobRun(*(row[name] for name in names)) for row in await bulk.fetch(tx, _LIST)]
