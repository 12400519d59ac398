"""The directory over HTTP on a real database: an eleventh Center, a closing, contact points, what changed since."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.app import SERVICE
from services.routing.store import directory as store
from services.routing.store.rulebook import count_changes
from shared.customs.calendar import legal_date
from shared.db.transaction import reading
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.service import build_app, open_platform
from shared.runtime.settings import load_settings
from shared.runtime.together import together
from shared.web.identity import issue_development_token

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

NOW = datetime.now(UTC)
TODAY = legal_date(NOW)
SOON = TODAY + timedelta(days=30)
LATER = TODAY + timedelta(days=60)


class Desk:
    """Calls to the directory as somebody."""

    def __init__(self, client: httpx.AsyncClient, settings: Any, engine: AsyncEngine) -> None:
        self.client = client
        self.settings = settings
        self.engine = engine
        self._keys = count(1)

    def headers(self, role: RoleName) -> dict[str, str]:
        caller = Identity("kim", "Kim", frozenset({role}))
        return {"authorization": f"Bearer {issue_development_token(self.settings, caller, NOW)}"}

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(path, params=query, headers=self.headers(RoleName.IMPORTER))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def change(
        self, kind: str, code: str, action: str, effective_on: date, key: str | None = None, **details: Any
    ) -> httpx.Response:
        center = details.pop("of", code)
        body = {
            "kind": kind,
            "code": code,
            "center": center,
            "action": action,
            "effective_on": effective_on.isoformat(),
            "details": details,
            "reason": "SYNTHETIC reason",
        }
        headers = self.headers(RoleName.OFFICE_OF_TRADE) | {"idempotency-key": key or f"change-{next(self._keys)}"}
        return await self.client.post("/directory/changes", json=body, headers=headers)

    async def open_eleventh(self, key: str | None = None, effective_on: date = SOON) -> httpx.Response:
        return await self.change(
            "center",
            "CEE011",
            "open",
            effective_on,
            key,
            name="SYNTHETIC Goods",
            numeric_code="011",
            office_city="Denver",
            state="CO",
        )


@pytest.fixture
async def desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    engine = await service_engine("routing")
    url = engine.url.render_as_string(hide_password=False)
    settings = load_settings(SERVICE.settings, database_url=url, bus="kafka", token_secret="0" * 32)
    platform = open_platform(settings)
    app = build_app(SERVICE, platform, SERVICE.build(platform), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing") as client:
        yield Desk(client, settings, platform.engine)
    await platform.engine.dispose()


async def test_eleventh_center_opens_and_the_ninth_closes_each_on_its_day(desk: Desk) -> None:
    assert (await desk.open_eleventh()).status_code == 201
    closed = await desk.change("center", "CEE009", "close", LATER, successor="CEE011")
    assert closed.json()["text"] == f"CEE009 closes on {LATER}; CEE011 takes over its work."
    async with reading(desk.engine) as connection:
        directory = await store.load(connection)
        assert await count_changes(connection) == 2
    assert directory.open_center("CEE011", SOON - timedelta(days=1)) is None
    assert directory.open_center("CEE011", SOON) == "CEE011"
    assert directory.open_center("CEE009", LATER - timedelta(days=1)) == "CEE009"
    assert directory.open_center("CEE009", LATER) == "CEE011"
    codes = {center["code"]: center for center in await desk.get("/centers", on=LATER)}
    assert (len(codes), codes["CEE009"]["is_open"], codes["CEE009"]["successor"]) == (11, False, "CEE011")
    assert "CEE011" not in {center["code"] for center in await desk.get("/centers")}


async def test_center_page_shows_the_day_and_what_is_announced(desk: Desk) -> None:
    await desk.change(
        "team", "710", "open", TODAY, of="CEE007", name="SYNTHETIC Team", division="enforcement", team_number="710"
    )
    await desk.change("person", "p1", "open", TODAY, of="CEE007", name="SYNTHETIC Director", position="director")
    await desk.change(
        "contact", "protests", "open", TODAY, of="CEE007", process="protest", email="protests@cee.example"
    )
    await desk.change("staffing", "is", "open", TODAY, of="CEE007", position="import-specialist", count=40)
    await desk.change("staffing", "is", "change", SOON, of="CEE007", count=42)
    page = await desk.get("/centers/CEE007")
    assert page["director"]["name"] == "SYNTHETIC Director"
    assert [team["team_number"] for team in page["teams"]] == ["710"]
    assert [contact["email"] for contact in page["contacts"]] == ["protests@cee.example"]
    assert {division["code"] for division in page["divisions"]} == {
        "partnership",
        "validation-and-compliance",
        "enforcement",
    }
    assert page["offices"][0]["city"] == "Los Angeles"
    assert page["staffing"][0]["count"] == 40
    assert {"first": "28", "last": "38", "title": "Inorganic chemicals to Misc. chemical products"} in [
        {name: each[name] for name in ("first", "last", "title")}
        for each in (await desk.get("/centers/CEE001"))["goods"]
    ]
    assert [change["text"] for change in page["announced"]] == [f"staffing is of CEE007 changes on {SOON}: count 42."]
    assert (await desk.get("/centers/CEE007", on=SOON))["staffing"][0]["count"] == 42
    async with reading(desk.engine) as connection:
        assert await store.load_staffing(connection, TODAY) == {"CEE007": {"import-specialist": 40}}
        assert await store.load_staffing(connection, TODAY - timedelta(days=1)) == {}
        assert await count_changes(connection) == 0, "people and phones are no rules"


async def test_public_sees_the_director_and_no_other_person_nor_who_changed_what(desk: Desk) -> None:
    await desk.change("person", "p1", "open", TODAY, of="CEE007", name="SYNTHETIC Director", position="director")
    await desk.change(
        "person", "p2", "open", TODAY, of="CEE007", name="SYNTHETIC Officer", position="import-specialist"
    )
    await desk.change(
        "person", "p3", "open", SOON, of="CEE007", name="SYNTHETIC Newcomer", position="import-specialist"
    )
    await desk.change("contact", "any", "open", SOON, of="CEE007", phone="+1 202 555 0100")
    page = await desk.client.get("/centers/CEE007")
    changes = await desk.client.get("/directory/changes")
    assert page.json()["director"]["name"] == "SYNTHETIC Director"
    assert [person["code"] for person in page.json()["people"]] == ["p1"]
    assert [change["code"] for change in page.json()["announced"]] == ["any"]
    assert [change["code"] for change in changes.json()["items"]] == ["any"]
    for answer in (page, changes):
        assert answer.status_code == 200
        for hidden in ("Officer", "Newcomer", "kim", "SYNTHETIC reason"):
            assert hidden not in answer.text
    known = await desk.get("/centers/CEE007")
    assert [person["code"] for person in known["people"]] == ["p1", "p2"]
    assert [change["changed_by"] for change in (await desk.get("/directory/changes"))["items"]] == ["kim"] * 4


async def test_what_changed_since_a_day_comes_in_pages(desk: Desk) -> None:
    await desk.open_eleventh()
    await desk.change("person", "p1", "open", TODAY - timedelta(days=400), of="CEE007", name="SYNTHETIC", position="x")
    first = await desk.get("/directory/changes", limit=1)
    assert [change["code"] for change in first["items"]] == ["CEE011"]
    second = (await desk.client.get(first["next"], headers=desk.headers(RoleName.AUDITOR))).json()
    assert ([change["code"] for change in second["items"]], second["next"]) == (["p1"], None)
    since = await desk.get("/directory/changes", since=SOON)
    assert [change["code"] for change in since["items"]] == ["CEE011"], "announced before, in effect since"
    assert [change["code"] for change in (await desk.get("/directory/changes", center="CEE007"))["items"]] == ["p1"]
    assert (await desk.get("/directory/changes", since=SOON + timedelta(days=1)))["items"] == []


async def test_closing_that_was_withdrawn_is_announced_no_more(desk: Desk) -> None:
    await desk.change("center", "CEE009", "close", SOON, successor="CEE010")
    assert len((await desk.get("/centers/CEE009"))["announced"]) == 1
    assert (await desk.change("center", "CEE009", "stay-open", TODAY)).status_code == 201
    assert (await desk.get("/centers/CEE009"))["announced"] == []
    assert len((await desk.get("/directory/changes"))["items"]) == 2, "history keeps both"
    async with reading(desk.engine) as connection:
        assert (await store.load(connection)).open_center("CEE009", SOON) == "CEE009"


async def test_change_under_one_key_is_made_once(desk: Desk) -> None:
    first, again = await desk.open_eleventh("one"), await desk.open_eleventh("one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    async with reading(desk.engine) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM directory_changes")) == 1


async def test_of_two_that_open_one_center_at_once_one_is_refused(desk: Desk) -> None:
    answers = await together(desk.open_eleventh(), desk.open_eleventh())
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert {answer.json().get("code") for answer in answers if answer.status_code == 422} == {"already-open"}


async def test_change_that_cannot_stand_says_why_and_leaves_nothing(desk: Desk) -> None:
    answer = await desk.open_eleventh(effective_on=TODAY - timedelta(days=1))
    assert (answer.status_code, answer.json()["code"]) == (422, "not-after-today")
    assert answer.json()["remedy"]
    twice = await desk.change(
        "center", "CEE012", "open", SOON, name="X", numeric_code="009", office_city="Y", state="CO"
    )
    assert (twice.status_code, twice.json()["code"]) == (422, "numeric-code-taken")
    async with reading(desk.engine) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM directory_changes")) == 0


async def test_only_headquarters_and_operators_change_the_directory(desk: Desk) -> None:
    headers = desk.headers(RoleName.CENTER_DIRECTOR) | {"idempotency-key": "x"}
    answer = await desk.client.post("/directory/changes", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-required")


async def test_center_that_nobody_knows_is_not_found(desk: Desk) -> None:
    answer = await desk.client.get("/centers/CEE099", headers=desk.headers(RoleName.IMPORTER))
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_tariff_number_says_its_center_its_row_and_which_orders_may_cover_it(desk: Desk) -> None:
    number = await desk.get("/tariff-numbers/8471.30.0100", on="2026-03-02")
    assert (number["hts"], number["shown"], number["decides"]["center"]) == ("8471300100", "8471.30.0100", "CEE007")
    assert number["map_version"].startswith("tariff-map-")
    assert (number["may_be_ad"], number["programs"], number["narrower"]) == (False, [], [])
    assert number["chapter_title"] == "Machinery, computers"

    unknown = await desk.get("/tariff-numbers/8471309999")
    assert (unknown["description"], unknown["may_be_ad"]) == (None, None)  # not in the edition: unknown, and not "no"
    chapter_99 = await desk.get("/tariff-numbers/99038815", on="2026-03-02")
    assert [each["name"] for each in chapter_99["programs"]] == ["Section 301 China List 4A"]
    assert chapter_99["decides"]["center"] == "UNDERLYING"
    refused = await desk.client.get("/tariff-numbers/847")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "hts")
