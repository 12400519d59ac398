"""Forecast and radar are answered by indexes, on as many entries as let the server choose."""

import re
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycles import cycle_day
from services.liquidation.store import cycles, extension_drafts, payments, radar
from shared.db import bulk
from shared.db.transaction import Transaction, transaction

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

TODAY = date(2027, 1, 12)
FRIDAY = date(2027, 1, 15)

_ENTRIES = """
INSERT INTO entries (entry_number, state, version, governed_at, entry_date, scheduled_on, deemed_on, lane,
    is_suspended, liquidated_on, duty_cents, fees_cents, deemed_rule)
SELECT 'B76' || lpad(n::text, 8, '0'), 'scheduled', 1, DATE '2026-01-12' + n / 200,
    DATE '2026-01-12' + n / 200, DATE '2026-01-12' + n / 200 + 319, DATE '2027-01-12' + n / 200,
    CASE WHEN n % 12 = 0 THEN 'document-review' ELSE 'no-review' END, n % 40 = 0,
    CASE WHEN n < 9000 AND n % 40 > 0 THEN DATE '2026-01-12' + n / 200 + 319 END, 100, 100, 'liq-1yr-entry'
FROM generate_series(1, 72000) AS n
"""
_DECISIONS = """
INSERT INTO review_decisions (decision_id, entry_number, item_id, process, outcome, duty_cents, fees_cents,
    decided_at, event_at, event_source, event_id, status, body)
SELECT 'd-' || entry_number, entry_number, 'item', 'review', 'no-change', 0, 0, entry_date, entry_date, 'urn:x',
    entry_number, CASE WHEN liquidated_on IS NULL AND right(entry_number, 1) = '4' THEN 'applied' ELSE 'effective' END,
    '{}'
FROM entries
"""


async def explain(tx: Transaction, statement: str, *arguments: Any) -> str:
    return "\n".join(row[0] for row in await bulk.fetch(tx, f"EXPLAIN {statement}", *arguments))


async def test_forecast_and_radar_read_no_table_of_entries_from_end_to_end(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    async with transaction(engine) as tx:
        await bulk.execute(tx, _ENTRIES)
        await bulk.execute(tx, _DECISIONS)
        await bulk.execute(tx, "ANALYZE entries, review_decisions")
        day = cycle_day(FRIDAY, FRIDAY)
        of_day = day.arguments("")
        judge, _ = cycles._judge([])
        forecast = await explain(tx, judge + cycles._FORECAST, *of_day)
        count = await explain(tx, radar._COUNT_ALL, TODAY, None)
        decided = await explain(tx, radar._COUNT_DECIDED, TODAY, None)
        suspended = await explain(tx, cycles._SUSPENDED)
        late = await explain(tx, cycles._LATE, *of_day)
        needed = await explain(tx, extension_drafts._NEEDED, TODAY)
    assert "entries_due" in forecast, forecast
    assert "entries_expiring" in forecast, forecast
    assert "entries_expiring" in count
    assert "entries_suspended" in suspended
    assert "review_decisions_waiting" in late
    for plan in (forecast, count, decided, suspended, late, needed):
        assert "Seq Scan on entries" not in plan, plan
        assert "Seq Scan on review_decisions" not in plan, plan


_POSTED = """
INSERT INTO program_postings (entry_number, program, run, posted_on, revision, version, declaration_id, row_number,
    importer_number, cohort, act, writer, lane, act_key, sequence, liquidated_on, headings, removed_cents, outcome,
    posted_at, leaf)
SELECT 'A' || lpad(n::text, 10, '0'), 'p', n % 3, '2026-03-02', 1, 1, 'd', 1, 'I' || n % 300, 'c', 'a', 'w', 'l', 'k',
    1, '2026-03-02', '{}', 1, 'refund', now(), '' FROM generate_series(1, 60000) AS n
"""


async def test_payees_of_a_run_are_found_without_going_through_all_of_it(service_engine: MakeEngine) -> None:
    """What `program_postings_payee` is for: by the index of runs each slice of payees would read the run again."""
    engine = await service_engine("liquidation")
    analyzed = f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) {payments._PAYEES_OF_RUN}"
    read = []
    async with transaction(engine) as tx:
        await bulk.execute(tx, _POSTED)
        await bulk.execute(tx, "ANALYZE program_postings")
        for is_there in (True, False):
            plan = "\n".join(row[0] for row in await bulk.fetch(tx, analyzed, "p", 1, "I1", 20))
            assert ("program_postings_payee" in plan) is is_there, plan
            read.append(int(re.findall(r"shared hit=(\d+)", plan)[0]))
            await bulk.execute(tx, "DROP INDEX IF EXISTS program_postings_payee")
    with_index, without = read
    assert with_index * 2 < without, read
