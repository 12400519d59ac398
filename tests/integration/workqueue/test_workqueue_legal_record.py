"""What the legal record says of a decision: asked before it is made, and told when it cannot be applied."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.runtime.identity import Identity, RoleName
from shared.web.asking import Neighbour
from tests.support.events import line
from tests.support.produced.routing import file, register
from tests.support.produced.workqueue import BASIS, FOUND, find_item
from tests.support.produced.world import SPECIALIST, World, open_world

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
FILED, FRIDAY = date(2025, 4, 25), date(2026, 3, 6)  # 314 days later is Thursday 5 March
EFFECT = {"duty_usd": "1000.00", "by_class": [{"class_code": "duty", "change_usd": "1000.00"}]}
INCREASE: dict[str, Any] = {"outcome": "increase", "effect": EFFECT, "legal_basis": BASIS}
IMPORTER = Identity("imp", "Importer", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({"07-345678900"}))


class Silent(httpx.AsyncBaseTransport):
    """A service that takes a question and never answers."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError(request)


def connect(world: World) -> None:
    """Let the work queue ask the liquidation of this world."""
    transport = httpx.ASGITransport(world.liquidation.app)
    world.workqueue.app.state.liquidation = Neighbour("Liquidation", "http://liquidation", 30, transport)


async def filed(world: World) -> tuple[str, str]:
    """An entry under review; gives its number and that of its item."""
    await register(world)
    number = await file(world, 7_001_301, lines=[line(value_usd=1_000_000)])
    return number, await find_item(world, entry=number)


async def check(world: World, item: str, body: dict[str, Any]) -> Any:
    return await world.workqueue.call("POST", f"/items/{item}/decision-check", SPECIALIST, body)


async def complete(world: World, item: str) -> None:
    token = (await world.workqueue.call("POST", f"/items/{item}/claim", SPECIALIST))["token"]
    await world.workqueue.call(
        "POST", f"/items/{item}/complete", SPECIALIST, {"token": token, "reasons": FOUND, **INCREASE}
    )


async def test_what_a_decision_would_come_to_is_what_it_comes_to(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, FILED) as world:
        connect(world)
        number, item = await filed(world)
        checked = await check(world, item, INCREASE)
        assert (checked["flaws"], checked["legal_record"], checked["why"]) == ([], "answered", None)
        follows = checked["follows"]
        assert (follows["liquidated_on"], follows["basis"]) == (FRIDAY.isoformat(), "scheduled")
        before = await world.liquidation.call("GET", f"/entries/{number}/amounts", SPECIALIST)
        assert (before["assessments"], before["bills"]) == ([], [])  # nothing was kept
        await complete(world, item)
        await world.listen()
        await world.cycle(FRIDAY)
        (assessed,) = (await world.liquidation.call("GET", f"/entries/{number}/amounts", SPECIALIST))["assessments"]
        for fact in ("outcome", "changes", "change_usd", "interest_usd", "total_usd", "is_disregarded", "missing"):
            assert follows[fact] == assessed[fact], fact
        assert (follows["outcome"], follows["change_usd"]) == ("increase", "1000.00")
        assert follows["bill_usd"] == follows["total_usd"]
        assert float(follows["interest_usd"]) > 0


async def test_decision_under_twenty_dollars_is_disregarded(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, FILED) as world:
        connect(world)
        _, item = await filed(world)
        small = {**INCREASE, "effect": {"duty_usd": "5.00"}}
        follows = (await check(world, item, small))["follows"]
        assert (follows["is_disregarded"], follows["outcome"], follows["bill_usd"]) == (True, "no-change", None)


async def test_flaws_are_told_whatever_the_legal_record_says(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, FILED) as world:
        _, item = await filed(world)
        world.workqueue.app.state.liquidation = Neighbour("Liquidation", "http://127.0.0.1:9", 5)
        down = await check(world, item, {"outcome": "refund", "effect": EFFECT, "legal_basis": BASIS})
        assert [each["code"] for each in down["flaws"]] == ["inconsistent-decision"]
        assert (down["legal_record"], down["follows"]) == ("not-answered", None)
        assert down["why"] == "Liquidation cannot be reached."
        world.workqueue.app.state.liquidation = Neighbour("Liquidation", "http://liquidation", 0.05, Silent())
        slow = await check(world, item, INCREASE)
        assert (slow["flaws"], slow["legal_record"]) == ([], "not-answered")
        assert slow["why"] == "Liquidation did not answer within 0.05 seconds."


async def test_decision_on_a_liquidated_entry_is_foretold_refused_and_opens_the_item_again(
    service_engine: MakeEngine,
) -> None:
    async with open_world(service_engine, FILED) as world:
        connect(world)
        _, item = await filed(world)
        await world.cycle(FRIDAY, heard=False)
        foretold = (await check(world, item, INCREASE))["follows"]
        assert foretold["would_apply"] is False
        assert (
            foretold["remedy"] == "The entry was liquidated on 2026-03-06: reliquidation within 90 days, by 2026-06-04."
        )
        await complete(world, item)
        await world.listen()
        shown = await world.workqueue.call("GET", f"/items/{item}", SPECIALIST)
        assert (shown["state"], shown["holder"], shown["decision"]) == ("open", None, None)
        assert shown["history"][-1]["reasons"][0]["text"] == foretold["remedy"]


async def test_importers_ask_the_legal_record_of_their_own_entries_only(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, FILED) as world:
        number, _ = await filed(world)
        path = f"/entries/{number}/what-if-decision"
        mine = await world.liquidation.call("POST", path, IMPORTER, {"duty_usd": "1000.00"})
        assert mine["change_usd"] == "1000.00"
        other = Identity("x", "X", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({"08-345678900"}))
        with pytest.raises(AssertionError, match="404"):
            await world.liquidation.call("POST", path, other, {"duty_usd": "1000.00"})
