"""Matters over HTTP: opened, claimed, taken through the table of their process, closed by a second person."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.workqueue.store.tables import item_acts, items, matters
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, KIM, Desk
from tests.integration.workqueue.events import routed
from tests.support.events import entry_number
from tests.support.recorded import recorded

CENTER = frozenset({"CEE007"})
FAY = Identity("fay", "Fay Ortiz", frozenset({RoleName.FPF_OFFICER}))
EVE = Identity("eve", "Eve Stone", frozenset({RoleName.ENTRY_SPECIALIST}), centers=CENTER, divisions=DIVISIONS)
DAN = Identity("dan", "Dan Moss", frozenset({RoleName.CENTER_DIRECTOR}), centers=CENTER)
AWAY = Identity("ann", "Ann Field", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE001"}))
MATTER = {
    "process": "prior-disclosure",
    "title": "Assists left out of the value",
    "importer_number": "07-345678900",
    "center": "CEE007",
    "entry_numbers": ["B76-0000003-1"],
}
RECEIVED = {"received_on": "2026-03-02", "is_oral": False}


async def opened(desk: Desk, who: Identity = KIM, key: str = "one", **changes: Any) -> httpx.Response:
    return await desk.call("POST", "/items", who, json=MATTER | changes, headers={"Idempotency-Key": key})


async def done(desk: Desk, item_id: str, act: str, who: Identity = KIM, key: str | None = None, **body: Any) -> Any:
    headers = {"Idempotency-Key": key or f"{act}-{who.subject}"}
    return await desk.call("POST", f"/items/{item_id}/acts", who, json={"act": act, **body}, headers=headers)


async def test_matter_lives_from_opening_to_closing_by_a_second_person(desk: Desk) -> None:
    answer = await opened(desk)
    assert (answer.status_code, answer.json()["stage"]) == (201, "received"), answer.text
    item_id = answer.json()["item_id"]
    assert answer.headers["Location"] == f"/items/{item_id}"
    token = await desk.claim(item_id)
    first = await done(desk, item_id, "acknowledge", token=token, fields=RECEIVED)
    assert (first.status_code, first.json()["stage"]) == (201, "acknowledged"), first.text
    asked = await done(
        desk, item_id, "ask-for-data", token=token, fields={"missing": "Entries.", "disclosed_on": "2026-03-02"}
    )
    assert (asked.json()["waits_for"], asked.json()["due_on"]) == ("importer", "2026-04-01")
    complete = {"completed_on": "2026-03-20"}
    assert (await done(desk, item_id, "record-completion", token=token, fields=complete)).is_success
    loss = {"loss_usd": "1200.00", "loss_computed_on": "2026-03-20"}
    assert (await done(desk, item_id, "compute-loss", token=token, fields=loss)).is_success
    tendered = {"tendered_usd": "1200.00", "tendered_on": "2026-03-21"}
    assert (await done(desk, item_id, "record-tender", EVE, fields=tendered)).is_success
    valid = {"culpability": "negligence", "validation_reasons": "Before any investigation."}
    assert (await done(desk, item_id, "validate", FAY, fields=valid)).is_success
    shown = (await desk.call("GET", f"/items/{item_id}", DAN)).json()["matter"]
    may = {each["act"]: (each["may"], each["code"]) for each in shown["next"]}
    assert may == {
        "close-interest-only": (True, None),
        "close-reduced-penalty": (False, "fact-missing"),
    }
    closed = await done(desk, item_id, "close-interest-only", DAN)
    assert (closed.json()["state"], closed.json()["outcome"]) == ("completed", "interest-only"), closed.text
    detail = (await desk.call("GET", f"/items/{item_id}")).json()
    assert (detail["state"], detail["stage"], detail["kind"]) == ("completed", "closed", "matter")
    assert detail["due_on"] is None
    assert [each["act"] for each in detail["matter"]["acts"]] == [
        "acknowledge",
        "ask-for-data",
        "record-completion",
        "compute-loss",
        "record-tender",
        "validate",
        "close-interest-only",
    ]
    assert [each["change"] for each in detail["history"]][:3] == ["opened", "claimed", "acted"]
    late = await done(desk, item_id, "close-interest-only", DAN, key="late")
    assert (late.status_code, late.json()["code"]) == (409, "item-ended")
    assert not any((await desk.violations()).values())


async def test_act_is_told_with_its_stage_its_day_and_what_the_notice_needs(desk: Desk) -> None:
    item_id = (await opened(desk)).json()["item_id"]
    token = await desk.claim(item_id)
    await done(desk, item_id, "acknowledge", token=token, fields=RECEIVED)
    await done(desk, item_id, "ask-for-data", token=token, fields={"missing": "Costs.", "disclosed_on": "2026-03-02"})
    told = [each["data"] for each in await desk.published() if each["type"] == "gov.cbp.work.item-changed.v1"]
    assert [each["change"] for each in told] == ["opened", "claimed", "acted", "acted"]
    last = told[-1]
    assert (last["act"], last["stage"], last["waits_for"], last["due_on"], last["notices"]) == (
        "ask-for-data",
        "perfecting",
        "importer",
        "2026-04-01",
        ["N-24"],
    )
    assert {each["name"]: each["value"] for each in last["recorded"]} == {
        "missing": "Costs.",
        "disclosed_on": "2026-03-02",
        "received_on": "2026-03-02",  # of the act before: the notice tells it
    }


async def test_what_is_sent_again_is_done_once(desk: Desk) -> None:
    first, again = await opened(desk), await opened(desk)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    item_id = first.json()["item_id"]
    token = await desk.claim(item_id)
    answers = [await done(desk, item_id, "acknowledge", token=token, fields=RECEIVED) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (len(await desk.rows(items)), len(await desk.rows(matters)), len(await desk.rows(item_acts))) == (1, 1, 1)


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        (KIM, {"act": "acknowledge", "fields": RECEIVED}, 409, "stale-token"),
        (KIM, {"act": "acknowledge", "token": 1, "fields": {"received_on": "yesterday"}}, 422, "fields-refused"),
        (KIM, {"act": "compute-loss", "token": 1, "fields": {}}, 409, "other-stage"),
        (KIM, {"act": "dance", "token": 1}, 422, "no-such-act"),
        (DAN, {"act": "acknowledge", "token": 1, "fields": RECEIVED}, 403, "process-role"),
        (AWAY, {"act": "acknowledge", "token": 1, "fields": RECEIVED}, 404, "not-found"),
    ],
)
async def test_act_that_cannot_be_done_says_why_and_writes_nothing(
    desk: Desk, who: Identity, body: dict[str, Any], status: int, code: str
) -> None:
    item_id = (await opened(desk)).json()["item_id"]
    await desk.claim(item_id)
    answer = await desk.call("POST", f"/items/{item_id}/acts", who, json=body, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await desk.rows(item_acts) == []
    if code == "fields-refused":
        assert {each["field"] for each in answer.json()["errors"]} == {"fields.received_on", "fields.is_oral"}


@pytest.mark.parametrize(
    ("who", "changes", "status", "code"),
    [
        (KIM, {"process": "dancing"}, 404, "not-found"),
        (KIM, {"center": "CEE001"}, 403, "out-of-reach"),
        (KIM, {"importer_number": None}, 422, "importer-needed"),
        (DAN, {}, 403, "process-role"),
        (KIM, {"linked_item": "0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"}, 404, "not-found"),
        (KIM, {"entry_numbers": ["B7600000032"]}, 422, "invalid-request"),
    ],
)
async def test_matter_that_cannot_be_opened_says_why(
    desk: Desk, who: Identity, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await opened(desk, who, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await desk.rows(items) == []


async def test_port_opens_and_reads_what_concerns_it_and_nothing_of_another_port(desk: Desk) -> None:
    pat = Identity("pat", "Pat", frozenset({RoleName.PORT_STAFF}), ports=frozenset({"2704"}))
    poe = Identity("poe", "Poe", frozenset({RoleName.PORT_DIRECTOR}), ports=frozenset({"1303"}))
    advice = {"process": "admissibility-advice", "title": "Detained cotton"}
    for port in ({}, {"port": "1303"}):
        refused = await opened(desk, pat, key=f"no {port}", **advice, **port)
        assert (refused.status_code, refused.json()["code"]) == (403, "out-of-reach"), refused.text
    item_id = (await opened(desk, pat, **advice, port="2704")).json()["item_id"]
    elsewhere = (await opened(desk, key="two")).json()["item_id"]
    assert [each["item_id"] for each in (await desk.call("GET", "/items", pat)).json()["items"]] == [item_id]
    assert (await desk.call("GET", f"/items/{elsewhere}", pat)).status_code == 404
    assert (await desk.call("GET", "/items", poe)).json()["items"] == []
    given = {"withdrawal_reason": "Released."}
    assert (await done(desk, item_id, "withdraw", poe, fields=given)).status_code == 404
    ended = await done(desk, item_id, "withdraw", pat, fields=given)
    assert (ended.status_code, ended.json()["outcome"]) == (201, "withdrawn"), ended.text


async def test_what_is_offered_to_a_port_concerns_that_port_from_then_on(desk: Desk) -> None:
    pat = Identity("pat", "Pat", frozenset({RoleName.PORT_STAFF}), ports=frozenset({"2704"}))
    item_id = (await opened(desk, process="port-hand-over", title="Bond papers")).json()["item_id"]
    token, days = await desk.claim(item_id), dict.fromkeys(("received_first_on", "offered_on"), "2026-03-02")
    assert (await desk.call("GET", f"/items/{item_id}", pat)).status_code == 404
    for port, status in (("Los Angeles", 422), ("2704", 201)):
        fields = days | {"work": "Bond papers.", "port": port}
        offered = await done(desk, item_id, "offer-to-port", key=port, token=token, fields=fields)
        assert offered.status_code == status, offered.text
    assert (await desk.call("GET", f"/items/{item_id}", pat)).json()["matter"]["port"] == "2704"
    assert not any((await desk.violations()).values())


async def test_inquiry_of_somebody_without_an_importer_number_is_worked_and_says_so(desk: Desk) -> None:
    interest = {"name": "Kim Reyes", "center": "CEE007", "interests": ["12-345678900"]}
    known = await desk.call("PUT", "/staff/kim", DAN, json=interest)
    assert known.is_success, known.text
    asked = {"process": "inquiry", "title": "Mail of a carrier", "importer_number": None, "entry_numbers": []}
    item_id = (await opened(desk, **asked)).json()["item_id"]
    taken = await desk.call("POST", "/items/next", json={})
    assert taken.json()["item_id"] == item_id, taken.text
    token = taken.json()["token"]
    for path in ("/drafts", "/requests"):
        body = {"token": token, "questions": ["Which entry?"], "entry_numbers": ["B7600000031"]}
        letter = await desk.call("POST", f"/items/{item_id}{path}", json=body, headers={"Idempotency-Key": path})
        assert (letter.status_code, letter.json()["code"]) == (422, "importer-needed"), letter.text
    (listed,) = (await desk.call("GET", "/items", DAN)).json()["items"]
    assert (listed["importer_number"], listed["importer_name"]) == (None, None)
    assert (await desk.call("GET", f"/items/{item_id}/related", DAN)).json() == [
        {"relation": relation, "items": []} for relation in ("account", "goods", "issue")
    ]
    for each in (each["data"] for each in await desk.published()):
        assert each.get("importer_number") is None, each
    assert not any((await desk.violations()).values())


async def test_processes_are_shown_to_anybody_with_all_that_a_form_needs(desk: Desk) -> None:
    listed = (await desk.client.get("/processes")).json()["items"]
    assert "prior-disclosure" in {each["code"] for each in listed}
    shown = (await desk.client.get("/processes/prior-disclosure")).json()
    (validate,) = [act for act in shown["acts"] if act["code"] == "validate"]
    assert (validate["by_holder"], validate["not_by"], validate["roles"]) == (False, ["compute-loss"], ["fpf-officer"])
    assert validate["fields"][0]["codes"]["fraud"] == "Fraud"
    assert (await desk.client.get("/processes/dancing")).status_code == 404


async def test_filing_that_came_by_event_goes_through_the_acts_of_its_process_to_the_end(desk: Desk) -> None:
    await desk.apply(recorded("routing/filing-prior-disclosure"))
    (item,) = (await desk.call("GET", "/items", params={"kind": "filing"})).json()["items"]
    item_id = item["item_id"]
    token = await desk.claim(item_id)
    shown = (await desk.call("GET", f"/items/{item_id}")).json()["matter"]
    assert (shown["stage"], {each["act"] for each in shown["next"]}) == ("received", {"acknowledge", "withdraw"})
    withdrawn = await done(desk, item_id, "withdraw", token=token, fields={"withdrawn_on": "2026-03-02"})
    assert (withdrawn.json()["state"], withdrawn.json()["outcome"]) == ("completed", "withdrawn"), withdrawn.text
    assert not any((await desk.violations()).values())


async def test_review_is_selected_by_its_event_assigned_by_its_claim_and_ends_by_its_decision(desk: Desk) -> None:
    await desk.apply(routed(entry_number(), processes=["entry-summary-review"]))
    (item,) = (await desk.call("GET", "/items", params={"process": "entry-summary-review"})).json()["items"]
    item_id = item["item_id"]
    before = (await desk.call("GET", f"/items/{item_id}")).json()["matter"]
    token = await desk.claim(item_id)
    after = (await desk.call("GET", f"/items/{item_id}")).json()["matter"]
    assert (before["stage"], after["stage"]) == ("selected", "assigned")
    ending = {each["act"] for each in after["next"] if each["code"] == "ends-by-decision"}
    possible = {each["act"] for each in after["next"] if each["may"]}
    assert possible
    for act in ending:
        refused = await done(desk, item_id, act, token=token)
        assert (refused.status_code, refused.json()["code"]) == (409, "ends-by-decision")


async def test_who_works_nationwide_holds_what_the_process_gives_them(desk: Desk) -> None:
    """Where a process gives acts of the holder to a role, that role can take its matters, and no others."""
    nat = Identity("nat", "Nat Boyd", frozenset({RoleName.NATIONAL_ACCOUNT_MANAGER}))
    await desk.apply(routed(entry_number(1)))
    (review,) = [row.item_id for row in await desk.rows(items)]
    inquiry = {"process": "inquiry", "title": "Where is the refund?", "entry_numbers": []}
    first = (await opened(desk, nat, **inquiry)).json()["item_id"]
    await opened(desk, nat, key="two", **inquiry)
    taken = await desk.call("POST", f"/items/{first}/claim", nat)
    assert taken.status_code == 200, taken.text
    refused = await desk.call("POST", f"/items/{review}/claim", nat)
    assert (refused.status_code, refused.json()["code"]) == (403, "process-role"), refused.text
    unnamed = await desk.call("POST", "/items/next", nat, json={})
    assert (unnamed.status_code, unnamed.json()["code"]) == (422, "queue-not-named"), unnamed.text
    queue = {"center": "CEE007", "process": "inquiry"}
    following = await desk.call("POST", "/items/next", nat, json=queue)
    assert (following.status_code, following.json()["process"]) == (200, "inquiry"), following.text
    other = await desk.call("POST", "/items/next", nat, json=queue | {"process": "preference"})
    assert (other.status_code, other.json()["code"]) == (403, "process-role"), other.text


async def test_a_director_takes_from_every_division_of_the_center(desk: Desk) -> None:
    waiting = await opened(desk, process="engagement", title="Training", entry_numbers=[])
    assert waiting.json()["stage"] == "planned", waiting.text
    offered = await opened(desk, key="two", process="inquiry", title="Status", entry_numbers=[])
    assert offered.status_code == 201, offered.text
    taken = await desk.call("POST", "/items/next", DAN, json={})
    assert (taken.status_code, taken.json()["process"]) == (200, "inquiry"), taken.text
    none = await desk.call("POST", "/items/next", AWAY, json={})
    assert (none.status_code, none.content) == (204, b""), none.text


async def test_opening_of_an_investigation_is_an_act_of_its_own_whose_second_is_the_fact(desk: Desk) -> None:
    about = {"process": "liquidated-damages-penalty", "title": "Marks of origin removed"}
    item_id = (await opened(desk, **about)).json()["item_id"]
    desk.clock.advance(timedelta(minutes=7, seconds=9))
    body = {"suspected_violation": "SYNTHETIC: 19 USC 1304(l).", "investigated_entries": ["B76-0000003-1"]}
    assert (await done(desk, item_id, "open-investigation", fields=body)).json()["code"] == "process-role"
    forged = body | {"opened_at": "2026-01-01T00:00:00Z"}  # nobody writes another time than that of the act
    assert (await done(desk, item_id, "open-investigation", FAY, key="forged", fields=forged)).status_code == 422
    assert (await done(desk, item_id, "open-investigation", FAY, fields=body)).is_success
    again = await done(desk, item_id, "open-investigation", FAY, key="again", fields=body)
    assert again.status_code == 409, again.text  # the first record of it stands
    shown = (await desk.call("GET", f"/items/{item_id}", FAY)).json()["matter"]["acts"]
    assert [(each["act"], each["at"]) for each in shown] == [
        ("open-investigation", desk.clock.now().isoformat(timespec="seconds").replace("+00:00", "Z"))
    ]
    told = [each["data"] for each in await desk.published() if each["data"].get("act") == "open-investigation"]
    assert [(each["notices"], each["recorded"]) for each in told] == [([], [])]  # no party learns of it
