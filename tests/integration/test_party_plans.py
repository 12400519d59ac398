"""Questions about delegations use their indexes on 60,000 of them, also for a party that holds 20,000."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import column, func, select, table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.store import deliveries, recipients
from shared.customs.authority import Scope
from shared.db.engine import create_engine
from shared.db.reach import within
from shared.db.transaction import reading, transaction
from shared.parties.store import delegated_in_force, in_force_query
from shared.runtime.access import Reach
from tests.support.databases import TestDatabases

FILL = (
    """INSERT INTO parties SELECT 'agent:' || n, 1, 'agent', 'SYNTHETIC ' || n, 'active', NULL, '[]'
    FROM generate_series(1, 2000) AS n""",
    """INSERT INTO delegations SELECT 'd-' || n, 1, 'agent:' || CASE WHEN n <= 20000 THEN 1 ELSE 1 + n % 2000 END,
    lpad((n % 90)::text, 2, '0') || '-' || lpad((n % 30000)::text, 7, '0') || '00', '["all"]', '2026-01-01', NULL,
    CASE WHEN n % 10 = 0 THEN date '2026-02-01' END FROM generate_series(1, 60000) AS n""",
    """INSERT INTO deliveries (notice_id, channel, recipient_role, kind, importer_number, state, sequence, attempts,
    is_waiting, queued_at) SELECT gen_random_uuid(), 'email', 'agent:' || n % 2000, 'N-09', 'I' || n,
    CASE WHEN n % 100 = 0 THEN 'no-address' ELSE 'sent' END, 2, 1, false, now() FROM generate_series(1, 60000) AS n""",
)


@pytest.fixture(scope="module")
async def engine(databases: TestDatabases) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(await databases.copy("notifications"), application="tests")
    async with transaction(engine) as tx:
        for statement in FILL:
            await tx.connection.execute(text(statement))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE parties, delegations, deliveries"))
    yield engine
    await engine.dispose()


async def explain(engine: AsyncEngine, statement: str) -> str:
    async with engine.connect() as connection:
        return "\n".join(await connection.scalars(text(f"EXPLAIN {statement.replace(':', chr(92) + ':')}")))


@pytest.mark.parametrize(
    ("party", "importer", "index"),
    [
        ("agent:77", None, "delegations_party"),
        ("agent:1", "07-001005700", "delegations_importer"),
    ],
)
async def test_delegations_in_force_use_their_index(
    engine: AsyncEngine, party: str, importer: str | None, index: str
) -> None:
    query = in_force_query([party], date(2026, 3, 2), importer)
    compiled = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    plan = await explain(engine, str(compiled))
    assert index in plan, plan
    assert "Seq Scan" not in plan, plan


async def test_delegations_of_a_batch_of_importers_use_their_index(engine: AsyncEngine) -> None:
    plan = await explain(engine, recipients._DELEGATIONS.replace("$1::text[]", "ARRAY['07-001005700', '08-001005800']"))
    assert "delegations_importer" in plan, plan
    assert "Seq Scan" not in plan, plan


async def test_party_that_gets_an_address_finds_its_notices_by_index(engine: AsyncEngine) -> None:
    wake = deliveries._REQUEUE_FOR_PARTIES.replace("$1::text[]", "ARRAY['agent:100']")
    plan = await explain(engine, wake.replace("$2", "now()").replace("$3", "now() - interval '30 days'"))
    assert "deliveries_unaddressed_party" in plan, plan
    assert "Seq Scan on deliveries" not in plan, plan


async def test_delegation_that_is_not_in_force_is_not_found(engine: AsyncEngine) -> None:
    async with reading(engine) as connection:
        found = await connection.execute(in_force_query(["agent:1"], date(2026, 3, 2), None))
        assert len(found.all()) == 18_000  # nine of ten of its 20,000; each two thousandth after them is revoked


async def test_importers_of_a_party_are_given_by_what_they_delegated(engine: AsyncEngine) -> None:
    async with reading(engine) as connection:
        found = await delegated_in_force(connection, ["agent:1"], date(2026, 3, 2))
    assert {scope: len(numbers) for scope, numbers in found.items()} == {"all": 18_000}


async def test_reach_of_more_importers_than_a_statement_has_parameters_is_asked_for(engine: AsyncEngine) -> None:
    numbers = frozenset(f"I{n}" for n in range(1, 40_001))
    reach = Reach(rows=((Scope.DELEGATED, "entry.read/delegated-see"),), delegated=numbers)
    is_reached = within(reach, importer_number=column("importer_number"))
    async with reading(engine) as connection:
        count = await connection.scalar(select(func.count()).select_from(table("deliveries")).where(is_reached))
    assert count == 40_000
