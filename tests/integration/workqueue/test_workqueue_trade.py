"""Satisfaction with its baseline, ages at headquarters, and the data pack of policy analysis."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx

from services.workqueue.store.tables import satisfaction_answers
from shared.runtime.identity import Identity
from shared.web.asking import Neighbour
from tests.integration.workqueue.desk import KIM, Desk
from tests.integration.workqueue.test_process_walks import person, take
from tests.integration.workqueue.test_workqueue_files import HOLDER
from tests.integration.workqueue.test_workqueue_matters import opened
from tests.integration.workqueue.walks import S, Walk

INQUIRY = Walk(
    "inquiry", "received", "IS", (S("take-up", "in-hand"), S("answer", "answered"), S("close-answered", "closed"))
)

ADVICE = (
    S("take-up", "requested", fields={"transaction": "current", "asked_by": "importer"}),
    S("write-view", "center-view-written"),
    S("send", "sent-hq", "CD"),
)


async def ended(desk: Desk, importer: str) -> str:
    """An inquiry of an importer that was answered and closed."""
    answer = await opened(
        desk, person("IS"), key=importer, process="inquiry", title="Status", entry_numbers=[], importer_number=importer
    )
    item_id: str = answer.json()["item_id"]
    await desk.claim(item_id, person("IS"))
    for number, step in enumerate(INQUIRY.steps):
        await take(desk, item_id, INQUIRY, 10 * int(importer[-5:]) + number, step)
    return item_id


async def say(desk: Desk, item_id: str, who: Identity, score: int, *, is_resolved: bool = True) -> Any:
    body = {"score": score, "is_resolved": is_resolved}
    return await desk.call("POST", f"/items/{item_id}/satisfaction", who, json=body)


def holder(number: str) -> Identity:
    return replace(HOLDER, subject=f"of {number}", importer_numbers=frozenset({number}))


async def test_importer_is_asked_after_its_own_inquiry_and_of_no_other(desk: Desk) -> None:
    item_id = await ended(desk, "07-345678900")
    asked = (await desk.call("GET", "/satisfaction-questions", HOLDER)).json()["items"]
    assert [each["item_id"] for each in asked] == [item_id]
    stranger = holder("12-345678900")
    assert (await desk.call("GET", "/satisfaction-questions", stranger)).json()["items"] == []
    assert (await say(desk, item_id, stranger, 1)).status_code == 404
    assert (await say(desk, item_id, KIM, 5)).status_code == 403, "the Center does not answer for the party"
    assert (await say(desk, item_id, HOLDER, 6)).status_code == 422
    assert (await say(desk, item_id, HOLDER, 5)).status_code == 201
    assert (await say(desk, item_id, HOLDER, 1)).json()["code"] == "answered-before"
    assert (await desk.call("GET", "/satisfaction-questions", HOLDER)).json()["items"] == []
    running = (await opened(desk, key="running", process="inquiry", title="x", entry_numbers=[])).json()["item_id"]
    assert (await say(desk, running, HOLDER, 5)).status_code == 404


async def test_satisfaction_is_published_from_eleven_accounts_on_and_the_first_quarter_is_the_baseline(
    desk: Desk,
) -> None:
    for number in range(11):
        importer = f"07-3456{number:03d}00"
        item_id = await ended(desk, importer)
        if number == 10:
            early = (await desk.client.get("/trade-figures/2026-Q1")).json()["satisfaction"]
            assert [(each["answers"], each["baseline"]) for each in early] == [(None, None)]
        assert (await say(desk, item_id, holder(importer), 5 if number < 8 else 2)).status_code == 201
    (running,) = (await desk.client.get("/trade-figures/2026-Q1")).json()["satisfaction"]
    assert running["answers"] is None, "a figure that moves with each answer would tell the answer"
    desk.clock.advance(datetime(2026, 4, 1, 5, tzinfo=UTC) - desk.clock.now())
    (told,) = (await desk.client.get("/trade-figures/2026-Q1")).json()["satisfaction"]
    assert told == {
        "center": "CEE007",
        "answers": 11,
        "satisfied_percent": 72,
        "resolved_percent": 100,
        "baseline": "2026-Q1",
        "baseline_satisfied_percent": 72,
        "baseline_resolved_percent": 100,
    }
    (later,) = (await desk.client.get("/trade-figures/2026-Q2")).json()["satisfaction"]
    assert (later["answers"], later["baseline"], later["baseline_satisfied_percent"]) == (None, "2026-Q1", 72)
    assert len(await desk.rows(satisfaction_answers)) == 11
    # One answer more, in the next quarter: no figure that is shown differs from another by that answer.
    importer = "07-345699900"
    assert (await say(desk, await ended(desk, importer), holder(importer), 1)).status_code == 201
    desk.clock.advance(datetime(2027, 1, 4, 17, tzinfo=UTC) - desk.clock.now())
    shown = {}
    for period in ("2026-01", "2026-03", "2026-04", "2026-Q1", "2026-Q2", "2026", "FY2026"):
        cells = (await desk.client.get(f"/trade-figures/{period}")).json()["satisfaction"]
        shown[period] = [each["answers"] for each in cells if each["answers"] is not None]
    assert shown == {**{period: [] for period in shown}, "2026-Q1": [11]}
    assert (await desk.client.get("/trade-figures/march")).json()["code"] == "bad-period"


async def test_ages_at_headquarters_are_public_from_eleven_matters_on(desk: Desk) -> None:
    for number in range(11):
        answer = await opened(
            desk,
            person("IS"),
            key=f"open-{number}",
            process="internal-advice",
            title="x",
            importer_number="07-345678900",
        )
        assert answer.status_code == 201, answer.text
        item_id = answer.json()["item_id"]
        await desk.claim(item_id, person("IS"))
        for order, step in enumerate(ADVICE):
            await take(desk, item_id, Walk("internal-advice", "requested", "IS", ()), 10 * number + order, step)
        if number == 9:
            told = (await desk.client.get("/trade-figures/2026-Q1")).json()["headquarters"]
            assert told == [{"process": "internal-advice", "waiting": None, "p50_days": None, "p90_days": None}]
    (told,) = (await desk.client.get("/trade-figures/2026-Q1")).json()["headquarters"]
    assert (told["waiting"], told["p50_days"]) == (11, 0)


async def test_data_pack_has_what_each_service_answers_and_says_what_is_missing(desk: Desk) -> None:
    analyst = person("ITS")
    answer = await opened(
        desk, analyst, process="policy-analysis", title="Garments", importer_number=None, entry_numbers=[]
    )
    assert answer.status_code == 201, answer.text
    item_id = answer.json()["item_id"]

    def respond(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"].startswith("Bearer ")
        return httpx.Response(200, json={"asked": request.url.path})

    desk.app.state.routing = Neighbour("Routing", "http://routing", 1, httpx.MockTransport(respond))
    desk.app.state.liquidation = Neighbour(
        "Liquidation", "http://liquidation", 1, httpx.MockTransport(lambda _: httpx.Response(503, json={}))
    )
    pack = await desk.call("GET", f"/items/{item_id}/data-pack?period=2026-Q1&criterion=high-value", analyst)
    assert pack.status_code == 200, pack.text
    told = pack.json()
    assert [each["figures"] for each in told["routing"]] == [
        {"asked": "/figures"},
        {"asked": "/figures/trusted"},
        {"asked": "/transparency/2026-Q1"},
        {"asked": "/selection-criteria/high-value/performance"},
    ]
    assert [(each["answered"], each["figures"]) for each in told["liquidation"]] == [(False, None)]
    assert [(each["process"], each["items"]) for each in told["queue"]] == [("policy-analysis", 1)]
    other = (await opened(desk, key="other", process="inquiry", title="x", entry_numbers=[])).json()["item_id"]
    refused = await desk.call("GET", f"/items/{other}/data-pack", analyst)
    assert (refused.status_code, refused.json()["code"]) == (422, "not-policy-analysis")
