"""Protests in bulk by criteria with a sample, over HTTP: drafted, looked at, begun by two people, resumed."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from services.liquidation.acts.protest_selections import go_on
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import MONEY, MoneyPolicy
from services.liquidation.domain.protest.selection import SelectionPolicy
from services.liquidation.store.tables.protest_selections import selected_protests, selection_draws
from services.liquidation.store.tables.protests import protest_acts
from shared.customs.sampling import draw_sample
from shared.db.transaction import reading
from shared.runtime.identity import RoleName
from tests.integration.liquidation import test_liquidation_protests
from tests.integration.liquidation.builders import apply, review_decided, routed, rows
from tests.integration.liquidation.test_liquidation_protests import IMPORTER, Desk
from tests.support.events import decoded, entry_body, entry_number, line

desk = test_liquidation_protests.desk
POLICY = SelectionPolicy(most_protests=200, most_cents=100_000_000, least_sample=20)
MONEY_POLICY = MoneyPolicy(MONEY, "summary-due", LAW)
DENY = {"kind": "recommend", "reasons": "As in the lead.", "otherwise": "denied"}
AGREES = {"verdict": "agrees", "says": "The same goods and the same claim."}


async def call(desk: Desk, method: str, path: str, who: dict[str, str], **body: Any) -> httpx.Response:
    return await desk.client.request(method, path, headers=who, **body)


async def ask(desk: Desk, key: str = "s-1", who: dict[str, str] | None = None, **changes: Any) -> httpx.Response:
    given = {
        "criteria": {"issue": "weight limit"},
        "act": DENY,
        "reason": "The question of the lead.",
        "sample": 20,
        "tolerated": 0,
    }
    headers = (who or desk.specialist) | {"Idempotency-Key": key}
    return await desk.client.post("/protest-selections", json=given | changes, headers=headers)


async def asked(desk: Desk, key: str = "s-1", who: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    answer = await ask(desk, key, who, **changes)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def settle(desk: Desk, selection: str, act: str = "begin", who: dict[str, str] | None = None) -> httpx.Response:
    body = {"act": act}
    return await call(desk, "POST", f"/protest-selections/{selection}/acts", who or desk.specialist, json=body)


async def look_at_all(desk: Desk, selection: str, differs: int = 0, who: dict[str, str] | None = None) -> list[str]:
    path = f"/protest-selections/{selection}/sample"
    sample = (await call(desk, "GET", path, who or desk.specialist)).json()["items"]
    for place, each in enumerate(sample):
        body = AGREES if place >= differs else {"verdict": "differs", "says": "Other goods."}
        answer = await call(desk, "POST", f"{path}/{each['number']}", who or desk.specialist, json=body)
        assert answer.status_code == 200, answer.text
    return [each["protest_number"] for each in sample[:differs]]


async def run(desk: Desk) -> int:
    return await go_on(desk.engine, desk.clock.now(), POLICY, MONEY_POLICY)


async def read(desk: Desk, selection: str) -> dict[str, Any]:
    found: dict[str, Any] = (await call(desk, "GET", f"/protest-selections/{selection}", desk.specialist)).json()
    return found


async def in_review(desk: Desk, count: int, **changes: Any) -> list[str]:
    return [await review(desk, each) for each in await desk.liquidated(count, **changes)]


async def review(desk: Desk, entry: str, issue: str = "weight limit") -> str:
    protest = await desk.filed([entry], key=entry, issue=issue)
    await desk.done(protest, "begin-review", desk.specialist)
    return protest


async def test_draft_counts_money_and_who_is_left_out_and_changes_nothing(desk: Desk) -> None:
    *mine, fresh, foreign = await desk.liquidated(5)
    first, second, _ = [await review(desk, each) for each in mine]
    other = await review(desk, foreign, issue="another question")
    await desk.done(second, "withdraw", desk.importer)  # not open any more
    waiting = await desk.filed([fresh], key=fresh, issue="weight limit")
    told = await asked(desk)
    assert (told["state"], told["protests"], told["foreseen"], told["pending"]) == ("ready", 3, 1, 2)
    assert told["refusals"] == [{"code": "wrong-stage", "protests": 1}]  # recommended only in review
    left_out = await call(
        desk, "GET", f"/protest-selections/{told['selection_id']}/protests?state=left-out", desk.specialist
    )
    assert [each["protest_number"] for each in left_out.json()["items"]] == [waiting]
    pending = await call(
        desk, "GET", f"/protest-selections/{told['selection_id']}/protests?state=pending", desk.specialist
    )
    # 25.00 of duty and a fee of 33.58 on the one entry of each
    assert [each["stake_usd"] for each in pending.json()["items"]] == ["58.58", "58.58"]
    assert told["stake_usd"] == "117.16"
    assert (told["change_usd"], told["needs_second"], told["stake_unknown"]) == ("0.00", False, 0)
    assert {(await desk.read(each))["state"] for each in (first, other)} == {"in-review"}
    again = await ask(desk)
    assert (again.status_code, again.json()) == (201, told)
    assert (await ask(desk, "s-2", criteria={"issue": "nobody asked"})).json()["code"] == "bulk-empty"
    assert (await ask(desk, "s-3", criteria={})).status_code == 422


async def test_criteria_of_entries_mean_every_entry_of_a_protest(desk: Desk) -> None:
    late = entry_number()
    later = {"entry_date": "2026-03-03", "import_date": "2026-03-02", "paid_on": "2026-03-13"}
    await apply(desk.engine, [decoded("entry-filed", entry_body(late, **later)), routed(late)])
    mine = await desk.liquidated(2)
    whole = await desk.filed([mine[0]], key="a")
    mixed = await desk.filed([mine[1], late], key="b")
    entries = {"importer_number": IMPORTER, "tariff_prefix": "8471", "entered_to": "2026-03-02", "center": "CEE007"}
    begin = {"kind": "begin-review"}
    told = await asked(desk, criteria={"entries": entries}, act=begin, sample=0)
    path = f"/protest-selections/{told['selection_id']}/protests"
    found = {
        each["protest_number"]: each["code"]
        for each in (await call(desk, "GET", path, desk.specialist)).json()["items"]
    }
    assert found == {whole: None, mixed: "entries-outside"}
    assert told["criteria"]["entries"]["importer_number"] == IMPORTER
    nothing = {"entries": {"filer_code": "ZZZ"}}
    assert (await ask(desk, "s-2", criteria=nothing, act=begin, sample=0)).json()["code"] == "bulk-empty"
    # A step that decides nothing needs no sample.
    assert (await settle(desk, told["selection_id"])).status_code == 200
    assert await run(desk) == 1
    assert ((await desk.read(whole))["state"], (await desk.read(mixed))["state"]) == ("in-review", "filed")


async def test_entries_of_the_protests_are_listed_by_number_and_page_by_page(desk: Desk) -> None:
    one, two, three = await desk.liquidated(3)
    protests = [await desk.filed([two, one], key="a", issue="weight limit")]
    protests.append(await desk.filed([three], key="b", issue="weight limit"))
    told = await asked(desk, act={"kind": "begin-review"}, sample=0)
    path = f"/protest-selections/{told['selection_id']}/entries"
    whole = (await call(desk, "GET", path, desk.specialist)).json()["items"]
    names = {"number", "protest_number", "entry_number", "state", "timeliness", "stake_usd"}
    assert [set(each) for each in whole] == [names] * 3
    by_number = dict(enumerate(sorted(protests), start=1))
    assert [each["number"] for each in whole] == sorted(each["number"] for each in whole)
    assert all(each["protest_number"] == by_number[each["number"]] for each in whole)
    assert {each["entry_number"] for each in whole if each["protest_number"] == protests[0]} == {one, two}
    assert [each["stake_usd"] for each in whole] == ["58.58"] * 3
    pages, following = [], f"{path}?limit=1"
    while following is not None:
        answer = (await call(desk, "GET", following, desk.specialist)).json()
        pages += answer["items"]
        following = answer["next"]
    assert pages == whole
    assert (await call(desk, "GET", f"{path}?state=done", desk.specialist)).json()["items"] == []
    away = desk.headers(RoleName.IMPORT_SPECIALIST, subject="ann", centers=frozenset({"CEE001"}))
    assert (await call(desk, "GET", path, away)).status_code == 404


async def test_lead_case_and_other_marks_of_a_protest_are_criteria(desk: Desk) -> None:
    lead, *followers = [await desk.filed([each], key=each, issue="weight limit") for each in await desk.liquidated(3)]
    for follower in followers:
        await desk.done(follower, "suspend", desk.specialist, lead=lead)
    resume = {"kind": "resume"}
    criteria = {
        "lead_protest": lead,
        "states": ["suspended"],
        "timeliness": "timely",
        "further_review": "none",
        "received_from": "2027-02-01",
        "received_to": "2027-02-01",
        "due_before": "2029-02-02",
    }
    told = await asked(desk, criteria=criteria, act=resume, sample=0)
    assert (told["protests"], told["foreseen"]) == (2, 0)
    for number, (part, value) in enumerate({"received_from": "2027-02-02", "received_to": "2027-01-31"}.items()):
        empty = await ask(desk, f"e{number}", criteria=criteria | {part: value}, act=resume, sample=0)
        assert empty.json()["code"] == "bulk-empty"
    await settle(desk, told["selection_id"])
    await run(desk)
    assert {(await desk.read(each))["state"] for each in followers} == {"in-review"}
    untimely = {"defect": "untimely"}
    assert (await ask(desk, "d", criteria=untimely, act=resume, sample=0)).json()["code"] == "bulk-empty"


async def test_sample_is_drawn_once_and_can_be_drawn_again_from_its_seed(desk: Desk) -> None:
    await in_review(desk, 7)
    small = await ask(desk, "s-0", sample=3)
    assert (small.status_code, small.json()["code"]) == (422, "sample-too-small")
    assert "20" in small.json()["detail"]
    # A step needs no sample but may have one: here three of seven.
    told = await asked(desk, act={"kind": "ask-party"}, sample=3)
    path = f"/protest-selections/{told['selection_id']}/sample"
    sample = (await call(desk, "GET", path, desk.specialist)).json()
    assert (sample["candidates"], len(sample["items"])) == (7, 3)
    assert tuple(each["number"] for each in sample["items"]) == draw_sample(sample["seed"], range(1, 8), 3)
    assert (await call(desk, "GET", path, desk.specialist)).json() == sample
    other = await asked(desk, "s-2", act={"kind": "ask-party"}, sample=3)
    other_sample = (
        await call(desk, "GET", f"/protest-selections/{other['selection_id']}/sample", desk.specialist)
    ).json()
    assert other_sample["seed"] != sample["seed"]
    outside = next(number for number in range(1, 8) if number not in {each["number"] for each in sample["items"]})
    assert (await call(desk, "POST", f"{path}/{outside}", desk.specialist, json=AGREES)).status_code == 404
    first = sample["items"][0]["number"]
    assert (await call(desk, "POST", f"{path}/{first}", desk.specialist, json=AGREES)).status_code == 200
    again = await call(desk, "POST", f"{path}/{first}", desk.specialist, json={"verdict": "differs", "says": "Oh."})
    assert (again.status_code, again.json()["code"]) == (409, "checked-before")
    (drawn, _) = await rows(desk.engine, selection_draws)
    assert drawn.candidates == 7


async def test_decision_waits_for_the_whole_sample_and_leaves_out_what_differs(desk: Desk) -> None:
    protests = await in_review(desk, 4)
    told = await asked(desk, tolerated=1)
    selection = told["selection_id"]
    early = await settle(desk, selection)
    assert (early.status_code, early.json()["code"]) == (409, "sample-open")
    (differing,) = await look_at_all(desk, selection, differs=1)
    assert (await settle(desk, selection)).json()["state"] == "running"
    assert await run(desk) == 3
    after = await read(desk, selection)
    assert (after["state"], after["done"], after["left_out"], after["refused"]) == ("done", 3, 1, 0)
    assert after["refusals"] == [{"code": "sample-differs", "protests": 1}]
    states = {each: (await desk.read(each))["state"] for each in protests}
    assert states == {each: "awaiting-signature" if each != differing else "in-review" for each in protests}
    (done, *_) = [each for each in protests if each != differing]
    act = (await desk.read(done))["acts"][-1]
    assert (act["kind"], act["actor"], act["details"]["selection"]) == ("recommend", "sam", selection)
    assert await run(desk) == 0
    assert (await settle(desk, selection)).json()["code"] == "bulk-settled"


async def test_more_than_is_tolerated_stops_the_selection(desk: Desk) -> None:
    protests = await in_review(desk, 3)
    told = await asked(desk, tolerated=1)
    await look_at_all(desk, told["selection_id"], differs=2)
    stopped = await settle(desk, told["selection_id"])
    assert (stopped.status_code, stopped.json()["code"]) == (409, "sample-differs")
    assert stopped.json()["detail"] == "2 protests of the sample differ, and 1 are tolerated."
    assert (await settle(desk, told["selection_id"], "withdraw")).json()["state"] == "withdrawn"
    assert await run(desk) == 0
    assert {(await desk.read(each))["state"] for each in protests} == {"in-review"}


async def test_recommendations_are_signed_in_bulk_with_their_refunds_by_another_person(desk: Desk) -> None:
    protests = await in_review(desk, 2)
    for each in protests:
        entry = (await desk.read(each))["verdicts"][0]["entry_number"]
        item = {"entry_number": entry, "outcome": "allowed", "reasons": "2 kg.", "change_duty_usd": "-100.00"}
        await desk.done(each, "recommend", desk.specialist, reasons="2 kg.", items=[item])
    sign = {"kind": "sign"}
    criteria = {"issue": "weight limit", "states": ["awaiting-signature"]}
    # The specialist recommended and has no authority to sign: each would be refused, one by one.
    own = await asked(desk, "own", criteria=criteria, act=sign)
    assert (own["foreseen"], own["refusals"]) == (2, [{"code": "role-required", "protests": 2}])
    assert (await settle(desk, own["selection_id"])).json()["code"] == "bulk-empty"
    told = await asked(desk, who=desk.director, criteria=criteria, act=sign)
    assert (told["foreseen"], told["change_usd"]) == (0, "-200.00")
    await look_at_all(desk, told["selection_id"], who=desk.director)
    assert (await settle(desk, told["selection_id"], who=desk.director)).status_code == 200
    await run(desk)
    assert {(await desk.read(each))["state"] for each in protests} == {"allowed"}
    for each in protests:
        decisions = (await desk.read(each))["decisions"]
        assert [one["change_duty_usd"] for one in decisions] == ["-100.00"]
    assert [each.change for each in await desk.events()].count("decided") == 2


async def test_over_the_limits_a_second_person_begins(desk: Desk) -> None:
    dear = [{"hts": "8471300100", "value_usd": 9_000_000, "duty_usd": "1000000.01"}]

    await in_review(desk, 1, lines=[line(tariffs=dear)])
    told = await asked(desk)
    assert told["needs_second"] is True
    await look_at_all(desk, told["selection_id"])
    alone = await settle(desk, told["selection_id"])
    assert (alone.status_code, alone.json()["code"]) == (403, "second-person-required")
    away = desk.headers(RoleName.IMPORT_SPECIALIST, subject="ann", centers=frozenset({"CEE001"}))
    assert (await settle(desk, told["selection_id"], who=away)).status_code == 404
    begun = await settle(desk, told["selection_id"], who=desk.director)
    assert (begun.json()["begun_by"], begun.json()["state"]) == ("dana", "running")
    await run(desk)
    assert [row.actor for row in await rows(desk.engine, protest_acts) if row.kind == "recommend"] == ["sam"]


async def test_who_decided_an_entry_does_not_look_at_its_protest(desk: Desk) -> None:
    number = entry_number()
    by = {"subject": "sam", "name": "Sam", "acting_for": None}
    await apply(desk.engine, [decoded("entry-filed", entry_body(number)), routed(number)])
    await apply(desk.engine, [review_decided(number, "no-change", decision_id="d-1", decided_by=by)])
    await desk.liquidated(0)
    await review(desk, number)
    lee = desk.headers(RoleName.IMPORT_SPECIALIST, subject="lee")
    told = await asked(desk, who=lee)
    path = f"/protest-selections/{told['selection_id']}/sample/1"
    refused = await call(desk, "POST", path, desk.specialist, json=AGREES)
    assert (refused.status_code, refused.json()["code"]) == (403, "second-person-required")
    assert (await call(desk, "POST", path, lee, json=AGREES)).status_code == 200


async def test_protest_that_changed_since_it_was_tried_is_refused_by_itself(desk: Desk) -> None:
    changed, *others = await in_review(desk, 3)
    told = await asked(desk)
    await look_at_all(desk, told["selection_id"])
    await settle(desk, told["selection_id"])
    await desk.done(changed, "add-grounds", desk.importer, text="A ruling of 2027.")
    await run(desk)
    after = await read(desk, told["selection_id"])
    assert (after["done"], after["refused"], after["refusals"]) == (2, 1, [{"code": "stale", "protests": 1}])
    assert (await desk.read(changed))["state"] == "in-review"
    assert {(await desk.read(each))["state"] for each in others} == {"awaiting-signature"}


async def test_selection_that_is_stopped_in_the_middle_goes_on_and_acts_on_no_protest_twice(desk: Desk) -> None:
    protests = await in_review(desk, 12)
    told = await asked(desk)
    await look_at_all(desk, told["selection_id"])
    await settle(desk, told["selection_id"])

    async def done() -> int:
        async with reading(desk.engine) as connection:
            query = select(func.count()).select_from(selected_protests).where(selected_protests.c.state == "done")
            return int(await connection.scalar(query) or 0)

    going = asyncio.create_task(run(desk))
    while not await done():
        assert not going.done()
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    before = await done()
    assert 0 < before < 12
    assert await run(desk) == 12 - before
    acts = Counter(row.filing_number for row in await rows(desk.engine, protest_acts) if row.kind == "recommend")
    assert acts == dict.fromkeys(protests, 1)
    assert (await read(desk, told["selection_id"]))["done"] == 12


async def test_list_shows_ones_own_and_those_of_ones_centers(desk: Desk) -> None:
    await in_review(desk, 1)
    told = await asked(desk)
    mine = (await call(desk, "GET", "/protest-selections?state=ready", desk.specialist)).json()["items"]
    assert [each["selection_id"] for each in mine] == [told["selection_id"]]
    away = desk.headers(RoleName.IMPORT_SPECIALIST, subject="ann", centers=frozenset({"CEE001"}))
    assert (await call(desk, "GET", "/protest-selections", away)).json()["items"] == []
    for path in ("", "/sample", "/protests"):
        assert (await call(desk, "GET", f"/protest-selections/{told['selection_id']}{path}", away)).status_code == 404
    assert (await call(desk, "GET", "/protest-selections", desk.importer)).status_code == 403


async def test_large_selection_is_tried_by_the_job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.liquidation.acts.protest_selections.LOOKED_AT_ONCE", 2)
    await in_review(desk, 5)
    told = await asked(desk)
    assert (told["state"], told["protests"]) == ("looking", 5)
    assert (await settle(desk, told["selection_id"])).json()["code"] == "bulk-looking"
    assert await run(desk) == 5
    ready = await read(desk, told["selection_id"])
    assert (ready["state"], ready["foreseen"], ready["pending"]) == ("ready", 0, 5)
    sample = await call(desk, "GET", f"/protest-selections/{told['selection_id']}/sample", desk.specialist)
    assert len(sample.json()["items"]) == 5
    assert date.fromisoformat(sample.json()["drawn_at"][:10]) == date(2027, 2, 1)
