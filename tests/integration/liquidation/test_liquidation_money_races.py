"""An act and the fact that its money lacks come in the same moment: whichever is first, the money is known."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.assessments import assess_waiting
from services.liquidation.acts.payees import AccountFacts, DepositFacts, record_account, record_deposit
from services.liquidation.acts.reliquidations import post_reliquidation
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.store.invariants.money import MONEY_INVARIANTS
from services.liquidation.store.tables.assessments import assessments
from services.liquidation.store.tables.refunds import refunds
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.concurrency import IfMatch
from tests.integration.liquidation.builders import cycle, rows
from tests.integration.liquidation.test_liquidation_money_acts import (
    DIRECTOR,
    FRIDAY,
    IMPORTER,
    demand_sound,
    file,
    noon,
    reliquidate,
)
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
Act = Callable[[Transaction], Awaitable[object]]
ON = date(2026, 2, 2)
_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("liquidation")


def refund(number: str) -> Act:
    """A reliquidation that gives money back: at which rate, is known with the payee only."""

    async def act(tx: Transaction) -> object:
        return await post_reliquidation(tx, noon(ON), number, "center", (-50_00, 0), "Found.", DIRECTOR, POLICY)

    return act


async def enroll(tx: Transaction) -> object:
    facts = AccountFacts(ON, True, None, True, True, False)
    return await record_account(tx, noon(ON), IMPORTER, IfMatch(None), facts, DIRECTOR, POLICY)


async def run(engine: AsyncEngine, act: Act) -> None:
    async with transaction(engine) as tx:
        await act(tx)


async def until_someone_waits(engine: AsyncEngine, task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(30):
        while not task.done():
            async with reading(engine) as connection:
                if await connection.scalar(text(_WAITING)):
                    return


async def overlap(engine: AsyncEngine, first: Act, second: Act) -> None:
    """The second begins when the first has done its work and not ended yet."""
    async with transaction(engine) as tx:
        await first(tx)
        task = asyncio.create_task(run(engine, second))
        await until_someone_waits(engine, task)
        assert not task.done()
    await task


@pytest.mark.parametrize("fact_first", [False, True], ids=["act-first", "fact-first"])
async def test_refund_is_known_whether_its_act_or_its_payee_is_first(engine: AsyncEngine, fact_first: bool) -> None:
    number = await file(engine)
    await cycle(engine, FRIDAY)
    acts = (enroll, refund(number)) if fact_first else (refund(number), enroll)
    await overlap(engine, *acts)
    (row,) = await rows(engine, assessments)
    (opened,) = await rows(engine, refunds)
    assert (row.outcome, row.missing, opened.state) == ("refund", None, "ready")
    await demand_sound(engine)


async def test_payee_is_recorded_while_another_of_its_entries_that_lacks_it_is_in_use(engine: AsyncEngine) -> None:
    first, second = await file(engine), await file(engine)
    await cycle(engine, FRIDAY)
    await reliquidate(engine, first, ON, -50_00)
    async with transaction(engine) as tx:
        # What this holds, recording wants; and it comes to assess while recording waits.
        await tx.connection.execute(
            text("SELECT 1 FROM entries WHERE entry_number = ANY(:given) FOR UPDATE"), {"given": [first, second]}
        )
        task = asyncio.create_task(run(engine, enroll))
        await until_someone_waits(engine, task)
        await refund(second)(tx)
    await task
    assert [row.outcome for row in await rows(engine, assessments)] == ["refund", "refund"]
    await demand_sound(engine)


async def test_day_of_the_deposit_waits_for_the_act_on_its_entry(engine: AsyncEngine) -> None:
    number = await file(engine)
    await cycle(engine, FRIDAY)

    async def record(tx: Transaction) -> object:
        facts = DepositFacts(date(2025, 3, 17), None, None)
        return await record_deposit(tx, noon(ON), number, IfMatch(None), facts, DIRECTOR, POLICY)

    await overlap(engine, refund(number), record)
    (row,) = await rows(engine, assessments)
    assert (row.required_on, row.missing) == (date(2025, 3, 17), "payee-kind")


async def leave_undetermined(engine: AsyncEngine, missing: str) -> None:
    """What a release before could leave: a fact that is known, and assessments that still say they lack it."""
    lost = {"outcome": "undetermined", "missing": missing, "refund_number": None, "total_cents": None}
    async with transaction(engine) as tx:
        await tx.connection.execute(update(assessments).values(lost))
        await tx.connection.execute(refunds.delete())


async def test_assessment_beside_its_fact_breaks_an_invariant_and_is_assessed_by_the_job(engine: AsyncEngine) -> None:
    number = await file(engine)
    await cycle(engine, FRIDAY)
    await run(engine, enroll)
    await reliquidate(engine, number, ON, -50_00)
    await leave_undetermined(engine, "payee-kind")
    found = await find_violations(engine, MONEY_INVARIANTS)
    assert found["known-fact-is-assessed"] == [f"{number} reliquidation:1: payee-kind"]
    clock = FixedClock(noon(date(2026, 2, 3)))
    assert [await assess_waiting(engine, clock, POLICY) for _ in range(2)] == [1, 0]
    await demand_sound(engine)


async def test_rate_that_a_release_brings_is_applied_by_the_job(engine: AsyncEngine) -> None:
    number = await file(engine)
    await cycle(engine, FRIDAY)
    await run(engine, enroll)
    await reliquidate(engine, number, ON, -50_00)
    await leave_undetermined(engine, "interest-rate")
    assert await assess_waiting(engine, FixedClock(noon(date(2026, 2, 3))), POLICY) == 1
    await demand_sound(engine)
