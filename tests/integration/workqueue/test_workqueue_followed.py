"""Stages follow what the legal record says: the recorded events of liquidation, in every order and repeated."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from services.workqueue.store.tables import items
from shared.contracts.envelope import Event
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, KIM, Desk
from tests.integration.workqueue.events import filing_routed, protest_act, routed
from tests.support.events import entry_number
from tests.support.recorded import recorded

ENTRY = entry_number(1)
ADE = Identity("ade", "Ade Cole", frozenset({RoleName.ADCVD_TEAM}), centers=frozenset({"CEE007"}), divisions=DIVISIONS)


def at(hour: int) -> datetime:
    return datetime(2026, 6, 1, hour, tzinfo=UTC)


def said(name: str, sequence: int, hour: int, **changes: Any) -> Event[Any]:
    return recorded(f"liquidation/{name}", entry_number=ENTRY, sequence=sequence, time=at(hour), **changes)


def protest_said(name: str, sequence: int, hour: int) -> Event[Any]:
    return recorded(f"liquidation/{name}", protest_number="P1", sequence=sequence, entries=[ENTRY], time=at(hour))


async def stage_of(desk: Desk) -> tuple[str | None, str | None]:
    (row,) = await desk.rows(items)
    return row.stage, row.waits_for


SUSPENDED = said("suspended-by-injunction", 2, 1)
LIFTED = said("suspension-lifted", 3, 2, occurred_on="2026-06-01")


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_antidumping_review_follows_suspension_and_lift_in_any_order(desk: Desk, order: tuple[int, ...]) -> None:
    events = [routed(ENTRY, processes=["ad-cvd"]), SUSPENDED, LIFTED]
    for number in order:
        await desk.apply(events[number])
    await desk.apply(LIFTED, SUSPENDED)
    assert await stage_of(desk) == ("lifted", None)
    (row,) = await desk.rows(items)
    matter = (await desk.call("GET", f"/items/{row.item_id}")).json()["matter"]
    assert [(each["event"], each["stage"]) for each in matter["events"]] == [
        ("entry-changed:suspended", "suspended"),
        ("entry-changed:suspension-lifted", "lifted"),
    ]
    assert matter["clocks"][-1] | {"effect": "", "citation": "", "label": ""} == {
        "clock": "lifted-period",
        "label": "",
        "kind": "statutory",
        "began_on": "2026-06-01",
        "due_on": "2026-12-01",
        "stands_since": None,
        "ended_on": None,
        "effect": "",
        "citation": "",
    }
    assert not any((await desk.violations()).values())


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
async def test_protest_stands_where_its_last_act_left_it(desk: Desk, order: tuple[int, ...]) -> None:
    events = [
        protest_act("P1", ENTRY),
        protest_said("protest-begin-review", 2, 1),
        protest_said("protest-ask-party", 3, 2),
        protest_said("protest-party-answered", 4, 3),
    ]
    for number in order:
        await desk.apply(events[number])
    assert await stage_of(desk) == ("in-review", None)
    assert not any((await desk.violations()).values())


async def test_a_party_that_is_asked_is_waited_for(desk: Desk) -> None:
    await desk.apply(
        protest_act("P1", ENTRY), protest_said("protest-begin-review", 2, 1), protest_said("protest-ask-party", 3, 2)
    )
    assert await stage_of(desk) == ("waiting-party", "protestant")


async def test_request_for_extension_is_extended_by_what_is_posted_after_it(desk: Desk) -> None:
    """The extension of last year is no answer; that of a filing that names two entries follows neither."""
    early = said("extended", 2, 1, posted_on="2026-06-01")
    await desk.apply(early)
    asked = {"kind": "extension-request", "received_at": at(5)}
    await desk.apply(filing_routed("EX-1", entry_numbers=[ENTRY], **asked))
    assert (await stage_of(desk))[0] in (None, "received")
    await desk.apply(filing_routed("EX-2", entry_numbers=[ENTRY, entry_number(2)], **asked))
    await desk.apply(said("extended", 3, 9, posted_on="2026-06-01"))
    rows = {row.filing_number: row.stage for row in await desk.rows(items)}
    assert rows == {"EX-1": "extended", "EX-2": None}


async def test_matter_that_an_event_ends_is_completed_with_the_line_that_says_so(desk: Desk) -> None:
    body = {
        "process": "post-summary-correction",
        "title": "Correction of the quantity",
        "importer_number": "07-345678900",
        "center": "CEE007",
        "entry_numbers": [ENTRY],
    }
    opened = await desk.call("POST", "/items", KIM, json=body, headers={"Idempotency-Key": "one"})
    item_id = opened.json()["item_id"]
    (row,) = await desk.rows(items)
    later = row.opened_at.replace(year=row.opened_at.year + 1)
    await desk.apply(recorded("liquidation/liquidated-as-entered", entry_number=ENTRY, sequence=2, time=later))
    shown = (await desk.call("GET", f"/items/{item_id}")).json()
    assert (shown["state"], shown["stage"], shown["matter"]["outcome"]) == ("completed", "overtaken", "overtaken")
    assert [each["change"] for each in shown["history"]] == ["opened", "closed"]
    assert not any((await desk.violations()).values())


async def test_act_that_an_earlier_event_overtakes_stays_in_the_history(desk: Desk) -> None:
    """The liquidation is heard after the act, and came before the lift that the act rests on."""
    await desk.apply(routed(ENTRY, processes=["ad-cvd"]), SUSPENDED, LIFTED)
    (row,) = await desk.rows(items)
    token = await desk.claim(row.item_id, ADE)
    fields = {"rate_percent": "12.5", "instruction": "MSG-1", "producer": "SYNTHETIC MAKER"}
    shown = (await desk.call("GET", f"/items/{row.item_id}", ADE)).json()["matter"]
    act = next(each for each in shown["next"] if each["may"])
    given = {field["name"]: fields.get(field["name"], _some(field)) for field in act["fields"] if field["is_required"]}
    done = await desk.call(
        "POST",
        f"/items/{row.item_id}/acts",
        ADE,
        json={"act": act["act"], "token": token, "fields": given},
        headers={"Idempotency-Key": "set"},
    )
    assert done.status_code == 201, done.text
    await desk.apply(said("liquidated-as-entered", 4, 1))
    shown = (await desk.call("GET", f"/items/{row.item_id}", ADE)).json()["matter"]
    assert shown["stage"] == "liquidated"
    assert [each["is_overtaken"] for each in shown["acts"]] == [True]
    assert not any((await desk.violations()).values())


def _some(field: dict[str, Any]) -> Any:
    match field["kind"]:
        case "date":
            return "2026-06-02"
        case "money":
            return "10.00"
        case "code":
            return next(iter(field["codes"]))
        case "references":
            return ["MSG-1"]
        case "flag":
            return True
        case "integer":
            return 1
        case "entry-numbers":
            return [ENTRY]
        case "line-numbers":
            return [1]
        case "port":
            return "2704"
        case _:
            return "MSG-1"
