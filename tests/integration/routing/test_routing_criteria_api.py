"""Selection criteria over HTTP: drafted, on trial, live with two people, retired; medians; figures."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.api import criteria, outcomes, unit_values
from services.routing.app import SERVICE
from services.routing.store import criteria as store
from services.routing.store import rulebook
from shared.bus.outbox import Outgoing
from shared.contracts.envelope import Event
from shared.db.transaction import Transaction, reading
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.service import Parts, build_app, open_platform
from shared.runtime.settings import load_settings
from shared.web.identity import issue_development_token

NOW = datetime(2026, 3, 2, 19, tzinfo=UTC)
TODAY = date(2026, 3, 2)
SSN = "900-12-3456"

BODY: dict[str, Any] = {
    "id": "cheap-garments-vn",
    "title": "Garments from Vietnam at less than half of the usual price.",
    "owner": "textiles-targeting",
    "lane": "document-review",
    "processes": ["entry-summary-review"],
    "instruction": "Ask for the invoice.",
    "expires_on": "2026-12-31",
    "weekly_budget": 120,
    "what": {"tariff_prefixes": ["61", "62"]},
    "where": {"origins": ["VN"]},
    "how_much": {"line_value_at_least_usd": "10000.00", "unit_value_below_pct": 50},
    "reason": "Findings of March 2026.",
}
WRITER, CONFIRMER = RoleName.INTERNATIONAL_TRADE_SPECIALIST, RoleName.OFFICE_OF_TRADE


async def handle_nothing(_: Transaction, __: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
    return []


class Api:
    """Calls as somebody."""

    def __init__(self, client: httpx.AsyncClient, settings: Any, engine: AsyncEngine) -> None:
        self.client = client
        self.settings = settings
        self.engine = engine
        self.keys = 0

    def headers(self, role: RoleName, subject: str) -> dict[str, str]:
        caller = Identity(subject, subject.title(), frozenset({role}))
        return {"authorization": f"Bearer {issue_development_token(self.settings, caller, NOW)}"}

    async def get(self, path: str, role: RoleName = WRITER) -> httpx.Response:
        return await self.client.get(path, headers=self.headers(role, "kim"))

    async def post(
        self, path: str, body: dict[str, Any], role: RoleName = WRITER, subject: str = "kim", **headers: str
    ) -> httpx.Response:
        self.keys += 1
        given = {"idempotency-key": f"key-{self.keys}"} | headers | self.headers(role, subject)
        return await self.client.post(path, json=body, headers=given)

    async def draft(self, **changes: Any) -> httpx.Response:
        return await self.post("/selection-criteria", BODY | changes)

    async def act(
        self, act: str, role: RoleName = WRITER, subject: str = "kim", identifier: str = BODY["id"], **body: Any
    ) -> httpx.Response:
        """An act on what is current."""
        path = f"/selection-criteria/{identifier}"
        tag = (await self.get(path)).headers["etag"]
        headers = {"if-match": tag}
        if act == "edit":
            return await self.client.patch(
                path, json={"reason": "Because."} | body, headers=headers | self.headers(role, subject)
            )
        return await self.post(f"{path}/{act}", {"reason": "Because."} | body, role, subject, **headers)

    async def go_live(self, **changes: Any) -> None:
        identifier = (BODY | changes)["id"]
        await self.draft(**changes)
        await self.act("shadow", identifier=identifier)
        await self.act("live", identifier=identifier)
        assert (await self.act("confirm", CONFIRMER, "lee", identifier=identifier)).status_code == 200


@pytest.fixture
async def api(service_engine: Callable[[str], Awaitable[AsyncEngine]]) -> AsyncIterator[Api]:
    engine = await service_engine("routing")
    url = engine.url.render_as_string(hide_password=False)
    settings = load_settings(SERVICE.settings, database_url=url, bus="kafka", token_secret="0" * 32)
    platform = open_platform(settings, FixedClock(NOW))
    parts = Parts(handler=handle_nothing, routers=[outcomes.router, criteria.router, unit_values.router], state={})
    app = build_app(SERVICE, platform, parts, Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing") as client:
        yield Api(client, settings, platform.engine)
    await platform.engine.dispose()


async def test_criterion_is_drafted_once_under_one_key(api: Api) -> None:
    first = await api.post("/selection-criteria", BODY, **{"idempotency-key": "one"})
    again = await api.post("/selection-criteria", BODY, **{"idempotency-key": "one"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    (revision,) = first.json()["revisions"]
    assert (revision["state"], revision["revision"], revision["ends_on"]) == ("draft", 1, "2027-01-01")
    assert revision["how_much"]["line_value_at_least_usd"] == "10000.00"
    assert (await api.draft()).json()["code"] == "criterion-exists"


async def test_faults_are_refused_all_at_once_with_field_and_remedy(api: Api) -> None:
    answer = await api.draft(what={"tariff_prefixes": ["6"]}, where={"origins": ["XX"], "ports": ["2704"]})
    assert answer.status_code == 422
    errors = {error["field"]: error["message"] for error in answer.json()["errors"]}
    assert set(errors) == {"body.what.tariff_prefixes", "body.where.origins"}
    assert "Take" in errors["body.where.origins"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"expires_on": None}, "body.expires_on"),
        ({"expires_on": "2026-03-02"}, "body.expires_on"),
        ({"id": "stale"}, "body.id"),
        ({"where": {"planet": "Mars"}}, "body.where.planet"),
        ({"processes": ["cear"]}, "body.processes"),
        ({"how_much": {"line_value_at_least_usd": "-1"}}, "body.how_much.line_value_at_least_usd"),
    ],
)
async def test_bad_field_is_named(api: Api, changes: dict[str, Any], field: str) -> None:
    answer = await api.draft(**changes)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_criterion_goes_live_with_two_people_on_a_later_day(api: Api) -> None:
    await api.draft()
    shadow = await api.act("shadow")
    assert shadow.json()["revisions"][0]["shadow_from"] == "2026-03-03"
    asked = await api.act("live", CONFIRMER)
    assert asked.json()["revisions"][0]["live_requested_by"] == "kim"
    alone = await api.act("confirm", CONFIRMER, "kim")
    assert (alone.status_code, alone.json()["code"]) == (403, "second-person-required")
    assert alone.json()["remedy"]
    too_early = await api.act("confirm", CONFIRMER, "lee", effective_on="2026-03-02")
    assert (too_early.status_code, too_early.json()["code"]) == (409, "not-in-the-future")
    live = await api.act("confirm", CONFIRMER, "lee", effective_on="2026-03-16")
    assert (live.json()["revisions"][0]["state"], live.json()["revisions"][0]["live_from"]) == ("live", "2026-03-16")
    async with reading(api.engine) as connection:
        timeline = await store.load_timeline(connection, 0)
        assert await rulebook.count_changes(connection) == 3
    days = [(item.effective_on, len(item.value.live), len(item.value.shadow)) for item in timeline]
    assert days == [
        (date.min, 5, 0),
        (date(2026, 3, 3), 5, 1),
        (date(2026, 3, 16), 6, 0),
        (date(2027, 1, 1), 5, 0),
    ]


async def test_edit_of_a_live_criterion_is_a_draft_of_the_next_revision(api: Api) -> None:
    await api.go_live()
    edited = await api.act("edit", change={"weekly_budget": 200, "where": {"origins": ["VN", "KH"]}})
    newest, oldest = edited.json()["revisions"]
    assert (newest["revision"], newest["state"], newest["weekly_budget"]) == (2, "draft", 200)
    assert newest["what"] == oldest["what"]
    assert (oldest["state"], oldest["where"]["origins"]) == ("live", ["VN"])
    in_place = await api.act("edit", change={"weekly_budget": 300})
    assert [item["revision"] for item in in_place.json()["revisions"]] == [2, 1]
    await api.act("shadow")
    await api.act("live")
    replaced = await api.act("confirm", CONFIRMER, "lee", effective_on="2026-04-01")
    states = [(item["revision"], item["state"], item["ends_on"]) for item in replaced.json()["revisions"]]
    assert states == [(2, "live", "2027-01-01"), (1, "retired", "2026-04-01")]


async def test_bad_change_is_refused_with_its_field(api: Api) -> None:
    await api.draft()
    answer = await api.act("edit", change={"lane": "green", "colour": 1})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"body.change.lane", "body.change.colour"}


async def test_change_meant_for_another_version_is_refused(api: Api) -> None:
    await api.draft()
    path = f"/selection-criteria/{BODY['id']}"
    stale = await api.post(f"{path}/shadow", {"reason": "x"}, **{"if-match": '"7"'})
    assert stale.status_code == 412
    missing = await api.post(f"{path}/shadow", {"reason": "x"})
    assert missing.status_code == 428


async def test_retired_criterion_selects_no_more_from_its_day_and_can_be_drafted_again(api: Api) -> None:
    await api.go_live()
    retired = await api.act("retire", effective_on="2026-05-01")
    assert retired.json()["revisions"][0]["ends_on"] == "2026-05-01"
    again = await api.act("edit", change={"expires_on": "2027-06-30"})
    assert [item["state"] for item in again.json()["revisions"]] == ["draft", "retired"]
    old = await api.act("retire", revision=1)
    assert old.json()["code"] == "wrong-state"
    assert (await api.act("retire", revision=9)).status_code == 404


async def test_history_says_who_when_and_why(api: Api) -> None:
    await api.go_live()
    page = await api.get(f"/selection-criteria/{BODY['id']}/history?limit=3")
    first = page.json()
    rest = (await api.get(first["next"])).json()
    acts = [(item["act"], item["changed_by"], item["effective_on"]) for item in first["items"] + rest["items"]]
    assert acts == [
        ("drafted", "kim", None),
        ("shadow", "kim", "2026-03-03"),
        ("request-live", "kim", None),
        ("confirm-live", "lee", "2026-03-03"),
    ]
    assert first["items"][0]["definition"]["where"]["origins"] == ["VN"]
    assert first["items"][0]["reason"] == BODY["reason"]


async def test_importer_number_that_is_a_social_security_number_is_masked_and_kept(api: Api) -> None:
    answer = await api.draft(who={"importers": [SSN]})
    assert answer.json()["revisions"][0]["who"]["importers"] == ["***-**-3456"]
    history = await api.get(f"/selection-criteria/{BODY['id']}/history")
    assert SSN not in history.text
    edited = await api.act("edit", change={"weekly_budget": 5})
    assert edited.status_code == 200
    async with reading(api.engine) as connection:
        (revision,) = await store.find_revisions(connection, BODY["id"])
    assert revision.criterion.who.importers == (SSN,)


async def test_list_gives_revisions_by_state_and_page(api: Api) -> None:
    await api.draft()
    drafts = (await api.get("/selection-criteria?state=draft")).json()["items"]
    assert [item["id"] for item in drafts] == [BODY["id"]]
    first = (await api.get("/selection-criteria?limit=4")).json()
    rest = (await api.get(first["next"])).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == sorted(
        [BODY["id"], "case-on-line", "quota-entry", "large-preference", "high-value", "importer-unknown"]
    )


@pytest.mark.parametrize("role", [RoleName.IMPORTER, RoleName.BROKER, RoleName.SURETY, RoleName.TRADE_COUNSEL])
@pytest.mark.parametrize(
    "path",
    [
        "/selection-criteria",
        "/selection-criteria/high-value",
        "/selection-criteria/high-value/history",
        "/selection-criteria/high-value/performance",
        "/selection-criteria/stale",
        "/unit-values",
        "/figures/trusted",
    ],
)
async def test_what_selects_is_not_shown_outside(api: Api, role: RoleName, path: str) -> None:
    assert (await api.get(path, role)).status_code == 403


async def test_writing_and_confirming_take_their_roles(api: Api) -> None:
    assert (await api.post("/selection-criteria", BODY, RoleName.IMPORT_SPECIALIST)).status_code == 403
    await api.draft()
    await api.act("shadow")
    await api.act("live")
    assert (await api.act("confirm", WRITER, "lee")).status_code == 403
    assert (await api.act("confirm", RoleName.ASSISTANT_CENTER_DIRECTOR, "lee")).status_code == 200


async def test_criteria_that_name_goods_are_found_by_a_number_of_them(api: Api) -> None:
    for name, prefixes in (("of-chapter", ["61"]), ("of-heading", ["6109", "6203"]), ("of-number", ["6109100012"])):
        assert (await api.draft(id=name, what={"tariff_prefixes": prefixes})).status_code == 201

    async def found(tariff: str) -> set[str]:
        answer = await api.get(f"/selection-criteria?state=draft&tariff={tariff}")
        return {each["id"] for each in answer.json()["items"]}

    assert await found("6109100012") == {"of-chapter", "of-heading", "of-number"}
    assert await found("6109") == {"of-chapter", "of-heading", "of-number"}
    assert await found("62034241") == {"of-heading"}
    assert await found("84") == set()
    assert (await api.get("/selection-criteria?tariff=84.71")).status_code == 422


async def test_unknown_criterion_is_not_found(api: Api) -> None:
    for path in ("/selection-criteria/nothing", "/selection-criteria/nothing/history"):
        assert (await api.get(path)).status_code == 404
    assert (await api.get("/selection-criteria/nothing/performance")).status_code == 404


async def test_criterion_that_soon_expires_is_listed_with_its_reason(api: Api) -> None:
    await api.draft(expires_on="2026-03-20")
    await api.act("shadow")
    items = (await api.get("/selection-criteria/stale")).json()["items"]
    assert [(item["id"], [doubt["code"] for doubt in item["doubts"]]) for item in items] == [
        (BODY["id"], ["expires-soon"])
    ]


async def test_performance_without_entries_says_nothing_it_does_not_know(api: Api) -> None:
    found = (await api.get("/selection-criteria/high-value/performance?from=2026-01-01&to=2026-03-31")).json()
    assert (found["entries"], found["hits"], found["precision_basis_points"]) == (0, 0, None)
    assert (await api.get("/selection-criteria/random-floor/performance")).status_code == 200
    wrong = await api.get("/selection-criteria/high-value/performance?from=2026-04-01&to=2026-03-31")
    assert wrong.json()["code"] == "bad-period"
    assert (await api.get("/figures/trusted?from=2026-01-01")).json()["months"] == []


async def test_medians_are_computed_once_a_day_and_used_from_the_next(api: Api) -> None:
    made = await api.post("/unit-values", {"as_of": "2026-03-02"})
    assert made.status_code == 201
    assert (made.json()["effective_on"], made.json()["medians"]) == ("2026-03-03", 0)
    again = await api.post("/unit-values", {"as_of": "2026-03-02"})
    assert (again.status_code, again.json()["code"]) == (409, "version-exists")
    future = await api.post("/unit-values", {"as_of": (TODAY + timedelta(days=1)).isoformat()})
    assert future.json()["code"] == "not-in-the-past"
    assert [item["as_of"] for item in (await api.get("/unit-values")).json()["items"]] == ["2026-03-02"]
    assert (await api.get("/unit-values/2026-03-02?prefix=61")).json()["items"] == []
