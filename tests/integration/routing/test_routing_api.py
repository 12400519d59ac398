"""The HTTP side of routing on a real database."""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.app import SERVICE
from services.routing.handlers.handler import RoutingHandler
from services.routing.store.invariants import INVARIANTS
from shared.db.transaction import reading, transaction
from shared.runtime.clock import SystemClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.service import build_app, open_platform
from shared.runtime.settings import load_settings
from shared.web.identity import issue_development_token
from tests.support.events import decoded, entry_body, entry_number
from tests.support.invariants import find_violations
from tests.support.people import EVERY_CENTER

IMPORTER = "07-345678900"
SSN = "900-12-3456"


class Api:
    """Calls as somebody."""

    def __init__(self, client: httpx.AsyncClient, settings: Any, handler: RoutingHandler, engine: AsyncEngine) -> None:
        self.client = client
        self.settings = settings
        self.handler = handler
        self.engine = engine

    def headers(self, *roles: RoleName, importers: frozenset[str] = frozenset()) -> dict[str, str]:
        caller = Identity("kim", "Kim", frozenset(roles), EVERY_CENTER, importer_numbers=importers)
        token = issue_development_token(self.settings, caller, SystemClock().now())
        return {"authorization": f"Bearer {token}"}

    async def register(self, **changes: Any) -> httpx.Response:
        body = {"importer_number": IMPORTER, "name": "SYNTHETIC 1", "center": "CEE005"} | changes
        return await self.client.post(
            "/importers", json={"accounts": [body]}, headers=self.headers(RoleName.OFFICE_OF_TRADE)
        )

    async def file(self, number: str, **changes: Any) -> None:
        async with transaction(self.engine) as tx:
            await self.handler(tx, [decoded("entry-filed", entry_body(number, **changes))])


@pytest.fixture
async def api(service_engine: Callable[[str], Awaitable[AsyncEngine]]) -> AsyncIterator[Api]:
    engine = await service_engine("routing")
    url = engine.url.render_as_string(hide_password=False)
    settings = load_settings(SERVICE.settings, database_url=url, bus="kafka", token_secret="0" * 32)
    platform = open_platform(settings)
    parts = SERVICE.build(platform)
    app = build_app(SERVICE, platform, parts, Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing") as client:
        assert isinstance(parts.handler, RoutingHandler)
        yield Api(client, settings, parts.handler, platform.engine)
    await platform.engine.dispose()


async def test_entry_is_explained_with_its_reasons(api: Api) -> None:
    number = entry_number()
    await api.register()
    await api.file(number)
    answer = await api.client.get(f"/entries/{number}/routing", headers=api.headers(RoleName.IMPORT_SPECIALIST))
    assert answer.status_code == 200
    current = answer.json()["current"]
    assert (current["center"], current["basis"]) == ("CEE005", "account")
    assert current["reasons"][0]["code"] == "center-by-account"


async def test_importer_sees_its_own_entry_and_no_other(api: Api) -> None:
    number = entry_number()
    await api.file(number)
    path = f"/entries/{number}/routing"
    own = await api.client.get(path, headers=api.headers(RoleName.IMPORTER, importers=frozenset({IMPORTER})))
    other = await api.client.get(path, headers=api.headers(RoleName.IMPORTER, importers=frozenset({"08-000000000"})))
    assert (own.status_code, other.status_code) == (200, 404)


async def test_social_security_number_is_masked_for_staff(api: Api) -> None:
    number = entry_number()
    await api.file(number, importer_number=SSN)
    answer = await api.client.get(f"/entries/{number}/routing", headers=api.headers(RoleName.IMPORT_SPECIALIST))
    assert answer.json()["importer_number"].endswith("3456")
    assert SSN not in answer.text


async def test_registering_again_changes_nothing_and_a_new_center_is_appended(api: Api) -> None:
    first, again, moved = await api.register(), await api.register(), await api.register(center="CEE007")
    assert [answer.json()["assignments"] for answer in (first, again, moved)] == [1, 0, 1]
    answer = await api.client.get(f"/importers/{IMPORTER}/assignment", headers=api.headers(RoleName.IMPORT_SPECIALIST))
    assert answer.json()["center"] == "CEE007"
    assert [row["center"] for row in answer.json()["history"]] == ["CEE005", "CEE007"]
    async with reading(api.engine) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM outbox WHERE topic = 'account-assigned'")) == 2


async def test_unknown_center_names_the_field_and_the_remedy(api: Api) -> None:
    answer = await api.register(center="CEE999")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "unknown-center")
    assert "accounts[1].center" in problem["detail"]
    assert problem["remedy"]


async def test_preview_says_what_filing_decides_and_stores_nothing(api: Api) -> None:
    await api.register()
    number = entry_number()
    body = entry_body(number)
    staff = api.headers(RoleName.IMPORT_SPECIALIST)
    preview = await api.client.post("/route-preview", json=body, headers=staff)
    assert preview.status_code == 200, preview.text
    assert (await api.client.get(f"/entries/{number}/routing", headers=staff)).status_code == 404
    await api.file(number)
    decided = (await api.client.get(f"/entries/{number}/routing", headers=staff)).json()["current"]
    told = preview.json()
    assert {name: told[name] for name in ("center", "division", "lane", "basis", "reasons")} == {
        name: decided[name] for name in ("center", "division", "lane", "basis", "reasons")
    }


async def test_importer_previews_its_own_entry_without_what_selects_it_for_review(api: Api) -> None:
    body = entry_body(entry_number())
    owner = api.headers(RoleName.IMPORTER, importers=frozenset({IMPORTER}))
    stranger = api.headers(RoleName.IMPORTER, importers=frozenset({"08-000000000"}))
    told = (await api.client.post("/route-preview", json=body, headers=owner)).json()
    assert (told["center"], told["lane"]) == ("CEE007", None)
    refused = await api.client.post("/route-preview", json=body, headers=stranger)
    assert (refused.status_code, refused.json()["status"]) == (404, 404)


async def test_preview_names_every_field_at_fault(api: Api) -> None:
    body = entry_body(entry_number()) | {"port_of_entry": "LA", "entry_date": "1492-10-12"}
    answer = await api.client.post("/route-preview", json=body, headers=api.headers(RoleName.IMPORT_SPECIALIST))
    assert answer.status_code == 422
    assert "port_of_entry" in answer.text


async def test_transparency_counts_centers_and_withholds_small_cells_in_json_and_csv(api: Api) -> None:
    for place, center in enumerate(["CEE005"] * 14 + ["CEE006"] * 12 + ["CEE007"]):
        importer = f"07-34567{place:02}00"
        await api.register(importer_number=importer, center=center, name=f"SYNTHETIC {place}")
        await api.file(entry_number(), importer_number=importer)
    anyone = api.headers(RoleName.IMPORTER, importers=frozenset({"08-000000000"}))
    told = (await api.client.get("/transparency/2026-Q1", headers=anyone)).json()
    by_center = {each["center"]: each for each in told["centers"]}
    assert by_center["CEE005"]["entries"] == 14
    # One withheld cell could be had from the total: the next smallest is withheld with it.
    assert "entries" in by_center["CEE006"]["suppressed"]
    assert (by_center["CEE007"]["entries"], "entries" in by_center["CEE007"]["suppressed"]) == (None, True)
    table = await api.client.get("/transparency/2026-Q1", headers=anyone | {"accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
    lines = {row["center"]: row for row in csv.DictReader(io.StringIO(table.text))}
    assert (lines["CEE005"]["entries"], lines["CEE007"]["entries"]) == ("14", "withheld")
    assert (await api.client.get("/transparency/2026-Q1")).json() == told, "the same without a token"
    wrong = await api.client.get("/transparency/2026-Q7", headers=anyone)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad-period")


async def test_wrong_check_digit_in_the_path_is_explained(api: Api) -> None:
    answer = await api.client.get("/entries/B7603245275/routing", headers=api.headers(RoleName.AUDITOR))
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-check-digit")


async def test_registration_needs_the_role(api: Api) -> None:
    answer = await api.client.post("/importers", json={"accounts": []}, headers=api.headers(RoleName.IMPORTER))
    assert (answer.status_code, answer.json()["code"]) == (403, "role-required")


async def test_invariants_hold_and_can_fail(api: Api) -> None:
    await api.register()
    await api.file(entry_number())
    assert not any((await find_violations(api.engine, INVARIANTS)).values())
    async with transaction(api.engine) as tx:
        await tx.connection.execute(text("UPDATE routing_decisions SET center = 'CEE009'"))
        await tx.connection.execute(
            text("UPDATE routing_decisions SET decision = jsonb_set(decision, '{reasons}', '[]'::jsonb)")
        )
        await tx.connection.execute(text("UPDATE activity_changes SET lines = lines + 1"))
    broken = {name for name, found in (await find_violations(api.engine, INVARIANTS)).items() if found}
    assert broken == {
        "decisions-explain-themselves",
        "published-as-kept",
        "account-decisions-have-an-assignment",
        "activity-is-that-of-standing-versions",
    }
