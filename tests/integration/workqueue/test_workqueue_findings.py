"""Findings by line, what was decided on the same goods before, and items that a refused decision opens again."""

from collections.abc import Awaitable, Callable
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from services.workqueue.handlers.item_ids import entry_item_id
from services.workqueue.store.tables import decided_goods, decisions, items, routed_goods
from services.workqueue.store.tables.items import item_events
from shared.customs.goods import goods_key
from shared.db.transaction import transaction
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, KIM, LEE, Desk
from tests.integration.workqueue.events import decision_refused, legal_act, routed
from tests.integration.workqueue.test_workqueue_matters import DAN
from tests.support.events import entry_number
from tests.support.recorded import recorded, with_

AWAY = Identity(
    "ana", "Ana Silva", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE001"}), divisions=DIVISIONS
)
NATIONAL = Identity("hq", "Headquarters", frozenset({RoleName.OFFICE_OF_TRADE}))
LAPTOPS = goods_key("PORTABLE COMPUTERS", "CNABCELE123SHE", "CN")
GOODS = {
    "line_number": 1,
    "key": LAPTOPS,
    "tariff": "8471300100",
    "origin": "CN",
    "manufacturer_id": "CNABCELE123SHE",
    "description": "PORTABLE COMPUTERS",
    "value_usd": 1000,
    "duty_usd": "25.00",
}
LINES = [GOODS, GOODS | {"line_number": 2, "key": "a" * 16, "tariff": "8517130000", "description": "TELEPHONES"}]
REASONS = [{"code": "classification", "text": "As examined."}]
INCREASE = {
    "outcome": "increase",
    "effect": {"duty_usd": "100.00"},
    "reasons": REASONS,
    "legal_basis": [{"rule": "classification", "citation": "19 USC 1500(b)"}],
}
AS_ENTERED = {"outcome": "no-change", "reasons": REASONS}
FOUND = {"line_number": 1, "issue": "02", "declared": "8471300100", "found": "8471410150", "ruling": "NY N301234"}


async def item_of(desk: Desk, serial: int = 7_000_001, **changes: Any) -> Any:
    entry = entry_number(serial)
    await desk.apply(routed(entry, **{"goods": LINES, **changes}))
    return entry_item_id(entry, "ad-cvd")


async def decide(desk: Desk, item: Any, body: dict[str, Any], who: Identity = KIM) -> Any:
    desk.app.state.notice_over_cents = None  # that an increase waits for its CBP 29 is tested with the letters
    token = await desk.claim(item, who)
    return await desk.call("POST", f"/items/{item}/complete", who, json=body | {"token": token})


async def test_findings_are_kept_and_published_with_the_goods_that_they_are_on(desk: Desk) -> None:
    item = await item_of(desk)
    found = FOUND | {"criterion": "cheap-laptops", "criterion_was": "right"}
    answer = await decide(desk, item, INCREASE | {"findings": [found]})
    assert answer.status_code == 200, answer.text
    (published,) = (await desk.published())[-1]["data"]["findings"]
    assert published == found | {
        "key": LAPTOPS,
        "tariff": "8471300100",
        "origin": "CN",
        "manufacturer_id": "CNABCELE123SHE",
        "description": "PORTABLE COMPUTERS",
    }
    shown = (await desk.call("GET", f"/items/{item}")).json()["decision"]["findings"]
    assert shown == [found]


@pytest.mark.parametrize(
    ("body", "findings", "code"),
    [
        (INCREASE, [FOUND | {"line_number": 3}], "no-such-line"),
        (AS_ENTERED, [FOUND], "inconsistent-finding"),
        (INCREASE, [FOUND | {"found": FOUND["declared"]}], "inconsistent-finding"),
        (INCREASE, [FOUND | {"issue": "08"}], "inconsistent-finding"),
        (INCREASE, [FOUND, FOUND | {"found": "8528520000"}], "inconsistent-finding"),
        (INCREASE, [FOUND | {"criterion_was": "wrong"}], "inconsistent-finding"),
        (INCREASE, [FOUND | {"issue": "42"}], "invalid-request"),
    ],
)
async def test_finding_that_does_not_fit_is_refused_and_nothing_is_decided(
    desk: Desk, body: dict[str, Any], findings: list[dict[str, Any]], code: str
) -> None:
    item = await item_of(desk)
    answer = await decide(desk, item, body | {"findings": findings})
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert await desk.rows(decisions) == []


@pytest.mark.parametrize(
    "finding", [FOUND | {"found": FOUND["declared"]}, FOUND | {"issue": "08", "declared": "CN", "found": "TW"}]
)
async def test_no_change_may_say_what_was_right_and_what_changes_no_revenue(
    desk: Desk, finding: dict[str, Any]
) -> None:
    assert (await decide(desk, await item_of(desk), AS_ENTERED | {"findings": [finding]})).status_code == 200


async def test_lines_that_routing_did_not_tell_are_not_held_against_a_finding(desk: Desk) -> None:
    item = await item_of(desk)
    async with transaction(desk.engine) as tx:  # as routing of a release before told it
        await tx.connection.execute(delete(routed_goods))
    assert (await decide(desk, item, INCREASE | {"findings": [FOUND | {"line_number": 7}]})).status_code == 200
    assert (await desk.published())[-1]["data"]["findings"][0]["key"] is None
    assert await desk.rows(decided_goods) == []


async def test_entries_that_nobody_reviews_leave_no_goods(desk: Desk) -> None:
    await desk.apply(routed(entry_number(), processes=()), routed(entry_number(7_000_002)))
    assert [row.entry_number for row in await desk.rows(routed_goods)] == [entry_number(7_000_002)]


async def decided_before(desk: Desk) -> Any:
    """Three decisions of CEE007 that kept the number, one of another Center for another importer that did not."""
    for serial in range(7_000_001, 7_000_004):
        assert (await decide(desk, await item_of(desk, serial), AS_ENTERED)).status_code == 200
    theirs = await item_of(desk, 7_000_004, center="CEE001", importer_number="08-345678900")
    assert (await decide(desk, theirs, INCREASE | {"findings": [FOUND]}, AWAY)).status_code == 200
    return await item_of(desk, 7_000_005)


async def test_earlier_decisions_on_the_same_goods_are_counted_with_the_minority(desk: Desk) -> None:
    item = await decided_before(desk)
    first, second = (await desk.call("GET", f"/items/{item}/goods")).json()["lines"]
    assert first["says"] == "4 earlier: 3 kept 8471300100, 1 changed to 8471410150"
    assert [(each["found"], each["times"]) for each in first["answers"]] == [("8471300100", 3), ("8471410150", 1)]
    assert [each["center"] for each in first["earlier"]] == ["CEE007", "CEE007", "CEE007", "CEE001"]
    assert second["says"] == "3 earlier: 3 kept 8517130000"


async def test_importers_of_other_centers_are_numbered_for_a_center_and_named_for_headquarters(desk: Desk) -> None:
    item = await decided_before(desk)
    theirs = (await desk.call("GET", f"/items/{item}/goods")).json()["lines"][0]["earlier"][-1]
    assert (theirs["importer"], theirs["entry_number"], theirs["item_id"]) == ("other importer 1", None, None)
    assert theirs["ruling"] == "NY N301234"
    whole = (await desk.call("GET", f"/items/{item}/goods", NATIONAL)).json()["lines"][0]["earlier"]
    assert {each["importer"] for each in whole} == {"07-345678900", "08-345678900"}
    assert (await desk.call("GET", f"/items/{item}/goods", AWAY)).status_code == 404


async def test_own_center_comes_first_then_the_newest(desk: Desk) -> None:
    await decided_before(desk)
    theirs = await item_of(desk, 7_000_006, center="CEE001", importer_number="08-345678900")
    earlier = (await desk.call("GET", f"/items/{theirs}/goods", AWAY)).json()["lines"][0]["earlier"]
    assert [each["center"] for each in earlier] == ["CEE001", "CEE007", "CEE007", "CEE007"]
    assert [each["importer"] for each in earlier] == ["08-345678900", *["other importer 1"] * 3]


async def test_an_increase_without_findings_says_nothing_of_any_goods(desk: Desk) -> None:
    assert (await decide(desk, await item_of(desk), INCREASE)).status_code == 200
    line = (await desk.call("GET", f"/items/{await item_of(desk, 7_000_002)}/goods")).json()["lines"][0]
    assert (line["says"], line["answers"]) == ("none earlier", [])


async def test_refused_decision_opens_the_item_again_free_and_as_urgent_as_before(desk: Desk) -> None:
    item = await item_of(desk)
    before = (await desk.rows(items))[0]
    assert (await decide(desk, item, INCREASE | {"findings": [FOUND]})).status_code == 200
    (decision,) = await desk.rows(decisions)
    refusal = decision_refused(entry_number(7_000_001), decision.decision_id)
    await desk.apply(refusal)
    (row,) = [row for row in await desk.rows(items) if row.item_id == before.item_id]
    assert (row.state, row.holder, row.lease_until) == ("open", None, None)
    assert (row.priority, row.opened_at, row.due_on, row.center) == (
        before.priority,
        before.opened_at,
        before.due_on,
        before.center,
    )
    shown = (await desk.call("GET", f"/items/{item}")).json()
    assert (shown["state"], shown["decision"], shown["outcome"]) == ("open", None, None)
    last = shown["history"][-1]
    assert (last["change"], last["reasons"][0]["code"]) == ("reopened", "decision-refused")
    assert "reliquidation within 90 days" in last["reasons"][0]["text"]
    assert last["reasons"][0]["citation"] == "19 USC 1501, 19 CFR 173.3"
    assert [each["data"].get("change") for each in await desk.published()][-2:] == ["reopened", "opened"]
    other = await item_of(desk, 7_000_002)
    (earlier,) = (await desk.call("GET", f"/items/{other}/goods")).json()["lines"][0]["earlier"]
    assert (earlier["found"], earlier["was_refused"]) == ("8471410150", True)


async def test_refusal_told_twice_changes_nothing_more(desk: Desk) -> None:
    item = await item_of(desk)
    await decide(desk, item, INCREASE)
    (decision,) = await desk.rows(decisions)
    refusal = decision_refused(entry_number(7_000_001), decision.decision_id)
    await desk.apply(refusal, refusal)
    token = await desk.claim(item, LEE)
    before = await desk.rows(items), await desk.rows(item_events)
    assert await desk.apply(refusal) == []
    assert (await desk.rows(items), await desk.rows(item_events)) == before
    assert (await desk.call("POST", f"/items/{item}/heartbeat", LEE, json={"token": token})).status_code == 200


@pytest.mark.parametrize("decision_id", ["no-id-of-ours", "00000000-0000-0000-0000-000000000001"])
async def test_refusal_of_a_decision_that_nobody_made_here_opens_nothing(desk: Desk, decision_id: str) -> None:
    item = await item_of(desk)
    await decide(desk, item, INCREASE)
    assert await desk.apply(decision_refused(entry_number(7_000_001), decision_id)) == []
    assert (await desk.rows(items))[0].state == "completed"


async def test_after_a_refusal_the_record_is_changed_there_and_the_item_ends_here(desk: Desk) -> None:
    item = await item_of(desk)
    await decide(desk, item, INCREASE)
    (decision,) = await desk.rows(decisions)
    await desk.apply(decision_refused(entry_number(7_000_001), decision.decision_id))
    token = await desk.claim(item)
    again = await desk.call("POST", f"/items/{item}/complete", json=INCREASE | {"token": token})
    assert (again.status_code, again.json()["code"]) == (422, "decision-was-refused")
    body = {"token": token, "outcome": "refer", "reasons": REASONS}
    assert (await desk.call("POST", f"/items/{item}/complete", json=body)).status_code == 200
    assert ["decision_id" in each["data"] for each in await desk.published()].count(True) == 1
    assert [row.outcome for row in await desk.rows(decisions) if row.refused_at is None] == ["refer"]
    assert (await desk.call("GET", f"/items/{item}")).json()["decision"]["outcome"] == "refer"


CLASSIFIED = (
    (
        "state-question",
        {
            "question": "What is it?",
            "product_key": "8471300100: computer",
            "maker": "Maker",
            "origin": "CN",
            "entry_numbers": ["B7600000031"],
        },
    ),
    ("record-facts", {"description": "Computer", "evidence": "Sample"}),
    (
        "choose-rule",
        {
            "interpretation": "1",
            "tariff": "8471410150",
            "headings_weighed": "None.",
            "rulings_searched": ["none found"],
            "differences": "None.",
        },
    ),
    ("propose", {"effect_usd": "10.00", "proposal_reasons": "The rate is advanced."}),
)


async def decided_classification(desk: Desk, entry: str) -> tuple[UUID, UUID]:
    """A review of classification whose stage is decided and that its decision has completed: item and decision."""
    await desk.apply(routed(entry, processes=("classification",), goods=LINES))
    item = entry_item_id(entry, "classification")
    token = await desk.claim(item)
    for act, fields in CLASSIFIED:
        body = {"act": act, "token": token, "fields": fields}
        led = await desk.call("POST", f"/items/{item}/acts", json=body, headers={"Idempotency-Key": act})
        assert led.status_code == 201, led.text
    answer = {"act": "record-reasons", "token": token}
    letter = led.json()["opened"]
    said = {"Idempotency-Key": "r"}
    told = await desk.call("POST", f"/requests/{letter}/acts", json=answer, headers=said)
    if told.status_code == 422:
        names = [each["field"].removeprefix("fields.") for each in told.json()["errors"]]
        given = answer | {"fields": dict.fromkeys(names, "None.")}
        told = await desk.call("POST", f"/requests/{letter}/acts", json=given, headers={"Idempotency-Key": "s"})
    assert told.status_code == 201, told.text
    found = {"act": "decide", "fields": {"decided_tariff": "8471410150", "decision_reasons": "Heading 8471."}}
    headers = {"Idempotency-Key": "d"}
    led = await desk.call("POST", f"/items/{item}/acts", DAN, json=found | {"token": token}, headers=headers)
    assert (led.status_code, led.json()["stage"]) == (201, "decided"), led.text
    assert (await desk.call("POST", f"/items/{item}/complete", json=INCREASE | {"token": token})).status_code == 200
    (decision,) = await desk.rows(decisions)
    return item, decision.decision_id


@pytest.mark.parametrize("order", list(permutations(("refused", "liquidated"))))
async def test_refused_decision_takes_its_review_back_to_be_decided(desk: Desk, order: tuple[str, ...]) -> None:
    entry = entry_number()
    item, decision_id = await decided_classification(desk, entry)
    told = {
        "liquidated": with_(legal_act(entry, 2, "liquidated"), time="2026-03-06T21:00:00Z"),
        "refused": with_(decision_refused(entry, decision_id), time="2026-03-06T22:00:00Z"),
    }
    for name in order:
        await desk.apply(told[name])
    await desk.apply(*told.values())
    shown = (await desk.call("GET", f"/items/{item}")).json()
    assert (shown["state"], shown["stage"], shown["matter"]["stage"]) == ("open", "responded", "responded")
    last = shown["matter"]["events"][-1]
    assert (last["event"].partition(":")[0], last["stage"]) == ("decision-refused", "responded")
    assert last["fields"]["citation"] == "19 USC 1501, 19 CFR 173.3"
    (refusal,) = shown["refusals"]
    assert (refusal["decision_id"], refusal["remedy"]) == (str(decision_id), last["fields"]["remedy"])
    (complete,) = [each for each in shown["may_do"] if each["act"] == "complete"]
    assert "reliquidation within 90 days" in complete["note"]
    assert [each["change"] for each in shown["history"]][-1] == "reopened"


async def test_applied_decision_ends_the_process_of_its_review(desk: Desk) -> None:
    entry = entry_number()
    item, decision_id = await decided_classification(desk, entry)
    applied = recorded("liquidation/decision-applied", entry_number=entry, decision_id=str(decision_id))
    await desk.apply(with_(applied, time="2026-03-06T22:00:00Z"))
    await desk.apply(with_(legal_act(entry, 2, "liquidated"), time="2026-03-06T23:00:00Z"))
    shown = (await desk.call("GET", f"/items/{item}")).json()
    assert (shown["state"], shown["stage"], shown["matter"]["outcome"]) == ("completed", "applied", "reclassified")
    assert all(clock["ended_on"] for clock in shown["matter"]["clocks"])


MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


async def test_order_of_refusal_liquidation_and_a_version_that_drops_the_review_does_not_matter(
    service_engine: MakeEngine,
) -> None:
    ends = []
    for order in permutations(range(3)):
        desk = Desk(await service_engine("workqueue"))
        item = await item_of(desk)
        await decide(desk, item, INCREASE)
        (decision,) = await desk.rows(decisions)
        entry = entry_number(7_000_001)
        told = [
            decision_refused(entry, decision.decision_id),
            legal_act(entry, 2, "liquidated"),
            routed(entry, 2, (), id="v2"),
        ]
        for at in order:
            await desk.apply(told[at])
        await desk.apply(*(told[at] for at in order))
        (row,) = [row for row in await desk.rows(items) if row.kind == "review"]
        (exception,) = [row for row in await desk.rows(items) if row.kind == "matter"]
        history = {(note.change_key, note.change) for note in await desk.rows(item_events)}
        opened = (exception.stage, exception.state, exception.opened_at, exception.center)
        ends.append((row.state, row.center, row.priority, row.reopened_at, row.acts, history, opened))
        assert not any((await desk.violations()).values())
        await desk.close()
    assert ends[0][0] == "open"
    assert all(each == ends[0] for each in ends)
