"""What every answer of the console carries, and whose forms are taken."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.console.api.guard import PageGuard

ORIGIN = "https://console.example"


async def answer(_: Request) -> Response:
    return PlainTextResponse("here")


@pytest.fixture(params=[True, False], ids=["https", "http"])
def is_secure(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
async def browser(is_secure: bool) -> AsyncIterator[httpx.AsyncClient]:
    routes = [Route(path, answer, methods=["GET", "POST"]) for path in ("/queue", "/static/console.css", "/machine")]
    app = PageGuard(Starlette(routes=routes), origin=ORIGIN, is_secure=is_secure, called_by_machines=["/machine"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        yield client


async def test_page_may_load_only_what_is_ours_and_is_kept_by_nobody(
    browser: httpx.AsyncClient, is_secure: bool
) -> None:
    headers = (await browser.get("/queue")).headers
    policy = dict(each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert {policy[name] for name in policy if name.endswith("-src") and name != "default-src"} == {"'self'"}
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert ("strict-transport-security" in headers) == is_secure


async def test_file_whose_address_changes_with_it_is_kept_for_a_year(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/static/console.css")).headers["cache-control"].endswith("immutable")
    assert (await browser.get("/static/nothing.css")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": ORIGIN}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": ORIGIN}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({}, 403),
    ],
)
async def test_only_our_own_pages_send_forms(browser: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    assert (await browser.post("/queue", headers=headers)).status_code == status
    assert (await browser.post("/machine", headers=headers)).status_code == 200
    assert (await browser.get("/queue", headers=headers)).status_code == 200
