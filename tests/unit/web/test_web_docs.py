"""The page of a document: from the service alone, without inline code, under a strict policy."""

import re
from collections.abc import Callable

import httpx
import pytest

from cli.assets import SHIPPED, differing
from shared.web.app import Application
from shared.web.docs import STATIC

MakeApp = Callable[..., Application]
Connect = Callable[[Application], httpx.AsyncClient]


@pytest.fixture
def client(make_app: MakeApp, connect: Connect) -> httpx.AsyncClient:
    client = connect(make_app())
    client.headers.pop("authorization")
    return client


async def test_the_page_asks_for_files_of_the_service_alone_and_holds_no_code(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text
    asked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(asked) == 5
    for path in asked:
        assert not re.match(r"[a-z]+:|//", path), path
        answer = await client.get(f"/{path}")
        assert answer.status_code == 200, path
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == ["", ""]
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", page)


async def test_the_policy_of_the_page_lets_nothing_else_in(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/docs")).headers["content-security-policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts.pop("img-src") == "'self' data:"
    own = {"script-src", "style-src", "connect-src"}
    assert {name: value for name, value in parts.items() if name in own} == dict.fromkeys(own, "'self'")
    others = {"default-src", "frame-ancestors", "base-uri", "form-action"}
    assert {name: value for name, value in parts.items() if name not in own} == dict.fromkeys(others, "'none'")


async def test_files_of_the_page_are_asked_about_anew_and_sent_once(client: httpx.AsyncClient) -> None:
    first = await client.get("/docs/static/vendor/swagger-ui-bundle.js")
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-encoding"] == "gzip"
    again = await client.get(
        "/docs/static/vendor/swagger-ui-bundle.js", headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/docs/static/../docs.py", "/docs/static/%2e%2e/docs.py", "/docs/static/nothing.js"])
async def test_nothing_else_is_served_there(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_vendored_files_are_those_that_the_manifest_names_with_their_licences() -> None:
    manifest = STATIC / "vendor" / "vendor.toml"
    assert manifest in SHIPPED
    assert differing(manifest) == []
    assert "Apache License" in (STATIC / "vendor" / "LICENSE").read_text(encoding="utf-8")


def test_the_script_of_the_page_names_no_other_host() -> None:
    script = (STATIC / "docs.js").read_text(encoding="utf-8")
    assert "validatorUrl: null" in script
    assert "//" not in script.replace("// Shows", "")
