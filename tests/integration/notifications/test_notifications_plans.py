"""Hot questions use their index on 60,000 rows."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.domain.bulletin import parse_search
from services.notifications.store import bulletin, deliveries, webhooks
from shared.db.engine import create_engine
from shared.db.transaction import reading, transaction
from tests.support.databases import TestDatabases

FILL = """
INSERT INTO bulletin_postings
SELECT gen_random_uuid(), lpad((n % 90)::text, 3, 'B') || lpad(n::text, 8, '0'), lpad((n % 90)::text, 3, 'B'),
    lpad((n % 40)::text, 2, '0') || '-' || lpad((n % 5000)::text, 7, '0') || '00', lpad((n % 60)::text, 3, '0'),
    lpad((n % 300)::text, 4, '0'), '01', date '2025-01-01' + n % 365, 'liquidation', 'liq-cycle-314', 'no-change',
    date '2025-11-11' + n % 365, date '2025-11-11' + n % 365
FROM generate_series(1, 60000) AS n
"""
FILL_NOTICES = """
INSERT INTO notices (notice_id, kind, subject, cause_sequence, version, importer_number, entry_number, entry_numbers,
    issued_on, citation, if_nothing_is_done, body, caused_at)
SELECT notice_id, 'N-13', entry_number, 10000100, 2, importer_number, entry_number, jsonb_build_array(entry_number),
    posted_on, '', '', '{}', now()
FROM bulletin_postings
"""
FILL_DELIVERIES = """
INSERT INTO deliveries (notice_id, channel, recipient_role, kind, importer_number, state, sequence, attempts,
    is_waiting, queued_at, next_try_at)
SELECT gen_random_uuid(), 'email', 'importer', 'N-09', lpad((n % 40)::text, 2, '0') || '-345678900',
    CASE WHEN n % 100 = 0 THEN 'queued' ELSE 'sent' END, 2, 1, false, now(), now()
FROM generate_series(1, 60000) AS n
"""


@pytest.fixture(scope="module")
async def engine(databases: TestDatabases) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(await databases.copy("notifications"), application="tests")
    async with transaction(engine) as tx:
        await tx.connection.execute(text(FILL))
        await tx.connection.execute(text(FILL_NOTICES))
        await tx.connection.execute(text(FILL_DELIVERIES))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE bulletin_postings, notices, deliveries"))
    yield engine
    await engine.dispose()


@pytest.mark.parametrize(
    ("terms", "index"),
    [
        ({"entry_number": "B7603245278", "filer": "B76"}, "bulletin_entry"),
        ({"importer_number": "07-000120700", "event_type": "liquidation"}, "bulletin_importer"),
        ({"filer": "B76", "posted_from": "2026-03-01", "posted_to": "2026-03-06"}, "bulletin_filer"),
        ({"surety_code": "036", "posted_from": "2026-03-01", "posted_to": "2026-03-06"}, "bulletin_surety"),
        ({"port": "0123", "event_type": "liquidation"}, "bulletin_port"),
        ({"entry_date": "2025-06-01", "action": "no-change"}, "bulletin_entry_date"),
        (
            {"liquidated_from": "2026-03-06", "liquidated_to": "2026-03-06", "action": "no-change"},
            "bulletin_event_date",
        ),
        ({"posted_from": "2026-03-06", "action": "no-change"}, "bulletin_posted"),
    ],
)
async def test_a_search_of_the_bulletin_uses_its_index(engine: AsyncEngine, terms: dict[str, str], index: str) -> None:
    for after in (None, (date(2026, 3, 1), "B7600000018", "00000000-0000-0000-0000-000000000000")):
        query = bulletin.postings_query(parse_search(terms), after=after, limit=51)  # type: ignore[arg-type]
        compiled = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        async with reading(engine) as connection:
            plan = "\n".join(await connection.scalars(text(f"EXPLAIN {str(compiled).replace(':', chr(92) + ':')}")))
        assert index in plan, plan
        assert "Seq Scan" not in plan, plan


async def test_a_page_of_the_bulletin_finds_its_voidings_by_entry(engine: AsyncEngine) -> None:
    async with reading(engine) as connection:
        ids = list(await connection.scalars(text("SELECT notice_id FROM bulletin_postings LIMIT 50")))
        compiled = bulletin.voided_query(ids).compile(
            dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
        )
        plan = "\n".join(await connection.scalars(text(f"EXPLAIN {compiled}")))
    assert "bulletin_entry" in plan, plan
    assert "Seq Scan" not in plan, plan


FILL_CALLS = """
WITH hooks AS (
    INSERT INTO webhooks (webhook_id, recipient, url, kinds, secrets, state, created_by, created_at)
    SELECT gen_random_uuid(), 'filer:B76', 'https://receiver.example/' || n, '[]', '[]', 'active', 'tests', now()
    FROM generate_series(1, 20) AS n RETURNING webhook_id
), numbered AS (SELECT webhook_id, row_number() OVER () AS n FROM hooks)
INSERT INTO deliveries (notice_id, channel, recipient_role, kind, importer_number, state, sequence, attempts,
    is_waiting, queued_at, next_try_at, lane)
SELECT gen_random_uuid(), 'webhook:' || h.webhook_id, 'importer', 'N-09', '07-345678900', 'queued', 1, 0, false, now(),
    now(), 3
FROM numbered h, generate_series(1, 60000) AS k WHERE h.n = 1 OR k < 10
"""


async def test_whose_turn_it_is_does_not_read_what_waits(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await tx.connection.execute(text(FILL_CALLS))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE webhooks, deliveries"))
    async with reading(engine) as connection:
        found = list(
            await connection.execute(
                text("SELECT notice_id, channel FROM deliveries WHERE lane = 3 ORDER BY notice_id LIMIT 100")
            )
        )
        names = await connection.scalars(text("SELECT quote_literal('webhook:' || webhook_id) FROM webhooks"))
        channels = ", ".join(names)
    ids = ", ".join(f"'{row.notice_id}'::uuid" for row in found)
    of_them, roles = ", ".join(f"'{row.channel}'" for row in found), ", ".join(["'importer'"] * len(found))
    plans = {
        "next": await _plan_of(
            engine,
            webhooks._NEXT,
            "timestamptz, uuid[], integer, uuid[], integer",
            "now(), '{}', 8, NULL, 50",
        ),
        "due": await _plan_of(
            engine,
            deliveries._DUE_CALLS,
            "timestamptz, text[], integer[]",
            f"now(), ARRAY[{channels}], ARRAY[{', '.join('5' * 20)}]",
        ),
        "claim": await _plan_of(
            engine,
            deliveries._CLAIM_CALLS,
            "uuid[], timestamptz, text[], date, text[]",
            f"ARRAY[{ids}], now(), ARRAY[{of_them}], now()::date, ARRAY[{roles}]",
        ),
    }
    for name, plan in plans.items():
        assert "Seq Scan on deliveries" not in plan, plan
        assert ("deliveries_calls" in plan) == (name != "claim"), plan
    assert int(plans["next"].partition("shared hit=")[2].split()[0]) < 500, plans["next"]


async def _plan_of(engine: AsyncEngine, statement: str, types: str, arguments: str) -> str:
    """The plan by which a statement runs; nothing that it changes is kept."""
    async with engine.connect() as connection:
        escaped = statement.replace(":", chr(92) + ":")
        await connection.execute(text(f"PREPARE asked ({types}) AS {escaped}"))
        explain = f"EXPLAIN (ANALYZE, BUFFERS) EXECUTE asked ({arguments})".replace(":", chr(92) + ":")
        plan = "\n".join(await connection.scalars(text(explain)))
        await connection.execute(text("DEALLOCATE asked"))
        await connection.rollback()
    return plan


async def test_claiming_and_waking_use_their_indexes(engine: AsyncEngine) -> None:
    claim = (
        "SELECT notice_id FROM deliveries WHERE state = 'queued' AND lane = 1 AND next_try_at <= now()"
        " ORDER BY next_try_at LIMIT 10"
    )
    assert "state = 'queued' AND lane = $5 AND next_try_at <= $1" in deliveries._CLAIM
    wake = "UPDATE deliveries SET is_waiting = false WHERE importer_number = '07-345678900' AND is_waiting"
    async with engine.connect() as connection:
        plan = "\n".join(await connection.scalars(text(f"EXPLAIN {claim} FOR UPDATE SKIP LOCKED")))
        assert "deliveries_due" in plan, plan
        plan = "\n".join(await connection.scalars(text(f"EXPLAIN {wake} AND state = 'queued'")))
        assert "deliveries_unaddressed" in plan, plan
