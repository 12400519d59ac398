"""The bulletin is compared with the legal record: what the two services really did, and what a gap says."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.reconciliation import RecordInDatabase
from services.notifications.acts import reconciling
from services.notifications.acts.reconciling import compare_day, compare_days
from services.notifications.api.legal_record import RecordByCalls
from shared.customs.calendar import add_days, legal_date
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.errors import Transient
from shared.runtime.identity import Identity, RoleName
from shared.web.asking import Neighbour
from tests.support.produced.liquidation import FILED, LIQUIDATED
from tests.support.produced.routing import file, register
from tests.support.produced.world import World, open_world

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

OPERATOR = Identity("otto", "Otto", frozenset({RoleName.OPERATOR}))
GONE = (
    "ALTER TABLE bulletin_postings DISABLE TRIGGER bulletin_is_immutable",
    "CREATE TABLE kept AS SELECT * FROM bulletin_postings WHERE entry_number = '{first}'",
    "DELETE FROM bulletin_postings WHERE entry_number = '{first}'",
)


async def liquidate(world: World) -> tuple[str, str]:
    await register(world)
    numbers = await file(world, 7_006_001), await file(world, 7_006_002)
    await world.cycle(LIQUIDATED)
    return numbers


def by_calls(world: World) -> RecordByCalls:
    """The record of the world, an act in each page."""
    transport = httpx.ASGITransport(world.liquidation.app)
    return RecordByCalls(Neighbour("Liquidation", "http://liquidation", 5, transport), 1)


async def do(engine: AsyncEngine, *statements: str) -> None:
    async with transaction(engine) as tx:
        for statement in statements:
            await tx.connection.execute(text(statement))


async def test_a_posting_and_a_courtesy_notice_that_are_missing_are_named_by_their_entry(
    service_engine: MakeEngine,
) -> None:
    async with open_world(service_engine, FILED) as world:
        first, second = await liquidate(world)
        told = world.notifications.engine
        today = legal_date(datetime.now(UTC))  # the record says when it was written by the database's clock
        by_database = RecordInDatabase(world.liquidation.engine, 1)
        for record in (by_database, by_calls(world)):
            assert await compare_day(record, told, today) == (2, (), 0)
            assert (await compare_day(record, told, add_days(today, -1))).acts == 0
        gone = [each.format(first=first) for each in GONE]
        await do(told, *gone, f"DELETE FROM notices WHERE entry_number = '{second}' AND kind = 'N-09'")
        for record in (by_database, by_calls(world)):
            gaps = {(gap.entry_number, gap.missing) for gap in (await compare_day(record, told, today)).gaps}
            assert gaps == {(first, "N-13 is not on the bulletin"), (second, "no notice N-09")}


async def test_a_day_is_compared_until_nothing_is_missing_and_its_gaps_are_told_meanwhile(
    service_engine: MakeEngine,
) -> None:
    async with open_world(service_engine, FILED) as world:
        first, _ = await liquidate(world)
        told, record = world.notifications.engine, by_calls(world)
        await do(told, *(each.format(first=first) for each in GONE))
        tomorrow = FixedClock(datetime.now(UTC) + timedelta(days=1, hours=2))
        with structlog.testing.capture_logs() as log:
            assert await compare_days(record, told, tomorrow) == 1
        assert [line["entry_number"] for line in log if line["event"] == "bulletin_gap"] == [first]
        days = await world.notifications.call("GET", "/reconciliations?has_gaps=true", OPERATOR)
        assert [[gap["entry_number"] for gap in day["gaps"]] for day in days["items"]] == [[first]]
        await do(told, "INSERT INTO bulletin_postings SELECT * FROM kept")
        assert await compare_days(record, told, tomorrow) == 0
        assert (await world.notifications.call("GET", "/reconciliations?has_gaps=true", OPERATOR))["items"] == []
        await do(told, "DELETE FROM bulletin_postings")
        assert await compare_days(record, told, tomorrow) == 0, "a day of which nothing was missing is not asked again"


async def test_of_many_gaps_all_are_counted_and_the_first_are_named(
    service_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "MOST_NAMED", 3)
    async with open_world(service_engine, FILED) as world:
        first, second = await liquidate(world)
        told, record = world.notifications.engine, by_calls(world)
        await do(told, GONE[0], "DELETE FROM bulletin_postings", "DELETE FROM notices WHERE kind = 'N-09'")
        with structlog.testing.capture_logs() as log:
            tomorrow = FixedClock(datetime.now(UTC) + timedelta(days=1, hours=2))
            assert await compare_days(record, told, tomorrow) == 4
        assert len([line for line in log if line["event"] == "bulletin_gap"]) == 3
        (day,) = (await world.notifications.call("GET", "/reconciliations?has_gaps=true", OPERATOR))["items"]
        assert (day["missing"], len(day["gaps"])) == (4, 3)
        assert {gap["entry_number"] for gap in day["gaps"]} == {first, second}


async def test_a_record_that_does_not_answer_is_no_bulletin_without_gaps(service_engine: MakeEngine) -> None:
    def refuse(_: Any) -> httpx.Response:
        return httpx.Response(503, json={"detail": "The service stops."})

    silent = RecordByCalls(Neighbour("Liquidation", "http://liquidation", 5, httpx.MockTransport(refuse)))
    engine = await service_engine("notifications")
    with pytest.raises(Transient, match="The service stops"):
        await compare_days(silent, engine, FixedClock(datetime.now(UTC)))
