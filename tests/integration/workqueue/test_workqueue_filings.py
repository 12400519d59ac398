"""Consultations, moves and filings in the work queue: who has what, until when, and how it ends."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from services.workqueue.handlers.item_ids import entry_item_id
from services.workqueue.store.tables import items
from services.workqueue.store.tables.items import item_events
from shared.db.transaction import transaction
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import event_id, filing_item_id
from shared.runtime.slices import JobSession
from tests.integration.workqueue.desk import DIVISIONS, KIM, NOW, Desk
from tests.integration.workqueue.events import (
    assigned,
    consultation,
    filing_routed,
    legal_act,
    protest_act,
    routed,
)
from tests.support.events import entry_number

AUTOMOTIVE = Identity(
    "ana", "Ana Silva", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE003"}), divisions=DIVISIONS
)
BASE_METALS = Identity(
    "bo", "Bo Chen", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE005"}), divisions=DIVISIONS
)
NATIONWIDE = Identity("nat", "Nat Moore", frozenset({RoleName.OFFICE_OF_TRADE}))
ADVICE = {"outcome": "differ", "reasons": [{"code": "advice", "text": "Parts of heading 8708."}]}
BASIS = [{"rule": "pd-tender", "citation": "19 CFR 162.74(c)"}]
MOVED = "The open matter was moved to CEE003; clocks run on as before."


async def work_of(desk: Desk, query: str, who: Identity = NATIONWIDE) -> list[dict[str, Any]]:
    answer = await desk.call("GET", f"/items?{query}", who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def complete(desk: Desk, item: Any, who: Identity, body: dict[str, Any]) -> Any:
    return await desk.call("POST", f"/items/{item}/complete", who, json={"token": await desk.claim(item, who), **body})


async def refusal(desk: Desk, item: Any, who: Identity, token: int, body: dict[str, Any]) -> tuple[int, str, str]:
    answer = await desk.call("POST", f"/items/{item}/complete", who, json={"token": token, **body})
    return answer.status_code, answer.json()["code"], answer.json()["detail"]


# Consultations


async def test_consulted_center_gets_work_beside_that_of_the_accounts_center(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(
        routed(entry, consultations=[consultation(), consultation(tariff="8708999000"), consultation("CEE005")]),
        legal_act(entry, scheduled_on="2027-01-15"),
    )
    rows = {(row.process, row.center): row for row in await desk.rows(items)}
    assert set(rows) == {("ad-cvd", "CEE007"), ("consultation", "CEE003"), ("consultation", "CEE005")}
    asked = rows["consultation", "CEE003"]
    assert asked.item_id == entry_item_id(entry, "consultation", "CEE003")
    assert (asked.entry_number, asked.asking_center, asked.division) == (entry, "CEE007", "validation-and-compliance")
    assert (asked.value_usd, asked.due_on, asked.state) == (800, date(2027, 1, 13), "open")
    assert [each["tariff"] for each in asked.goods] == ["8703230170", "8708999000"]


async def test_entry_without_review_asks_nobody(desk: Desk) -> None:
    await desk.apply(routed(entry_number(), processes=(), consultations=[consultation()]))
    assert await desk.rows(items) == []


async def test_consultation_ends_when_a_correction_drops_the_goods_or_the_entry_is_liquidated(desk: Desk) -> None:
    dropped, liquidated = entry_number(), entry_number()
    await desk.apply(
        *(routed(entry, consultations=[consultation(), consultation("CEE005")]) for entry in (dropped, liquidated))
    )
    await desk.apply(routed(dropped, 2, consultations=[consultation("CEE005")]), legal_act(liquidated, 2, "liquidated"))
    assert {(row.entry_number, row.center): row.state for row in await desk.rows(items) if row.asking_center} == {
        (dropped, "CEE003"): "cancelled",
        (dropped, "CEE005"): "open",
        (liquidated, "CEE003"): "cancelled",
        (liquidated, "CEE005"): "cancelled",
    }


async def test_advice_is_kept_and_decides_nothing(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, consultations=[consultation()]))
    item = entry_item_id(entry, "consultation", "CEE003")
    assert (await complete(desk, item, AUTOMOTIVE, ADVICE)).json()["outcome"] == "differ"
    assert {event["type"] for event in await desk.published()} == {"gov.cbp.work.item-changed.v1"}
    (asked,) = await work_of(desk, f"entry={entry}&kind=consultation", KIM)
    assert (asked["center"], asked["asking_center"], asked["outcome"]) == ("CEE003", "CEE007", "differ")
    seen = (await desk.call("GET", f"/items/{item}", KIM)).json()
    assert seen["decision"]["reasons"][0]["text"] == "Parts of heading 8708."
    assert [row.state for row in await desk.rows(items) if row.process == "ad-cvd"] == ["open"]


@pytest.mark.parametrize(
    "outcome",
    [
        {"outcome": "increase", "effect": {"duty_usd": "10.00"}, "legal_basis": BASIS},
        {"outcome": "no-change"},
        {"outcome": "granted", "legal_basis": BASIS},
    ],
)
async def test_consulted_center_cannot_decide_the_entry(desk: Desk, outcome: dict[str, Any]) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, consultations=[consultation()]))
    item = entry_item_id(entry, "consultation", "CEE003")
    token = await desk.claim(item, AUTOMOTIVE)
    status, code, detail = await refusal(desk, item, AUTOMOTIVE, token, ADVICE | outcome)
    assert (status, code) == (422, "other-outcome")
    assert "Center of record, CEE007" in detail
    with_money = ADVICE | {"effect": {"duty_usd": "10.00"}}
    assert (await refusal(desk, item, AUTOMOTIVE, token, with_money))[1] == "inconsistent-decision"


async def test_consulted_center_issues_no_notice_of_action(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, consultations=[consultation()]))
    item = entry_item_id(entry, "consultation", "CEE003")
    body = {"token": await desk.claim(item, AUTOMOTIVE), "form": "CBP-29", "questions": ["Rate advanced."]}
    answer = await desk.call("POST", f"/items/{item}/requests", AUTOMOTIVE, json=body, headers={"Idempotency-Key": "1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "other-center")


async def test_asking_center_reads_the_consultation_and_does_not_work_on_it(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, consultations=[consultation()]))
    item = entry_item_id(entry, "consultation", "CEE003")
    answer = await desk.call("POST", f"/items/{item}/claim", KIM)
    assert (answer.status_code, answer.json()["code"]) == (403, "out-of-reach")
    assert (await desk.call("POST", "/items/next", KIM, json={"process": "consultation"})).status_code == 204
    assert (await desk.call("GET", f"/items/{item}", BASE_METALS)).status_code == 404
    assert [queue["process"] for queue in (await desk.call("GET", "/queues", KIM)).json()] == ["ad-cvd"]


async def test_review_takes_no_advice_as_its_outcome(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry))
    item = entry_item_id(entry, "ad-cvd")
    token = await desk.claim(item)
    assert (await refusal(desk, item, KIM, token, ADVICE))[:2] == (422, "other-outcome")


# Moves


async def test_moved_entry_takes_its_open_work_along_and_no_clock_begins_anew(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry), legal_act(entry, scheduled_on="2027-01-15"))
    (before,) = await desk.rows(items)
    (told,) = await desk.apply(routed(entry, move=1, center="CEE003", id="move-1", time="2026-04-01T12:00:00Z"))
    assert (told.data.center, told.data.sequence, told.data.change) == ("CEE003", 101, "routed")
    (after,) = await desk.rows(items)
    assert (after.item_id, after.center, after.state) == (before.item_id, "CEE003", "open")
    assert (after.opened_at, after.due_on) == (before.opened_at, before.due_on)
    assert after.center_since == datetime(2026, 4, 1, 12, tzinfo=UTC)
    (shown,) = await work_of(desk, f"entry={entry}")
    assert (shown["opened_at"], shown["center_since"]) == ("2026-03-02T19:03:11Z", "2026-04-01T12:00:00Z")
    history = (await desk.call("GET", f"/items/{after.item_id}", AUTOMOTIVE)).json()["history"]
    assert history[-1]["reasons"][0]["code"] == "moved"
    assert history[-1]["reasons"][0]["text"] == MOVED


async def test_move_that_comes_before_the_routing_stands(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, move=1, center="CEE003", id="move-1", time="2026-04-01T12:00:00Z"))
    await desk.apply(routed(entry))
    (row,) = await desk.rows(items)
    assert (row.center, row.opened_at) == ("CEE003", NOW)


async def test_claim_ends_when_the_holders_center_loses_the_entry(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry))
    item = entry_item_id(entry, "ad-cvd")
    token = await desk.claim(item)
    outgoing = await desk.apply(routed(entry, move=1, center="CEE003", id="move-1", time="2026-04-01T12:00:00Z"))
    assert [(each.data.change, each.data.sequence, each.data.state) for each in outgoing] == [
        ("released", 1_000_002, "open"),
        ("routed", 1_000_003, "open"),
    ]
    (row,) = await desk.rows(items)
    assert (row.state, row.holder, row.token, row.center) == ("open", None, 1, "CEE003")
    late = await desk.call("POST", f"/items/{item}/complete", AUTOMOTIVE, json={"token": token, **ADVICE})
    assert (late.status_code, late.json()["code"]) == (409, "stale-token")
    history = (await desk.call("GET", f"/items/{item}", AUTOMOTIVE)).json()["history"]
    assert [line["change"] for line in history] == ["routed", "claimed", "released", "routed"]
    assert "from CEE007 to CEE003: the claim of Kim Reyes ends" in history[2]["reasons"][0]["text"]
    assert await desk.claim(item, AUTOMOTIVE) == 2


async def test_completed_work_stays_with_the_center_that_did_it(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=("ad-cvd", "quota")))
    item = entry_item_id(entry, "ad-cvd")
    body = {"outcome": "no-change", "reasons": [{"code": "as-entered", "text": "As entered."}]}
    assert (await complete(desk, item, KIM, body)).status_code == 200
    outgoing = await desk.apply(routed(entry, 1, ("ad-cvd", "quota"), move=1, center="CEE003", id="move-1"))
    assert [each.data.process for each in outgoing] == ["quota"]
    assert {(row.process, row.state, row.center) for row in await desk.rows(items)} == {
        ("ad-cvd", "completed", "CEE007"),
        ("quota", "open", "CEE003"),
    }


async def test_entry_moved_to_the_consulted_center_asks_it_no_longer(desk: Desk) -> None:
    entry = entry_number()
    asked = [consultation(), consultation("CEE005")]
    await desk.apply(routed(entry, consultations=asked))
    await desk.apply(routed(entry, move=1, center="CEE003", consultations=asked, id="move-1"))
    assert {(row.process, row.center, row.asking_center, row.state) for row in await desk.rows(items)} == {
        ("ad-cvd", "CEE003", None, "open"),
        ("consultation", "CEE003", "CEE003", "cancelled"),
        ("consultation", "CEE005", "CEE003", "open"),
    }


async def test_protest_claim_ends_when_the_entry_goes_to_another_center(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=()), protest_act("2704-27-100001", entry))
    (row,) = await desk.rows(items)
    await desk.claim(row.item_id)
    (told,) = await desk.apply(routed(entry, 1, (), move=1, center="CEE003", id="move-1"))
    assert (told.data.change, told.data.center) == ("released", "CEE003")
    assert [(row.state, row.center) for row in await desk.rows(items)] == [("open", "CEE003")]


# Filings


async def test_filing_is_one_item_due_at_its_earliest_clock(desk: Desk) -> None:
    entries = [entry_number(), entry_number()]
    (told,) = await desk.apply(filing_routed(entry_numbers=entries, forwarded_from="port 2704"))
    assert (told.data.change, told.data.sequence, told.data.process) == ("routed", 1, "prior-disclosure")
    for query in (f"entry={entries[1]}", "filing=PD-000001", "kind=filing", "process=prior-disclosure"):
        (shown,) = await work_of(desk, query, KIM)
    assert shown["item_id"] == str(filing_item_id("PD-000001"))
    assert {name: shown[name] for name in ("kind", "filing_kind", "center", "division", "authority", "state")} == {
        "kind": "filing",
        "filing_kind": "prior-disclosure",
        "center": "CEE007",
        "division": "validation-and-compliance",
        "authority": "prior-disclosure-figures-center",
        "state": "open",
    }
    assert (shown["opened_at"], shown["forwarded_from"]) == ("2026-03-02T12:00:00Z", "port 2704")
    assert (shown["due_on"], shown["due_rule"]) == ("2026-03-12", "pd-oral-confirm")
    assert [(each["rule"], each["due_on"]) for each in shown["clocks"]] == [
        ("pd-oral-confirm", "2026-03-12"),
        ("pd-unknown-data", "2026-04-01"),
    ]
    assert (shown["entry_number"], shown["entry_count"]) == (None, 2)
    assert (await desk.call("GET", f"/items/{shown['item_id']}")).json()["entry_numbers"] == entries


async def test_who_has_an_entry_names_reviews_consultations_protests_and_filings(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(
        routed(entry, consultations=[consultation()]),
        protest_act("2704-27-100001", entry),
        filing_routed(entry_numbers=[entry_number(), entry], center="CEE005"),
    )
    await desk.claim(entry_item_id(entry, "ad-cvd"))
    shown = {item["kind"]: item for item in await work_of(desk, f"entry={entry}")}
    assert {kind: item["center"] for kind, item in shown.items()} == {
        "review": "CEE007",
        "consultation": "CEE003",
        "protest": "CEE007",
        "filing": "CEE007",
    }
    assert (shown["review"]["holder_name"], shown["review"]["authority"]) == (
        "Kim Reyes",
        "entry-summary-review-center",
    )
    for kind, count in (("review", 1), ("consultation", 1), ("protest", 1), ("filing", 1)):
        assert len(await work_of(desk, f"kind={kind}")) == count


async def test_filing_without_clocks_has_no_due_date(desk: Desk) -> None:
    await desk.apply(filing_routed(kind="internal-advice"))
    (shown,) = await work_of(desk, "kind=filing")
    assert (shown["due_on"], shown["due_rule"], shown["clocks"]) == (None, None, [])


async def test_next_looks_at_the_centers_of_the_token_also_at_one_that_is_new(desk: Desk) -> None:
    await desk.apply(filing_routed("PD-1", center="CEE042"), filing_routed("PD-2", center="PNDING"))
    of_both = replace(KIM, centers=frozenset({"CEE007", "CEE042"}))
    assert (await desk.call("POST", "/items/next", of_both)).json()["center"] == "CEE042"
    assert (await desk.call("POST", "/items/next", of_both)).status_code == 204
    assert (await desk.call("POST", "/items/next", NATIONWIDE)).status_code == 403


@pytest.mark.parametrize("kind", ["protest", "center-appeal"])
async def test_protests_and_appeals_are_no_filings_of_the_queue(desk: Desk, kind: str) -> None:
    assert await desk.apply(filing_routed(kind=kind)) == []
    assert await desk.rows(items) == []


async def test_moved_filing_keeps_its_clocks_in_any_order(desk: Desk) -> None:
    moved = {"center": "CEE003", "time": "2026-04-01T12:00:00Z"}
    await desk.apply(filing_routed("PD-1"))
    await desk.apply(filing_routed("PD-1", 2, **moved))
    await desk.apply(filing_routed("PD-2", 2, **moved))
    await desk.apply(filing_routed("PD-2"))
    rows = await desk.rows(items)
    assert {(row.center, row.due_on, row.opened_at, row.center_since) for row in rows} == {
        ("CEE003", date(2026, 4, 1), datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 4, 1, 12, tzinfo=UTC))
    }
    for row in rows:
        history = (await desk.call("GET", f"/items/{row.item_id}", AUTOMOTIVE)).json()["history"]
        assert [line["reasons"][0]["code"] for line in history] == ["filed", "moved"]
        assert history[-1]["reasons"][1]["text"] == MOVED


async def test_claim_on_a_filing_ends_with_its_move(desk: Desk) -> None:
    await desk.apply(filing_routed())
    await desk.claim(filing_item_id("PD-000001"))
    outgoing = await desk.apply(filing_routed(sequence=2, center="CEE003", time="2026-04-01T12:00:00Z"))
    changes = [(each.data.change, each.data.sequence) for each in outgoing]
    assert changes == [("released", 1_000_002), ("routed", 1_000_003)]
    assert [(row.state, row.holder, row.center) for row in await desk.rows(items)] == [("open", None, "CEE003")]


async def test_filing_without_a_center_is_seen_by_all_until_the_account_has_one(desk: Desk) -> None:
    pending = filing_routed(center="PNDING")
    await desk.apply(pending)
    for who in (KIM, AUTOMOTIVE, NATIONWIDE):
        assert [item["center"] for item in await work_of(desk, "kind=filing", who)] == ["PNDING"]
    await desk.apply(assigned(1, "CEE007"))
    assert [item["center"] for item in await work_of(desk, "kind=filing", KIM)] == ["CEE007"]
    assert await desk.apply(pending) == []
    await desk.apply(filing_routed("PD-2", center="PNDING"), filing_routed("PD-3", center="CEE005"))
    assert sorted(row.center for row in await desk.rows(items)) == ["CEE005", "CEE007", "CEE007"]


async def test_answered_filing_is_completed_and_tells_the_legal_record_nothing(desk: Desk) -> None:
    await desk.apply(filing_routed(kind="extension-request"))
    item = filing_item_id("PD-000001")
    body = {"outcome": "granted", "reasons": [{"code": "good-cause", "text": "Good cause is shown."}]}
    token = await desk.claim(item)
    assert (await refusal(desk, item, KIM, token, body))[:2] == (422, "inconsistent-decision")
    assert (await refusal(desk, item, KIM, token, body | {"outcome": "reject"}))[:2] == (422, "other-outcome")
    answer = await desk.call("POST", f"/items/{item}/complete", json={"token": token, **body, "legal_basis": BASIS})
    assert (answer.status_code, answer.json()["outcome"]) == (200, "granted")
    published = await desk.published()
    assert {event["type"] for event in published} == {"gov.cbp.work.item-changed.v1"}
    assert published[-1]["data"]["state"] == "completed"
    lines = len(await desk.rows(item_events))
    assert await desk.apply(filing_routed(sequence=2, center="CEE003", time="2026-04-01T12:00:00Z")) == []
    assert [(row.state, row.center) for row in await desk.rows(items)] == [("completed", "CEE007")]
    assert len(await desk.rows(item_events)) == lines


async def test_liquidation_of_its_entries_ends_no_filing(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry), filing_routed(entry_numbers=[entry]))
    await desk.apply(legal_act(entry, 2, "liquidated"))
    assert {(row.process, row.state) for row in await desk.rows(items)} == {
        ("ad-cvd", "cancelled"),
        ("prior-disclosure", "open"),
    }


# Whose a filing is


async def ask(desk: Desk, item: Any, who: Identity = KIM, key: str = "q", **body: Any) -> str:
    """The id of a CBP 28 that somebody issues from an item."""
    given = {"token": await desk.claim(item, who), "form": "CBP-28", "questions": ["SYNTHETIC: of what is it made?"]}
    answer = await desk.call(
        "POST", f"/items/{item}/requests", who, json=given | body, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 201, answer.text
    request_id: str = answer.json()["request_id"]
    return request_id


def whose(shown: dict[str, Any]) -> tuple[Any, ...]:
    return shown["center"], shown["center_basis"], shown["center_reason"]["code"], shown["center_reason"]["fact"]


async def test_reply_to_a_request_is_the_next_work_of_the_center_that_asked(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry))
    request_id = await ask(desk, entry_item_id(entry, "ad-cvd"))
    await desk.apply(filing_routed("R-1", kind="response", center="PNDING", answers_request=request_id))
    taken = await desk.call("POST", "/items/next", KIM, json={"process": "response"})
    assert (taken.status_code, taken.json()["filing_number"]) == (200, "R-1")
    shown = (await desk.call("GET", f"/items/{filing_item_id('R-1')}", KIM)).json()
    assert whose(shown) == ("CEE007", "requested-by", "center-by-request", request_id)
    assert shown["center_goal"] is None


async def test_request_to_another_importer_draws_no_reply_to_its_center(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry))
    request_id = await ask(desk, entry_item_id(entry, "ad-cvd"))
    stranger = {"importer_number": "10-345678900", "center": "PNDING", "answers_request": request_id}
    await desk.apply(filing_routed("R-1", kind="response", **stranger))
    (shown,) = await work_of(desk, "filing=R-1", KIM)
    assert whose(shown) == ("PNDING", "pending", "center-pending", None)


@pytest.mark.parametrize("named", ["no-uuid", "00000000-0000-0000-0000-000000000000"])
async def test_reply_that_names_no_known_request_is_found_by_its_entries(desk: Desk, named: str) -> None:
    entry = entry_number()
    reply = filing_routed("R-1", kind="response", center="PNDING", answers_request=named, entry_numbers=[entry])
    await desk.apply(routed(entry, processes=(), center="CEE005"), reply)
    (shown,) = await work_of(desk, "filing=R-1")
    assert whose(shown) == ("CEE005", "entry", "center-by-entry", entry)


async def test_filings_that_claim_to_answer_each_other_come_to_rest(desk: Desk) -> None:
    entry = entry_number()
    ids = {number: event_id("request", str(filing_item_id(number)), "kim", number) for number in ("A", "B")}
    await desk.apply(
        routed(entry, processes=()),
        filing_routed("A", kind="response", answers_request=ids["B"]),
        filing_routed("B", kind="response", answers_request=ids["A"]),
    )
    for number in ("A", "B"):
        assert await ask(desk, filing_item_id(number), key=number, entry_numbers=[entry]) == ids[number]
    assert {(row.center, row.center_basis) for row in await desk.rows(items)} == {("CEE007", "requested-by")}


async def test_change_of_center_ends_the_claim_and_says_why(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(filing_routed("R-1", kind="extension-request", center="PNDING", entry_numbers=[entry]))
    item = filing_item_id("R-1")
    token = await desk.claim(item)
    outgoing = await desk.apply(routed(entry, processes=(), center="CEE003"))
    assert [(each.data.change, each.data.center, each.data.state) for each in outgoing] == [
        ("released", "CEE003", "open"),
        ("routed", "CEE003", "open"),
    ]
    late = await desk.call("POST", f"/items/{item}/release", AUTOMOTIVE, json={"token": token})
    assert (late.status_code, late.json()["code"]) == (409, "stale-token")
    history = (await desk.call("GET", f"/items/{item}", AUTOMOTIVE)).json()["history"]
    assert [line["change"] for line in history] == ["routed", "claimed", "released", "routed"]
    went, why = history[-1]["reasons"]
    assert (went["text"], why["code"], why["fact"]) == (
        "The filing goes from PNDING to CEE003.",
        "center-by-entry",
        entry,
    )


async def test_answered_filing_stays_with_the_center_that_answered(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(filing_routed("R-1", kind="internal-advice", entry_numbers=[entry]))
    body = {"outcome": "answered", "reasons": [{"code": "told", "text": "SYNTHETIC."}]}
    assert (await complete(desk, filing_item_id("R-1"), KIM, body)).status_code == 200
    assert await desk.apply(routed(entry, processes=(), center="CEE003")) == []
    (shown,) = await work_of(desk, "filing=R-1", KIM)
    assert whose(shown) == ("CEE007", "account", "center-by-account", None)


async def test_items_of_the_release_before_are_looked_at_by_the_job(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(
        routed(entry, processes=(), center="CEE003"),
        filing_routed("R-1", kind="extension-request", center="PNDING", entry_numbers=[entry]),
        filing_routed("R-2", kind="drawback-claim", center="PNDING", entry_numbers=[entry]),
    )
    as_before = "UPDATE items SET center = 'PNDING', center_basis = NULL, center_fact = NULL WHERE kind = 'filing'"
    async with transaction(desk.engine) as tx:
        await tx.connection.execute(text(as_before))
        await tx.connection.execute(text("UPDATE filings SET basis = NULL"))
    (job,) = [job for job in desk.parts.jobs if job.name == "derive-filings"]
    await job.run(JobSession(job.name, desk.engine, desk.clock))
    assert {item["filing_number"]: whose(item)[:2] for item in await work_of(desk, "kind=filing")} == {
        "R-1": ("CEE003", "entry"),
        "R-2": ("PNDING", "drawback-office"),
    }


# What waits for a Center


DRAWBACK = Identity(
    "dru", "Dru Hale", frozenset({RoleName.DRAWBACK_SPECIALIST}), centers=frozenset({"CEE001"}), divisions=DIVISIONS
)


@pytest.mark.parametrize("who", [KIM, AUTOMOTIVE], ids=["of CEE007", "of CEE003"])
async def test_what_waits_for_a_center_is_worked_by_whoever_asks_for_it_by_name(desk: Desk, who: Identity) -> None:
    await desk.apply(filing_routed("R-1", kind="extension-request", center="PNDING"))
    assert (await desk.call("POST", "/items/next", who)).status_code == 204
    taken = await desk.call("POST", "/items/next", who, json={"center": "PNDING"})
    assert (taken.status_code, taken.json()["filing_number"]) == (200, "R-1")
    body = {"outcome": "denied", "reasons": [{"code": "late", "text": "SYNTHETIC."}], "legal_basis": BASIS}
    done = await desk.call(
        "POST", f"/items/{taken.json()['item_id']}/complete", who, json={"token": taken.json()["token"], **body}
    )
    assert done.status_code == 200, done.text


async def test_drawback_specialist_takes_the_claims_of_the_drawback_office(desk: Desk) -> None:
    await desk.apply(
        filing_routed("R-1", kind="extension-request", center="PNDING"),
        filing_routed("D-1", kind="drawback-claim", center="PNDING"),
    )
    wanted = {"center": "PNDING", "process": "drawback-claim"}
    taken = await desk.call("POST", "/items/next", DRAWBACK, json=wanted)
    assert (taken.status_code, taken.json()["filing_number"]) == (200, "D-1")


async def test_pending_work_has_a_goal_and_is_overdue_when_that_has_passed(desk: Desk) -> None:
    """Received on Monday 2 March 2026; two working days later is Wednesday the 4th."""
    await desk.apply(
        filing_routed("R-1", kind="extension-request", center="PNDING"),
        filing_routed("R-2", kind="reconciliation", center="PNDING"),
        filing_routed("D-1", kind="drawback-claim", center="PNDING"),
        filing_routed("R-3", kind="extension-request"),
    )
    (count,) = [job for job in desk.parts.jobs if job.name == "count-pending"]
    for now, late in ((datetime(2026, 3, 5, 4, tzinfo=UTC), 0), (datetime(2026, 3, 5, 5, tzinfo=UTC), 2)):
        desk.clock.advance(now - desk.clock.now())
        goals = {item["filing_number"]: item["center_goal"] for item in await work_of(desk, "kind=filing")}
        assert (goals["D-1"], goals["R-3"]) == (None, None)
        for number in ("R-1", "R-2"):
            assert (goals[number]["kind"], goals[number]["due_on"]) == ("goal", "2026-03-04")
            assert goals[number]["is_past"] is bool(late)
        assert len(await work_of(desk, "overdue=true")) == late
        pending = (await desk.call("GET", "/figures", NATIONWIDE)).json()["pending"]
        assert pending == {
            "open": 2,
            "claimed": 0,
            "past_goal": late,
            "goal_working_days": 2,
            "oldest_since": "2026-03-02T12:00:00Z",
        }
        queues = (await desk.call("GET", "/queues?center=PNDING", NATIONWIDE)).json()
        assert sum(queue["overdue"] for queue in queues) == late
        await count.run(JobSession(count.name, desk.engine, desk.clock))
        assert desk.platform.metrics.registry.get_sample_value("centerline_items_pending_past_goal") == late
