"""The nightly comparison and standing instructions look at what changed, not at all that there is."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.instructions import apply_confirmed
from services.liquidation.acts.recomputes import recompute_next
from services.liquidation.domain.law import LAW
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store.instructions import Instruction, select_to_apply
from services.liquidation.store.tables.instructions import instruction_results, instructions
from services.liquidation.store.tables.recomputes import recompute_differences, recomputes
from services.liquidation.store.walks import CHANGES_OF_ENTRIES
from shared.db import bulk
from shared.db.transaction import Transaction, transaction
from shared.db.walks import changed_sql
from shared.runtime.clock import FixedClock
from shared.runtime.slices import JobSession
from tests.integration.liquidation.builders import apply, instruct, routed, rows
from tests.support.events import decoded, entry_body, entry_number, line

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

NOON = datetime(2026, 8, 14, 17, tzinfo=UTC)
IMPORTER = "07-345678900"
SUSPEND = Instruction(
    instruction_id="i-1",
    revision=1,
    kind="suspend",
    ground="injunction",
    reference="26-00001",
    message_number="6000001",
    source="court-notice",
    noticed_on=NOON.date(),
    predicate=EntryPredicate(importer_number=IMPORTER),
    state="draft",
    made_at=NOON,
    made_by="kim",
)
_BARE = """
INSERT INTO entries (entry_number, importer_number, version, governed_at)
SELECT 'A00' || lpad(n::text, 8, '0'), '99-000000000', $3::integer, CASE WHEN $3 IS NOT NULL THEN now() END
FROM generate_series($1::integer, $2::integer) AS n
"""
_CHANGED = """
INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule)
SELECT entry_number, $1, CASE $1 WHEN 'twice' THEN 1 ELSE 2 END, 'extended', 'extended', '2026-08-01', 'ext-1yr'
FROM entries WHERE entry_number <= $2
"""
_LINES = """
INSERT INTO entry_lines (entry_number, version, line_number, hts, origin, case_number)
SELECT entry_number, 1, 1, '8471300100', 'CN', '' FROM entries
"""


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("liquidation")


async def file(engine: AsyncEngine, **changes: Any) -> str:
    number = entry_number()
    await apply(engine, [decoded("entry-filed", entry_body(number, **changes)), routed(number)])
    return number


async def compare(engine: AsyncEngine, clock: FixedClock, in_turn: int = 1_000) -> int:
    return await recompute_next(engine, LAW.cycle, clock, LAW, in_turn=in_turn)


async def night(engine: AsyncEngine, clock: FixedClock) -> tuple[int, int, bool]:
    day = (await rows(engine, recomputes))[-1]
    assert day.recomputed_on == clock.now().date()
    return day.entries, day.differences, day.is_done


async def test_each_night_takes_so_many_in_turn_and_comes_round(engine: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    async with transaction(engine) as tx:
        await bulk.execute(tx, _BARE, 1, 2_500, None)
    seen = []
    for _ in range(4):
        await compare(engine, clock)
        seen.append(await night(engine, clock))
        clock.advance(timedelta(days=1))
    assert seen == [(1_000, 0, True), (1_000, 0, True), (500, 0, True), (1_000, 0, True)]


async def test_what_changed_is_compared_that_night_and_again_while_it_differs(engine: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    async with transaction(engine) as tx:
        await bulk.execute(tx, _BARE, 1, 2_500, None)
    await compare(engine, clock)
    number = await file(engine)  # its turn, by its number, would come on the third night
    async with transaction(engine) as tx:
        await bulk.execute(tx, "UPDATE entries SET scheduled_on = '2030-01-01' WHERE entry_number = $1", number)
    clock.advance(timedelta(days=1))
    assert await compare(engine, clock) == 1
    assert await night(engine, clock) == (1_001, 1, True)
    assert await compare(engine, clock) == 1  # the same night: nothing is done twice
    assert await night(engine, clock) == (1_001, 1, True)
    clock.advance(timedelta(days=3))
    await compare(engine, clock)
    found = [(row.entry_number, row.field, row.recomputed_on) for row in await rows(engine, recompute_differences)]
    assert found == [
        (number, "scheduled_on", NOON.date() + timedelta(days=1)),
        (number, "scheduled_on", NOON.date() + timedelta(days=4)),
    ]


async def test_entry_that_changed_twice_does_not_end_the_night_before_the_others(engine: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    await compare(engine, clock, in_turn=0)
    async with transaction(engine) as tx:
        await bulk.execute(tx, _BARE, 1, 1_100, None)
        await bulk.execute(tx, _CHANGED, "twice", "A0000000001")
    async with transaction(engine) as tx:
        await bulk.execute(tx, _CHANGED, "once", "A0000001100")
    clock.advance(timedelta(days=1))
    await compare(engine, clock, in_turn=0)
    entries, _, is_done = await night(engine, clock)
    assert (entries, is_done) == (1_100, True)


async def test_instruction_goes_through_all_once_and_then_through_what_changed(engine: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    before = await file(engine)
    await instruct(engine, replace(SUSPEND, predicate=EntryPredicate(tariff_prefix="8471")))
    assert await apply_confirmed(engine, LAW.cycle, clock, LAW) == 0  # the call that confirmed it reached the entry
    later, other = await file(engine), await file(engine, lines=[line(hts="6110200020")])
    assert await apply_confirmed(engine, LAW.cycle, clock, LAW) == 1
    assert {row.entry_number for row in await rows(engine, instruction_results)} == {before, later}
    # A correction brings goods of the message on the other one.
    corrected = entry_body(other, version=2, reasons=["H06"])
    await apply(engine, [decoded("entry-corrected", corrected, time="2026-03-20T19:00:00Z")])
    assert await apply_confirmed(engine, LAW.cycle, clock, LAW) == 1
    assert {row.entry_number for row in await rows(engine, instruction_results)} == {before, later, other}
    assert await apply_confirmed(engine, LAW.cycle, clock, LAW) == 0


async def test_instruction_that_names_a_center_follows_an_entry_that_moves_to_it(engine: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    await instruct(engine, replace(SUSPEND, predicate=EntryPredicate(center="CEE003")))
    number = await file(engine)
    assert await apply_confirmed(engine, LAW.cycle, clock, LAW) == 0
    await apply(engine, [routed(number, version=2, center="CEE003", time="2026-03-21T12:00:00Z")])
    assert await apply_confirmed(engine, LAW.cycle, clock, LAW) == 1
    (result,) = await rows(engine, instruction_results)
    assert result.entry_number == number


async def test_entry_that_an_instruction_cannot_be_applied_to_is_tried_again_the_next_day(engine: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    await instruct(engine, SUSPEND)
    await apply_confirmed(JobSession("apply-instructions", engine, clock), LAW.cycle, clock, LAW)
    bad, good = await file(engine), await file(engine)
    async with transaction(engine) as tx:
        await bulk.execute(tx, "UPDATE entry_versions SET entry_type = '??' WHERE entry_number = $1", bad)
    session = JobSession("apply-instructions", engine, clock)
    assert await apply_confirmed(session, LAW.cycle, clock, LAW) == 1
    assert {row.entry_number for row in await rows(engine, instruction_results)} == {good}
    async with transaction(engine) as tx:
        await bulk.execute(tx, "UPDATE entry_versions SET entry_type = '01' WHERE entry_number = $1", bad)
    assert await apply_confirmed(JobSession("apply-instructions", engine, clock), LAW.cycle, clock, LAW) == 0
    clock.advance(timedelta(days=1))
    assert await apply_confirmed(JobSession("apply-instructions", engine, clock), LAW.cycle, clock, LAW) == 1
    assert {row.entry_number for row in await rows(engine, instruction_results)} == {good, bad}
    (kept,) = await rows(engine, instructions)
    assert kept.went_round_at == NOON


async def explain(tx: Transaction, statement: str, *arguments: Any) -> tuple[int, str]:
    """Blocks read, and the plan in words."""
    options = "ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON"
    ((found,),) = await bulk.fetch(tx, f"EXPLAIN ({options}) {statement}", *arguments)
    plan = found[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"], str(plan)


async def test_instruction_asks_for_what_changed_by_entry_and_reads_no_table(engine: AsyncEngine) -> None:
    by_goods = replace(SUSPEND, predicate=EntryPredicate(tariff_prefix="8471", importer_number="99-000000000"))
    statement, meant = select_to_apply(by_goods, is_among=True)
    keys = [f"A00{number:08d}" for number in range(100, 600)]
    async with transaction(engine) as tx:
        await bulk.execute(tx, _BARE, 1, 50_000, 1)
        await bulk.execute(tx, _LINES)
        await bulk.execute(tx, "ANALYZE")
    async with transaction(engine) as tx:
        blocks, plan = await explain(tx, statement, "i-1", "", 500, keys, *meant)
    assert ("entries_pkey" in plan, "entry_lines_pkey" in plan) == (True, True)
    assert blocks < 8 * len(keys)  # down two indexes for each, whatever the tables hold


_CHANGES = """
INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule, recorded_at)
SELECT 'A00' || lpad(n::text, 8, '0'), 'x', 1, 'scheduled', 'scheduled', '2026-01-12', 'liq-1yr-entry',
    TIMESTAMPTZ '2026-01-01' + n * interval '1 minute'
FROM generate_series(1, 80000) AS n
"""


async def test_what_changed_lately_is_found_by_blocks_of_time(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await bulk.execute(tx, _CHANGES)
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.exec_driver_sql("VACUUM ANALYZE legal_events")  # what has old blocks summed up
    since = datetime(2026, 2, 25, 12, tzinfo=UTC)  # the last minutes of them
    async with transaction(engine) as tx:
        blocks, plan = await explain(tx, changed_sql(CHANGES_OF_ENTRIES), since, "", NOON, 1_000)
        (whole,) = await bulk.fetch(
            tx,
            "SELECT sum(relpages) AS relpages FROM pg_partition_tree('legal_events') JOIN pg_class ON oid = relid"
            " WHERE isleaf",
        )
    assert "legal_events_recorded" in plan
    assert blocks < whole["relpages"] / 4, (blocks, whole["relpages"])
