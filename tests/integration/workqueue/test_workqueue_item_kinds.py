"""Items say their kind: those of the release before get it, and none carries what is another kind's."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import get_args

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.workqueue.app import SERVICE
from services.workqueue.domain.item import Kind
from shared.db.migrate import upgrade
from shared.db.transaction import reading, transaction
from tests.integration.workqueue.desk import Desk
from tests.support.databases import TestDatabases

ADD = """
INSERT INTO items (item_id, process, entry_number, protest_number, filing_number, asking_center, goods, importer_number,
                   center, division, priority, opened_at, state, token, acts)
VALUES (gen_random_uuid(), :process, :entry, :protest, :filing, :asking, CAST(:goods AS jsonb), '07-345678900',
        'CEE007', 'enforcement', 1, '2026-03-02T19:00:00Z', 'open', 0, 0)
"""
NOTHING = dict.fromkeys(("entry", "protest", "filing", "asking", "goods"))
CARRIED: dict[str, dict[str, str | None]] = {
    "review": {"entry": "B7603245278"},
    "consultation": {"entry": "B7603245278", "asking": "CEE003", "goods": "[]"},
    "protest": {"entry": "B7603245278", "protest": "270426100001"},
    "protest of no entry known": {"protest": "270426100002"},
    "filing": {"filing": "PD-000001"},
}


async def add_as_the_release_before(engine: AsyncEngine, suffix: str) -> None:
    async with transaction(engine) as tx:
        for kind, carried in CARRIED.items():
            await tx.connection.execute(text(ADD), NOTHING | carried | {"process": f"{kind}{suffix}"})


@pytest.fixture
async def engine_before(databases: TestDatabases) -> AsyncIterator[AsyncEngine]:
    """A database at the revision before items said their kind."""
    engine = await databases.before("workqueue", "0004_pre_reopened_protests")
    yield engine
    await engine.dispose()


async def test_items_of_the_release_before_get_their_kind(engine_before: AsyncEngine) -> None:
    await add_as_the_release_before(engine_before, "")
    await upgrade(engine_before, SERVICE.migrations)
    await add_as_the_release_before(engine_before, " added during the roll-out")
    async with reading(engine_before) as connection:
        rows = (await connection.execute(text("SELECT process, kind FROM items"))).all()
    assert len(rows) == 2 * len(CARRIED)
    assert all(row.process.startswith(row.kind) for row in rows)


@pytest.mark.parametrize("kind", [*get_args(Kind), "other"])
async def test_item_that_carries_what_is_of_another_kind_is_refused(unchecked_desk: Desk, kind: str) -> None:
    of_kind = ADD.replace("(item_id", "(kind, item_id").replace("(gen_random_uuid()", f"('{kind}', gen_random_uuid()")
    for name, carried in CARRIED.items():
        is_refused = not name.startswith(kind)
        with pytest.raises(IntegrityError, match="items_carry_what") if is_refused else nullcontext():
            async with transaction(unchecked_desk.engine) as tx:
                await tx.connection.execute(text(of_kind), NOTHING | carried | {"process": name})
