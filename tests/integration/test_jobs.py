"""Scheduled jobs on a real database: one connection each, one bad row set aside, every run noted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.main import _job_rows
from shared.db import bulk, job_runs, set_aside
from shared.db.engine import Patience, create_engine
from shared.db.job_runs import JobRun
from shared.db.transaction import Connections, Transaction, exclusive_session, reading, transaction
from shared.runtime.clock import FixedClock, ReplayClock
from shared.runtime.errors import Transient
from shared.runtime.job_runner import JobRunner
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Job
from shared.runtime.slices import MOST_SET_ASIDE, JobSession, TooManyRows, work_through
from tests.support.databases import TestDatabases

NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Shop:
    """Numbers to be done by a job, some of which it cannot do."""

    engine: AsyncEngine
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    metrics: Metrics = field(default_factory=Metrics.create)
    bad: set[str] = field(default_factory=set)
    tried: list[str] = field(default_factory=list)

    async def stock(self, count: int) -> None:
        async with transaction(self.engine) as tx:
            await bulk.execute(tx, "CREATE TABLE goods (number integer PRIMARY KEY, is_done boolean NOT NULL)")
            await bulk.execute(tx, "INSERT INTO goods SELECT n, false FROM generate_series(1, $1::integer) AS n", count)

    async def left(self) -> list[int]:
        async with transaction(self.engine) as tx:
            rows = await bulk.fetch(tx, "SELECT number FROM goods WHERE NOT is_done ORDER BY number")
        return [row["number"] for row in rows]

    async def work(self, database: Connections) -> int:
        async def list_next(tx: Transaction, _: int | None, left_out: Sequence[str]) -> list[int]:
            query = "SELECT number FROM goods WHERE NOT is_done AND number::text <> ALL($1::text[]) ORDER BY 1 LIMIT 20"
            return [row["number"] for row in await bulk.fetch(tx, query, list(left_out))]

        async def do(tx: Transaction, numbers: Sequence[int]) -> int:
            # Written before it is found out that one of them cannot be done: what is half done must not stay.
            await bulk.execute(tx, "UPDATE goods SET is_done = true WHERE number = ANY($1::integer[])", list(numbers))
            self.tried.extend(map(str, numbers))
            for number in numbers:
                if str(number) in self.bad:
                    raise ValueError(f"cannot do {number} of 12-345678900")
            return len(numbers)

        return await work_through(database, list_next, do)

    def session(self) -> JobSession:
        return JobSession("work", self.engine, self.clock)

    def runner(self, *jobs: Job) -> JobRunner:
        return JobRunner("shop", self.engine, self.clock, self.metrics, jobs, at_once=2)

    async def runs(self) -> dict[str, JobRun]:
        async with transaction(self.engine) as tx:
            return {run.job: run for run in await job_runs.list_runs(tx)}

    async def aside(self) -> dict[str, Any]:
        async with transaction(self.engine) as tx:
            return {row.key: row for row in await set_aside.list_rows(tx, job="work", limit=1000)}


@pytest.fixture
async def shop(databases: TestDatabases) -> AsyncIterator[Shop]:
    url = await databases.copy("routing")
    engine = create_engine(url, application="shop", pool_size=1, overflow=0, patience=Patience(connection=2))
    yield Shop(engine)
    await engine.dispose()
    databases.give_back(url)


def job(run: Callable[[JobSession], Awaitable[object]], name: str = "work", every: timedelta = HOUR) -> Job:
    async def only_run(session: JobSession) -> None:
        await run(session)

    return Job(name, every, only_run)


async def test_row_that_cannot_be_done_is_set_aside_and_all_others_are_done(shop: Shop) -> None:
    await shop.stock(50)
    shop.bad = {"7", "33"}
    assert await shop.work(shop.session()) == 48
    assert await shop.left() == [7, 33]
    found = await shop.aside()
    assert set(found) == {"7", "33"}
    assert found["7"].error == "ValueError: cannot do 7 of **-*****8900"
    assert (found["7"].attempts, found["7"].first_failed_at, found["7"].last_failed_at) == (1, NOON, NOON)
    # Eastern midnight: the rest of the legal day.
    assert found["7"].skipped_until == datetime(2026, 12, 1, 4, 59, 59, 999999, tzinfo=UTC)


async def test_row_set_aside_is_left_alone_that_day_and_tried_again_the_next(shop: Shop) -> None:
    await shop.stock(10)
    shop.bad = {"7"}
    await shop.work(shop.session())
    shop.tried.clear()
    shop.clock.advance(HOUR)
    assert await shop.work(shop.session()) == 0
    assert shop.tried == []
    shop.clock.advance(timedelta(days=1))
    await shop.work(shop.session())
    found = (await shop.aside())["7"]
    assert (found.attempts, found.first_failed_at, found.last_failed_at) == (2, NOON, NOON + HOUR + timedelta(days=1))
    shop.clock.advance(timedelta(days=1))
    shop.bad.clear()
    assert await shop.work(shop.session()) == 1
    assert await shop.aside() == {}
    assert await shop.left() == []


async def test_operator_has_a_row_tried_again_the_same_day(shop: Shop) -> None:
    await shop.stock(10)
    shop.bad = {"7"}
    await shop.work(shop.session())
    shop.bad.clear()
    async with transaction(shop.engine) as tx:
        assert await set_aside.retry(tx, "work", ["7", "8"]) == 1
    assert await shop.work(shop.session()) == 1
    assert await shop.aside() == {}


async def test_more_bad_rows_than_a_few_fail_the_job(shop: Shop) -> None:
    await shop.stock(MOST_SET_ASIDE + 5)
    shop.bad = {str(number) for number in range(1, MOST_SET_ASIDE + 6)}
    with pytest.raises(TooManyRows, match="more than 100 rows"):
        await shop.work(shop.session())
    assert len(await shop.aside()) == MOST_SET_ASIDE


async def test_without_a_job_the_error_goes_on_to_the_caller(shop: Shop) -> None:
    await shop.stock(10)
    shop.bad = {"7"}
    with pytest.raises(ValueError, match="cannot do 7"):
        await shop.work(shop.engine)
    assert await shop.left() == list(range(1, 11))


async def test_what_passes_by_itself_sets_nothing_aside(shop: Shop) -> None:
    await shop.stock(10)

    async def do(tx: Transaction, numbers: Sequence[int]) -> int:
        raise Transient("the server is away")

    async def list_next(tx: Transaction, last: int | None, _: Collection[str]) -> list[int]:
        return [1, 2]

    with pytest.raises(Transient):
        await work_through(shop.session(), list_next, do)
    assert await shop.aside() == {}


async def test_job_runs_on_the_one_connection_that_holds_its_lock(shop: Shop) -> None:
    seen = []

    async def look(session: JobSession) -> None:
        for opened in (reading, reading):
            async with opened(session) as connection:
                found = await connection.exec_driver_sql(
                    "SELECT count(*), max((SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid ="
                    " pg_backend_pid())) FROM pg_stat_activity WHERE application_name = 'shop'"
                    " AND datname = current_database()"
                )
                seen.append(tuple(found.one()))
        async with transaction(session) as tx:
            await bulk.fetch(tx, "SELECT 1")

    assert await shop.runner().run_once(job(look)) == HOUR.total_seconds()
    assert seen == [(1, 1), (1, 1)]  # one connection of the shop, and the lock is held on it
    assert (await shop.runs())["work"].result == "succeeded"


async def test_failed_job_is_noted_and_the_next_run_is_another_matter(shop: Shop) -> None:
    async def fail(session: JobSession) -> None:
        async with transaction(session) as tx:
            await bulk.execute(tx, "CREATE TABLE half_done (id integer)")
            raise KeyError("12-345678900")

    runner = shop.runner()
    assert await runner.run_once(job(fail)) == HOUR.total_seconds()
    run = (await shop.runs())["work"]
    assert (run.result, run.error) == ("failed", "KeyError: '**-*****8900'")
    assert (run.started_at, run.last_succeeded_at, run.next_run_at) == (NOON, None, NOON + HOUR)
    shop.clock.advance(HOUR)
    await shop.stock(3)
    await runner.run_once(job(shop.work))
    run = (await shop.runs())["work"]
    assert (run.result, run.error, run.last_succeeded_at) == ("succeeded", None, NOON + HOUR)
    told = shop.metrics.render().decode()
    assert 'centerline_job_runs_total{job_name="work",result="failed"} 1.0' in told
    assert 'centerline_job_runs_total{job_name="work",result="succeeded"} 1.0' in told
    success = shop.metrics.registry.get_sample_value(
        "centerline_job_last_success_timestamp_seconds", {"job_name": "work"}
    )
    assert success == (NOON + HOUR).timestamp()


async def test_job_that_meets_a_bad_row_ends_well_and_tells(shop: Shop) -> None:
    await shop.stock(5)
    shop.bad = {"2"}
    await shop.runner().run_once(job(shop.work))
    run = (await shop.runs())["work"]
    assert (run.result, run.set_aside) == ("succeeded", 1)
    assert 'centerline_job_rows_set_aside{job_name="work"} 1.0' in shop.metrics.render().decode()


async def test_job_without_its_database_is_put_off_and_noted(shop: Shop) -> None:
    async def wait(session: JobSession) -> None:
        raise Transient("a lock was not to be had")

    assert await shop.runner().run_once(job(wait)) == 5
    run = (await shop.runs())["work"]
    assert (run.result, run.error) == ("postponed", "Transient: a lock was not to be had")
    assert run.next_run_at == NOON + timedelta(seconds=5)


async def test_job_whose_tables_are_missing_is_put_off(shop: Shop) -> None:
    async with transaction(shop.engine) as tx:
        await bulk.execute(tx, "DROP TABLE job_runs")  # as before `centerline migrate`
    assert await shop.runner().run_once(job(shop.work)) == 5


async def test_job_that_another_process_holds_is_not_run_and_not_noted(shop: Shop) -> None:
    other = create_engine(shop.engine.url.render_as_string(hide_password=False), application="other")
    async with exclusive_session(other, "shop.job.work") as held:
        assert held is not None
        await shop.runner().run_once(job(shop.work))
    await other.dispose()
    assert await shop.runs() == {}


async def test_loop_goes_on_after_a_job_that_fails(shop: Shop) -> None:
    stopping = Stopping()
    runs = 0

    async def fail_twice(session: JobSession) -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            stopping.set()
        raise RuntimeError("a bug")

    quick = job(fail_twice, every=timedelta(milliseconds=1))
    await asyncio.wait_for(shop.runner(quick).run(quick, stopping), 30)
    assert runs == 3
    assert (await shop.runs())["work"].result == "failed"


async def test_job_never_run_is_said_to_be_never_run(shop: Shop) -> None:
    first, second = job(shop.work), job(shop.work, "other")
    asked = Stopping()
    asked.set()
    runner = shop.runner(first, second)
    await runner.run(second, asked)
    await runner.run(first, asked)
    runs = await shop.runs()
    assert {name: run.result for name, run in runs.items()} == {"work": "never", "other": "never"}
    shown = _job_rows("routing", list(runs.values()))
    assert {(row[1], row[2], row[5]) for row in shown} == {
        ("work", "never run", "never"),
        ("other", "never run", "never"),
    }
    ((_, job_name, result, *_),) = _job_rows("routing", [])
    assert (job_name, result) == ("all", "never run: no scheduler has started")


async def test_job_that_left_the_schedule_is_not_shown_any_more(shop: Shop) -> None:
    asked = Stopping()
    asked.set()
    old = job(shop.work, "old")
    await shop.runner(old).run(old, asked)
    new = job(shop.work, "new")
    await shop.runner(new).run(new, asked)
    assert set(await shop.runs()) == {"new"}


async def test_job_that_is_due_after_a_restart_does_not_wait_a_whole_interval(shop: Shop) -> None:
    long_job = job(shop.work, every=timedelta(hours=6))
    runner = shop.runner(long_job)
    assert await runner._register(long_job) == 6 * 3600
    shop.clock.advance(timedelta(hours=5))
    assert await shop.runner(long_job)._register(long_job) == 3600
    shop.clock.advance(timedelta(hours=5))
    assert await shop.runner(long_job)._register(long_job) == 5


async def test_clock_that_stands_in_the_past_makes_no_job_due(shop: Shop, tmp_path: Path) -> None:
    """What comes of a replay is the same however often its services start again."""
    long_job = job(shop.work)
    stands = tmp_path / "replay-clock"
    clock = ReplayClock(stands, shop.clock)
    runner = JobRunner("shop", shop.engine, clock, shop.metrics, [long_job], at_once=2)
    stands.write_text((NOON - timedelta(days=90)).isoformat())
    assert await runner._register(long_job) == 3600
    stands.write_text((NOON - timedelta(days=30)).isoformat())
    assert await runner._register(long_job) == 3600
    stands.unlink()
    assert await runner._register(long_job) == 5  # it goes again: the job is due
