"""Balance (Q14), related work (Q16), parts of a matter, figures of a Center, and an account as a whole."""

from datetime import timedelta
from typing import Any

import httpx

from services.workqueue.store.tables import items, matters
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.identity import Identity, RoleName
from shared.web.asking import Neighbour
from tests.integration.workqueue.desk import DIVISIONS, KIM, Desk
from tests.integration.workqueue.events import assigned, consultation, decision_refused, legal_act, routed
from tests.integration.workqueue.test_workqueue_asking import ENTRY, WAYS, ask, ready, stands
from tests.integration.workqueue.test_workqueue_letters import IVO, sent
from tests.integration.workqueue.test_workqueue_matters import done, opened
from tests.integration.workqueue.test_workqueue_staff import put, queue
from tests.support.events import entry_number

DAN = Identity("dan", "Dan Moss", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE007"}))
AWAY = Identity(
    "ann", "Ann Field", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE001"}), divisions=DIVISIONS
)
NATIONAL = Identity("nat", "Nat Orr", frozenset({RoleName.NATIONAL_ACCOUNT_MANAGER}))
IMPORTER = "07-345678900"
OTHER_ENTRY = "B7600000049"


async def assign(desk: Desk, item: str, to: str) -> None:
    answer = await desk.call("POST", f"/items/{item}/assign", DAN, json={"to": to, "reason": "Hers."})
    assert answer.status_code == 200, answer.text


async def test_q14_load_sets_open_minutes_against_the_capacity_of_two_weeks(desk: Desk) -> None:
    first, second, _ = await queue(desk, 3)
    off = [{"from_on": "2026-03-02", "to_on": "2026-03-03", "reason": "leave"}]
    await put(desk, "kim", teams=["machinery"], absences=off)
    await put(desk, "lee", name="Lee Park", teams=["machinery"], minutes_a_day=100)
    await assign(desk, first, "lee")
    await desk.claim(second, KIM)
    told = (await desk.call("GET", "/centers/CEE007/load", DAN)).json()
    people = {each["subject"]: each for each in told["people"]}
    # Ten working days from Monday 2026-03-02, two of them off; a review for ad-cvd is reckoned with 90 minutes.
    assert (people["kim"]["minutes"], people["kim"]["capacity"]) == (90, 8 * 360)
    assert (people["lee"]["minutes"], people["lee"]["capacity"]) == (90, 1_000)
    assert told["teams"] == [{"team": "machinery", "items": 2, "minutes": 180, "capacity": 8 * 360 + 1_000}]
    assert (told["items"], told["minutes"], told["unassigned_items"], told["unassigned_minutes"]) == (3, 270, 1, 90)
    assert (await desk.call("GET", "/centers/CEE007/load", AWAY)).status_code == 403


async def test_q14_moves_go_from_who_has_too_much_to_who_may_and_can_and_the_center_stays(desk: Desk) -> None:
    ids = await queue(desk, 3)
    await put(desk, "lee", name="Lee Park", minutes_a_day=10)  # 100 minutes in ten days: one review of 90
    for item in ids:
        await assign(desk, item, "lee")
    await put(desk, "kim", interests=[IMPORTER])
    assert (await desk.call("GET", "/centers/CEE007/rebalance", DAN)).json() == []
    await put(desk, "sam", name="Sam Low", minutes_a_day=360)
    demand = {"kind": "program", "code": "ad-cvd", "level": 2, "is_mandatory": True, "relax_hours": None}
    path = "/centers/CEE007/skill-demands/ad-cvd"
    assert (await desk.call("PUT", path, DAN, json={"demands": [demand]})).status_code == 200
    assert (await desk.call("GET", "/centers/CEE007/rebalance", DAN)).json() == []
    skills = [{"kind": "program", "code": "ad-cvd", "level": 3}]
    await put(desk, "sam", tag='"1"', name="Sam Low", skills=skills)
    moves = (await desk.call("GET", "/centers/CEE007/rebalance", DAN)).json()
    assert [(each["from_subject"], each["to_subject"]) for each in moves] == [("lee", "sam"), ("lee", "sam")]
    assert "lee has 2.83 hours more to do than there are" in moves[0]["why"]
    assert {row.center for row in await desk.rows(items)} == {"CEE007"}
    assert {row.assigned_to for row in await desk.rows(items)} == {"lee"}
    assert (await desk.call("GET", "/centers/CEE007/rebalance", KIM)).status_code == 403


async def test_what_came_went_and_waits_is_counted_with_standards_and_trusted_share(desk: Desk) -> None:
    first, second, _ = await queue(desk, 3)
    entry = entry_number(7)
    await desk.apply(routed(entry, processes=["quota"]), legal_act(entry))
    for item in (first, second):
        decision = {"token": await desk.claim(item), "outcome": "no-change", "reasons": []}
        decision["reasons"] = [{"code": "agree", "text": "As entered."}]
        assert (await desk.call("POST", f"/items/{item}/complete", json=decision)).status_code == 200
    told = (await desk.call("GET", "/management?since=2026-03-01&until=2026-03-02", DAN)).json()
    sums = {name: sum(each[name] for each in told["flow"]) for name in ("arrived", "completed", "cancelled")}
    assert sums == {"arrived": 4, "completed": 2, "cancelled": 0}
    assert sum(each["items"] for each in told["ageing"]) == 2
    standards = {each["code"]: each for each in told["standards"]}
    assert (standards["reviews-in-60-days"]["ended"], standards["reviews-in-60-days"]["percent"]) == (2, 100.0)
    assert standards["protests-in-two-years"]["percent"] is None
    assert (told["trusted"]["items"], told["trusted"]["trusted"]) == (2, 0)
    assert (await desk.call("GET", "/management?center=CEE007", AWAY)).status_code == 403
    assert sum(each["arrived"] for each in (await desk.call("GET", "/management", AWAY)).json()["flow"]) == 0
    assert (await desk.call("GET", "/management?since=2026-03-03&until=2026-03-02", DAN)).status_code == 422
    assert (await desk.call("GET", "/management?center=CEE007", NATIONAL)).json()["centers"] == ["CEE007"]


def answering(document: Any) -> Neighbour:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=document | {"path": request.url.path}))
    return Neighbour("Routing", "http://routing", 1, transport)


async def test_account_is_one_call_with_its_work_everywhere_its_days_letters_money_and_standing(desk: Desk) -> None:
    here, there = entry_number(1), entry_number(2)
    await desk.apply(assigned(1, "CEE007"))
    await desk.apply(routed(here, processes=["quota"]), legal_act(here, scheduled_on="2026-05-08"))
    await desk.apply(routed(there, processes=["quota"], center="CEE001"))
    item = next(str(row.item_id) for row in await desk.rows(items) if row.entry_number == here)
    letter = {"token": await desk.claim(item), "form": "CBP-28", "questions": ["What is it made of?"]}
    sent = await desk.call("POST", f"/items/{item}/requests", json=letter, headers={"Idempotency-Key": "l1"})
    assert sent.status_code == 201, sent.text
    family = {"family": "SYNTHETIC", "programs_in_force": ["CTPAT"], "contacts": [{"name": "Ada"}], "brokers": []}
    desk.app.state.routing = answering(family)
    answer = await desk.call("GET", f"/accounts/{IMPORTER}/work", AWAY)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert {each["center"]: each["items"] for each in told["counts"]} == {"CEE007": 1, "CEE001": 1}
    assert {each["entry_number"] for each in told["open_work"]} == {here, there}
    # The Wednesday before Friday 2026-05-08; the answer to a CBP 28 of 2026-03-02 is due after 30 days.
    days = {each["clock"]: each["due_on"] for each in told["days"]}
    assert (days["work"], days["answer"]) == ("2026-05-06", "2026-04-01")
    assert [each["form"] for each in told["letters"]] == ["CBP-28"]
    assert told["money"]["open_value_usd"] == 2_000
    assert (told["standing"]["family"], told["standing"]["contacts"]) == ("SYNTHETIC", [{"name": "Ada"}])
    desk.app.state.routing = Neighbour("Routing", "http://127.0.0.1:9", 1)
    partial = (await desk.call("GET", f"/accounts/{IMPORTER}/work", NATIONAL)).json()
    assert (partial["standing"]["answered"], len(partial["counts"])) == (False, 2)
    assert (await desk.call("GET", "/accounts/99-999999900/work", NATIONAL)).status_code == 404


async def test_q16_related_work_is_of_the_account_the_goods_and_the_issue_as_far_as_the_caller_reads(
    desk: Desk,
) -> None:
    first, second, third = await queue(desk, 3)
    await desk.apply(routed(entry_number(8), center="CEE001"))
    for number, item in enumerate((first, second)):
        letter = {"token": await desk.claim(item), "form": "CBP-28", "questions": ["Whose?"], "issue": "02"}
        path, key = f"/items/{item}/requests", {"Idempotency-Key": f"l{number}"}
        sent = await desk.call("POST", path, json=letter | {"goods": f"84{number}1"}, headers=key)
        assert sent.status_code == 201, sent.text
    answer = await desk.call("GET", f"/items/{first}/related")
    related = {each["relation"]: {item["item_id"] for item in each["items"]} for each in answer.json()}
    assert related["account"] == {second, third}
    assert related["issue"] == {second}
    assert set(related) == {"account", "goods", "issue"}
    assert (await desk.call("GET", f"/items/{first}/related", AWAY)).status_code == 404


async def test_matter_is_split_and_joined_without_losing_entries_acts_or_days(desk: Desk) -> None:
    entries = [entry_number(serial) for serial in (1, 2, 3)]
    for entry in entries:
        await desk.apply(routed(entry, processes=["quota"]))
    about = {"process": "prior-disclosure", "title": "Assists", "center": "CEE007", "importer_number": IMPORTER}
    body = about | {"entry_numbers": entries}
    opened = await desk.call("POST", "/items", json=body, headers={"Idempotency-Key": "m1"})
    matter = opened.json()["item_id"]
    act = {"act": "acknowledge", "token": await desk.claim(matter)}
    act |= {"fields": {"received_on": "2026-03-02", "is_oral": False}}
    assert (
        await desk.call("POST", f"/items/{matter}/acts", json=act, headers={"Idempotency-Key": "m2"})
    ).status_code == 201
    desk.clock.advance(timedelta(days=5))
    part = {"title": "The textiles", "entry_numbers": entries[2:], "reason": "Other goods."}
    path, key = f"/items/{matter}/split", {"Idempotency-Key": "m3"}
    assert (await desk.call("POST", path, json=part | {"entry_numbers": entries}, headers=key)).status_code == 422
    split = await desk.call("POST", path, json=part, headers=key)
    assert split.status_code == 201, split.text
    assert (await desk.call("POST", path, json=part, headers=key)).json() == split.json()
    new = split.json()["item_id"]
    rows = {str(row.item_id): row for row in await desk.rows(items)}
    for name in ("stage", "due_on", "opened_at", "center", "process"):
        assert getattr(rows[new], name) == getattr(rows[matter], name), name
    kept = {str(row.item_id): row.entry_numbers for row in await desk.rows(matters)}
    assert kept == {matter: entries[:2], new: entries[2:]}
    joined = await desk.call("POST", f"/items/{matter}/join", json={"item_ids": [new], "reason": "One matter."})
    assert joined.status_code == 200, joined.text
    kept = {str(row.item_id): row.entry_numbers for row in await desk.rows(matters)}
    assert kept[matter] == entries
    ended = (await desk.call("GET", f"/items/{new}")).json()
    assert (ended["state"], ended["history"][-1]["change"]) == ("cancelled", "joined")
    assert matter in ended["history"][-1]["reasons"][0]["fact"]
    review = next(row for row in await desk.rows(items) if row.kind == "review")
    other = await desk.call("POST", f"/items/{review.item_id}/split", json=part, headers={"Idempotency-Key": "m4"})
    assert (other.status_code, other.json()["code"]) == (409, "no-matter")


async def split_off(desk: Desk, item: str, *entries: str, key: str = "part") -> Any:
    part = {"title": "The others", "entry_numbers": entries, "reason": "Other goods."}
    return await desk.call("POST", f"/items/{item}/split", json=part, headers={"Idempotency-Key": key})


async def test_part_stands_where_letters_and_entries_had_brought_the_matter(desk: Desk) -> None:
    way = WAYS["classification"]
    item, token = await ready(desk, way, entry_numbers=[ENTRY, OTHER_ENTRY])
    letter = await ask(desk, way, item, token, "act")
    refused = await split_off(desk, item, OTHER_ENTRY)
    assert (refused.status_code, refused.json()["code"]) == (409, "letter-is-out"), refused.text
    lead = (await opened(desk, key="lead", process="classification")).json()["item_id"]
    joined = await desk.call("POST", f"/items/{lead}/join", json={"item_ids": [item], "reason": "One matter."})
    assert (joined.status_code, joined.json()["code"]) == (409, "letter-is-out"), joined.text
    answered = await sent(desk, "POST", f"/requests/{letter}/answers", IVO, text="None.")
    assert answered.status_code == 201, answered.text
    split = await split_off(desk, item, ENTRY)
    assert (split.status_code, split.json()["stage"]) == (201, way.answered), split.text
    part = split.json()["item_id"]
    assert await stands(desk, part) == await stands(desk, item) == (way.answered, None)
    recorded = {"description": "Monitor", "evidence": "Sample"}
    for matter, held in ((part, await desk.claim(part)), (item, token)):
        led = await done(desk, matter, "record-facts", key=matter, token=held, fields=recorded)
        assert (led.status_code, led.json()["stage"]) == (201, way.answered), led.text


async def test_matter_at_a_port_is_neither_split_nor_joined(desk: Desk) -> None:
    item = (await opened(desk, entry_numbers=[ENTRY, OTHER_ENTRY])).json()["item_id"]
    other = (await opened(desk, key="two")).json()["item_id"]
    to = {"to_port": "2704", "reason": "The goods are there."}
    offered = await desk.call("POST", f"/items/{item}/transfers", json=to, headers={"Idempotency-Key": "t"})
    path = f"/transfers/{offered.json()['transfer_id']}/acts"
    port = Identity("pat", "Pat", frozenset({RoleName.PORT_STAFF}), ports=frozenset({"2704"}))
    taken = await desk.call("POST", path, port, json={"act": "accept", "reason": "Seen."})
    assert taken.status_code == 200, taken.text
    assert (await split_off(desk, item, OTHER_ENTRY)).json()["code"] == "at-port"
    joined = await desk.call("POST", f"/items/{other}/join", json={"item_ids": [item], "reason": "One."})
    assert joined.json()["code"] == "at-port", joined.text


async def test_matter_with_a_day_of_law_that_the_lead_has_not_is_not_joined_into_it(desk: Desk) -> None:
    lead, other = [(await opened(desk, key=key)).json()["item_id"] for key in ("one", "two")]
    tokens = {item: await desk.claim(item) for item in (lead, other)}
    for item, act, fields in (
        (lead, "acknowledge", {"received_on": "2026-03-02", "is_oral": False}),
        (other, "acknowledge", {"received_on": "2026-03-02", "is_oral": False}),
        (other, "ask-for-data", {"missing": "Entries.", "disclosed_on": "2026-03-02"}),
        (lead, "ask-for-data", {"missing": "Entries.", "disclosed_on": "2026-03-01"}),
    ):
        led = await done(desk, item, act, key=f"{act}-{item}", token=tokens[item], fields=fields)
        assert led.status_code == 201, led.text
    await desk.call("POST", f"/items/{other}/release", json={"token": tokens[other]})
    complete = {"completed_on": "2026-03-02"}
    for act, fields in (
        ("record-completion", complete),
        ("compute-loss", {"loss_usd": "10.00", "loss_computed_on": "2026-03-02"}),
        ("request-tender", {"notified_on": "2026-02-20"}),  # 30 days later is 2026-03-22, before 2026-04-01
    ):
        led = await done(desk, lead, act, key=f"{act}-{lead}", token=tokens[lead], fields=fields)
        assert led.status_code == 201, led.text
    joined = await desk.call("POST", f"/items/{lead}/join", json={"item_ids": [other], "reason": "One."})
    assert (joined.status_code, joined.json()["code"]) == (409, "joins-not"), joined.text


async def test_decision_that_was_refused_is_no_end_in_the_standards(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=["quota"]), legal_act(entry))
    (item,) = [str(row.item_id) for row in await desk.rows(items)]
    reasons = [{"code": "agree", "text": "As entered."}]
    decision = {"token": await desk.claim(item), "outcome": "no-change", "reasons": reasons}
    first = await desk.call("POST", f"/items/{item}/complete", json=decision)
    assert first.status_code == 200, first.text
    refused = (desk.clock.now() + timedelta(hours=1)).isoformat()
    await desk.apply(decision_refused(entry, first.json()["decision_id"], time=refused))
    desk.clock.advance(timedelta(days=1))
    second = decision | {"token": await desk.claim(item)}
    assert (await desk.call("POST", f"/items/{item}/complete", json=second)).status_code == 200
    told = (await desk.call("GET", "/management?since=2026-03-01&until=2026-03-09", DAN)).json()
    ended = {each["code"]: each["ended"] for each in told["standards"]}
    assert ended["reviews-in-60-days"] == 1


LETTERS = """
INSERT INTO requests (request_id, item_id, form, entry_numbers, importer_number, center, questions, drafted_at,
                      issued_by, issued_by_name, stage, changes, effect_cents, issued_on, issued_at, due_on)
SELECT gen_random_uuid(), gen_random_uuid(), 'CBP-29', '[]', '07-345678900', 'CEE007', '[]', '2026-03-02T19:00Z',
       'kim', 'Kim', 'proposed', 1, 10050, '2026-03-02', '2026-03-02T19:00Z', '2026-03-22' FROM generate_series(1, 60)
"""


async def test_money_of_an_account_is_of_every_letter_and_of_each_entry_once(unchecked_desk: Desk) -> None:
    desk = unchecked_desk
    await desk.apply(routed(entry_number(), processes=["quota", "preference"], consultations=[consultation()]))
    async with transaction(desk.engine) as tx:
        await bulk.execute(tx, LETTERS)
    money = (await desk.call("GET", f"/accounts/{IMPORTER}/work", AWAY)).json()["money"]
    assert (money["open_value_usd"], money["proposed_usd"]) == (1_000, "6030.00")
