"""Recommendations of policy analysis become drafts that name them, and the calendar of the Centers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.routing.acts import calendar as acts
from services.routing.api.criteria_models import EXAMPLE
from shared.db.engine import create_engine
from shared.db.idempotency import forget
from shared.db.transaction import transaction
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity, RoleName
from shared.runtime.together import together
from tests.integration.routing.matters import MakeEngine, Matters, open_matters

ITS = Identity("ida", "Ida Trend", frozenset({RoleName.INTERNATIONAL_TRADE_SPECIALIST}))
KIM = Identity("kim", "Kim Reyes", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE007"}))
ANN = Identity("ann", "Ann Director", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE007"}))
OFFICE = Identity("ofo", "Office", frozenset({RoleName.OFFICE_OF_TRADE}))
SECOND = Identity("oda", "Oda Second", frozenset({RoleName.OFFICE_OF_TRADE}))
ANNA = Identity("anna", "Anna Director", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE001"}))
MATTER = "0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"


@pytest.fixture
async def matters(service_engine: MakeEngine) -> AsyncIterator[Matters]:
    async with open_matters(service_engine) as opened:
        yield opened


def recommendation(**changes: Any) -> dict[str, Any]:
    return {
        "matter": MATTER,
        "kind": "criterion",
        "criterion": {"id": "cheap-garments", **EXAMPLE, "reason": "Findings."},
        "expected_effect": "More of what is selected is found wrong.",
        "measure": "findings per hundred selected",
        "before": "6",
        "expected": "12",
        "compare_on": "2026-12-01",
    } | changes


async def make(matters: Matters, who: Identity = ITS, key: str = "r1", **changes: Any) -> Any:
    return await matters.call("POST", "/recommendations", who, json=recommendation(**changes), key=key)


async def test_recommendation_becomes_a_draft_criterion_whose_history_names_the_matter(matters: Matters) -> None:
    assert (await make(matters, KIM)).status_code == 403
    made = await make(matters)
    assert made.status_code == 201, made.text
    assert (made.json()["reference"], made.json()["revision"]) == ("cheap-garments", 1)
    drafted = (await matters.call("GET", "/selection-criteria/cheap-garments", ITS)).json()
    assert drafted["revisions"][0]["state"] == "draft"
    history = (await matters.call("GET", "/selection-criteria/cheap-garments/history", ITS)).json()["items"]
    assert MATTER in history[0]["reason"]
    again = await make(matters, key="r2")
    assert (again.status_code, again.json()["code"]) == (409, "criterion-exists")
    listed = (await matters.call("GET", f"/recommendations?matter={MATTER}", KIM)).json()["items"]
    assert [each["reference"] for each in listed] == ["cheap-garments"]


async def test_recommended_map_or_policy_is_a_draft_that_is_there(matters: Matters) -> None:
    absent = await make(matters, kind="tariff-map", criterion=None, reference="2099.1")
    assert absent.status_code == 404
    both = await make(matters, kind="tariff-map", reference="2099.1")
    assert both.status_code == 422
    past = await make(matters, compare_on="2020-01-01")
    assert past.json()["code"] == "compare-later"


async def test_recommended_tariff_map_is_a_draft_that_names_it_until_it_is_published_and_compared(
    matters: Matters,
) -> None:
    body = {"title": "SYNTHETIC: batteries", "reason": "Recommended by policy analysis."}
    drafted = await matters.call("POST", "/tariff-maps", OFFICE, json=body)
    assert drafted.status_code == 201, drafted.text
    version = drafted.json()["version"]
    assert (await matters.call("GET", f"/tariff-maps/{version}", OFFICE)).json()["recommended"] == []
    given = {"kind": "tariff-map", "criterion": None, "reference": version, "measure": "misroutes", "before": "40"}
    made = await make(matters, **given, expected="10")
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["kind"], told["reference"], told["revision"]) == ("tariff-map", version, None)
    again = await make(matters, **given, expected="10")
    assert again.json() == told, "the same key is the same recommendation"
    shown = (await matters.call("GET", f"/tariff-maps/{version}", OFFICE)).json()
    expected = {
        "recommendation_id": told["recommendation_id"],
        "matter": MATTER,
        "expected_effect": "More of what is selected is found wrong.",
        "measure": "misroutes",
        "before": "40",
        "expected": "10",
        "compare_on": "2026-12-01",
        "actual": None,
    }
    assert (shown["state"], shown["recommended"]) == ("draft", [expected])
    first_day = {"effective_on": "2026-04-20"}
    checked = await matters.call("POST", f"/tariff-maps/{version}/validate", OFFICE, json=first_day)
    assert checked.json()["is_valid"], checked.text
    tag = (await matters.call("GET", f"/tariff-maps/{version}", OFFICE)).headers["etag"]
    publication = first_day | {"reason": "Adopted."}
    published = await matters.call("POST", f"/tariff-maps/{version}/publish", SECOND, json=publication, if_match=tag)
    assert published.status_code == 200, published.text
    late = await make(matters, key="r2", **given, expected="10")
    assert (late.status_code, late.json()["code"]) == (422, "not-a-draft")
    matters.clock.advance(timedelta(days=365))
    result = {"actual": "25", "finding": "Half of it came."}
    path = f"/recommendations/{told['recommendation_id']}/result"
    compared = await matters.call("POST", path, ITS, json=result)
    assert (compared.status_code, compared.json()["reached_percent"]) == (200, 50), compared.text
    shown = (await matters.call("GET", f"/tariff-maps/{version}", OFFICE)).json()
    assert shown["recommended"] == [expected | {"actual": "25"}]


async def test_recommended_policy_is_a_proposal_that_names_it_until_it_is_confirmed(matters: Matters) -> None:
    body = {"version": "value-2027", "based_on": "value", "reason": "Recommended by policy analysis."}
    assert (await matters.call("POST", "/assignment-policies", OFFICE, json=body)).status_code == 201
    given = {
        "kind": "assignment-policy",
        "criterion": None,
        "reference": "value-2027",
        "measure": "appeals granted, percent",
    }
    made = await make(matters, **given, before="30", expected="15")
    assert made.status_code == 201, made.text
    shown = (await matters.call("GET", "/assignment-policies/value-2027", OFFICE)).json()
    assert [(each["matter"], each["expected"], each["compare_on"]) for each in shown["recommended"]] == [
        (MATTER, "15", "2026-12-01")
    ]
    other = (await matters.call("GET", "/assignment-policies/value", OFFICE)).json()
    assert other["recommended"] == []
    confirmation = {"effective_on": "2026-04-20", "reason": "Adopted."}
    confirmed = await matters.call("POST", "/assignment-policies/value-2027/confirm", SECOND, json=confirmation)
    assert confirmed.status_code == 200, confirmed.text
    late = await make(matters, key="r2", **given, before="30", expected="15")
    assert late.json()["code"] == "not-a-draft"
    (due,) = (await matters.call("GET", "/recommendations?reference=value-2027", ITS)).json()["items"]
    assert (due["reference"], due["before"], due["expected"]) == ("value-2027", "30", "15")


async def test_recommendation_is_compared_on_its_day_with_what_came_of_it(matters: Matters) -> None:
    name = (await make(matters)).json()["recommendation_id"]
    body = {"actual": "9", "finding": "Half of it came."}
    early = await matters.call("POST", f"/recommendations/{name}/result", ITS, json=body)
    assert early.json()["code"] == "compare-later"
    assert (await matters.call("GET", "/recommendations?due=true", ITS)).json()["items"] == []
    matters.clock.advance(timedelta(days=365))
    (due,) = (await matters.call("GET", "/recommendations?due=true", ITS)).json()["items"]
    assert (due["recommendation_id"], due["is_due"]) == (name, True)
    told = await matters.call("POST", f"/recommendations/{name}/result", ITS, json=body)
    assert (told.status_code, told.json()["reached_percent"]) == (200, 50), told.text
    again = await matters.call("POST", f"/recommendations/{name}/result", ITS, json=body)
    assert again.json()["code"] == "compared-before"


EVENT = {
    "kind": "office-hours",
    "title": "Questions about electronics",
    "place": "By telephone",
    "starts_at": "2026-03-05T15:00:00Z",
    "ends_at": "2026-03-05T17:00:00Z",
    "weekly_until": "2026-03-19",
}


async def test_key_that_made_something_is_never_free_again(matters: Matters) -> None:
    """Answers are forgotten after a while: the key then is refused, and nothing fails."""
    path = "/centers/CEE007/calendar"
    made = [
        await make(matters, key="k"),
        await matters.call("POST", path, ANN, json=EVENT, key="k"),
    ]
    assert [each.status_code for each in made] == [201, 201]
    async with transaction(matters.engine) as tx:
        assert await forget(tx.connection, matters.clock.now() + timedelta(days=1)) == 2
    again = [
        await make(matters, key="k", criterion={"id": "other-garments", **EXAMPLE, "reason": "x"}),
        await matters.call("POST", path, ANN, json=EVENT, key="k"),
    ]
    assert [each.json()["code"] for each in again] == ["idempotency-key-reused"] * 2


async def test_event_that_two_cancel_at_once_is_cancelled_by_one(matters: Matters) -> None:
    event = UUID((await matters.call("POST", "/centers/CEE007/calendar", ANN, json=EVENT)).json()["event_id"])
    url = matters.engine.url.render_as_string(hide_password=False)
    engine = create_engine(url, application="tests", pool_size=4)

    async def cancel() -> str:
        try:
            async with transaction(engine) as tx:
                await acts.cancel(tx, ANN, matters.clock.now(), "CEE007", event, "Moved.")
        except Conflict as refusal:
            return refusal.code
        return "cancelled"

    answers = await together(*(cancel() for _ in range(4)))
    assert sorted(answers) == ["cancelled", *["event-cancelled"] * 3]
    await engine.dispose()


async def test_event_that_goes_on_is_shown_on_each_of_its_days(matters: Matters) -> None:
    """A training of three days over the change of clocks on 8 March 2026."""
    days = {"kind": "training", "starts_at": "2026-03-06T14:00:00Z", "ends_at": "2026-03-08T21:00:00Z"}
    made = await matters.call("POST", "/centers/CEE007/calendar", ANN, json=EVENT | days | {"weekly_until": None})
    assert made.status_code == 201, made.text
    weekly = days | {"weekly_until": "2026-03-13"}
    await matters.call("POST", "/centers/CEE001/calendar", ANNA, json=EVENT | weekly)

    async def shown(day: str, center: str) -> list[tuple[str, str]]:
        answer = await matters.client.get(f"/calendar?first={day}&last={day}&center={center}")
        return [
            (each["starts_at"].replace("+00:00", "Z"), each["ends_at"].replace("+00:00", "Z"))
            for each in answer.json()["items"]
        ]

    once = [("2026-03-06T14:00:00Z", "2026-03-08T21:00:00Z")]
    for day in ("2026-03-06", "2026-03-07", "2026-03-08"):
        assert await shown(day, "CEE007") == once, day
    for day in ("2026-03-05", "2026-03-09"):
        assert await shown(day, "CEE007") == [], day
    assert await shown("2026-03-15", "CEE001") == [("2026-03-13T13:00:00Z", "2026-03-15T20:00:00Z")]


async def test_calendar_shows_every_time_at_the_same_hour_in_new_york_and_what_is_cancelled(matters: Matters) -> None:
    assert (await matters.call("POST", "/centers/CEE007/calendar", KIM, json=EVENT)).status_code == 403
    elsewhere = await matters.call("POST", "/centers/CEE001/calendar", ANN, json=EVENT)
    assert elsewhere.status_code == 403
    made = await matters.call("POST", "/centers/CEE007/calendar", ANN, json=EVENT)
    assert made.status_code == 201, made.text
    path = "/calendar?first=2026-03-01&last=2026-03-31"
    listed = await matters.client.get(path)
    assert listed.status_code == 200, listed.text
    shown = listed.json()["items"]
    # clocks go forward on 8 March 2026: ten in New York is 15:00 and then 14:00 UTC
    starts = [each["starts_at"][:16] for each in shown]
    assert [each.replace("-05:00", "") for each in starts] in (
        ["2026-03-05T10:00", "2026-03-12T10:00", "2026-03-19T10:00"],
        ["2026-03-05T15:00", "2026-03-12T14:00", "2026-03-19T14:00"],
    )
    other = await matters.client.get("/calendar?center=CEE001&first=2026-03-01")
    assert (other.status_code, other.json().get("items")) == (200, []), other.text
    event = made.json()["event_id"]
    cancel = f"/centers/CEE007/calendar/{event}/cancel"
    assert (await matters.call("POST", cancel, ANN, json={"reason": "Moved."})).json()["revision"] == 2
    assert (await matters.call("POST", cancel, ANN, json={"reason": "x"})).json()["code"] == "event-cancelled"
    gone = (await matters.client.get(path)).json()["items"]
    assert [(each["is_cancelled"], each["reason"]) for each in gone] == [(True, "Moved.")] * 3
    assert (await matters.client.get("/calendar?first=2026-03-01&last=2025-01-01")).json()["code"] == "calendar-days"
    turned = EVENT | {"ends_at": "2026-03-05T14:00:00Z"}
    bad = await matters.call("POST", "/centers/CEE007/calendar", ANN, json=turned)
    assert bad.status_code == 422
