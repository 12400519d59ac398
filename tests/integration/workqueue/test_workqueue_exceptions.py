"""Exceptions that liquidation makes: an entry liquidated by law, and a decision that came after the liquidation."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from services.workqueue.handlers.item_ids import entry_item_id
from services.workqueue.store.tables import items
from shared.contracts.envelope import Event
from tests.integration.workqueue.desk import KIM, Desk
from tests.integration.workqueue.events import routed
from tests.support.events import entry_number
from tests.support.recorded import recorded

ENTRY = entry_number(1)
NO_CHANGE = {"outcome": "no-change", "reasons": [{"code": "as-entered", "text": "As entered."}]}


def said(name: str, sequence: int, hour: int) -> Event[Any]:
    at = datetime(2026, 3, 6, hour, tzinfo=UTC)
    return recorded(f"liquidation/{name}", entry_number=ENTRY, sequence=sequence, time=at)


DEEMED = said("deemed-liquidated", 10_000_100, 18)
RELIQUIDATED = said("reliquidated-without-change", 20_000_001, 20)


async def exceptions(desk: Desk) -> list[Any]:
    return [row for row in await desk.rows(items) if row.process == "liquidation-exception"]


async def refuse(desk: Desk, name: str) -> None:
    """A review of the entry is decided, and the legal record cannot apply it, twice told."""
    await desk.apply(routed(ENTRY, processes=["quota"]))
    item_id = entry_item_id(ENTRY, "quota")
    token = await desk.claim(item_id)
    decided = await desk.call("POST", f"/items/{item_id}/complete", json={"token": token} | NO_CHANGE)
    assert decided.status_code == 200, decided.text
    decision_id = (await desk.call("GET", f"/items/{item_id}")).json()["decision"]["decision_id"]
    event = recorded(f"liquidation/{name}", entry_number=ENTRY, decision_id=decision_id)
    await desk.apply(event)
    await desk.apply(event)


async def test_deemed_liquidation_opens_one_matter_with_90_days_to_reliquidate(desk: Desk) -> None:
    (opened,) = [each.data for each in await desk.apply(DEEMED)]
    assert (opened.change, opened.process, opened.entry_number) == ("opened", "liquidation-exception", ENTRY)
    assert await desk.apply(DEEMED) == []
    (row,) = await exceptions(desk)
    assert (row.kind, row.center, row.division) == ("matter", "CEE007", "validation-and-compliance")
    assert (row.state, row.stage, row.due_on.isoformat()) == ("open", "deemed", "2026-06-03")
    shown = (await desk.call("GET", f"/items/{row.item_id}")).json()
    assert shown["history"][0]["reasons"][0] == {
        "code": "deemed-liquidated",
        "text": "The entry was deemed liquidated on 2026-03-05.",
        "fact": "liquidation-date-deemed",
        "citation": "19 CFR 159.9(c)(2)(i), 19 USC 1504",
    }
    assert (shown["entry_numbers"], shown["matter"]["title"]) == ([ENTRY], None)
    assert (await desk.call("POST", "/items/next", KIM)).json()["item_id"] == str(row.item_id)
    assert not any((await desk.violations()).values())


@pytest.mark.parametrize("order", list(permutations((DEEMED, RELIQUIDATED))))
@pytest.mark.parametrize("at_once", [False, True])
async def test_reliquidation_ends_it_in_whatever_order_it_is_heard(
    desk: Desk, order: tuple[Event[Any], ...], at_once: bool
) -> None:
    for events in [order] if at_once else [(each,) for each in order]:
        await desk.apply(*events)
    (row,) = await exceptions(desk)
    assert (row.state, row.stage, row.due_on) == ("completed", "reliquidated", None)
    assert not any((await desk.violations()).values())


async def test_decision_that_came_after_the_liquidation_opens_one_for_those_who_liquidate(desk: Desk) -> None:
    await refuse(desk, "decision-refused")
    at = "2026-03-06T18:00:00Z"  # a cycle that leaves a decision out liquidates at the same time
    await desk.apply(recorded("liquidation/liquidated-as-entered", entry_number=ENTRY, time=at))
    (row,) = await exceptions(desk)
    assert (row.stage, row.importer_number, row.center) == ("found", "07-345678900", "CEE007")
    (line,) = (await desk.call("GET", f"/items/{row.item_id}")).json()["history"]
    (reason,) = line["reasons"]
    assert (reason["code"], reason["fact"]) == ("decision-refused", "reliq-1501")
    assert "reliquidation within 90 days" in reason["text"]
    assert not any((await desk.violations()).values())


async def test_decision_that_came_after_a_deemed_liquidation_opens_no_second_one(desk: Desk) -> None:
    await refuse(desk, "decision-refused-after-deemed")
    await desk.apply(DEEMED)
    assert len(await exceptions(desk)) == 1


async def test_matter_that_somebody_works_on_already_is_enough(desk: Desk) -> None:
    body = {
        "process": "liquidation-exception",
        "title": "No date of entry",
        "importer_number": "07-345678900",
        "center": "CEE007",
        "entry_numbers": [ENTRY],
    }
    opened = await desk.call("POST", "/items", KIM, json=body, headers={"Idempotency-Key": "one"})
    await desk.apply(DEEMED)
    (row,) = await exceptions(desk)
    assert (str(row.item_id), row.stage) == (opened.json()["item_id"], "deemed")
