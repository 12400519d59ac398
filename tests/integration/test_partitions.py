"""Partitions of the months to come are made ahead, and a row that has none is kept and moves in later."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.store.partitions import PARTED as OF_LIQUIDATION
from services.routing.store.partitions import PARTED as OF_ROUTING
from shared.customs.calendar import add_months
from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.partitions import Parted, Partition, days_left, first_month, list_partitions, make_next, months_to_come
from shared.db.transaction import exclusive_session, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.metrics import Metrics
from shared.runtime.partitioning import make_ahead
from shared.runtime.slices import JobSession
from shared.runtime.together import together
from tests.support.distribution import placed_tables

ACTIVITY = OF_ROUTING[0]
LATER = date(2041, 2, 17)
"""A day that no partition is made for when the database is."""

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


async def write(engine: AsyncEngine, month: date, importer: str = "07-345678900") -> None:
    async with transaction(engine) as tx:
        statement = "INSERT INTO import_activity VALUES ($1, $2, '847130', 1, 1, 100)"
        await bulk.execute(tx, statement, importer, month)


async def places(engine: AsyncEngine) -> dict[date, str]:
    statement = "SELECT month, tableoid::regclass::text AS place FROM import_activity"
    async with transaction(engine) as tx:
        return {row["month"]: row["place"] for row in await bulk.fetch(tx, statement)}


def test_tables_in_partitions_are_those_that_the_list_names() -> None:
    declared = {
        (service, each.table, f"range {each.column}")
        for service, tables in (("routing", OF_ROUTING), ("liquidation", OF_LIQUIDATION))
        for each in tables
    }
    listed = {(each.service, each.table, each.partitions) for each in placed_tables()}
    assert declared == {each for each in listed if each[2].startswith("range ")}


async def test_row_without_a_partition_is_kept_and_moves_into_its_own_when_there_is_one(
    service_engine: MakeEngine,
) -> None:
    engine = await service_engine("routing")
    await write(engine, date(2041, 3, 1))
    await write(engine, date(2041, 4, 1))
    assert set((await places(engine)).values()) == {"partitions.import_activity_other"}
    async with transaction(engine) as tx:
        assert await make_next(tx, ACTIVITY, date(2041, 1, 1)) == [
            "import_activity_2041_01",
            "import_activity_2041_04",
            "import_activity_2041_07",
        ]
    assert await places(engine) == {
        date(2041, 3, 1): "partitions.import_activity_2041_01",
        date(2041, 4, 1): "partitions.import_activity_2041_04",
    }
    await write(engine, date(2041, 9, 1))
    assert (await places(engine))[date(2041, 9, 1)] == "partitions.import_activity_2041_07"


async def test_what_is_there_is_not_made_again(service_engine: MakeEngine) -> None:
    engine = await service_engine("routing")
    async with transaction(engine) as tx:
        assert await make_next(tx, ACTIVITY, LATER) != []
    async with transaction(engine) as tx:
        assert await make_next(tx, ACTIVITY, LATER) == []
        assert await make_next(tx, ACTIVITY, date(2041, 6, 1)) == ["import_activity_2041_10"]


async def test_rows_written_while_a_partition_is_made_are_none_of_them_lost(service_engine: MakeEngine) -> None:
    one = await service_engine("routing")
    engine = create_engine(one.url.render_as_string(hide_password=False), application="tests", pool_size=8)
    writers = [write(engine, date(2041, 3, 1), f"{number:02d}-345678900") for number in range(20)]

    async def make() -> None:
        async with transaction(engine) as tx:
            await make_next(tx, ACTIVITY, LATER)

    await together(*writers[:10], make(), *writers[10:])
    async with transaction(engine) as tx:
        found = await bulk.fetch(
            tx, "SELECT tableoid::regclass::text AS place, count(*) AS n FROM import_activity GROUP BY 1"
        )
    await engine.dispose()
    assert [(row["place"], row["n"]) for row in found] == [("partitions.import_activity_2041_01", 20)]


async def test_run_of_the_job_makes_them_and_says_for_how_many_days_there_are(service_engine: MakeEngine) -> None:
    engine, metrics = await service_engine("liquidation"), Metrics.create()
    clock = FixedClock(datetime(2041, 2, 17, 12, tzinfo=UTC))
    async with exclusive_session(engine, "test") as held:
        assert held is not None
        await make_ahead(JobSession("make-partitions", held, clock), OF_LIQUIDATION, clock, metrics)
    async with transaction(engine) as tx:
        (row,) = await bulk.fetch(tx, "SELECT reltuples FROM pg_class WHERE oid = 'forecast_entries'::regclass")
    assert row["reltuples"] == 0, "-1 where the server has not looked at it yet"
    left = (date(2041, 10, 1) - date(2041, 2, 17)).days
    assert f'centerline_partition_days_left{{table="forecast_entries"}} {left}.0' in metrics.render().decode()


async def test_partition_that_was_taken_off_is_not_made_again(service_engine: MakeEngine) -> None:
    """As docs/operations.md says to take off what is kept elsewhere."""
    engine = await service_engine("routing")
    await write(engine, date(2019, 5, 1))
    async with transaction(engine) as tx:
        await make_next(tx, ACTIVITY, LATER)
        await bulk.execute(tx, "ALTER TABLE import_activity DETACH PARTITION partitions.import_activity_before")
        assert await make_next(tx, ACTIVITY, LATER) == []
        assert "import_activity_before" not in [each.name for each in await list_partitions(tx, ACTIVITY)]
        (kept,) = await bulk.fetch(tx, "SELECT month FROM partitions.import_activity_before")
    assert kept["month"] == date(2019, 5, 1)
    assert await places(engine) == {}


async def test_months_that_are_asked_for_are_read_in_their_partitions_only(service_engine: MakeEngine) -> None:
    engine = await service_engine("routing")
    asked = "importer_number = ANY($1::text[]) AND month BETWEEN '2041-01-01' AND '2041-05-01'"
    async with transaction(engine) as tx:
        await make_next(tx, ACTIVITY, LATER)
        rows = await bulk.fetch(tx, f"EXPLAIN SELECT * FROM counted_activity WHERE {asked}", ["07-345678900"])
    plan = "\n".join(row[0] for row in rows)
    assert "import_activity_2041_01" in plan
    assert "import_activity_2041_04" in plan
    assert "import_activity_before" not in plan
    assert "import_activity_2041_07" not in plan


QUARTERS = Parted("t", "day", months=3, ahead=6)


def test_partitions_are_quarters_of_the_year() -> None:
    assert first_month(QUARTERS, date(2026, 3, 31)) == date(2026, 1, 1)
    assert first_month(QUARTERS, date(2026, 4, 1)) == date(2026, 4, 1)
    assert months_to_come(QUARTERS, date(2026, 11, 30)) == [date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1)]


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.sampled_from([1, 2, 3, 4, 6, 12]),
    st.integers(min_value=0, max_value=24),
)
def test_months_to_come_leave_no_day_out_for_as_long_as_they_are_to_reach(today: date, months: int, ahead: int) -> None:
    parted = Parted("t", "day", months=months, ahead=ahead)
    firsts = months_to_come(parted, today)
    ends = [*firsts[1:], add_months(firsts[-1], months)]
    partitions = [Partition("p", first, end) for first, end in zip(firsts, ends, strict=True)]
    assert firsts[0] <= today < ends[0]
    assert ends[-1] > add_months(today, ahead)
    assert days_left(partitions, today) == (ends[-1] - today).days


@pytest.mark.parametrize(
    ("partitions", "left"),
    [
        ([], 0),
        ([Partition("other", None, None)], 0),
        ([Partition("before", None, date(2026, 4, 1)), Partition("other", None, None)], 31),
        ([Partition("before", None, date(2026, 4, 1)), Partition("q", date(2026, 4, 1), date(2026, 7, 1))], 122),
        ([Partition("before", None, date(2026, 4, 1)), Partition("q", date(2026, 7, 1), date(2026, 10, 1))], 31),
    ],
)
def test_days_are_counted_up_to_the_first_gap(partitions: list[Partition], left: int) -> None:
    assert days_left(partitions, date(2026, 3, 1)) == left
