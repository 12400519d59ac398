"""The work queue's API: lists, claims with lease and token, decisions, letters, and who may do what."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.workqueue.acts import claim as acts
from services.workqueue.handlers.item_ids import entry_item_id
from services.workqueue.store.tables import decisions, items, requests
from shared.runtime.identity import Identity, RoleName
from shared.runtime.together import together
from tests.integration.workqueue.desk import DIVISIONS, KIM, LEE, Desk
from tests.integration.workqueue.events import assigned, legal_act, protest_act, routed
from tests.support.events import FUTURE_WORD, entry_number
from tests.support.recorded import say_unknown

ELSEWHERE = Identity(
    "ana", "Ana Silva", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE001"}), divisions=DIVISIONS
)
NATIONAL = Identity("hq", "Headquarters", frozenset({RoleName.OFFICE_OF_TRADE}))
IMPORTER = Identity("imp", "Importer", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({"07-345678900"}))
AS_ENTERED = {"outcome": "no-change", "reasons": [{"code": "as-entered", "text": "The claims are supported."}]}


async def one_item(desk: Desk, **changes: Any) -> Any:
    entry = entry_number()
    await desk.apply(routed(entry, **changes))
    return entry_item_id(entry, "ad-cvd")


async def problem(desk: Desk, method: str, path: str, who: Identity = KIM, **options: Any) -> tuple[int, str]:
    answer = await desk.call(method, path, who, **options)
    return answer.status_code, answer.json()["code"]


async def test_next_takes_the_first_due_then_the_urgent_then_the_old(desk: Desk) -> None:
    late, early, unknown, urgent = (entry_number() for _ in range(4))
    await desk.apply(
        routed(unknown, time="2026-01-01T00:00:00Z", lane="document-review", processes=("preference",)),
        routed(urgent, time="2026-01-02T00:00:00Z"),
        routed(late),
        routed(early),
        legal_act(late, scheduled_on="2027-02-05"),
        legal_act(early, scheduled_on="2027-01-15"),
    )
    taken = []
    for _ in range(4):
        answer = await desk.call("POST", "/items/next", json={})
        assert answer.status_code == 200
        taken.append(answer.json()["entry_number"])
    assert taken == [early, late, urgent, unknown]
    assert (await desk.call("POST", "/items/next")).status_code == 204


async def test_next_keeps_to_the_callers_centers_and_filters(desk: Desk) -> None:
    await one_item(desk)
    assert (await desk.call("POST", "/items/next", ELSEWHERE)).status_code == 204
    assert (await desk.call("POST", "/items/next", json={"process": "quota"})).status_code == 204
    assert (await desk.call("POST", "/items/next", json={"division": "partnership"})).status_code == 204
    assert await problem(desk, "POST", "/items/next", json={"center": "CEE001"}) == (403, "out-of-reach")
    validation = replace(KIM, divisions=frozenset({"validation-and-compliance"}))
    assert (await desk.call("POST", "/items/next", validation)).status_code == 204
    body = {"center": "CEE007", "division": "enforcement", "process": "ad-cvd"}
    assert (await desk.call("POST", "/items/next", json=body)).status_code == 200


async def test_who_has_no_center_has_no_queue_and_what_waits_for_one_is_given_to_whoever_asks(desk: Desk) -> None:
    await one_item(desk, center="PNDING")
    nowhere = replace(KIM, centers=frozenset())
    assert await problem(desk, "POST", "/items/next", nowhere) == (403, "out-of-reach")
    assert (await desk.call("POST", "/items/next")).status_code == 204
    answer = await desk.call("POST", "/items/next", json={"center": "PNDING"})
    assert answer.json()["center"] == "PNDING"


async def test_second_claimant_gets_409_with_the_holders_name(desk: Desk) -> None:
    item = await one_item(desk)
    await desk.claim(item)
    answer = await desk.call("POST", f"/items/{item}/claim", LEE)
    assert (answer.status_code, answer.json()["code"]) == (409, "already-claimed")
    assert "Kim Reyes" in answer.json()["detail"]


async def test_expired_claim_can_be_claimed_and_fences_the_old_holder(desk: Desk) -> None:
    item = await one_item(desk)
    old = await desk.claim(item)
    desk.clock.advance(timedelta(minutes=31))
    new = await desk.claim(item, LEE)
    assert new == old + 1
    for path, body in (
        ("heartbeat", {"token": old}),
        ("release", {"token": old}),
        ("complete", {"token": old, **AS_ENTERED}),
    ):
        assert await problem(desk, "POST", f"/items/{item}/{path}", json=body) == (409, "stale-token")
    body = {"token": old, "questions": ["Why?"]}
    headers = {"Idempotency-Key": "a"}
    path = f"/items/{item}/requests"
    assert await problem(desk, "POST", path, json=body, headers=headers) == (409, "stale-token")
    history = (await desk.call("GET", f"/items/{item}")).json()["history"]
    assert [line["change"] for line in history] == ["routed", "claimed", "lease-expired", "claimed"]


async def test_heartbeat_keeps_the_claim(desk: Desk) -> None:
    item = await one_item(desk)
    token = await desk.claim(item)
    desk.clock.advance(timedelta(minutes=20))
    assert (await desk.call("POST", f"/items/{item}/heartbeat", json={"token": token})).status_code == 200
    desk.clock.advance(timedelta(minutes=20))
    assert await problem(desk, "POST", f"/items/{item}/claim", LEE) == (409, "already-claimed")


async def test_job_opens_expired_claims_once_and_next_finds_them_without_it(desk: Desk) -> None:
    first, second = await one_item(desk), await one_item(desk)
    await desk.claim(first)
    desk.clock.advance(timedelta(minutes=31))
    await desk.claim(second)
    assert await acts.expire_leases(desk.engine, desk.clock.now()) == 1
    assert await acts.expire_leases(desk.engine, desk.clock.now()) == 0
    desk.clock.advance(timedelta(minutes=31))
    taken = {(await desk.call("POST", "/items/next", LEE)).json()["item_id"] for _ in range(2)}
    assert taken == {str(first), str(second)}


async def test_released_item_goes_back_to_its_queue(desk: Desk) -> None:
    item = await one_item(desk)
    token = await desk.claim(item)
    assert (await desk.call("POST", f"/items/{item}/release", json={"token": token})).status_code == 204
    assert await problem(desk, "POST", f"/items/{item}/release", json={"token": token}) == (409, "stale-token")
    assert await desk.claim(item, LEE) == token + 1


async def test_another_persons_token_is_stale(desk: Desk) -> None:
    item = await one_item(desk)
    token = await desk.claim(item)
    assert await problem(desk, "POST", f"/items/{item}/heartbeat", LEE, json={"token": token}) == (409, "stale-token")


async def test_completed_review_is_published_as_a_decision(desk: Desk) -> None:
    item = await one_item(desk)
    token = await desk.propose(item, await desk.claim(item))
    body = {
        "token": token,
        "outcome": "increase",
        "effect": {"duty_usd": "1250.00", "fees_usd": "3.5"},
        "reasons": [{"code": "classification", "text": "Classifiable in 8528.52.00."}],
        "legal_basis": [{"rule": "classification", "citation": "19 USC 1500(b)"}],
    }
    answer = await desk.call("POST", f"/items/{item}/complete", json=body)
    assert (answer.status_code, answer.json()["state"]) == (200, "completed")
    changed, decided = (await desk.published())[-2:]
    assert (changed["data"]["change"], changed["data"]["outcome"]) == ("completed", "increase")
    assert decided["type"] == "gov.cbp.work.review-decided.v1"
    assert decided["data"]["effect"] == {"duty_usd": "1250.00", "fees_usd": "3.50", "by_class": []}
    assert decided["data"]["decided_by"]["subject"] == "kim"
    assert (await desk.call("POST", f"/items/{item}/claim", LEE)).json()["code"] == "item-completed"
    detail = (await desk.call("GET", f"/items/{item}")).json()
    assert (detail["decision"]["outcome"], detail["outcome"]) == ("increase", "increase")
    assert len(await desk.rows(decisions)) == 1


async def test_decision_by_class_is_kept_and_published_by_class(desk: Desk) -> None:
    item = await one_item(desk)
    classes = [{"class_code": "duty", "change_usd": "30.00"}, {"class_code": "499", "change_usd": "-5.00"}]
    body = {
        "token": await desk.propose(item, await desk.claim(item)),
        "outcome": "increase",
        "effect": {"duty_usd": "30.00", "fees_usd": "-5.00", "by_class": classes},
        "reasons": [{"code": "value", "text": "Assists were left out."}],
        "legal_basis": [{"rule": "value", "citation": "19 USC 1401a"}],
    }
    wrong = body | {"effect": body["effect"] | {"fees_usd": "-4.00"}}
    assert await problem(desk, "POST", f"/items/{item}/complete", json=wrong) == (422, "invalid-request")
    assert (await desk.call("POST", f"/items/{item}/complete", json=body)).status_code == 200
    assert (await desk.published())[-1]["data"]["effect"]["by_class"] == classes
    assert (await desk.call("GET", f"/items/{item}")).json()["decision"]["by_class"] == classes


async def test_protest_is_not_decided_on_its_item_and_the_refusal_says_where(desk: Desk) -> None:
    await desk.apply(assigned(1, "CEE007"), protest_act("2704-27-100001", entry_number()))
    claimed = (await desk.call("POST", "/items/next")).json()
    body = {"token": claimed["token"], **AS_ENTERED}
    told = len(await desk.published())
    path = f"/items/{claimed['item_id']}"
    refused = await desk.call("POST", f"{path}/complete", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "decided-in-legal-record"), refused.text
    assert "POST /protests/{number}/acts" in refused.json()["remedy"]
    assert len(await desk.published()) == told
    assert (await desk.call("GET", path)).json()["state"] == "claimed"
    await desk.apply(protest_act("2704-27-100001", None, 2, "decided"))
    assert (await desk.call("GET", path)).json()["state"] == "cancelled"


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "increase", "effect": {"duty_usd": "-1.00"}},
        {"outcome": "refund", "effect": {"duty_usd": "1.00"}},
        {"outcome": "no-change", "effect": {"duty_usd": "1.00"}},
        {"outcome": "reject"},
    ],
)
async def test_decision_that_contradicts_itself_is_refused_and_changes_nothing(
    desk: Desk, change: dict[str, Any]
) -> None:
    item = await one_item(desk)
    body = {"token": await desk.claim(item), **AS_ENTERED, **change}
    path = f"/items/{item}/complete"
    assert await problem(desk, "POST", path, json=body) == (422, "inconsistent-decision")
    assert [row.state for row in await desk.rows(items)] == ["claimed"]


async def test_decision_without_a_reason_is_refused(desk: Desk) -> None:
    item = await one_item(desk)
    body = {"token": await desk.claim(item), "outcome": "no-change", "reasons": []}
    assert await problem(desk, "POST", f"/items/{item}/complete", json=body) == (422, "invalid-request")


async def test_request_for_information_goes_out_once_and_is_due_in_thirty_days(desk: Desk) -> None:
    item = await one_item(desk)
    token = await desk.claim(item)
    body = {"token": token, "form": "CBP-28", "questions": ["Describe the goods."]}
    headers = {"Idempotency-Key": "one"}
    first = await desk.call("POST", f"/items/{item}/requests", json=body, headers=headers)
    second = await desk.call("POST", f"/items/{item}/requests", json=body, headers=headers)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert (first.json()["issued_on"], first.json()["due_on"]) == ("2026-03-02", "2026-04-01")
    assert len(await desk.rows(requests)) == 1
    issued = [event for event in await desk.published() if event["type"] == "gov.cbp.work.request-issued.v1"]
    assert [event["data"]["request_id"] for event in issued] == [first.json()["request_id"]]
    detail = (await desk.call("GET", f"/items/{item}")).json()
    assert [(letter["form"], letter["authority"]) for letter in detail["requests"]] == [
        ("CBP-28", "item.work/division")
    ]


async def test_notice_of_action_names_entries_of_one_importer_and_center_only(desk: Desk) -> None:
    item = await one_item(desk)
    same, other = entry_number(), entry_number()
    await desk.apply(routed(same, processes=()), routed(other, processes=(), importer_number="07-999999900"))
    token = await desk.claim(item)
    body = {"token": token, "form": "CBP-29", "questions": ["Rate advanced."], "entry_numbers": [same]}
    path = f"/items/{item}/requests"
    answer = await desk.call("POST", path, json=body, headers={"Idempotency-Key": "1"})
    assert (answer.status_code, answer.json()["due_on"]) == (201, "2026-03-22")
    assert len(answer.json()["entry_numbers"]) == 2
    body["entry_numbers"] = [same, other, entry_number()]
    headers = {"Idempotency-Key": "2"}
    assert await problem(desk, "POST", path, json=body, headers=headers) == (422, "other-importer")
    moved = entry_number()
    await desk.apply(routed(moved, processes=()), routed(moved, processes=(), version=2, center="CEE004"))
    body["entry_numbers"] = [same, moved]
    headers = {"Idempotency-Key": "4"}
    assert await problem(desk, "POST", path, json=body, headers=headers) == (422, "other-center")
    body |= {"entry_numbers": [], "due_on": "2026-03-01"}
    headers = {"Idempotency-Key": "3"}
    assert await problem(desk, "POST", path, json=body, headers=headers) == (422, "due-before-issue")


async def test_list_filters_and_pages_in_queue_order(desk: Desk) -> None:
    entries = [entry_number() for _ in range(7)]
    await desk.apply(*(routed(entry, processes=("ad-cvd", "quota")) for entry in entries))
    await desk.apply(*(legal_act(entry, scheduled_on="2027-01-15") for entry in entries[:3]))
    await desk.apply(assigned())
    seen, path = [], "/items?process=ad-cvd&limit=2"
    while path is not None:
        answer = await desk.call("GET", path)
        seen.extend(answer.json()["items"])
        path = answer.json()["next"]
    assert len({item["item_id"] for item in seen}) == len(seen) == 7
    assert [item["due_on"] for item in seen] == ["2027-01-13"] * 3 + [None] * 4
    assert {item["importer_name"] for item in seen} == {"SYNTHETIC IMPORTER 0001"}
    for query, count in (
        ("state=open", 14),
        ("state=claimed", 0),
        ("center=CEE001", 0),
        ("division=enforcement", 14),
        ("due_before=2027-01-14", 6),
        ("due_before=2027-01-13", 0),
        ("importer=07-345678900", 14),
        (f"entry={entries[0]}", 2),
    ):
        assert len((await desk.call("GET", f"/items?{query}")).json()["items"]) == count, query


async def list_entries(desk: Desk, query: str, who: Identity = KIM) -> set[str]:
    answer = await desk.call("GET", f"/items?{query}", who)
    assert answer.status_code == 200, answer.text
    return {item["entry_number"] for item in answer.json()["items"]}


async def test_what_was_due_before_a_day_holds_no_ended_items_unless_they_are_asked_for(desk: Desk) -> None:
    waiting, held, finished, ended = (entry_number() for _ in range(4))
    for entry in (waiting, held, finished, ended):
        await desk.apply(routed(entry), legal_act(entry, scheduled_on="2027-01-15"))
    await desk.claim(entry_item_id(held, "ad-cvd"))
    token = await desk.claim(entry_item_id(finished, "ad-cvd"))
    path = f"/items/{entry_item_id(finished, 'ad-cvd')}/complete"
    assert (await desk.call("POST", path, json={"token": token, **AS_ENTERED})).status_code == 200
    await desk.apply(legal_act(ended, change="liquidated", sequence=2))
    assert await list_entries(desk, "due_before=2027-01-14") == {waiting, held}
    assert await list_entries(desk, "due_before=2027-01-14&state=completed") == {finished}
    assert await list_entries(desk, "state=completed&state=cancelled") == {finished, ended}
    assert await list_entries(desk, "") == {waiting, held, finished, ended}


async def test_several_states_and_a_holder_filter_a_list_over_its_pages(desk: Desk) -> None:
    entries = [entry_number() for _ in range(4)]
    for entry in entries:
        await desk.apply(routed(entry))
    items = [entry_item_id(entry, "ad-cvd") for entry in entries]
    await desk.claim(items[0])
    await desk.claim(items[1], LEE)
    token = await desk.claim(items[2])
    done = {"token": token, **AS_ENTERED}
    assert (await desk.call("POST", f"/items/{items[2]}/complete", json=done)).status_code == 200
    assert await list_entries(desk, "state=claimed") == {entries[0], entries[1]}
    assert await list_entries(desk, "state=open&state=claimed") == {entries[0], entries[1], entries[3]}
    assert await list_entries(desk, "holder=me") == {entries[0], entries[2]}
    assert await list_entries(desk, "holder=me", LEE) == {entries[1]}
    assert await list_entries(desk, "holder=lee&state=claimed") == {entries[1]}
    assert await list_entries(desk, "holder=nobody") == {entries[3]}
    seen, path = [], "/items?state=open&state=claimed&limit=1"
    while path is not None:
        answer = (await desk.call("GET", path)).json()
        seen.extend(item["entry_number"] for item in answer["items"])
        path = answer["next"]
    assert sorted(seen) == sorted([entries[0], entries[1], entries[3]])
    assert (await desk.call("GET", "/items?state=open&state=shut")).status_code == 422


async def test_a_repeated_next_gives_the_same_item_with_the_same_token_and_takes_no_other(desk: Desk) -> None:
    for _ in range(2):
        await desk.apply(routed(entry_number()))
    key = {"Idempotency-Key": "next-1"}
    first, again = [await desk.call("POST", "/items/next", json={}, headers=key) for _ in range(2)]
    assert first.status_code == again.status_code == 200
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(await list_entries(desk, "state=open")) == 1
    other = {"process": "ad-cvd"}
    assert await problem(desk, "POST", "/items/next", json=other, headers=key) == (422, "idempotency-key-reused")
    assert (await desk.call("POST", "/items/next", LEE, json={}, headers=key)).json() != first.json()


async def test_next_under_one_key_from_many_at_once_takes_one_item(desk: Desk) -> None:
    for _ in range(5):
        await desk.apply(routed(entry_number()))
    key = {"Idempotency-Key": "next-2"}
    answers = await together(*(desk.call("POST", "/items/next", headers=key) for _ in range(5)))
    assert len({(answer.json()["item_id"], answer.json()["token"]) for answer in answers}) == 1
    assert len(await list_entries(desk, "state=claimed")) == 1


async def test_a_key_under_which_nothing_was_open_gets_an_item_when_one_is(desk: Desk) -> None:
    key = {"Idempotency-Key": "next-3"}
    assert (await desk.call("POST", "/items/next", headers=key)).status_code == 204
    item = await one_item(desk)
    assert (await desk.call("POST", "/items/next", headers=key)).json()["item_id"] == str(item)


async def test_a_repeated_decision_gives_the_first_answer_and_decides_once(desk: Desk) -> None:
    item = await one_item(desk)
    token = await desk.claim(item)
    path, key, body = f"/items/{item}/complete", {"Idempotency-Key": "done-1"}, {"token": token, **AS_ENTERED}
    first, again = [await desk.call("POST", path, json=body, headers=key) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(await desk.rows(decisions)) == 1
    changed = body | {"reasons": [{"code": "as-entered", "text": "Other words."}]}
    assert await problem(desk, "POST", path, json=changed, headers=key) == (422, "idempotency-key-reused")
    assert await problem(desk, "POST", path, json=body) == (409, "stale-token"), "without a key it is a second decision"
    assert await problem(desk, "POST", path, json=body, headers={"Idempotency-Key": " "}) == (
        400,
        "idempotency-key-missing",
    )


async def test_queues_and_figures_count_what_waits(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=("ad-cvd", "quota")), legal_act(entry))
    await desk.claim(entry_item_id(entry, "ad-cvd"))
    queues = (await desk.call("GET", "/queues")).json()
    assert [(queue["process"], queue["open"], queue["claimed"], queue["next_due_on"]) for queue in queues] == [
        ("ad-cvd", 0, 1, "2027-01-13"),
        ("quota", 1, 0, "2027-01-13"),
    ]
    assert (await desk.call("GET", "/figures", NATIONAL)).json() == {
        "open": 1,
        "claimed": 1,
        "completed": 0,
        "cancelled": 0,
        "by_queue": {"CEE007/enforcement/ad-cvd": 1, "CEE007/enforcement/quota": 1},
        "pending": {"open": 0, "claimed": 0, "past_goal": 0, "goal_working_days": 2, "oldest_since": None},
    }


async def test_staff_see_the_items_of_their_centers_only(desk: Desk) -> None:
    item = await one_item(desk)
    assert await problem(desk, "GET", f"/items/{item}", ELSEWHERE) == (404, "not-found")
    assert await problem(desk, "POST", f"/items/{item}/claim", ELSEWHERE) == (404, "not-found")
    assert (await desk.call("GET", "/items", ELSEWHERE)).json()["items"] == []
    assert (await desk.call("GET", "/queues", ELSEWHERE)).json() == []
    assert len((await desk.call("GET", "/items", NATIONAL)).json()["items"]) == 1
    assert (await desk.call("GET", f"/items/{item}", NATIONAL)).status_code == 200


async def test_importers_see_no_items_and_other_staff_claim_none(desk: Desk) -> None:
    item = await one_item(desk)
    for path in ("/items", "/queues", "/figures", f"/items/{item}"):
        assert await problem(desk, "GET", path, IMPORTER) == (403, "role-required")
    assert await problem(desk, "POST", f"/items/{item}/claim", NATIONAL) == (403, "role-required")
    assert await problem(desk, "POST", "/items/next", NATIONAL) == (403, "role-required")


async def test_other_division_may_not_claim(desk: Desk) -> None:
    item = await one_item(desk)
    partnership = replace(KIM, divisions=frozenset({"partnership"}))
    assert await problem(desk, "POST", f"/items/{item}/claim", partnership) == (403, "out-of-reach")


async def test_item_of_an_unknown_division_is_shown_counted_and_can_be_claimed(desk: Desk) -> None:
    numbers = [entry_number(), entry_number()]
    await desk.apply(*(say_unknown(routed(number), division=FUTURE_WORD) for number in numbers))
    first, second = [entry_item_id(number, "ad-cvd") for number in numbers]
    shown = (await desk.call("GET", "/items")).json()["items"]
    assert {each["division"] for each in shown} == {FUTURE_WORD}
    assert [each["open"] for each in (await desk.call("GET", "/queues")).json()] == [2]
    assert (await desk.call("GET", "/figures")).json()["by_queue"] == {f"CEE007/{FUTURE_WORD}/ad-cvd": 2}
    of_division = replace(KIM, divisions=frozenset({FUTURE_WORD}))
    assert (await desk.call("POST", f"/items/{first}/claim", of_division)).json()["division"] == FUTURE_WORD
    assert (await desk.call("POST", "/items/next", of_division)).json()["item_id"] == str(second)


async def test_only_the_holder_reads_the_token(desk: Desk) -> None:
    item = await one_item(desk)
    token = await desk.claim(item)
    assert (await desk.call("GET", f"/items/{item}")).json()["token"] == token
    assert (await desk.call("GET", f"/items/{item}", LEE)).json()["token"] is None


async def test_unknown_item_is_not_found(desk: Desk) -> None:
    assert await problem(desk, "GET", f"/items/{uuid4()}") == (404, "not-found")
    assert await problem(desk, "POST", f"/items/{uuid4()}/claim") == (404, "not-found")


async def test_social_security_number_is_shown_masked(desk: Desk) -> None:
    item = await one_item(desk, importer_number="123-45-6789")
    shown = (await desk.call("GET", f"/items/{item}")).json()["importer_number"]
    assert "123-45" not in shown


async def test_concurrent_claims_never_hand_out_an_item_twice(desk: Desk) -> None:
    await desk.apply(*(routed(entry_number()) for _ in range(50)))

    async def work(person: int) -> list[str]:
        who = replace(KIM, subject=f"person-{person}")
        mine = []
        while (answer := await desk.call("POST", "/items/next", who)).status_code == 200:
            mine.append(answer.json()["item_id"])
        assert answer.status_code == 204, answer.text
        return mine

    taken = Counter(item for mine in await together(*map(work, range(8))) for item in mine)
    assert len(taken) == 50
    assert set(taken.values()) == {1}


async def test_of_many_who_want_one_item_one_gets_it(desk: Desk) -> None:
    item = await one_item(desk)
    people = [replace(KIM, subject=f"person-{number}") for number in range(8)]
    answers = await together(*(desk.call("POST", f"/items/{item}/claim", who) for who in people))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
