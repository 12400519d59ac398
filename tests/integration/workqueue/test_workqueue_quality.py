"""Second reviews: drawn by plan, done blind by somebody else, and their agreement published as Cohen's kappa."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.workqueue.handlers.item_ids import entry_item_id
from services.workqueue.store.tables import quality_samples
from shared.db.engine import create_engine
from shared.runtime.identity import Identity, RoleName
from shared.runtime.together import together
from tests.integration.workqueue.desk import KIM, LEE, Desk
from tests.integration.workqueue.events import IMPORTER, legal_act, routed
from tests.integration.workqueue.test_workqueue_compartment import CENTER
from tests.integration.workqueue.test_workqueue_files import content, listed, send
from tests.integration.workqueue.test_workqueue_findings import LINES
from tests.integration.workqueue.test_workqueue_letters import asked, run
from tests.support.events import entry_number
from tests.support.files import PDF

ANN = Identity("ann", "Ann Director", frozenset({RoleName.CENTER_DIRECTOR}), centers=CENTER)
ELSEWHERE = replace(LEE, subject="ana", centers=frozenset({"CEE001"}))
PLAN = {"floor_percent": 100, "reason": "A beginning."}


async def set_plan(desk: Desk, who: Identity = ANN, **plan: Any) -> Any:
    return await desk.call("PUT", "/centers/CEE007/quality-plan", who, json=PLAN | plan)


async def decided(
    desk: Desk, serial: int, who: Identity = KIM, value_usd: int = 1_000, outcome: str = "no-change", **more: Any
) -> str:
    entry = entry_number(serial)
    await desk.apply(routed(entry, processes=["quota"], value_usd=value_usd), legal_act(entry))
    item = str(entry_item_id(entry, "quota"))
    token = await desk.claim(item, who)
    body = {"token": token, "outcome": outcome, "reasons": [{"code": "x", "text": "As declared."}]} | more
    headers = {"Idempotency-Key": f"decide-{serial}"}
    answer = await desk.call("POST", f"/items/{item}/complete", who, json=body, headers=headers)
    assert answer.is_success, answer.text
    return item


async def drawn(desk: Desk) -> list[Any]:
    await run(desk, next(each for each in desk.parts.jobs if each.name == "draw-quality-samples"))
    return await desk.rows(quality_samples)


async def test_plan_draws_by_money_officer_and_floor_and_each_decision_once(desk: Desk) -> None:
    await decided(desk, 1)
    assert await drawn(desk) == []
    assert (await set_plan(desk, KIM)).status_code == 403
    assert (await set_plan(desk, money_from_usd=5)).status_code == 422
    plan = {"floor_percent": 0, "by_officer": {"lee": 100}, "money_from_usd": 5_000, "money_percent": 100}
    assert (await set_plan(desk, **plan)).json()["version"] == 1
    await decided(desk, 2, LEE)
    await decided(desk, 3, value_usd=5_000)
    assert sorted(row.stratum for row in await drawn(desk)) == ["money", "officer:lee"]
    assert (await set_plan(desk)).json()["version"] == 2
    assert sorted(row.stratum for row in await drawn(desk)) == ["floor", "money", "officer:lee"]
    assert len(await drawn(desk)) == 3
    assert (await desk.call("GET", "/centers/CEE007/quality-plan", LEE)).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/centers/CEE007/quality-plan", PLAN),
        ("/centers/CEE007/board", {"quorum": 1, "members": {"cal": "chair"}, "reason": "As of now."}),
    ],
)
async def test_what_was_read_before_another_changed_it_is_not_written_over(desk: Desk, path: str, body: Any) -> None:
    async def put(tag: str | None) -> Any:
        return await desk.call("PUT", path, ANN, json=body, headers={"If-Match": tag} if tag is not None else {})

    assert (await put('"1"')).json()["code"] == "stale", "there is none yet"
    assert (await put(None)).headers["etag"] == '"1"'
    read = (await desk.call("GET", path, ANN)).headers["etag"]
    assert ((await put(read)).status_code, (await put(read)).status_code) == (200, 412)
    assert (await desk.call("GET", path, ANN)).headers["etag"] == '"2"'


async def test_plans_that_are_set_at_the_same_moment_come_one_after_the_other(desk: Desk) -> None:
    engine = create_engine(desk.engine.url.render_as_string(hide_password=False), application="tests", pool_size=8)
    at_once = Desk(engine)
    answers = await together(*(set_plan(at_once) for _ in range(8)))
    assert sorted(each.json().get("version") for each in answers) == list(range(1, 9))
    await at_once.close()
    await engine.dispose()


async def test_second_reviewer_sees_nothing_of_the_first_review_by_any_way(desk: Desk) -> None:
    item = await decided(desk, 1)
    await set_plan(desk)
    (sample,) = await drawn(desk)
    path = f"/quality-samples/{sample.sample_id}"
    assert (await desk.call("POST", f"{path}/take", KIM)).json()["code"] == "first-reviewer"
    assert (await desk.call("POST", f"{path}/take", ELSEWHERE)).status_code in {403, 404}
    assert (await desk.call("POST", f"{path}/result", LEE, json={"outcome": "refer", "reason": "x"})).status_code == 409
    taken = await desk.call("POST", f"{path}/take", LEE)
    assert taken.status_code == 200, taken.text
    listed = await desk.call("GET", "/quality-samples", LEE)
    for answer in (taken, listed):
        assert not {"outcome", "stratum", "decided_by", "first_outcome"} & set(str(answer.json()).split("'"))
        assert "kim" not in answer.text
    hidden = [f"/items/{item}", f"/items/{item}/notes"]
    for way in hidden:
        assert (await desk.call("GET", way, LEE)).json()["code"] == "blind-review", way
    (row,) = (await desk.call("GET", "/items?state=completed", LEE)).json()["items"]
    assert row["outcome"] is None
    assert "no-change" not in (await desk.call("GET", "/items.csv?state=completed", LEE)).text
    letters = await desk.call("GET", f"/requests?entry={entry_number(1)}", LEE)
    assert letters.json().get("items", []) == []
    assert (await desk.call("GET", path, ANN)).status_code == 404, "not even the director, before it is done"
    found = await desk.call("POST", f"{path}/result", LEE, json={"outcome": "increase", "reason": "Assists."})
    told = found.json()
    assert (told["first_outcome"], told["second_outcome"], told["agrees"]) == ("no-change", "increase", False)
    assert (await desk.call("GET", f"/items/{item}", LEE)).status_code == 200
    assert (await desk.call("GET", path, ANN)).json() == told
    again = await desk.call("POST", f"{path}/result", LEE, json={"outcome": "refund", "reason": "x"})
    assert again.json()["code"] == "sample-not-taken"


async def test_plan_is_for_what_is_decided_from_then_on(desk: Desk) -> None:
    await decided(desk, 1)
    desk.clock.advance(timedelta(hours=1))
    await set_plan(desk, floor_percent=0)
    await decided(desk, 2)
    desk.clock.advance(timedelta(hours=1))
    await set_plan(desk)
    late = await decided(desk, 3)
    assert [str(row.item_id) for row in await drawn(desk)] == [late]


async def test_who_wrote_a_note_or_a_letter_in_the_first_review_does_not_take_the_second(desk: Desk) -> None:
    entry = entry_number(1)
    await desk.apply(routed(entry, processes=["quota"]), legal_act(entry))
    item = str(entry_item_id(entry, "quota"))
    noted = await desk.call(
        "POST", f"/items/{item}/notes", LEE, json={"text": "The value is low."}, headers={"Idempotency-Key": "note"}
    )
    assert noted.status_code == 201, noted.text
    await set_plan(desk)
    await decided(desk, 1)
    (sample,) = await drawn(desk)
    taken = await desk.call("POST", f"/quality-samples/{sample.sample_id}/take", LEE)
    assert (taken.status_code, taken.json()["code"]) == (409, "first-reviewer")


async def test_second_reviewer_finds_the_first_result_on_no_other_page_and_loses_no_other_letter(desk: Desk) -> None:
    entries = [entry_number(serial) for serial in (1, 2)]
    letters = []
    for entry in entries:
        await desk.apply(routed(entry, processes=["quota"], goods=LINES), legal_act(entry))
        item = str(entry_item_id(entry, "quota"))
        token = await desk.claim(item)
        letters.append(await asked(desk, token, item))
    first, other = (str(entry_item_id(entry, "quota")) for entry in entries)
    await set_plan(desk)
    body = {"token": 1, "outcome": "no-change", "reasons": [{"code": "x", "text": "As declared."}]}
    assert (await desk.call("POST", f"/items/{first}/complete", json=body)).is_success
    (sample,) = await drawn(desk)
    goods, account = f"/items/{other}/goods", f"/accounts/{IMPORTER}/work"
    assert "no-change" in (await desk.call("GET", goods, LEE)).text
    assert [each["outcome"] for each in (await desk.call("GET", account, LEE)).json()["decisions"]] == ["no-change"]
    assert (await desk.call("GET", "/items/count?text=declared", LEE)).json()["count"] == 1
    assert (await desk.call("POST", f"/quality-samples/{sample.sample_id}/take", LEE)).status_code == 200
    assert "no-change" not in (await desk.call("GET", goods, LEE)).text
    assert (await desk.call("GET", account, LEE)).json()["decisions"] == []
    for words, items in (("declared", 0), ("assists", 1)):  # of the decision, and of the letter on the other item
        assert (await desk.call("GET", f"/items/count?text={words}", LEE)).json()["count"] == items, words
    page, found = "/requests?limit=1", []
    while page:
        answer = (await desk.call("GET", page, LEE)).json()
        found += [each["request_id"] for each in answer["items"]]
        page = answer["next"]
    assert found == [letters[1]], "the letters behind one that is not shown are listed all the same"
    assert "no-change" in (await desk.call("GET", goods)).text, "to others it is shown as before"


async def test_second_reviewer_reads_no_paper_that_the_first_review_kept_for_staff(desk: Desk) -> None:
    entry = entry_number(1)
    await desk.apply(routed(entry, processes=["quota"]), legal_act(entry))
    item = str(entry_item_id(entry, "quota"))
    kept = (await send(desk, item, KIM, PDF)).json()
    assert kept["level"] == "internal", kept
    await set_plan(desk)
    await decided(desk, 1)
    (sample,) = await drawn(desk)
    assert [each["file_id"] for each in await listed(desk, item, LEE)] == [kept["file_id"]]
    await desk.call("POST", f"/quality-samples/{sample.sample_id}/take", LEE)
    assert await listed(desk, item, LEE) == []
    assert (await content(desk, item, kept["file_id"], LEE)).status_code == 404


async def test_agreement_is_published_when_it_rests_on_enough(desk: Desk) -> None:
    await set_plan(desk)
    for serial in range(1, 13):
        await decided(desk, serial)
    for number, sample in enumerate(await drawn(desk)):
        path = f"/quality-samples/{sample.sample_id}"
        await desk.call("POST", f"{path}/take", LEE)
        outcome = "refer" if number < 3 else "no-change"
        await desk.call("POST", f"{path}/result", LEE, json={"outcome": outcome, "reason": "x"})
        if number == 9:
            early = (await desk.client.get("/trade-figures/2026-Q1")).json()
            assert early["quality"] == [{"center": "CEE007", "pairs": None, "agreed_percent": None, "kappa": None}]
    assert (await desk.client.get("/trade-figures/2026-Q1")).json()["quality"] == early["quality"], "it is not over"
    desk.clock.advance(datetime(2026, 4, 1, 5, tzinfo=UTC) - desk.clock.now())
    assert (await desk.client.get("/trade-figures/2026-03")).json()["quality"] == early["quality"]
    told = (await desk.client.get("/trade-figures/2026-Q1")).json()
    # one outcome only came first: 9 of 12 agree, and chance alone would give as many
    assert told["quality"] == [{"center": "CEE007", "pairs": 12, "agreed_percent": 75, "kappa": "0.0000"}]


async def test_kappa_is_that_of_both_reviews_beyond_chance(desk: Desk) -> None:
    """By hand: of 12 pairs 9 agree; first 8 and 4, second 7 and 5; chance (8 x 7 + 4 x 5) / 144; kappa 32 / 68."""
    await set_plan(desk)
    outcomes = [("no-change", "no-change")] * 6 + [("no-change", "refer")] * 2
    outcomes += [("refer", "no-change")] + [("refer", "refer")] * 3
    second = {}
    for serial, (first, then) in enumerate(outcomes, start=1):
        second[await decided(desk, serial, outcome=first)] = then
    for sample in await drawn(desk):
        path = f"/quality-samples/{sample.sample_id}"
        assert (await desk.call("POST", f"{path}/take", LEE)).status_code == 200
        body = {"outcome": second[str(sample.item_id)], "reason": "x"}
        assert (await desk.call("POST", f"{path}/result", LEE, json=body)).status_code == 200
    desk.clock.advance(datetime(2026, 4, 1, 5, tzinfo=UTC) - desk.clock.now())
    told = (await desk.client.get("/trade-figures/2026-Q1")).json()["quality"]
    assert told == [{"center": "CEE007", "pairs": 12, "agreed_percent": 75, "kappa": "0.4706"}]


async def test_plan_draws_what_a_rule_selected_before_all_else(desk: Desk) -> None:
    plan = {"floor_percent": 0, "by_criterion": {"cheap-laptops": 100}, "by_officer": {"kim": 100}}
    assert (await set_plan(desk, **plan)).status_code == 200
    found = {
        "line_number": 1,
        "issue": "02",
        "declared": "8471300100",
        "found": "8471410150",
        "ruling": "NY N301234",
        "criterion": "cheap-laptops",
        "criterion_was": "right",
    }
    await decided(desk, 1, outcome="refer", findings=[found])
    await decided(desk, 2)
    assert sorted(row.stratum for row in await drawn(desk)) == ["criterion:cheap-laptops", "officer:kim"]
