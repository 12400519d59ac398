"""Matters that an act opens beside its own: in the same transaction, once, and each shows the other."""

from services.workqueue.handlers.item_ids import entry_item_id
from services.workqueue.store.tables import items
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import Desk
from tests.integration.workqueue.events import routed
from tests.integration.workqueue.test_workqueue_matters import done
from tests.support.events import entry_number

QUESTION = {
    "question": "Is it a set?",
    "product_key": "6109100012: shirt and belt",
    "maker": "Maker",
    "origin": "VN",
    "entry_numbers": ["B7600000031"],
}
ASKED = {"advice_question": "Is it a set?"}
ABROAD = Identity("rae", "Rae Hunt", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE001"}))


async def test_act_opens_the_linked_matter_once_and_each_shows_the_other(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=["classification"]))
    item_id = str(entry_item_id(entry, "classification"))
    token = await desk.claim(item_id)
    begun = await done(desk, item_id, "state-question", token=token, fields=QUESTION)
    assert (begun.status_code, begun.json()["opened"]) == (201, None), begun.text
    asked = await done(desk, item_id, "ask-headquarters", token=token, fields=ASKED)
    assert (asked.status_code, asked.json()["stage"]) == (201, "headquarters"), asked.text
    linked = asked.json()["opened"]
    again = await done(desk, item_id, "ask-headquarters", token=token, fields=ASKED)
    assert again.json()["opened"] == linked
    assert [str(row.item_id) for row in await desk.rows(items) if row.kind == "matter"] == [linked]
    review = (await desk.call("GET", f"/items/{item_id}")).json()
    assert [(each["item_id"], each["relation"], each["process"], each["stage"]) for each in review["linked"]] == [
        (linked, "opened", "internal-advice", "requested")
    ]
    request = (await desk.call("GET", f"/items/{linked}")).json()
    assert [(each["item_id"], each["relation"]) for each in request["linked"]] == [(item_id, "opened-from")]
    assert (request["entry_number"], request["importer_number"], request["center"], request["authority"]) == (
        entry,
        review["importer_number"],
        "CEE007",
        "item.act/center",
    )
    assert [each["change"] for each in request["history"]] == ["opened"]
    told = [each["data"] for each in await desk.published() if each["data"].get("item_id") == linked]
    assert [(each["change"], each["process"]) for each in told] == [("opened", "internal-advice")]
    assert (await desk.call("GET", f"/items/{linked}", ABROAD)).status_code == 404


async def test_regulatory_audit_reaches_the_items_of_the_accounts_that_it_audits(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=["preference"]))
    item_id = str(entry_item_id(entry, "preference"))
    importer = (await desk.call("GET", f"/items/{item_id}")).json()["importer_number"]
    auditor, other = (
        Identity("amy", "Amy Cole", frozenset({RoleName.REGULATORY_AUDIT}), importer_numbers=frozenset({number}))
        for number in (importer, "12-345678900")
    )
    listed = (await desk.call("GET", "/items", auditor)).json()["items"]
    assert [each["item_id"] for each in listed] == [item_id]
    assert (await desk.call("GET", "/items", other)).json()["items"] == []
    assert (await desk.call("GET", f"/items/{item_id}", other)).status_code == 404
    act = "report-visit"
    reached = await done(desk, item_id, act, auditor)
    assert (reached.status_code, reached.json()["code"]) == (409, "other-stage"), reached.text
    assert (await done(desk, item_id, act, other)).status_code == 404


async def test_act_that_is_refused_opens_nothing(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=["classification"]))
    item_id = str(entry_item_id(entry, "classification"))
    token = await desk.claim(item_id)
    refused = await done(desk, item_id, "ask-headquarters", token=token, fields=ASKED)
    assert (refused.status_code, refused.json()["code"]) == (409, "other-stage"), refused.text
    assert [row.kind for row in await desk.rows(items)] == ["review"]
