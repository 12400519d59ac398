"""A letter ends where the facts lead, whatever comes first: the entry, the letter, or the filings that answer it."""

from itertools import permutations
from typing import Any, Final

import pytest

from services.workqueue.handlers.item_ids import entry_item_id
from shared.contracts.envelope import Event
from shared.runtime.ids import event_id
from tests.integration.workqueue.conftest import desk, unchecked_desk
from tests.integration.workqueue.desk import KIM, Desk
from tests.integration.workqueue.events import IMPORTER, filing_routed, routed
from tests.support.databases import emptied
from tests.support.events import entry_number

__all__ = ("desk", "unchecked_desk")

NUMBER: Final = entry_number(9_300_001)
ITEM: Final = entry_item_id(NUMBER, "ad-cvd")
REQUEST: Final = event_id("request", str(ITEM), KIM.subject, "q")
OTHER: Final = "12-345678900"


def answer(number: str, importer: str, received_at: str, **changes: Any) -> Event[Any]:
    given = {"kind": "response", "answers_request": REQUEST, "importer_number": importer, "received_at": received_at}
    return filing_routed(number, **given | changes)


FIRST: Final = answer("R-1", IMPORTER, "2026-03-05T12:00:00Z")
LATER: Final = answer("R-2", IMPORTER, "2026-03-09T12:00:00Z")
EARLY: Final = answer("R-3", IMPORTER, "2026-02-20T12:00:00Z")
FOREIGN: Final = answer("R-4", OTHER, "2026-03-04T12:00:00Z")

# What is learned beside the issue, with where the letter must stand and the filings that answer it, the first first.
STORIES: Final[dict[str, tuple[str, tuple[Event[Any], ...], str, list[str]]]] = {
    "one answer": ("CBP-28", (FIRST,), "responded", ["R-1"]),
    "two answers and a foreign one": ("CBP-28", (FIRST, LATER, FOREIGN), "responded", ["R-1", "R-2"]),
    "an answer received before the letter": ("CBP-28", (EARLY,), "responded", ["R-3"]),
    "a foreign answer alone": ("CBP-28", (FOREIGN,), "issued", []),
    "reasons against a notice": ("CBP-29", (FIRST, FOREIGN), "responded", ["R-1"]),
    "nothing to a notice": ("CBP-29", (FOREIGN,), "proposed", []),
}


@pytest.mark.parametrize("story", STORIES)
async def test_letter_ends_the_same_in_every_order(desk: Desk, story: str) -> None:
    form, events, state, filed = STORIES[story]
    for order in permutations(("issue", *events)):
        await emptied(desk.engine)
        await desk.apply(routed(NUMBER))
        for step in order:
            if isinstance(step, str):
                body = {"token": await desk.claim(ITEM), "form": form, "questions": ["What is it?"]}
                headers = {"Idempotency-Key": "q"}
                issued = await desk.call("POST", f"/items/{ITEM}/requests", json=body, headers=headers)
                assert issued.status_code == 201, issued.text
                assert issued.json()["request_id"] == REQUEST
            else:
                await desk.apply(step, step)
        shown = (await desk.call("GET", f"/requests/{REQUEST}")).json()
        assert (shown["state"], [each["filing_number"] for each in shown["answers"]]) == (state, filed), order
        told = [
            (each["data"]["change"], each["data"]["sequence"])
            for each in await desk.published()
            if each["type"] == "gov.cbp.work.request-changed.v1"
        ]
        went_out = "issued" if form == "CBP-28" else "proposed"
        assert told == [(went_out, 1), ("answered", 2)][: 2 if filed else 1], order
