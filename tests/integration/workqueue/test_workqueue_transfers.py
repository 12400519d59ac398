"""Transfers between Centers and with ports (Q15): offered, answered by the other office, while every clock runs on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.workqueue.handlers.item_ids import entry_item_id
from services.workqueue.store.tables import items
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, KIM, Desk
from tests.integration.workqueue.events import legal_act, routed
from tests.support.events import entry_number


def supervisor(subject: str, center: str) -> Identity:
    roles = frozenset({RoleName.ASSISTANT_CENTER_DIRECTOR})
    return Identity(subject, subject.title(), roles, centers=frozenset({center}), divisions=DIVISIONS)


HERE, THERE, ELSEWHERE = supervisor("dan", "CEE007"), supervisor("ann", "CEE005"), supervisor("eve", "CEE001")
WORKER = Identity(
    "tom", "Tom", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE005"}), divisions=DIVISIONS
)
PORT = Identity("pat", "Pat", frozenset({RoleName.PORT_STAFF}), ports=frozenset({"2704"}))
OTHER_PORT = replace(PORT, subject="poe", ports=frozenset({"1303"}))


async def offer(desk: Desk, item: Any, who: Identity = KIM, key: str = "t1", **to: str) -> Any:
    body = {"reason": "The goods are theirs."} | (to or {"to_center": "CEE005"})
    return await desk.call("POST", f"/items/{item}/transfers", who, json=body, headers={"Idempotency-Key": key})


async def answer(desk: Desk, transfer: Any, act: str, who: Identity) -> Any:
    path = f"/transfers/{transfer.json()['transfer_id']}/acts"
    return await desk.call("POST", path, who, json={"act": act, "reason": "We know the account."})


async def stands(desk: Desk, item: Any) -> Any:
    return next(row for row in await desk.rows(items) if row.item_id == item)


async def test_q15_accepted_item_is_free_in_the_other_center_with_the_day_and_age_that_it_had(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=["quota"]), legal_act(entry))
    item = entry_item_id(entry, "quota")
    await desk.claim(item)
    before = await stands(desk, item)
    assert (await offer(desk, item, WORKER)).status_code == 404
    assert (await offer(desk, item, to_center="CEE007")).json()["code"] == "same-center"
    assert (await offer(desk, item, key="t0", to_center="CEE099")).json()["code"] == "no-such-center"
    offered = await offer(desk, item)
    assert (offered.status_code, offered.json()["state"]) == (201, "offered"), offered.text
    assert (await offer(desk, item, key="t2")).json()["code"] == "transfer-offered"
    assert (await stands(desk, item)).holder == "kim"
    assert (await answer(desk, offered, "accept", HERE)).status_code == 403
    assert (await answer(desk, offered, "accept", ELSEWHERE)).status_code == 404
    desk.clock.advance(timedelta(days=3))
    accepted = await answer(desk, offered, "accept", THERE)
    assert (accepted.status_code, accepted.json()["settled_by"]) == (200, "ann"), accepted.text
    assert (await answer(desk, offered, "refuse", THERE)).json()["code"] == "transfer-settled"
    after = await stands(desk, item)
    assert (after.center, after.state, after.holder, after.transferred_from) == ("CEE005", "open", None, "CEE007")
    assert (after.due_on, after.opened_at) == (before.due_on, before.opened_at)
    assert before.due_on is not None
    taken = await desk.call("POST", "/items/next", WORKER)
    assert taken.json()["item_id"] == str(item)
    assert (await desk.call("POST", "/items/next", KIM)).status_code == 204
    told = [each["data"]["change"] for each in await desk.published() if each["data"]["item_id"] == str(item)]
    assert told[-3:] == ["released", "transferred", "claimed"]


async def test_q15_transfer_stands_until_upstream_gives_the_item_to_another_center(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=["quota"]))
    item = entry_item_id(entry, "quota")
    await answer(desk, await offer(desk, item), "accept", THERE)
    await desk.apply(routed(entry, version=2, processes=["quota"]), legal_act(entry))
    stayed = await stands(desk, item)
    assert (stayed.center, stayed.transferred_from) == ("CEE005", "CEE007")
    assert stayed.due_on is not None
    await desk.apply(routed(entry, version=3, processes=["quota"], center="CEE001"))
    moved = await stands(desk, item)
    assert (moved.center, moved.transferred_from) == ("CEE001", None)


async def test_q15_refused_and_withdrawn_offers_leave_the_item_where_it_is(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=["quota"]))
    item = entry_item_id(entry, "quota")
    refused = await answer(desk, await offer(desk, item), "refuse", THERE)
    assert (refused.json()["state"], refused.json()["settled_reason"]) == ("refused", "We know the account.")
    second = await offer(desk, item, key="t2")
    assert (await answer(desk, second, "withdraw", THERE)).status_code == 403
    assert (await answer(desk, second, "withdraw", KIM)).json()["state"] == "withdrawn"
    assert (await stands(desk, item)).center == "CEE007"
    listed = (await desk.call("GET", "/transfers", THERE)).json()["items"]
    assert {each["state"] for each in listed} == {"withdrawn", "refused"}
    assert (await desk.call("GET", "/transfers", ELSEWHERE)).json()["items"] == []
    assert (await desk.call("GET", "/transfers?state=refused", KIM)).json()["items"][0]["to_center"] == "CEE005"


async def test_q15_port_takes_and_returns_an_item_and_nobody_is_offered_it_meanwhile(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=["quota"]), legal_act(entry))
    item = entry_item_id(entry, "quota")
    due_on = (await stands(desk, item)).due_on
    offered = await offer(desk, item, to_port="2704")
    assert (await answer(desk, offered, "accept", THERE)).status_code == 404
    assert (await answer(desk, offered, "accept", OTHER_PORT)).status_code == 404
    assert (await desk.call("GET", f"/items/{item}", PORT)).status_code == 404
    assert (await answer(desk, offered, "accept", PORT)).status_code == 200
    there = await stands(desk, item)
    assert (there.center, there.at_port, there.waits_for, there.due_on) == ("CEE007", "2704", "port", due_on)
    assert (await desk.call("POST", "/items/next", KIM)).status_code == 204
    assert (await offer(desk, item, key="t2")).json()["code"] == "at-port"
    for who, told in ((PORT, [str(item)]), (OTHER_PORT, [])):
        for path in ("/transfers", "/items"):
            answered = await desk.call("GET", path, who)
            assert [each["item_id"] for each in answered.json()["items"]] == told, path
    assert (await answer(desk, offered, "return", PORT)).json()["state"] == "returned"
    back = await stands(desk, item)
    assert (back.at_port, back.waits_for, back.due_on) == (None, None, due_on)
    assert (await desk.call("POST", "/items/next", KIM)).json()["item_id"] == str(item)
