"""Lists, clocks and counts of protests are answered by indexes, on as many protests as let the server choose."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.liquidation.store import bills, preference_claims
from services.liquidation.store import protest_pictures as pictures
from services.liquidation.store import protests as store
from shared.db import bulk
from shared.db.transaction import Transaction, transaction
from shared.runtime.access import EVERYTHING, Reach, reach_of
from shared.runtime.identity import Identity, RoleName

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

TODAY = date(2027, 1, 12)

# One in forty is open; one in four hundred is past its two years or waits for an act of the law.
_PROTESTS = """
INSERT INTO protests (filing_number, state, importer_number, filed_by, entries, received_at, decide_by, further_review,
    body, event_at, event_source, event_id, issue, timeliness, acts, lead_protest, is_open, settled_on, denied_on,
    sue_by, due_on, due_rule, law_acts_after)
SELECT 'P' || lpad(n::text, 8, '0'),
    CASE WHEN n % 40 > 0 THEN 'denied' WHEN n % 4000 = 0 THEN 'at-headquarters' WHEN n % 200 = 0 THEN 'suspended'
        ELSE 'in-review' END,
    '07-' || lpad((n % 3000)::text, 9, '0'),
    CASE WHEN n % 50 = 0 THEN jsonb_build_object('role', 'surety', 'id', lpad((n % 700)::text, 3, '0'))
        ELSE jsonb_build_object('role', 'importer', 'id', 'x') END,
    jsonb_build_array(lpad((n % 1000)::text, 3, '0') || lpad(n::text, 8, '0')),
    DATE '2025-03-01' + n % 600,
    CASE WHEN n % 400 = 0 THEN DATE '2027-01-01' ELSE DATE '2027-03-01' + n % 600 END, false, '{}', DATE '2025-03-01',
    'urn:x', n::text, 'issue ' || n % 2000, CASE WHEN n % 500 = 0 THEN 'unknown' ELSE 'timely' END, 1,
    CASE WHEN n % 200 = 0 THEN 'P00000040' END, n % 40 = 0, NULL, NULL, NULL,
    CASE WHEN n % 40 = 0 THEN CASE WHEN n % 400 = 0 THEN DATE '2027-01-01' ELSE DATE '2027-03-01' + n % 600 END END,
    'protest-decide-2y', CASE WHEN n % 400 = 0 THEN DATE '2027-01-01' + n % 30 END
FROM generate_series(1, 60000) AS n
"""
_ENTRIES_OF = """
INSERT INTO protest_entries (filing_number, entry_number, timeliness, rule, why)
SELECT filing_number, entries ->> 0, timeliness, 'protest-180', '' FROM protests
"""
_ENTRIES = """
INSERT INTO entries (entry_number, state, liquidated_on)
SELECT entry_number, 'recorded', CASE WHEN timeliness = 'timely' THEN DATE '2025-01-03' END FROM protest_entries
"""
_ACTS = """
INSERT INTO protest_acts (filing_number, number, kind, acted_on, acted_at, actor, rule, from_state, to_state, details)
SELECT filing_number, number, 'file', DATE '2025-03-01', DATE '2025-03-01', 'x', 'x', 'filed', 'filed', '{}'
FROM protests CROSS JOIN generate_series(0, 1) AS number
"""
_DECISIONS = """
INSERT INTO protest_decisions (filing_number, act_number, entry_number, line_number, outcome, reasons,
    change_duty_cents, change_fees_cents)
SELECT filing_number, 1, entries ->> 0, 0, 'denied', '', 0, 0 FROM protests
"""
_CLAIMS = """
INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule)
SELECT entry_number, 'liquidation', 10000100, 'liquidated', 'liquidated', DATE '2025-01-03', 'x' FROM protest_entries
"""
TABLES = ("protests", "protest_entries", "entries", "protest_acts", "protest_decisions", "legal_events")


@pytest.fixture
async def tx(service_engine: MakeEngine) -> AsyncIterator[Transaction]:
    engine = await service_engine("liquidation")
    async with transaction(engine) as tx:
        for statement in (_PROTESTS, _ENTRIES_OF, _ENTRIES, _ACTS, _DECISIONS, _CLAIMS):
            await bulk.execute(tx, statement)
        await bulk.execute(tx, f"ANALYZE {', '.join(TABLES)}")
        yield tx


def demand_indexes(plan: str) -> None:
    """No large table is read from end to end, neither by itself nor along an index that only gives the order."""
    for table in TABLES:
        assert f"Seq Scan on {table} " not in plan, plan
    for line in plan.splitlines():
        assert "Rows Removed by Filter" not in line or int(line.rpartition(" ")[2]) < 3000, plan


async def explain(tx: Transaction, statement: str, *arguments: Any) -> str:
    analyzed = f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {statement}"
    return "\n".join(row[0] for row in await bulk.fetch(tx, analyzed, *arguments))


async def explain_call(tx: Transaction, read: Callable[[AsyncConnection], Awaitable[object]]) -> str:
    """The plans of the statements of a reading, as they are sent."""
    sent: list[tuple[str, tuple[Any, ...]]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> None:
        sent.append((statement, parameters))

    connection = tx.connection.sync_connection
    assert connection is not None
    event.listen(connection, "before_cursor_execute", note)
    await read(tx.connection)
    event.remove(connection, "before_cursor_execute", note)
    assert sent
    return "\n".join([await explain(tx, statement, *parameters) for statement, parameters in sent])


def of(role: RoleName, **token: Any) -> Reach:
    """What somebody of a role reaches of protests."""
    return reach_of(Identity("kim", "Kim", frozenset({role}), **token), "protest.read", TODAY)


LISTS: tuple[dict[str, Any], ...] = (
    {"overdue_on": TODAY},
    {"due_before": TODAY},
    {"state": "at-headquarters"},
    {"is_open": True},
    {"importer_number": "07-000000007"},
    {"entry_number": "00700000007"},
    {"issue": "issue 7"},
    {"reach": of(RoleName.IMPORTER, importer_numbers=frozenset({"07-000000007"}))},
    {"reach": of(RoleName.BROKER, filer_code="007")},
    {"reach": of(RoleName.BROKER, importer_numbers=frozenset({"07-000000007"}), filer_code="008")},
    {"reach": of(RoleName.SURETY, surety_code="050")},
    {"reach": of(RoleName.SURETY, importer_numbers=frozenset({"07-000000007"}), surety_code="050")},
)


async def test_lists_of_protests_read_no_table_from_end_to_end(tx: Transaction) -> None:
    for conditions in LISTS:
        for after in (None, "P00030000"):

            async def read(
                connection: AsyncConnection, conditions: dict[str, Any] = conditions, after: str | None = after
            ) -> object:
                return await pictures.list_protests(
                    connection, after=after, limit=51, **({"reach": EVERYTHING} | conditions)
                )

            demand_indexes(await explain_call(tx, read))


async def test_clocks_and_counts_of_protests_read_no_table_from_end_to_end(tx: Transaction) -> None:
    plans = {
        "law": await explain(tx, store._LAW_ACTS, TODAY, [], 500),
        "waiting": await explain(tx, store._WAITING, "", 500),
        "unjudged": await explain(tx, store._UNJUDGED, [], 500),
        "naming": await explain(tx, store._NAMING, ["00700000007"]),
        "protests": await explain(tx, store._PROTESTS, ["P00000007"]),
        "acts": await explain(tx, store._ACTS, ["P00000007"]),
        "deciders": await explain_call(tx, lambda connection: store.find_deciders(connection, ["00700000007"])),
        "claims": await explain(tx, preference_claims._CLAIMS_DECIDED, ["00700000007"]),
        "overdue": await explain_call(tx, lambda connection: store.count_overdue(connection, TODAY)),
        "followers": await explain_call(
            tx, lambda connection: pictures.list_followers(connection, "P00000040", reach=EVERYTHING)
        ),
        "issues": await explain_call(
            tx, lambda connection: pictures.list_issues(connection, reach=EVERYTHING, after="issue 3", limit=51)
        ),
        "entries": await explain_call(tx, lambda connection: pictures.list_entries_of(connection, "P00000007")),
        "decisions": await explain_call(tx, lambda connection: pictures.list_decisions_of(connection, "P00000007")),
        "days": await explain_call(tx, lambda connection: bills.list_protest_days(connection, "00700000007")),
    }
    for plan in plans.values():
        demand_indexes(plan)
    for name, index in {
        "law": "protests_law_acts",
        "waiting": "protest_entries_unknown",
        "unjudged": "protests_issue",
        "overdue": "protests_overdue",
        "issues": "protests_issue",
        "followers": "protests_lead",
    }.items():
        assert index in plans[name], plans[name]
