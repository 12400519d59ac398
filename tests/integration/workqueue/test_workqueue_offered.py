"""What is offered and what is held stand beside items in tables of their own, in step with them whoever writes."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.workqueue.acts.claim import WorkWanted, claim_next, keep, release
from services.workqueue.app import SERVICE
from services.workqueue.store.tables import held_items, items, offered_items
from shared.db import bulk
from shared.db.migrate import upgrade
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import KIM, Desk
from tests.integration.workqueue.events import routed
from tests.support.databases import TestDatabases
from tests.support.events import entry_number
from tests.support.people import EVERY_DIVISION

WHO = Identity("kim", "Kim", frozenset({RoleName.IMPORT_SPECIALIST}), frozenset({"CEE007"}), EVERY_DIVISION)
LEASE = timedelta(minutes=30)
ADD = """
INSERT INTO items (item_id, kind, process, entry_number, importer_number, center, division, priority, opened_at, due_on,
                   state, waits_for, assigned_to, holder, holder_name, lease_until, token, acts)
SELECT md5(n::text)::uuid, 'review', 'quota', 'E' || n, '07-345678900', 'CEE007', 'enforcement', 1, '2026-03-02',
       CASE WHEN n % 5 > 0 THEN '2026-04-01'::date END, state, CASE WHEN n % 7 = 0 THEN 'laboratory' END,
       CASE WHEN n % 3 = 0 THEN 'lee' END, CASE WHEN state IN ('claimed', 'completed') THEN 'kim' END,
       CASE WHEN state IN ('claimed', 'completed') THEN 'Kim' END, CASE WHEN state = 'claimed'
       THEN '2026-03-03'::timestamptz END,
       1, 1
FROM (SELECT n, (ARRAY['open', 'claimed', 'completed', 'cancelled'])[1 + n % 4] AS state
      FROM generate_series($1::integer, $2::integer) AS n) AS numbered
"""
OFFERED = """
SELECT item_id, center, division, process, due_order, priority, opened_at, assigned_to FROM items
WHERE state = 'open' AND waits_for IS NULL ORDER BY item_id
"""
HELD = "SELECT item_id, holder, lease_until FROM items WHERE state = 'claimed' ORDER BY item_id"
CHANGES = (
    ("state", ("open", "claimed", "completed", "cancelled")),
    ("waits_for", (None, "laboratory")),
    ("center", ("CEE001", "CEE007")),
    ("division", ("enforcement", "partnership")),
    ("process", ("quota", "ad-cvd")),
    ("due_on", (None, "2026-04-01", "2026-05-01")),
    ("priority", ("1", "2")),
    ("opened_at", ("2026-03-02", "2026-03-04")),
    ("assigned_to", (None, "lee", "kim")),
    ("holder", (None, "kim", "lee")),
    ("lease_until", (None, "2026-03-03", "2026-03-05")),
    ("stage", (None, "received")),
)
"""Values that columns may get, one of which the narrow tables do not have."""


async def demand_in_step(tx: Transaction) -> None:
    """The narrow tables are what a query of items would give."""
    for wanted, table in ((OFFERED, "offered_items"), (HELD, "held_items")):
        columns = wanted.split("FROM")[0].strip().removeprefix("SELECT ")
        assert await bulk.fetch(tx, wanted) == await bulk.fetch(tx, f"SELECT {columns} FROM {table} ORDER BY item_id")


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_is_written_to_items_is_offered_and_held_by_it(unchecked_desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    added = 0
    async with transaction(unchecked_desk.engine) as tx:
        for _ in range(60):
            match chance.randrange(8):
                case 0:
                    more = chance.randrange(1, 12)
                    await bulk.execute(tx, ADD, added + 1, added + more)
                    added += more
                case 1:
                    await bulk.execute(tx, "DELETE FROM items WHERE item_id = md5($1::integer::text)::uuid", added // 2)
                case _:
                    some = chance.sample(CHANGES, chance.randrange(1, len(CHANGES)))
                    given = {column: chance.choice(values) for column, values in some}
                    written = ", ".join(
                        f"{column} = {'NULL' if value is None else repr(value)}" for column, value in given.items()
                    )
                    which = f"get_byte(uuid_send(item_id), 0) % 4 = {chance.randrange(4)}"
                    await bulk.execute(tx, f"UPDATE items SET {written} WHERE {which}")
            await demand_in_step(tx)
        assert await bulk.fetch(tx, OFFERED)


@pytest.fixture
async def engine_before(databases: TestDatabases) -> AsyncIterator[AsyncEngine]:
    """A database at the revision before what is offered and held stood apart."""
    engine = await databases.before("workqueue", "0039_pre_why_here")
    yield engine
    await engine.dispose()


async def test_what_the_release_before_left_is_offered_and_held_after_the_migration(engine_before: AsyncEngine) -> None:
    async with transaction(engine_before) as tx:
        await bulk.execute(tx, ADD, 1, 100)
    await upgrade(engine_before, SERVICE.migrations)
    async with transaction(engine_before) as tx:
        assert (len(await bulk.fetch(tx, OFFERED)), len(await bulk.fetch(tx, HELD))) == (22, 25)
        await demand_in_step(tx)
        await bulk.execute(tx, ADD, 101, 200)  # a process of the release before, until it is replaced
        await demand_in_step(tx)


async def test_claim_keeping_and_giving_back_change_no_index_of_items(desk: Desk) -> None:
    await desk.apply(routed(entry_number()))
    now = desk.clock.now()
    async with transaction(desk.engine) as tx:
        before = await rewritten(tx)
        claimed = await claim_next(tx, WHO, now, LEASE, WorkWanted())
        assert claimed is not None
        item = claimed[0]
        await keep(tx, item.item_id, WHO, item.token, now + timedelta(minutes=1), LEASE)
        await release(tx, item.item_id, WHO, item.token, now + timedelta(minutes=2))
        after = await rewritten(tx)
    assert (after[0] - before[0], after[1] - before[1]) == (3, 3)
    async with reading(desk.engine) as connection:
        named = await connection.execute(text(COLUMNS_OF_INDEXES))
        assert not set(named.scalars()) & {"state", "holder", "holder_name", "token", "lease_until", "acts"}


COLUMNS_OF_INDEXES = """
SELECT DISTINCT a.attname
FROM pg_index x JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE x.indrelid = 'items'::regclass AND d.refobjid = 'items'::regclass
"""


async def rewritten(tx: Transaction) -> tuple[int, int]:
    """Updates of rows of items in this transaction, and how many of them were HOT: changed no index."""
    (row,) = await bulk.fetch(
        tx, "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'items'"
    )
    return row["n_tup_upd"], row["n_tup_hot_upd"]


async def test_what_is_claimed_is_not_offered_until_it_is_given_back(desk: Desk) -> None:
    await desk.apply(routed(entry_number()))
    (row,) = await desk.rows(items)

    async def both() -> tuple[list[UUID], list[UUID]]:
        offered, held = await desk.rows(offered_items), await desk.rows(held_items)
        return [each.item_id for each in offered], [each.item_id for each in held]

    token = await desk.claim(str(row.item_id), KIM)
    assert await both() == ([], [row.item_id])
    answer = await desk.call("POST", f"/items/{row.item_id}/release", KIM, json={"token": token})
    assert answer.status_code == 204
    assert await both() == ([row.item_id], [])
