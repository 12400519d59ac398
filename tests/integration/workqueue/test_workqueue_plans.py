"""Hot queries use their indexes on tables of a real size."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.workqueue.acts.claim import WorkWanted, claim_next_alone
from services.workqueue.domain.bulk import RunState
from services.workqueue.domain.compartment import Knower
from services.workqueue.domain.filter import Filter, Span
from services.workqueue.store import bulk_runs as bulk_store
from services.workqueue.store import claims as claim_store
from services.workqueue.store import decided_goods as decided_goods_store
from services.workqueue.store import entries as entry_store
from services.workqueue.store import escalations as escalation_store
from services.workqueue.store import facts as fact_store
from services.workqueue.store import figures as figure_store
from services.workqueue.store import filings as filing_store
from services.workqueue.store import items as item_store
from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from shared.runtime.access import EVERYTHING, Reach
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import Desk
from tests.support.databases import Filled
from tests.support.people import EVERY_DIVISION

FILL = """
INSERT INTO items (item_id, kind, process, entry_number, importer_number, center, division, priority, opened_at, due_on,
                   state, token, acts, entry_type, port_of_entry)
SELECT gen_random_uuid(), 'review', (ARRAY['ad-cvd', 'quota', 'entry-summary-review'])[1 + n % 3], 'E' || n,
       '07-345678900',
       'CEE00' || 1 + n % 9, (ARRAY['partnership', 'validation-and-compliance', 'enforcement'])[1 + n / 10 % 3],
       1 + n % 4, '2026-01-01'::timestamptz + n * interval '1 second', '2026-06-03'::date + n % 300,
       CASE WHEN n % 20 = 0 THEN 'completed' ELSE 'open' END, 0, 0, CASE WHEN n % 500 = 7 THEN '23' ELSE '01' END,
       CASE WHEN n % 500 = 7 THEN '2704' ELSE '4601' END
FROM generate_series(1, 60000) AS numbers(n)
"""
FILL_FILINGS = """
INSERT INTO filings (filing_number, sequence, importer_number, entry_numbers, center)
SELECT 'F' || n, 1, 'I' || n % 5000, jsonb_build_array('E' || n, 'E' || n + 1),
       CASE n % 10 WHEN 0 THEN 'PNDING' ELSE 'CEE007' END
FROM generate_series(1, 60000) AS numbers(n)
"""
FILL_FILING_ITEMS = """
INSERT INTO items (item_id, kind, process, filing_number, importer_number, center, division, priority, opened_at, state,
                   token, acts)
SELECT gen_random_uuid(), 'filing', 'prior-disclosure', filing_number, importer_number, center, 'enforcement', 2,
       '2026-01-01'::timestamptz, 'open', 0, 0
FROM filings
"""
FILL_DECIDED_GOODS = """
INSERT INTO decided_goods (decision_id, number, goods_key, item_id, entry_number, line_number, importer_number, center,
                           process, outcome, declared, found, decided_at)
SELECT gen_random_uuid(), 1, 'key' || n % 3000, gen_random_uuid(), 'E' || n, 1, '07-345678900', 'CEE00' || 1 + n % 9,
       'quota', 'no-change', 'a', 'a', '2026-01-01'::timestamptz + n * interval '1 second'
FROM generate_series(1, 60000) AS numbers(n)
"""

MakeEngine = Callable[..., Awaitable[AsyncEngine]]
NOBODY = Knower("nobody", frozenset())
TOLD = [None, "work-item-changed", "{", "{}", "{}"]


async def explain(connection: AsyncConnection, statement: str, parameters: list[Any]) -> str:
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    return "\n".join(row[0] for row in await driver.fetch(f"EXPLAIN (ANALYZE, COSTS OFF) {statement}", *parameters))


FINISH_MOST = """
UPDATE items SET state = 'completed', holder = 'kim' || n % 200, holder_name = 'Kim'
FROM (SELECT item_id, row_number() OVER (ORDER BY due_order) AS n FROM items) AS ranked
WHERE ranked.item_id = items.item_id AND n < 110000
"""


def filled(name: str, *statements: str) -> Filled:
    """Items and filings by these statements, as PostgreSQL would know them."""

    async def fill(engine: AsyncEngine) -> None:
        async with transaction(engine) as tx:
            for statement in statements:
                await tx.connection.execute(text(statement))
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM ANALYZE items, offered_items, held_items, filings"))

    return Filled(name, fill)


FULL = filled("full", FILL, FILL_FILINGS, FILL_FILING_ITEMS)
FINISHED = filled("finished", FILL, FILL_FILINGS, FILL_FILING_ITEMS, FINISH_MOST)


@pytest.fixture
async def full_desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    async with desk_on(await service_engine("workqueue", FULL)) as desk:
        yield desk


@pytest.fixture
async def finished_desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    async with desk_on(await service_engine("workqueue", FINISHED)) as desk:
        yield desk


@asynccontextmanager
async def desk_on(engine: AsyncEngine) -> AsyncIterator[Desk]:
    desk = Desk(engine)
    yield desk
    await desk.close()


@pytest.mark.parametrize("centers", [["CEE007"], [f"CEE00{n}" for n in range(1, 10)]])
@pytest.mark.parametrize(
    ("statement", "index", "process"),
    [
        (claim_store.CLAIM_NEXT, "offered_items_next", []),
        (claim_store.CLAIM_NEXT_OF_PROCESS, "offered_items_next_of_process", ["quota"]),
    ],
)
async def test_claim_next_reads_the_heads_of_its_queues_from_the_index(
    full_desk: Desk, centers: list[str], statement: str, index: str, process: list[str]
) -> None:
    lease_until = datetime(2026, 3, 2, tzinfo=UTC)
    divisions = ["enforcement", "partnership", "validation-and-compliance"]
    async with full_desk.engine.connect() as connection, connection.begin() as begun:
        await connection.execute(text("SELECT 1"))
        who = ["kim", "Kim", lease_until, centers, divisions, ["kim"], date(2026, 3, 2), lease_until, *TOLD]
        plan = await explain(connection, statement, [*who, *process])
        await begun.rollback()
    assert f"using {index} on" in plan, plan
    assert "Seq Scan on items" not in plan, plan
    assert "Seq Scan on offered_items" not in plan, plan


DECIDE_EVERYTHING = """
INSERT INTO decisions (item_id, decision_id, outcome, duty_cents, fees_cents, reasons, legal_basis, decided_by,
                       decided_by_name, decided_at)
SELECT item_id, gen_random_uuid(), 'no-change', 0, 0, '[]', '[]', 'lee', 'Lee', '2026-03-01' FROM items
WHERE kind = 'review'
"""
PROTEST = """
UPDATE items SET kind = 'protest', protest_number = entry_number WHERE item_id IN (
    SELECT item_id FROM items WHERE kind = 'review' AND center = 'CEE007' ORDER BY due_order LIMIT 2000)
"""


async def test_whether_somebody_decided_the_entry_of_a_protest_is_asked_by_index(full_desk: Desk) -> None:
    lease_until = datetime(2026, 3, 2, tzinfo=UTC)
    divisions = ["enforcement", "partnership", "validation-and-compliance"]
    async with transaction(full_desk.engine) as tx:
        await tx.connection.execute(text(DECIDE_EVERYTHING))
        await tx.connection.execute(text(PROTEST))
    async with full_desk.engine.connect() as connection, connection.begin() as begun:
        await connection.execute(text("ANALYZE items, decisions"))
        who = ["kim", "Kim", lease_until, ["CEE007"], divisions, ["kim"], date(2026, 3, 2), lease_until, *TOLD]
        plan = await explain(connection, claim_store.CLAIM_NEXT, who)
        await begun.rollback()
    assert "Seq Scan on items" not in plan, plan
    assert "Seq Scan on decisions" not in plan, plan
    assert "items_entry" in plan, plan


async def test_work_on_an_entry_is_found_by_index_with_the_filings_that_name_it(full_desk: Desk) -> None:
    query = item_store.select_page(EVERYTHING, NOBODY, Filter(entry_number="E777"), after=None, limit=51)
    statement = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    async with full_desk.engine.connect() as connection, connection.begin():
        rows = await item_store.list_items(
            connection, EVERYTHING, NOBODY, Filter(entry_number="E777"), after=None, limit=51
        )
        plan = await explain(connection, statement, [])
    assert sorted(row.item.filing_number or row.item.entry_number or "" for row in rows) == ["E777", "F776", "F777"]
    for index in ("items_entry", "items_filing", "filings_entries"):
        assert index in plan, plan
    assert "Seq Scan on items" not in plan, plan


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(states=("open", "claimed")), "items_waiting"),
        (Filter(states=("open",), due_before=date(2027, 4, 1)), "items_waiting"),
        (Filter(holders=("kim7",), states=("completed",)), "items_ended_by"),
    ],
)
async def test_lists_of_what_waits_and_of_what_somebody_holds_do_not_read_what_is_finished(
    finished_desk: Desk, wanted: Filter, index: str
) -> None:
    first_page = item_store.select_page(EVERYTHING, NOBODY, wanted, after=None, limit=51)
    place = (date(2027, 3, 1), 1, datetime(2026, 1, 1, tzinfo=UTC), UUID(int=0))
    later_page = item_store.select_page(EVERYTHING, NOBODY, wanted, after=place, limit=51)
    async with finished_desk.engine.connect() as connection, connection.begin():
        for query in (first_page, later_page):
            statement = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
            plan = await explain(connection, statement, [])
            assert f"using {index} on items" in plan, plan
            assert "Sort" not in plan, plan


async def test_what_is_due_in_a_span_is_found_by_an_index_of_what_waits(finished_desk: Desk) -> None:
    wanted = Filter(states=("open", "claimed"), due_in=(Span(date(2027, 3, 1), date(2027, 3, 8)),))
    query = item_store.select_page(EVERYTHING, NOBODY, wanted, after=None, limit=51)
    statement = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    async with finished_desk.engine.connect() as connection, connection.begin():
        plan = await explain(connection, statement, [])
    assert "Seq Scan on items" not in plan, plan
    assert "items_order" not in plan, plan
    assert "Index Cond: ((due_order >= " in plan, plan


CLAIM_SOME = """
UPDATE items SET state = 'claimed', holder = 'kim' || n % 200, holder_name = 'Kim', lease_until = '2026-03-02',
    token = 1
FROM (SELECT item_id, row_number() OVER (ORDER BY item_id) AS n FROM items WHERE state = 'open') AS ranked
WHERE ranked.item_id = items.item_id AND n <= 4000
"""


@pytest.mark.parametrize(
    ("wanted", "indexes"),
    [
        (Filter(holders=("kim7",)), ("held_items_holder", "items_ended_by")),
        (Filter(holders=("kim7",), states=("open", "claimed")), ("held_items_holder",)),
        (Filter(holders=("kim7", "kim8"), states=("claimed",)), ("held_items_holder",)),
        (Filter(states=("claimed",)), ()),
    ],
)
async def test_lists_of_what_is_held_begin_with_what_is_held(
    finished_desk: Desk, wanted: Filter, indexes: tuple[str, ...]
) -> None:
    async with transaction(finished_desk.engine) as tx:
        await tx.connection.execute(text(CLAIM_SOME))
    async with finished_desk.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE items, offered_items, held_items"))
    page = item_store.select_page(EVERYTHING, NOBODY, wanted, after=None, limit=51)
    async with finished_desk.engine.connect() as connection, connection.begin():
        found = await item_store.count_items(connection, EVERYTHING, NOBODY, wanted)
        rows = (
            await connection.execute(
                text("SELECT state, holder FROM items WHERE state IN ('claimed', 'completed') AND holder IS NOT NULL")
            )
        ).all()
        among = [
            row
            for row in rows
            if (not wanted.holders or row.holder in wanted.holders)
            and (not wanted.states or row.state in wanted.states)
        ]
        assert found.found == len(among) > 0
        for query in (page, item_store.select_count(EVERYTHING, NOBODY, wanted)):
            statement = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
            plan = await explain(connection, statement, [])
            for index in indexes:
                assert index in plan, plan
            assert "Seq Scan on items" not in plan, plan


async def test_leases_that_ran_out_are_found_by_index(finished_desk: Desk) -> None:
    async with transaction(finished_desk.engine) as tx:
        await tx.connection.execute(text(CLAIM_SOME))
        await tx.connection.execute(text("ANALYZE items, held_items"))
    early = datetime(2026, 3, 1, tzinfo=UTC)
    async with finished_desk.engine.connect() as connection, connection.begin() as begun:
        await connection.execute(text("SELECT 1"))
        plan = await explain(connection, claim_store.LOCK_EXPIRED, [early, 500, None, None, None])
        await begun.rollback()
    assert "held_items_leases" in plan, plan
    assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(states=("open", "claimed"), entry_types=("23",)), "items_entry_type"),
        (Filter(states=("open", "claimed"), ports_of_entry=("2704",), centers=("CEE007",)), "items_port_of_entry"),
    ],
)
async def test_rare_types_and_ports_of_entry_are_listed_and_counted_by_index(
    full_desk: Desk, wanted: Filter, index: str
) -> None:
    page = item_store.select_page(EVERYTHING, NOBODY, wanted, after=None, limit=51)
    async with full_desk.engine.connect() as connection, connection.begin():
        assert await item_store.list_items(connection, EVERYTHING, NOBODY, wanted, after=None, limit=51)
        for query in (page, item_store.select_count(EVERYTHING, NOBODY, wanted)):
            statement = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
            plan = await explain(connection, statement, [])
            assert index in plan, plan
            assert "Seq Scan on items" not in plan, plan


LOOK_AT_MOST = """
UPDATE items
SET looked_due_on = due_on, look_on = CASE WHEN entry_number LIKE 'E%7' THEN NULL ELSE '2099-01-01'::date END
WHERE due_on IS NOT NULL
"""


async def test_clocks_that_may_have_run_down_are_found_by_the_day_of_their_next_level(full_desk: Desk) -> None:
    async with transaction(full_desk.engine) as tx:
        await tx.connection.execute(text(LOOK_AT_MOST))
    async with full_desk.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE items"))
    async with full_desk.engine.connect() as connection, connection.begin():
        plan = await explain(connection, escalation_store.FIND_TO_LOOK, [date(2027, 12, 31), [], 10_000])
    assert "items_escalations" in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "actual time" in plan
    assert "rows=6000" in plan, plan  # of 60,000 those whose number ends with 7, of which none is completed


async def test_filings_without_a_center_are_found_by_their_importer(full_desk: Desk) -> None:
    async with full_desk.engine.connect() as connection, connection.begin() as begun:
        plan = await explain(connection, filing_store.LOCK_FILINGS, [["F1"], ["I10", "I20"]])
        await begun.rollback()
    assert "filings_pending" in plan, plan
    assert "Seq Scan on filings" not in plan, plan


FILL_REQUESTS = """
INSERT INTO requests (request_id, item_id, form, importer_number, center, entry_numbers, questions, issued_on, due_on,
                      issued_by, issued_by_name, issued_at, drafted_at, stage, changes)
SELECT gen_random_uuid(), item_id, 'CBP-28', importer_number, center, jsonb_build_array(entry_number), '[]',
       '2026-03-02', '2026-04-01', 'kim', 'Kim', '2026-03-02T12:00:00Z', '2026-03-02T12:00:00Z', 'issued', 1
FROM items WHERE entry_number IS NOT NULL
"""
ANSWER_REQUESTS = """
UPDATE filings f SET answers_request = r.request_id
FROM requests r WHERE f.entry_numbers ->> 0 = r.entry_numbers ->> 0 AND f.center = 'PNDING'
"""


async def test_filings_that_a_change_concerns_are_found_by_index(full_desk: Desk) -> None:
    async with transaction(full_desk.engine) as tx:
        await tx.connection.execute(text(FILL_REQUESTS))
        await tx.connection.execute(text(ANSWER_REQUESTS))
    async with full_desk.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE requests, filings"))
    async with full_desk.engine.connect() as connection, connection.begin():
        asked = (await connection.execute(text("SELECT item_id, request_id FROM requests LIMIT 20"))).all()
        entries = [f"E{n}" for n in range(100, 150)]
        await connection.execute(text("SELECT 1"))
        plan = await explain(connection, filing_store.FIND_REQUESTS, [entries, [row.item_id for row in asked]])
        plan += await explain(connection, filing_store.FIND_CONCERNED, [entries, [row.request_id for row in asked]])
    for index in ("filings_entries", "filings_answers", "requests_entry", "requests_item"):
        assert index in plan, plan
    for table in ("filings", "requests", "items"):
        assert f"Seq Scan on {table}" not in plan, plan


async def test_what_follows_the_legal_record_is_found_by_index(full_desk: Desk) -> None:
    said_of = [[f"E{n}" for n in range(100, 150)], ["P1", "P2"], ["I10", "I20"]]
    async with full_desk.engine.connect() as connection, connection.begin():
        plan = await explain(connection, fact_store.FIND_FOLLOWERS, said_of)
    for index in ("items_entry", "items_protest", "items_importer", "filings_entries"):
        assert index in plan, plan
    for table in ("items", "filings"):
        assert f"Seq Scan on {table}" not in plan, plan


async def test_what_waits_for_a_center_is_counted_by_index(full_desk: Desk) -> None:
    query = figure_store.select_pending(EVERYTHING, datetime(2026, 3, 2, tzinfo=UTC))
    statement = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    async with full_desk.engine.connect() as connection, connection.begin():
        plan = await explain(connection, statement, [])
    assert "items_pending" in plan, plan
    assert "Seq Scan on items" not in plan, plan


async def test_earlier_decisions_on_goods_are_found_by_their_key(unchecked_desk: Desk) -> None:
    async with transaction(unchecked_desk.engine) as tx:
        await tx.connection.execute(text(FILL_DECIDED_GOODS))
    async with unchecked_desk.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE decided_goods"))
    async with unchecked_desk.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
        plan = await explain(
            connection, decided_goods_store.EARLIER, [["key7", "key8"], ["CEE007"], UUID(int=1), "kim"]
        )
    assert "decided_goods_key" in plan, plan
    assert "Seq Scan" not in plan, plan


FILL_WORDS = """
INSERT INTO item_events (item_id, change_key, sequence, change, state, at, actor, actor_name, reasons)
SELECT item_id, 'skipped:' || n, 1, 'skipped', 'open', '2026-03-02', 'kim', 'Kim',
       jsonb_build_array(jsonb_build_object('code', 'other', 'text', 'word' || n || ' of line ' || n % 7))
FROM (SELECT item_id, row_number() OVER (ORDER BY item_id) AS n FROM items) AS numbered
"""


FILL_LETTERS = """
INSERT INTO requests (request_id, item_id, form, importer_number, center, entry_numbers, questions, issued_by,
                      issued_by_name, drafted_at, stage, changes)
SELECT item_id, item_id, 'CBP-28', importer_number, center, '[]', jsonb_build_array('asked' || n), 'kim', 'Kim',
       '2026-03-02T12:00:00Z', 'issued', 1
FROM (SELECT *, row_number() OVER (ORDER BY item_id) AS n FROM items) AS numbered
"""
FILL_ANSWERS = """
INSERT INTO request_answers (answer_id, request_id, at, text, files, answered_by, answered_by_name, authority)
SELECT request_id, request_id, drafted_at, 're' || (questions ->> 0), '[]', 'acme', 'Acme', 'a' FROM requests
"""


async def test_words_are_found_by_the_index_of_every_table_that_has_some(full_desk: Desk) -> None:
    async with transaction(full_desk.engine) as tx:
        await tx.connection.execute(text(FILL_WORDS))
        for statement in (DECIDE_EVERYTHING, FILL_LETTERS, FILL_ANSWERS):
            await tx.connection.execute(text(statement))
    tables = ("items", "item_events", "decisions", "requests", "request_answers")
    async with full_desk.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"VACUUM ANALYZE matters, item_acts, {', '.join(tables)}"))
    for words in ("word777", "asked888", "reasked999"):
        wanted = Filter(words=words)
        query = item_store.select_page(EVERYTHING, NOBODY, wanted, after=None, limit=51)
        statement = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
        async with full_desk.engine.connect() as connection, connection.begin():
            assert len(await item_store.list_items(connection, EVERYTHING, NOBODY, wanted, after=None, limit=51)) == 1
            plan = await explain(connection, statement, [])
        for index in ("item_events_words", "decisions_words", "requests_words", "request_answers_words"):
            assert index in plan, plan
        for table in tables:
            assert f"Seq Scan on {table}" not in plan, plan


FILL_RUNS = """
INSERT INTO bulk_runs (run_id, act, parameters, query, reason, asked_by, signature, asked_at, state, items, is_cut,
                       foreseen, value_usd, needs_second)
SELECT gen_random_uuid(), 'assign', '{}', '', 'r',
       jsonb_build_object('centers', jsonb_build_array('CEE00' || 1 + n % 9)), 'kim' || n % 500,
       '2026-01-01'::timestamptz + n * interval '1 minute',
       CASE WHEN n % 3000 = 7 THEN 'ready' ELSE 'done' END, 3, false, 0, 0, false
FROM generate_series(1, 60000) AS numbers(n)
"""


@pytest.mark.parametrize(("state", "index"), [(None, "bulk_runs_by_age"), ("ready", "bulk_runs_by_state")])
async def test_bulk_runs_are_listed_by_index_the_newest_first(
    service_engine: MakeEngine, state: RunState | None, index: str
) -> None:
    engine = await service_engine("workqueue")
    async with transaction(engine) as tx:
        await tx.connection.execute(text(FILL_RUNS))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE bulk_runs"))
    of_center = Reach(centers=frozenset({"CEE007"}))
    for reach, after in (
        (EVERYTHING, None),
        (of_center, None),
        (of_center, (datetime(2026, 1, 20, tzinfo=UTC), UUID(int=0))),
    ):
        query = bulk_store.select_runs("kim7", reach, state=state, after=after, limit=51)
        statement = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
        async with engine.connect() as connection, connection.begin():
            plan = await explain(connection, statement, [])
        assert f"using {index} on bulk_runs" in plan, plan
        assert "Sort" not in plan, plan


FILL_GOODS = """
INSERT INTO routed_goods (entry_number, version, event_id, goods)
SELECT 'E' || n, 1, 'e' || n, jsonb_build_array(jsonb_build_object('line_number', 1, 'tariff', 8000000000 + n || '',
       'special_tariffs', jsonb_build_array(CASE WHEN n % 6000 = 7 THEN '99038815' ELSE '99030125' END)))
FROM generate_series(1, 60000) AS numbers(n)
"""
FILL_ROUTED = """
INSERT INTO routed_versions (entry_number, version, event_id, filed_at, importer_number, center, division, lane,
                             processes, value_usd, duty_cents, reasons)
SELECT 'E' || n, v, 'e' || n || v, '2026-01-01', '07-345678900', 'CEE007', 'enforcement', 'document-review', '[]', 1,
       v * 100, '[]' FROM generate_series(1, 60000) AS numbers(n), generate_series(1, 2) AS versions(v)
"""


@pytest.mark.parametrize(("tariff", "found"), [("8000000777", 1), ("99038815", 10)])
async def test_work_on_goods_is_found_by_the_index_of_goods(full_desk: Desk, tariff: str, found: int) -> None:
    async with transaction(full_desk.engine) as tx:
        for statement in (FILL_GOODS, FILL_ROUTED):
            await tx.connection.execute(text(statement))
    async with full_desk.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE items, routed_goods, routed_versions"))
    wanted = Filter(tariffs=(tariff,))
    page = item_store.select_page(EVERYTHING, NOBODY, wanted, after=None, limit=51)
    async with full_desk.engine.connect() as connection, connection.begin():
        rows = await item_store.list_items(connection, EVERYTHING, NOBODY, wanted, after=None, limit=51)
        assert [row.duty_cents for row in rows] == [200] * found
        for query in (page, item_store.select_count(EVERYTHING, NOBODY, wanted)):
            statement = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
            plan = await explain(connection, statement, [])
            assert "routed_goods_keys" in plan, plan
            for table in ("items", "routed_goods"):
                assert f"Seq Scan on {table}" not in plan, plan


async def test_why_entries_were_routed_so_is_found_by_their_numbers(full_desk: Desk) -> None:
    async with transaction(full_desk.engine) as tx:
        await tx.connection.execute(text(FILL_ROUTED))
        await tx.connection.execute(text("ANALYZE routed_versions"))
    numbers = [f"E{n}" for n in range(1, 60_000, 100)]
    statement = entry_store.ROUTED.replace("CAST(:numbers AS text[])", "$1::text[]")
    async with full_desk.engine.connect() as connection, connection.begin():
        assert len(await entry_store.find_routed(connection, numbers)) == len(numbers)
        plan = await explain(connection, statement, [numbers])
    assert "routed_versions_pkey" in plan, plan
    assert "Seq Scan" not in plan, plan


async def test_count_looks_at_no_more_than_it_tells(full_desk: Desk) -> None:
    async with full_desk.engine.connect() as connection, connection.begin():
        counted = await item_store.count_items(connection, EVERYTHING, NOBODY, Filter(states=("open", "claimed")))
        query = item_store.select_count(EVERYTHING, NOBODY, Filter(states=("open", "claimed")))
        statement = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
        plan = await explain(connection, statement, [])
    assert counted == (10_000, False)
    assert "rows=10001" in plan, plan


async def test_claims_are_planned_once_and_not_for_each_person(full_desk: Desk) -> None:
    who = Identity("kim", "Kim", frozenset({RoleName.IMPORT_SPECIALIST}), frozenset({"CEE007"}), EVERY_DIVISION)
    url = full_desk.engine.url.render_as_string(hide_password=False)
    engine = create_engine(url, application="claimant", pool_size=1, overflow=0)
    for _ in range(12):
        assert (
            await claim_next_alone(engine, who, full_desk.clock.now(), timedelta(minutes=30), WorkWanted()) is not None
        )
    async with transaction(engine) as tx:
        plans = await bulk.fetch(
            tx,
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE '%told AS (%' AND statement NOT LIKE '%pg_prepared_statements%'",
        )
    await engine.dispose()
    # PostgreSQL plans a statement five times before it asks which is cheaper.
    assert [(row["generic_plans"], row["custom_plans"]) for row in plans] == [(7, 5)]
