"""Transfers between Centers and with ports (Q15): offered, answered by the other office, while every clock runs on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.workqueue.handlers.handler import derive_filings
from services.workqueue.handlers.item_ids import entry_item_id
from services.workqueue.store.tables import item_events, items
from shared.db.transaction import transaction
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import filing_item_id
from tests.integration.workqueue.desk import DIVISIONS, KIM, Desk
from tests.integration.workqueue.events import assigned, consultation, filing_routed, legal_act, routed
from tests.integration.workqueue.test_workqueue_asking import WAYS, ask, ready
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
    return next(row for row in await desk.rows(items) if str(row.item_id) == str(item))


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


async def test_consultation_that_another_center_took_over_follows_what_is_said_of_its_entry(desk: Desk) -> None:
    entry = entry_number()
    asked = [consultation("CEE003"), consultation("CEE005", value_usd=100)]
    await desk.apply(routed(entry, processes=["quota"], consultations=asked))
    item = entry_item_id(entry, "consultation", "CEE003")
    offered = await offer(desk, item, supervisor("cho", "CEE003"), to_center="CEE001")
    assert (await answer(desk, offered, "accept", ELSEWHERE)).status_code == 200, offered.text
    before = await stands(desk, item)
    await desk.apply(legal_act(entry), routed(entry, version=2, processes=["quota"], consultations=asked))
    after = await stands(desk, item)
    assert (after.center, after.transferred_from, after.state) == ("CEE001", "CEE003", "open")
    assert (after.acts, after.value_usd, after.asking_center) == (before.acts + 1, 400, "CEE007")
    assert len(await desk.rows(items)) == 3, "the review, and the advice of each Center that was asked"
    await desk.apply(routed(entry, version=3, processes=["quota"]))
    assert (await stands(desk, item)).state == "cancelled"


async def test_advice_is_read_by_every_center_that_has_a_review_of_the_entry(desk: Desk) -> None:
    entry = entry_number()
    called_for = {"processes": ["entry-summary-review", "preference", "quota"], "consultations": [consultation()]}
    await desk.apply(routed(entry, **called_for))
    advice = entry_item_id(entry, "consultation", "CEE003")

    async def readers() -> list[str]:
        """Who finds the advice, and may read it."""
        found = []
        for who in (HERE, THERE, ELSEWHERE):
            listed = (await desk.call("GET", f"/items?kind=consultation&entry={entry}", who)).json()["items"]
            assert [each["item_id"] for each in listed] == [str(advice)] * len(listed)
            read = await desk.call("GET", f"/items/{advice}", who)
            assert read.status_code == (200 if listed else 404)
            found += [who.subject] * len(listed)
        return found

    for taken_over, process in enumerate(called_for["processes"]):
        assert await readers() == ["dan", *["ann"][:taken_over]], "where reviews of the entry are, it is read"
        offered = await offer(desk, entry_item_id(entry, process), key=process)
        assert (await answer(desk, offered, "accept", THERE)).status_code == 200
    assert await readers() == ["ann"]
    await desk.apply(legal_act(entry), routed(entry, version=2, **called_for))
    assert await readers() == ["ann"], "what is heard of the entry does not take it back"
    assert not any((await desk.violations()).values())
    back = await offer(desk, entry_item_id(entry, "quota"), THERE, key="back", to_center="CEE007")
    assert (await answer(desk, back, "accept", HERE)).status_code == 200
    assert await readers() == ["dan", "ann"]
    await desk.apply(routed(entry, version=3, **called_for))
    assert await readers() == ["dan", "ann"], "what is heard of the entry changes nothing in that either"
    await desk.apply(routed(entry, version=4, center="CEE001", **called_for))
    assert await readers() == ["eve"], "upstream has given the entry to another Center"


async def test_filing_that_another_center_took_over_is_not_told_to_go_back(desk: Desk) -> None:
    await desk.apply(filing_routed("PD-1", center="CEE007"))
    item = filing_item_id("PD-1")
    await answer(desk, await offer(desk, item), "accept", THERE)
    lines = len(await desk.rows(item_events))
    await desk.apply(assigned(1, "CEE007"), filing_routed("PD-1", center="CEE007"))
    async with transaction(desk.engine) as tx:
        told = await derive_filings(tx, ["PD-1"], desk.clock.now())
    assert [each.data.change for each in told] == []
    assert len(await desk.rows(item_events)) == lines
    assert (await stands(desk, item)).center == "CEE005"


async def test_answer_to_a_letter_goes_with_the_item_on_which_it_was_written(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=["quota"]))
    item = entry_item_id(entry, "quota")
    body = {"token": await desk.claim(item), "form": "CBP-28", "questions": ["What is it made of?"]}
    sent = await desk.call("POST", f"/items/{item}/requests", json=body, headers={"Idempotency-Key": "l1"})
    request = sent.json()["request_id"]
    await desk.apply(filing_routed("R-1", kind="response", center="PNDING", answers_request=request))
    reply = filing_item_id("R-1")
    assert (await stands(desk, reply)).center == "CEE007"
    await answer(desk, await offer(desk, item), "accept", THERE)
    moved = await stands(desk, reply)
    assert (moved.center, moved.center_basis) == ("CEE005", "requested-by")


async def test_port_returns_what_upstream_has_given_to_another_center_and_what_has_ended(desk: Desk) -> None:
    moved, ended = entry_number(1), entry_number(2)
    offers = {}
    for entry in (moved, ended):
        await desk.apply(routed(entry, processes=["quota"]))
        offers[entry] = await offer(desk, entry_item_id(entry, "quota"), key=entry, to_port="2704")
        assert (await answer(desk, offers[entry], "accept", PORT)).status_code == 200
    await desk.apply(routed(moved, version=2, processes=["quota"], center="CEE005"))
    await desk.apply(routed(ended, version=2, processes=[]))
    for entry in (moved, ended):
        returned = await answer(desk, offers[entry], "return", PORT)
        assert (returned.status_code, returned.json()["state"]) == (200, "returned"), returned.text
    await desk.apply(routed(ended, version=3, processes=["quota"]))
    for entry, center in ((moved, "CEE005"), (ended, "CEE007")):
        back = await stands(desk, entry_item_id(entry, "quota"))
        assert (back.center, back.state, back.at_port, back.waits_for) == (center, "open", None, None)


async def test_item_back_from_a_port_waits_for_whom_it_waited_before(desk: Desk) -> None:
    item, token = await ready(desk, WAYS["classification"])
    await ask(desk, WAYS["classification"], item, token, "act")
    offered = await offer(desk, item, to_port="2704")
    await answer(desk, offered, "accept", PORT)
    assert (await stands(desk, item)).waits_for == "port"
    await answer(desk, offered, "return", PORT)
    back = await stands(desk, item)
    assert (back.stage, back.waits_for, back.at_port) == ("waiting-party", "importer", None)
    assert (await desk.call("POST", "/items/next", KIM)).status_code == 204
