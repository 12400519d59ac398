"""Roles have connections of their own: while a cycle holds the record and jobs wait for it, the API reads on."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.liquidation.acts.instructions import apply_confirmed, draft_instruction
from services.liquidation.app import SERVICE
from services.liquidation.domain.law import LAW
from services.liquidation.jobs import schedule
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.records import exclude_cycles, exclude_everyone
from services.liquidation.store.tables.records import entries, protests
from shared.db import bulk, job_runs, set_aside
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.events import platform_jobs
from shared.runtime.identity import Identity, RoleName
from shared.runtime.job_runner import JobRunner
from shared.runtime.lifecycle import Readiness
from shared.runtime.platform import Job, Platform
from shared.runtime.pools import Pools, count_connections, open_pools
from shared.runtime.service import Parts, build_app, open_platform
from shared.runtime.together import together
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import apply, cycle, post_entry, routed, rows
from tests.integration.liquidation.test_liquidation_slices import SUSPEND
from tests.support.databases import TestDatabases
from tests.support.events import decoded, entry_body, entry_number
from tests.support.people import EVERY_CENTER

NOON = datetime(2026, 8, 14, 17, tzinfo=UTC)
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_USED = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'centerline-%'
"""


@dataclass(frozen=True, slots=True)
class House:
    """The service as a process has it: its pools, its API, its jobs; and an engine of the test's own."""

    settings: LiquidationSettings
    pools: Pools
    platform: Platform
    parts: Parts
    client: httpx.AsyncClient
    clock: FixedClock
    engine: Any

    def headers(self, role: RoleName, key: str | None = None) -> dict[str, str]:
        caller = Identity("kim", "Kim", frozenset({role}), EVERY_CENTER)
        token = issue_development_token(self.settings, caller, self.clock.now())
        return {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})

    async def read(self, number: str) -> httpx.Response:
        return await self.client.get(f"/entries/{number}", headers=self.headers(RoleName.LIQUIDATION_SPECIALIST))

    async def extend(self, number: str, key: str) -> httpx.Response:
        body = {"reason": "information-needed", "posted_on": "2026-08-01", "explanation": "A CBP 28 is unanswered."}
        headers = self.headers(RoleName.CENTER_DIRECTOR, key)
        return await self.client.post(f"/entries/{number}/extensions", json=body, headers=headers)

    @property
    def jobs(self) -> list[Job]:
        return [*schedule(self.platform), *platform_jobs(self.platform, self.parts)]

    @property
    def runner(self) -> JobRunner:
        pools, platform = self.pools, self.platform
        at_once = self.settings.job_connections
        return JobRunner("liquidation", pools.jobs, platform.clock, platform.metrics, self.jobs, at_once=at_once)

    async def wait_for(self, waiting: int) -> None:
        """Return when so many sessions wait for a lock."""
        async with asyncio.timeout(60), self.engine.connect() as connection:
            while await connection.scalar(text(_WAITING)) < waiting:
                await connection.rollback()
                await asyncio.sleep(0.02)

    @asynccontextmanager
    async def cycle_running(self) -> AsyncIterator[None]:
        """Somebody holds the record as a running cycle does."""
        async with transaction(self.engine) as tx:
            await exclude_everyone(tx)
            yield


OpenHouse = Callable[..., Any]


@pytest.fixture
async def open_house(databases: TestDatabases) -> AsyncIterator[OpenHouse]:
    opened: list[House] = []

    async def open_one(**changes: Any) -> House:
        url = await databases.copy("liquidation")
        settings = LiquidationSettings(
            database_url=url, bus_database_url="postgresql://unused", token_secret="s" * 32, **changes
        )
        clock = FixedClock(NOON)
        pools = open_pools(settings)
        platform = open_platform(settings, clock, pools)
        parts = SERVICE.build(platform)
        app = build_app(SERVICE, platform, parts, Readiness())
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation", timeout=60)
        opened.append(House(settings, pools, platform, parts, client, clock, create_engine(url, application="tests")))
        return opened[-1]

    yield open_one
    for house in opened:
        await house.client.aclose()
        await house.pools.dispose()
        await house.engine.dispose()
        databases.give_back(house.settings.database_url)


async def file(house: House) -> str:
    number = entry_number()
    await apply(house.engine, [decoded("entry-filed", entry_body(number)), routed(number)])
    return number


async def test_api_reads_while_a_cycle_runs_and_all_that_writes_waits_for_it(open_house: OpenHouse) -> None:
    house = await open_house(api_lock_seconds=20, job_lock_seconds=20, consumer_lock_seconds=20)
    number = await file(house)
    await house.read(number)

    async def consume() -> None:
        async with transaction(house.pools.consumer) as tx:
            await exclude_cycles(tx)

    runner, calls = house.runner, house.settings.api_connections - 1
    jobs = [job for job in house.jobs if job.name in {"protest-clocks", "recompute"}]
    await apply(house.engine, [post_entry("protest", "P-1", [number])])
    async with transaction(house.engine) as tx:
        await bulk.execute(tx, "UPDATE protests SET issue = ''")  # as one that is still to be judged
    async with house.cycle_running():
        work = (
            *(consume() for _ in range(house.settings.consumer_members + 1)),
            *(runner.run_once(job) for job in jobs),
            *(house.extend(number, f"k-{serial}") for serial in range(calls)),
        )
        waiting = [asyncio.ensure_future(each) for each in work]
        # More than the twelve connections that all of them shared once.
        await house.wait_for(house.settings.consumer_members + 1 + len(jobs) + calls)
        begun = time.monotonic()
        answers = [await house.read(number) for _ in range(3)]
        took = time.monotonic() - begun
    results = await together(*waiting)
    assert [answer.status_code for answer in answers] == [200] * 3
    assert took < 10
    # Three extensions are the most that an entry may have (19 USC 1504(b)).
    assert [each.status_code for each in results[-calls:]].count(201) == 3


async def test_call_that_waits_for_a_cycle_is_told_to_come_back_in_time(open_house: OpenHouse) -> None:
    house = await open_house(api_lock_seconds=0.3)
    number = await file(house)
    async with house.cycle_running():
        begun = time.monotonic()
        answer = await house.extend(number, "k-1")
        took = time.monotonic() - begun
    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily-unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert took < 10
    assert (await house.extend(number, "k-1")).status_code == 201


async def test_statement_of_a_call_has_an_end(open_house: OpenHouse) -> None:
    house = await open_house(api_statement_seconds=0.3, api_lock_seconds=60)
    number = await file(house)
    async with house.cycle_running():
        assert (await house.extend(number, "k-1")).status_code == 503


async def test_pool_without_a_free_connection_answers_503_fast(open_house: OpenHouse) -> None:
    house = await open_house(api_connections=1, api_pool_seconds=0.3)
    number = await file(house)
    async with house.pools.api.connect():
        begun = time.monotonic()
        answer = await house.read(number)
        took = time.monotonic() - begun
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert took < 10
    assert (await house.read(number)).status_code == 200


async def test_cycle_takes_what_it_needs_also_when_called_over_the_api(open_house: OpenHouse) -> None:
    house = await open_house(api_lock_seconds=0.3, api_statement_seconds=0.3)
    headers = house.headers(RoleName.LIQUIDATION_SPECIALIST)
    body = {"date": "2026-08-14", "despite_unread": True}  # there is no bus to wait for
    async with transaction(house.engine) as tx:
        await exclude_cycles(tx)  # a consumer writes
        call = asyncio.ensure_future(house.client.post("/cycles", json=body, headers=headers))
        await house.wait_for(1)
        # Longer than a call waits otherwise: by then the server has given up every statement of that patience.
        await bulk.fetch(tx, "SELECT pg_sleep(1)")
    assert (await call).status_code in (200, 201)


async def test_dry_run_waits_for_what_is_being_written(open_house: OpenHouse) -> None:
    house = await open_house(api_lock_seconds=0.3, api_statement_seconds=0.3)
    headers = house.headers(RoleName.LIQUIDATION_SPECIALIST, "k-1")
    async with transaction(house.engine) as tx:
        await exclude_cycles(tx)
        call = asyncio.ensure_future(house.client.post("/cycles/2026-08-14/forecasts", headers=headers))
        await house.wait_for(1)
        await bulk.fetch(tx, "SELECT pg_sleep(1)")  # longer than a call waits otherwise
    assert (await call).status_code == 201


async def test_instruction_is_confirmed_though_an_entry_is_held_by_somebody(open_house: OpenHouse) -> None:
    house = await open_house(api_lock_seconds=0.3)
    await file(house)
    async with transaction(house.engine) as tx:
        await draft_instruction(tx, NOON, replace(SUSPEND, made_by="lee"))
    headers = house.headers(RoleName.ADCVD_TEAM) | {"If-Match": '"1"'}
    async with house.cycle_running():
        answer = await house.client.post(f"/instructions/{SUSPEND.instruction_id}/confirmations", headers=headers)
    assert (answer.status_code, answer.json()["state"], answer.json()["results"]) == (200, "confirmed", {})
    assert await apply_confirmed(house.engine, LAW.cycle, house.clock, LAW) == 1


async def test_each_job_runs_on_one_connection(open_house: OpenHouse) -> None:
    house = await open_house(job_connections=1)
    number = await file(house)
    await apply(house.engine, [post_entry("protest", "P-1", [number])])
    await cycle(house.engine, NOON.date())
    used = []
    for job in house.jobs:
        if job.name != "retain-log":  # of the bus, which has a database of its own
            await house.runner.run_once(job)
            async with house.engine.connect() as connection:
                used.append(await connection.scalar(text(_USED)))
    assert set(used) == {1}
    async with transaction(house.engine) as tx:
        ended = {run.job: (run.result, run.error) for run in await job_runs.list_runs(tx)}
    assert set(ended.values()) == {("succeeded", None)}
    assert len(ended) == len(house.jobs) - 1


async def test_process_opens_as_many_connections_as_the_operator_is_told(open_house: OpenHouse) -> None:
    house = await open_house()
    # docs/operations.md, Scaling: API 8, two members, replays and what they read, relay, four jobs, what operators
    # asked for of letters, jobs and invariants, lag and readiness.
    assert count_connections(house.pools) == 8 + 4 + 1 + (4 + 3) + 2
    assert count_connections((await open_house(fleet_slot="0")).pools) == count_connections(house.pools) + 1
    assert all(getattr(house.pools, role).pool._max_overflow == 0 for role in ("api", "consumer", "relay", "jobs"))


async def test_protest_that_cannot_be_judged_is_set_aside_and_the_others_are_judged(open_house: OpenHouse) -> None:
    house = await open_house()
    numbers = [await file(house) for _ in range(5)]
    for position, number in enumerate(numbers):
        await apply(house.engine, [post_entry("protest", f"P-{position}", [number])])
    async with transaction(house.engine) as tx:
        # As a release before stored them, unjudged, one of them with a body that nobody can read.
        await bulk.execute(tx, "UPDATE protests SET issue = ''")
        await bulk.execute(tx, "UPDATE protests SET filed_by = '[]' WHERE filing_number = 'P-3'")
    (clocks,) = [job for job in house.jobs if job.name == "protest-clocks"]
    await house.runner.run_once(clocks)
    assert {row.filing_number for row in await rows(house.engine, protests) if row.issue == ""} == {"P-3"}
    async with transaction(house.engine) as tx:
        assert [row.key for row in await set_aside.list_rows(tx, job="protest-clocks", limit=10)] == ["P-3"]
        (run,) = await job_runs.list_runs(tx)
    assert (run.result, run.set_aside) == ("succeeded", 1)


async def test_entry_that_cannot_be_compared_does_not_keep_the_night_from_ending(open_house: OpenHouse) -> None:
    house = await open_house()
    numbers = sorted([await file(house) for _ in range(4)])
    async with transaction(house.engine) as tx:
        await bulk.execute(tx, "UPDATE entry_versions SET entry_type = '??' WHERE entry_number = $1", numbers[1])
    (compare,) = [job for job in house.jobs if job.name == "recompute"]
    await house.runner.run_once(compare)
    async with transaction(house.engine) as tx:
        (run,) = await job_runs.list_runs(tx)
        (day,) = await bulk.fetch(tx, "SELECT entries, is_done FROM recomputes")
    assert (run.result, run.set_aside) == ("succeeded", 1)
    assert (day["entries"], day["is_done"]) == (4, True)
    assert len(await rows(house.engine, entries)) == 4
