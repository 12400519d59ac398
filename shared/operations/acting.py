"""Does what operators asked for and what takes longer than a call: goes on from where it was interrupted.

Every scheduler of a service looks for it. Letters are settled in slices, each of which is held by one process for its
own transaction; a job runs under the job's own lock, and a check of invariants under one of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db import operator_acts
from shared.db.engine import DATABASE_ERRORS
from shared.db.operator_acts import ActState, OperatorAct
from shared.db.transaction import exclusive_session, transaction
from shared.operations import invariants as checks
from shared.operations import jobs, letters
from shared.runtime.clock import Clock, start_stopwatch
from shared.runtime.errors import Transient
from shared.runtime.invariants import QueryInvariant
from shared.runtime.job_runner import JobRunner
from shared.runtime.lifecycle import Stopping
from shared.runtime.platform import Job
from shared.runtime.slices import describe

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 1.0


class OperatorActs:
    """Looks for acts that go on, and does the next part of each."""

    def __init__(
        self,
        service: str,
        engine: AsyncEngine,
        clock: Clock,
        runner: JobRunner,
        scheduled: Sequence[Job],
        invariants: Sequence[QueryInvariant],
        *,
        slice_rows: int = letters.SLICE,
        check_seconds: float = checks.MOST_SECONDS,
    ) -> None:
        self._service = service
        self._engine = engine
        self._clock = clock
        self._runner = runner
        self._jobs: Mapping[str, Job] = {each.name: each for each in scheduled}
        self._invariants = invariants
        self._slice_rows = slice_rows
        self._check_seconds = check_seconds

    async def run(self, stopping: Stopping) -> None:
        """Do what is asked for until told to stop; what is left then goes on in another process, or after the start."""
        while not stopping.is_set():
            try:
                await self.go_on(stopping)
            except (Transient, *DATABASE_ERRORS) as error:  # also before `centerline migrate`: its table is missing
                log.warning("operator_acts_paused", error=str(error))
            await stopping.sleep(LOOK_SECONDS)

    async def go_on(self, stopping: Stopping) -> None:
        """Do every act that goes on, as far as it can be done now."""
        place = 0
        while not stopping.is_set():
            async with transaction(self._engine) as tx:
                act = await operator_acts.find_next(tx, place)
            if act is None:
                return
            place = act.act_id
            if act.act in letters.ON_LETTERS:
                await self._settle_letters(act.act_id, stopping)
            elif act.act == jobs.RUN:
                await self._run_job(act)
            elif act.act == checks.CHECK:
                await self._check_invariants(act, stopping)

    async def _settle_letters(self, act_id: int, stopping: Stopping) -> None:
        while not stopping.is_set():
            async with transaction(self._engine) as tx:
                act = await operator_acts.hold(tx, act_id)
                if act is None:
                    return
                await letters.go_on(tx, act, self._clock.now(), limit=self._slice_rows)

    async def _run_job(self, act: OperatorAct) -> None:
        job = self._jobs.get(act.asked["job"])
        if job is None:
            await self._move(act, "failed", {"error": "the schedule does not name this job any more"})
            return
        elapsed = start_stopwatch()
        ended = await self._runner.run_asked(job)
        if ended is None:
            return  # one runs now, begun before it was asked for: looked at again
        result, error = ended
        log.info("job_ran_as_asked", job=job.name, by=act.asked_by, result=result)
        found = {"result": result, "seconds": round(elapsed(), 3), "error": error}
        await self._move(act, "done" if result == "succeeded" else "failed", found, done=1)

    async def _check_invariants(self, act: OperatorAct, stopping: Stopping) -> None:
        async with exclusive_session(self._engine, f"{self._service}.invariants-asked") as held:
            if held is None:
                return
            async with held.transaction() as tx:
                known = await operator_acts.find(tx, act.act_id)
            assert known is not None
            found: dict[str, Any] = dict(known.result)
            for invariant in self._invariants:
                if invariant.name in found:
                    continue
                if stopping.is_set() or known.state != "going-on":
                    return
                try:
                    found[invariant.name] = await checks.check_one(held, invariant, self._check_seconds)
                except DATABASE_ERRORS as error:
                    found[invariant.name] = {"problem": describe(error)}
                async with held.transaction() as tx:
                    moved = await operator_acts.move(
                        tx,
                        act.act_id,
                        reached=0,
                        done=len(found),
                        result=found,
                        state="going-on",
                        at=self._clock.now(),
                    )
                if moved is None:
                    return
        await self._move(act, "done", found, done=len(found))

    async def _move(self, act: OperatorAct, state: ActState, result: Mapping[str, Any], *, done: int = 0) -> None:
        async with transaction(self._engine) as tx:
            await operator_acts.move(
                tx, act.act_id, reached=0, done=done, result=result, state=state, at=self._clock.now()
            )
