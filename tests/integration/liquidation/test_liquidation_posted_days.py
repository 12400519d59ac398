"""The day of posting of acts other than cycles, and what the migration makes of liquidations from before."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.app import SERVICE
from services.liquidation.domain.law import LAW
from services.liquidation.handlers.handler import LiquidationHandler
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.tables.acts import voided_liquidations
from services.liquidation.store.tables.cycles import cycles
from services.liquidation.store.tables.records import entries
from shared.db.migrate import upgrade
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from tests.integration.liquidation.builders import rows
from tests.support.databases import TestDatabases
from tests.support.events import decoded, entry_body, entry_number
from tests.support.invariants import find_violations

FRIDAY = date(2027, 1, 15)

BEFORE = """
INSERT INTO cycles (cycle_on, liquidated, with_decision, deemed, decisions_refused, run_at, run_by)
VALUES ('2027-01-15', 3, 0, 1, 0, '2027-01-18T15:00:00Z', 'olu');
INSERT INTO entries (entry_number, state, liquidated_on, liquidation_posted_on, liquidation_kind, turns) VALUES
    ('by-cycle', 'liquidated', '2027-01-15', '2027-01-15', 'no-change', 0),
    ('deemed', 'liquidated', '2027-01-12', '2027-01-15', 'deemed', 0),
    ('by-hand', 'liquidated', '2027-01-15', '2027-01-15', 'no-change', 0),
    ('by-hand on another day', 'liquidated', '2027-01-13', '2027-01-13', 'no-change', 0),
    ('by cycle after one by hand', 'liquidated', '2027-01-15', '2027-01-15', 'no-change', 1),
    ('void', 'scheduled', NULL, NULL, NULL, 1),
    ('void by hand', 'scheduled', NULL, NULL, NULL, 1);
INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule, actor) VALUES
    ('by-cycle', 'liquidation', 1, 'liquidated', 'liquidated', '2027-01-15', 'x', NULL),
    ('deemed', 'liquidation', 1, 'deemed-liquidated', 'liquidated', '2027-01-12', 'x', NULL),
    ('by-hand', 'liquidation', 1, 'liquidated', 'liquidated', '2027-01-15', 'x', 'kim'),
    ('by-hand on another day', 'liquidation', 1, 'liquidated', 'liquidated', '2027-01-13', 'x', 'kim'),
    ('by cycle after one by hand', 'liquidation', 1, 'liquidated', 'liquidated', '2026-12-01', 'x', 'kim'),
    ('by cycle after one by hand', 'liquidation:1', 2, 'liquidated', 'liquidated', '2027-01-15', 'x', NULL),
    ('void', 'liquidation', 1, 'liquidated', 'liquidated', '2027-01-15', 'x', NULL),
    ('void by hand', 'liquidation', 1, 'liquidated', 'liquidated', '2027-01-15', 'x', 'kim');
INSERT INTO voided_liquidations (entry_number, turn, liquidated_on, liquidation_posted_on, liquidation_kind,
    liquidation_rule, effect_duty_cents, effect_fees_cents, voided_on, rule, why, acted_by)
SELECT number, 1, '2027-01-15', '2027-01-15', 'no-change', 'x', 0, 0, '2027-01-20', 'x', 'x', 'kim'
FROM unnest(ARRAY['void', 'void by hand']) AS given(number);
"""


@pytest.fixture
async def engine_before(databases: TestDatabases) -> AsyncIterator[AsyncEngine]:
    """A database at the revision before cycles said on which day they were posted."""
    engine = await databases.before("liquidation", "0013_pre_act_by")
    yield engine
    await engine.dispose()


async def test_liquidations_from_before_say_which_cycle_took_them(engine_before: AsyncEngine) -> None:
    async with transaction(engine_before) as tx:
        for statement in filter(str.strip, BEFORE.split(";")):
            await tx.connection.execute(text(statement))
    await upgrade(engine_before, SERVICE.migrations)
    assert [(row.cycle_on, row.posted_on) for row in await rows(engine_before, cycles)] == [(FRIDAY, FRIDAY)]
    assert {row.entry_number: row.liquidation_cycle_on for row in await rows(engine_before, entries)} == {
        "by-cycle": FRIDAY,
        "deemed": FRIDAY,
        "by-hand": None,
        "by-hand on another day": None,
        "by cycle after one by hand": FRIDAY,
        "void": None,
        "void by hand": None,
    }
    voided = {row.entry_number: row.liquidation_cycle_on for row in await rows(engine_before, voided_liquidations)}
    assert voided == {"void": FRIDAY, "void by hand": None}
    found = await find_violations(engine_before, RECORD_INVARIANTS)
    assert found["posted-when-it-ran"] == []


async def test_suspension_by_a_summary_is_posted_on_the_day_on_which_it_is_recorded(
    service_engine: Callable[[str], Awaitable[AsyncEngine]],
) -> None:
    """A service that was down for three days posts late, and says so; the suspension is of the day of filing."""
    engine = await service_engine("liquidation")
    handler = LiquidationHandler(LAW.cycle, LAW, FixedClock(datetime(2026, 3, 5, 15, tzinfo=UTC)))
    suspended, scheduled = entry_number(), entry_number()
    filed = [
        decoded("entry-filed", entry_body(suspended, entry_type="03"), time="2026-03-02T19:00:00Z"),
        decoded("entry-filed", entry_body(scheduled), time="2026-03-02T19:00:00Z"),
    ]
    async with transaction(engine) as tx:
        told = {each.data.entry_number: each.data for each in await handler(tx, filed)}
    assert (told[suspended].change, told[suspended].occurred_on) == ("suspended", date(2026, 3, 2))
    assert told[suspended].posted_on == date(2026, 3, 5)
    assert (told[scheduled].change, told[scheduled].posted_on) == ("scheduled", None)
