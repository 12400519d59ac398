"""A slot of the fleet is one process's at a time, whatever happens to its connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db.engine import create_engine
from shared.runtime.lifecycle import Stopping
from shared.runtime.slot import FleetSlot, SlotTaken
from shared.runtime.together import together
from tests.support.databases import TestDatabases


class Member:
    """Work that says when it runs, and ends when it is allowed to."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()

    async def run(self, stopping: Stopping) -> None:
        self.begun.set()
        await stopping.wait()
        await self.may_end.wait()


@pytest.fixture
async def engines(databases: TestDatabases) -> AsyncIterator[Callable[[], AsyncEngine]]:
    """Gives engines on one database: each stands for a process."""
    url = await databases.empty()
    made: list[AsyncEngine] = []

    def make() -> AsyncEngine:
        made.append(create_engine(url, application="slot", pool_size=1))
        return made[-1]

    yield make
    for engine in made:
        await engine.dispose()


@asynccontextmanager
async def running(*works: Awaitable[None]) -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        async with asyncio.timeout(30):
            yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_member_begins_when_the_slot_is_held(engines: Callable[[], AsyncEngine]) -> None:
    slot, member, stopping = FleetSlot(engines(), "routing", "0"), Member(), Stopping()
    work = slot.member(member.run)
    async with running(work(stopping)) as (waiting,):
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        assert not done
        assert not member.begun.is_set()
        async with running(slot.run(stopping)):
            await member.begun.wait()


async def test_second_holder_of_a_slot_is_refused_and_its_members_never_begin(
    engines: Callable[[], AsyncEngine],
) -> None:
    first, second = FleetSlot(engines(), "routing", "0"), FleetSlot(engines(), "routing", "0")
    held, refused, stopping = Member(), Member(), Stopping()
    async with running(first.run(stopping), first.member(held.run)(stopping)):
        await held.begun.wait()
        async with running(second.member(refused.run)(stopping)):
            with pytest.raises(SlotTaken, match="CENTERLINE_FLEET_SLOT: another process of routing holds slot 0"):
                await second.run(stopping)
            assert not refused.begun.is_set()


async def test_other_slots_and_other_services_do_not_meet(engines: Callable[[], AsyncEngine]) -> None:
    stopping = Stopping()
    members = [Member() for _ in range(3)]
    slots = [
        FleetSlot(engines(), "routing", "0"),
        FleetSlot(engines(), "routing", "1"),
        FleetSlot(engines(), "workqueue", "0"),
    ]
    works = [slot.member(member.run)(stopping) for slot, member in zip(slots, members, strict=True)]
    async with running(*works, *(slot.run(stopping) for slot in slots)):
        await together(*(member.begun.wait() for member in members))


async def test_slot_is_held_until_the_last_member_has_left(engines: Callable[[], AsyncEngine]) -> None:
    slot, next_slot = FleetSlot(engines(), "routing", "0"), FleetSlot(engines(), "routing", "0")
    member, next_member, stopping = Member(), Member(), Stopping()
    next_work = next_slot.member(next_member.run)
    async with running(slot.run(stopping), slot.member(member.run)(stopping)) as (holding, _):
        await member.begun.wait()
        stopping.set()
        async with running(next_slot.run(Stopping()), next_work(Stopping())):
            done, _ = await asyncio.wait([holding], timeout=0.5)
            assert not done
            assert not next_member.begun.is_set()
            member.may_end.set()
            await holding
            await next_member.begun.wait()


async def test_slot_whose_connection_broke_is_held_again(engines: Callable[[], AsyncEngine]) -> None:
    slot, member, stopping = FleetSlot(engines(), "routing", "0"), Member(), Stopping()
    other = engines()
    async with running(slot.run(stopping), slot.member(member.run)(stopping)) as (holding, _):
        await member.begun.wait()
        await break_holder(other)
        async with asyncio.timeout(10):
            while await holders(other) == 0:
                await asyncio.sleep(0.05)
        assert not holding.done()


async def test_slot_that_another_took_meanwhile_is_given_up(engines: Callable[[], AsyncEngine]) -> None:
    slot, rival = FleetSlot(engines(), "routing", "0"), FleetSlot(engines(), "routing", "0")
    member, rivals, stopping = Member(), Member(), Stopping()
    other = engines()
    async with running(slot.run(stopping), slot.member(member.run)(stopping)) as (holding, _):
        await member.begun.wait()
        async with running(rival.run(stopping), rival.member(rivals.run)(stopping)):
            await break_holder(other)  # the rival tries every 0.2 s, the holder looks every 2 s
            await rivals.begun.wait()
            with pytest.raises(SlotTaken):
                await holding


async def break_holder(engine: AsyncEngine) -> None:
    """End the session that holds a lock of a slot, as a restart of the server would."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))


async def holders(engine: AsyncEngine) -> int:
    """How many sessions hold a lock of a slot."""
    async with engine.connect() as connection:
        found = await connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"))
    return int(found or 0)
