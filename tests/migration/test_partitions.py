"""Tables are put into partitions with what they hold, and the release before goes on."""

import re
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.app import SERVICE as LIQUIDATION
from services.liquidation.store.partitions import PARTED as OF_LIQUIDATION
from services.notifications.app import SERVICE as NOTIFICATIONS
from services.routing.app import SERVICE as ROUTING
from services.routing.domain.activity import ActivityKey, Figures
from services.routing.store import activity
from services.routing.store.partitions import PARTED as OF_ROUTING
from services.workqueue.app import SERVICE as WORKQUEUE
from shared.db import bulk
from shared.db.migrate import upgrade
from shared.db.partitions import Parted, list_partitions, months_to_come
from shared.db.transaction import transaction
from shared.runtime.service import Service
from tests.support.databases import TestDatabases

LONG_AGO, FAR_AHEAD = date(2019, 5, 1), date(2087, 1, 1)
FILL_ACTIVITY = """
INSERT INTO import_activity (importer_number, month, hts6, lines, goods, value_usd)
SELECT '07-345678900', month, '847130', 1, 1, 100
FROM unnest(ARRAY[$1, date_trunc('month', current_date), date_trunc('month', current_date) + interval '4 months', $2
    ]::date[]) AS given(month)
"""
FILL_FORECAST = """
INSERT INTO forecast_entries (cycle_on, number, entry_number, disposition)
SELECT cycle_on, 1, 'B7600000015', 'deemed'
FROM unnest(ARRAY[$1, current_date, current_date + 120, $2]::date[]) AS given(cycle_on)
"""
CASES = pytest.mark.parametrize(
    ("service", "before", "parted", "fill"),
    [
        (ROUTING, "0023_pre_operator_acts", OF_ROUTING[0], FILL_ACTIVITY),
        (LIQUIDATION, "0031_pre_operator_acts", OF_LIQUIDATION[0], FILL_FORECAST),
    ],
    ids=["import_activity", "forecast_entries"],
)


async def read(engine: AsyncEngine, statement: str) -> list[tuple[object, ...]]:
    async with transaction(engine) as tx:
        return [tuple(row) for row in await bulk.fetch(tx, statement)]


@CASES
async def test_what_a_table_holds_is_there_afterwards_in_the_partition_of_its_day(
    databases: TestDatabases, service: Service, before: str, parted: Parted, fill: str
) -> None:
    engine = await databases.before(service.name, before)
    async with transaction(engine) as tx:
        await bulk.execute(tx, fill, LONG_AGO, FAR_AHEAD)
    rows = f"SELECT * FROM {parted.table} ORDER BY {parted.column}"
    held, described = await read(engine, rows), await read(engine, _described(parted))
    await upgrade(engine, service.migrations)
    assert len(held) == 4
    assert await read(engine, rows) == held
    assert await read(engine, _described(parted)) == described
    (today,) = (await read(engine, "SELECT current_date"))[0]
    assert isinstance(today, date)
    async with transaction(engine) as tx:
        first, *others, last = await list_partitions(tx, parted)
    assert (first.name, first.from_on, first.to_on) == (
        f"{parted.table}_before",
        None,
        months_to_come(parted, today)[1],
    )
    assert (last.name, last.from_on, last.to_on) == (f"{parted.table}_other", None, None)
    assert {each.from_on for each in others} >= {*months_to_come(parted, today)[1:]}
    where = f"SELECT tableoid::regclass::text, {parted.column} FROM {parted.table} ORDER BY {parted.column}"
    names = [str(name).removeprefix("partitions.") for name, _ in await read(engine, where)]
    assert names[:2] == [first.name, first.name]
    assert names[2] in {each.name for each in others}
    assert names[3] == last.name
    await engine.dispose()


def _described(parted: Parted) -> str:
    """Columns with their types, the key, and the words about the table."""
    return (
        "SELECT a.attname, a.atttypid::regtype::text, a.attnotnull, obj_description(c.oid), pg_get_constraintdef(k.oid)"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 JOIN pg_constraint k"
        f" ON k.conrelid = c.oid AND k.contype = 'p' WHERE c.oid = '{parted.table}'::regclass ORDER BY a.attnum"
    )


@pytest.mark.parametrize(
    ("service", "before"),
    [
        (ROUTING, "0023_pre_operator_acts"),
        (WORKQUEUE, "0042_pre_operator_acts"),
        (LIQUIDATION, "0031_pre_operator_acts"),
        (NOTIFICATIONS, "0021_pre_broadcasts"),
    ],
    ids=lambda given: getattr(given, "name", ""),
)
async def test_seals_are_all_there_afterwards_in_pieces_by_subject(
    databases: TestDatabases, service: Service, before: str
) -> None:
    engine = await databases.before(service.name, before)
    seal = (
        "INSERT INTO seals SELECT 's' || n, 'acts', 1, n::text, '\\x01', '\\x02', n / 10"
        " FROM generate_series({}, {}) AS n"
    )
    rows = "SELECT * FROM seals ORDER BY subject"
    async with transaction(engine) as tx:
        await bulk.execute(tx, seal.format(1, 200))
    held = await read(engine, rows)
    await upgrade(engine, service.migrations)
    assert len(held) == 200
    assert await read(engine, rows) == held
    async with transaction(engine) as tx:
        await bulk.execute(tx, seal.format(201, 210))
        pieces = await bulk.fetch(tx, "SELECT tableoid::regclass::text AS piece, count(*) AS n FROM seals GROUP BY 1")
        plan = await bulk.fetch(tx, "EXPLAIN SELECT * FROM seals WHERE subject = 's7' AND source = 'acts'")
    assert {row["piece"] for row in pieces} == {f"partitions.seals_{number}" for number in range(8)}
    assert sum(row["n"] for row in pieces) == 210
    assert len({piece for row in plan for piece in re.findall(r"seals_\d", row[0])}) == 1
    with pytest.raises(Exception, match="duplicate key"):
        await read(engine, seal.format(7, 7))
    await engine.dispose()


async def test_release_before_goes_on_writing_what_was_put_into_partitions(databases: TestDatabases) -> None:
    """Its statements are these: both releases add up the same cells, and see what is not folded."""
    engine = await databases.before(ROUTING.name, "0023_pre_operator_acts")
    months = [date(2026, 3, 1), date(2031, 3, 1)]
    cells = {ActivityKey("07-345678900", month, "847130"): Figures(1, 2, 300) for month in months}

    async def add_and_fold() -> None:
        async with transaction(engine) as tx:
            await activity.add(tx, cells)
            assert await activity.fold(tx, 100) == 2

    await add_and_fold()
    await upgrade(engine, ROUTING.migrations)
    await add_and_fold()
    async with transaction(engine) as tx:
        await activity.add(tx, cells)
        known = await activity.load(tx.connection, ["07-345678900"], date(2026, 1, 1), date(2031, 12, 1))
        assert [cell.figures for cell in known["07-345678900"]] == [Figures(3, 6, 900)] * 2
        await activity.add(tx, {key: Figures(-3, -6, -900) for key in cells})
        await activity.fold(tx, 100)
        assert await tx.connection.scalar(text("SELECT count(*) FROM import_activity")) == 0
    await engine.dispose()
