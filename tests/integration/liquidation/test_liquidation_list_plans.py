"""Lists of entries go along an index in the order that is asked for, on as many entries as let the server choose."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, get_args

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.liquidation.store import deadlines, entry_lists
from services.liquidation.store.entry_lists import DayRange, EntryOrder, SortDay, WantedEntries, usual_order
from shared.db import bulk
from shared.db.transaction import Transaction, transaction
from shared.runtime.access import EVERYTHING, Reach, reach_of
from shared.runtime.identity import Identity, RoleName

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

TODAY = date(2027, 1, 12)
PAGE = 51
BIG = "07-000000000"

# One importer, one filer and one Center each have a large part of all; one entry in twenty is suspended.
_ENTRIES = """
INSERT INTO entries (entry_number, state, version, governed_at, importer_number, entry_type, surety_code, port_of_entry,
    entry_date, center, is_suspended, scheduled_on, deemed_on, liquidated_on, duty_cents, fees_cents)
SELECT CASE WHEN n % 4 = 0 THEN 'B76' ELSE lpad((n % 90)::text, 3, '0') END || lpad(n::text, 8, '0'),
    CASE WHEN n % 20 = 0 THEN 'suspended' WHEN n > 100000 THEN 'scheduled' ELSE 'liquidated' END, 1, entered,
    '07-' || lpad((CASE WHEN n % 10 = 0 THEN 0 ELSE n % 3000 END)::text, 9, '0'),
    CASE WHEN n % 20 = 0 THEN '03' WHEN n % 7 = 0 THEN '11' ELSE '01' END, lpad((n % 200)::text, 3, '0'),
    (2700 + n % 300)::text, entered,
    CASE WHEN n % 50 = 0 THEN NULL WHEN n % 3 = 0 THEN 'CEE007' ELSE 'CEE00' || n % 10 END, n % 20 = 0,
    CASE WHEN n % 20 > 0 THEN entered + 319 END, CASE WHEN n % 20 > 0 THEN entered + 365 END,
    CASE WHEN n % 20 > 0 AND n <= 100000 THEN entered + 319 END, 100, 100
FROM (SELECT n, DATE '2025-01-02' + n / 274 AS entered FROM generate_series(1, 200000) AS n) AS given
"""

FORTNIGHT = DayRange(TODAY, TODAY + timedelta(14))

WANTED: dict[str, WantedEntries] = {
    "everything": WantedEntries(),
    "a small importer": WantedEntries(importer_number="07-000000007"),
    "a large importer": WantedEntries(importer_number=BIG),
    "a large importer's next fortnight": WantedEntries(importer_number=BIG, period_end=FORTNIGHT),
    "a large importer's suspended": WantedEntries(importer_number=BIG, states=("suspended",)),
    "a small filer": WantedEntries(filer_code="007"),
    "a large filer": WantedEntries(filer_code="B76"),
    "a Center": WantedEntries(centers=("CEE007",)),
    "Centers and none": WantedEntries(centers=("CEE001", "CEE007", None)),
    "a Center's scheduled": WantedEntries(centers=("CEE007",), states=("scheduled",)),
    "a Center's fortnight": WantedEntries(centers=("CEE007",), period_end=FORTNIGHT),
    "days of entry": WantedEntries(entered=DayRange(date(2026, 3, 2), date(2026, 3, 6))),
    "ends of the period": WantedEntries(period_end=FORTNIGHT),
}


def of(role: RoleName, **token: Any) -> Reach:
    """What somebody of a role reaches of entries."""
    return reach_of(Identity("kim", "Kim", frozenset({role}), **token), "entry.read", TODAY)


REACHES: dict[str, Reach] = {
    "national": EVERYTHING,
    "importer": of(RoleName.IMPORTER, importer_numbers=frozenset({"07-000000007"})),
    "large importer": of(RoleName.IMPORTER, importer_numbers=frozenset({BIG})),
    "group": of(RoleName.IMPORTER, importer_numbers=frozenset(f"07-{n:09}" for n in range(20))),
    "broker": of(RoleName.BROKER, filer_code="B76", importer_numbers=frozenset({"07-000000007"})),
    "surety": of(RoleName.SURETY, surety_code="036"),
    "Center": of(RoleName.ENTRY_SPECIALIST, centers=frozenset({"CEE007"})),
    "Centers": of(RoleName.ENTRY_SPECIALIST, centers=frozenset({"CEE001", "CEE007"})),
}


@pytest.fixture
async def tx(service_engine: MakeEngine) -> AsyncIterator[Transaction]:
    engine = await service_engine("liquidation")
    async with transaction(engine) as tx:
        await bulk.execute(tx, _ENTRIES)
        await bulk.execute(tx, "ANALYZE entries")
        yield tx


async def explain_call(tx: Transaction, read: Callable[[AsyncConnection], Awaitable[object]]) -> list[str]:
    """The plans of the statements of a reading, as they are sent."""
    sent: list[tuple[str, tuple[Any, ...]]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> None:
        sent.append((statement, parameters))

    connection = tx.connection.sync_connection
    assert connection is not None
    event.listen(connection, "before_cursor_execute", note)
    await read(tx.connection)
    event.remove(connection, "before_cursor_execute", note)
    analyzed = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) "
    return ["\n".join(row[0] for row in await bulk.fetch(tx, analyzed + text, *given)) for text, given in sent]


def demand_index(plan: str) -> None:
    """No list reads the table from end to end, nor more than a twentieth of it only to leave it out."""
    assert "Seq Scan on entries" not in plan, plan
    for line in plan.splitlines():
        assert "Rows Removed by Filter" not in line or int(line.rpartition(" ")[2]) < 200_000 / 20 + 500, plan


async def test_usual_lists_read_little_more_than_their_page(tx: Transaction) -> None:
    for reach, wanted in [
        *((EVERYTHING, each) for each in WANTED.values()),
        *((each, WantedEntries()) for each in REACHES.values()),
        *((each, WANTED["a Center's fortnight"]) for each in REACHES.values()),
    ]:
        read = partial(entry_lists.list_numbers, reach=reach, wanted=wanted, order=usual_order(wanted), limit=PAGE)
        for after in (None, (date(2026, 6, 1), "B7600000000")):
            plans = await explain_call(tx, partial(read, after=after))
            assert len(plans) <= 2
            for plan in plans:
                demand_index(plan)


async def test_other_orders_read_no_table_from_end_to_end(tx: Transaction) -> None:
    for by in get_args(SortDay):
        order = EntryOrder(by, is_descending=True)
        for reach in REACHES.values():
            read = partial(entry_lists.list_numbers, reach=reach, wanted=WantedEntries(), order=order, limit=PAGE)
            for plan in await explain_call(tx, partial(read, after=None)):
                demand_index(plan)


async def test_entries_with_days_ahead_are_found_among_those_of_the_importer(tx: Transaction) -> None:
    read = partial(deadlines.list_running, reach=EVERYTHING, since=TODAY, limit=2001)
    for importer in ("07-000000007", BIG):
        (plan,) = await explain_call(tx, partial(read, wanted=WantedEntries(importer_number=importer)))
        assert "Seq Scan on entries" not in plan, plan
