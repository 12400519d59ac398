"""Does what operators asked for and what takes longer than a call: goes on from where it was interrupted.

Every scheduler of a service looks for it: for letters, jobs and checks in a loop each, so that none waits for the
length of another. Letters are settled in slices, each of which is held by one process for its own transaction; a job
runs under the job's own lock, and a check of invariants under one of its own. An act is read again under its lock: what
another scheduler did since it was found is not done twice.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db import operator_acts
from shared.db.engine import DATABASE_ERRORS
from shared.db.operator_acts import ActState, OperatorAct
from shared.db.transaction import Connections, Transaction, exclusive_session, transaction
from shared.operations import invariants as checks
from shared.operations import jobs, letters
from shared.runtime.clock import Clock, start_stopwatch
from shared.runtime.errors import Transient
from shared.runtime.invariants import QueryInvariant
from shared.runtime.job_runner import JobRunner
from shared.runtime.lifecycle import Stopping
from shared.runtime.platform import Job
from shared.runtime.slices import JobSession, describe

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 1.0

MOST_BEGUN: Final = 3
"""Runs of an asked job, or checks of an asked invariant, that may begin without coming to an end; then it is given up:
more likely it ends its process than that the process was ended so often by chance."""


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

    async def run_letters(self, stopping: Stopping) -> None:
        """Do what is asked of letters until told to stop; what is left then goes on in another process, or later."""
        await self._look(self.go_on_with_letters, stopping)

    async def run_jobs(self, stopping: Stopping) -> None:
        """The same for runs of jobs, one after the other, however long each takes."""
        await self._look(self.go_on_with_jobs, stopping)

    async def run_checks(self, stopping: Stopping) -> None:
        """The same for checks of invariants."""
        await self._look(self.go_on_with_checks, stopping)

    async def go_on_with_letters(self, stopping: Stopping) -> None:
        """Settle the letters of every act that goes on, as far as it can be done now."""
        await self._do_each(letters.ON_LETTERS, self._settle_letters, stopping)

    async def go_on_with_jobs(self, stopping: Stopping) -> None:
        """Run every job that is asked for and does not run now."""
        await self._do_each((jobs.RUN,), self._run_job, stopping)

    async def go_on_with_checks(self, stopping: Stopping) -> None:
        """Check the invariants of every act that asks for it."""
        await self._do_each((checks.CHECK,), self._check_invariants, stopping)

    async def _look(self, go_on: Callable[[Stopping], Awaitable[None]], stopping: Stopping) -> None:
        while not stopping.is_set():
            try:
                await go_on(stopping)
            except (Transient, *DATABASE_ERRORS) as error:  # also before `centerline migrate`: its table is missing
                log.warning("operator_acts_paused", error=describe(error))
            await stopping.sleep(LOOK_SECONDS)

    async def _do_each(
        self, kinds: Collection[str], do: Callable[[OperatorAct, Stopping], Awaitable[None]], stopping: Stopping
    ) -> None:
        """Do the next part of each act of these kinds; one that is put off holds up none behind it."""
        place = 0
        while not stopping.is_set():
            async with transaction(self._engine) as tx:
                act = await operator_acts.find_next(tx, place, kinds)
            if act is None:
                return
            place = act.act_id
            try:
                await do(act, stopping)
            except (Transient, *DATABASE_ERRORS) as error:
                log.warning("operator_act_put_off", act_id=act.act_id, act=act.act, error=describe(error))

    async def _settle_letters(self, act: OperatorAct, stopping: Stopping) -> None:
        while not stopping.is_set():
            async with transaction(self._engine) as tx:
                held = await operator_acts.hold(tx, act.act_id)
                if held is None:
                    return
                await letters.go_on(tx, held, self._clock.now(), limit=self._slice_rows)

    async def _run_job(self, act: OperatorAct, _: Stopping) -> None:
        job = self._jobs.get(act.asked["job"])
        if job is None:
            gone = {"error": "the schedule does not name this job any more"}
            await self._move(self._engine, act, "failed", gone)
            return
        has_begun = False
        try:
            async with self._runner.hold(job) as session:
                if session is None:
                    return  # one runs now, begun before it was asked for: looked at again
                has_begun = await self._begin(session, act)
                if has_begun:
                    await self._run_held(session, act, job)
        except (Transient, *DATABASE_ERRORS) as error:
            if has_begun:
                await self._note_put_off(act, describe(error))
            raise

    async def _begin(self, session: JobSession, act: OperatorAct) -> bool:
        """Count one more beginning, under the lock; whether the job is to run.

        Not where another scheduler ran it after the act was found, and not where runs began and none of them came to
        an end: whatever ended their processes would end this one too.
        """
        async with transaction(session) as tx:
            now = await operator_acts.hold(tx, act.act_id)
            if now is None:
                return False
            begun, put_off = now.result.get("begun", 0), now.result.get("put_off", 0)
            if begun - put_off >= MOST_BEGUN:
                lost = f"{begun - put_off} runs began and none came to its end: their processes ended in them"
                await self._move_in(tx, act, "failed", {**now.result, "error": lost})
                return False
            await self._move_in(tx, act, "going-on", {**now.result, "begun": begun + 1})
            return True

    async def _run_held(self, session: JobSession, act: OperatorAct, job: Job) -> None:
        elapsed = start_stopwatch()
        result, error = await self._runner.run_asked(job, session)
        log.info("job_ran_as_asked", job=job.name, by=act.asked_by, result=result)
        found = {"result": result, "seconds": round(elapsed(), 3), "error": error}
        await self._move(session, act, "done" if result == "succeeded" else "failed", found, done=1)

    async def _note_put_off(self, act: OperatorAct, why: str) -> None:
        async with transaction(self._engine) as tx:
            now = await operator_acts.hold(tx, act.act_id)
            if now is not None:
                noted = {**now.result, "put_off": now.result.get("put_off", 0) + 1, "error": why}
                await self._move_in(tx, act, "going-on", noted)

    async def _check_invariants(self, act: OperatorAct, stopping: Stopping) -> None:
        async with exclusive_session(self._engine, f"{self._service}.invariants-asked") as held:
            if held is None:
                return
            async with transaction(held) as tx:
                known = await operator_acts.find(tx, act.act_id)
            assert known is not None
            if known.state != "going-on":
                return
            found: dict[str, Any] = dict(known.result)
            for invariant in self._invariants:
                before = found.get(invariant.name, {})
                begun = before.get("begun", 0)
                if before and not begun:
                    continue
                if stopping.is_set():
                    return
                if begun >= MOST_BEGUN:
                    lost = f"not known: {begun} checks began and none came to its end: their processes ended in them"
                    found[invariant.name] = {"problem": lost}
                    continue
                found[invariant.name] = {"problem": "not known yet: the check has begun", "begun": begun + 1}
                await self._note_found(held, act, found)
                try:
                    found[invariant.name] = await checks.check_one(held, invariant, self._check_seconds)
                except DATABASE_ERRORS as error:
                    found[invariant.name] = {"problem": describe(error)}
                if not await self._note_found(held, act, found):
                    return
            await self._move(held, act, "done", found, done=len(found))

    async def _note_found(self, held: Connections, act: OperatorAct, found: Mapping[str, Any]) -> bool:
        """Keep what is found by now; whether the act still goes on."""
        known = sum("begun" not in each for each in found.values())
        return await self._move(held, act, "going-on", found, done=known) is not None

    async def _move(
        self, database: Connections, act: OperatorAct, state: ActState, result: Mapping[str, Any], *, done: int = 0
    ) -> OperatorAct | None:
        async with transaction(database) as tx:
            return await self._move_in(tx, act, state, result, done=done)

    async def _move_in(
        self, tx: Transaction, act: OperatorAct, state: ActState, result: Mapping[str, Any], *, done: int = 0
    ) -> OperatorAct | None:
        return await operator_acts.move(
            tx, act.act_id, reached=0, done=done, result=result, state=state, at=self._clock.now()
        )
