"""Scheduled jobs as operators see them: how they ran, run now, and rows of theirs to be tried again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from shared.db import job_runs, operator_acts, set_aside
from shared.db.job_runs import JobRun
from shared.db.operator_acts import OperatorAct
from shared.db.transaction import Transaction
from shared.runtime.errors import NotFound

RUN: Final = "run-job"
RETRY: Final = "retry-rows"


async def find_job(tx: Transaction, job: str) -> JobRun:
    """How a job ran last; raises `NotFound` for one that no scheduler of the service knows."""
    found = next((each for each in await job_runs.list_runs(tx) if each.job == job), None)
    if found is None:
        raise NotFound(f"There is no job {job}.", remedy="GET /ops/jobs names those that there are.")
    return found


async def ask_for_run(tx: Transaction, job: str, *, reason: str, by: str, at: datetime) -> OperatorAct:
    """Have the schedulers of the service run a job now; who asks while one runs gets another run behind it."""
    await find_job(tx, job)
    return await operator_acts.write(tx, RUN, {"job": job}, reason=reason, by=by, at=at, total=1)


async def retry_rows(
    tx: Transaction,
    job: str,
    keys: Sequence[str] | None,
    *,
    row_ids: Sequence[int] | None = None,
    reason: str,
    by: str,
    at: datetime,
) -> OperatorAct:
    """Let the next run of a job try rows again that it set aside, all of them without keys and numbers of rows."""
    named = {"keys": keys, "ids": row_ids}
    asked = {"job": job} | {name: list(given) for name, given in named.items() if given is not None}
    total = len(keys or ()) + len(row_ids or ())
    act = await operator_acts.write(tx, RETRY, asked, reason=reason, by=by, at=at, total=total)
    retried = await set_aside.retry(tx, job, keys, row_ids)
    ended = await operator_acts.move(tx, act.act_id, reached=0, done=retried, result={}, state="done", at=at)
    assert ended is not None  # it was written in this transaction
    return ended
