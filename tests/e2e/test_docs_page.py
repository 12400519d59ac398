"""The page of a document in a real browser: it shows every operation, gets a token, and asks no other host."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import uvicorn

from shared.runtime.clock import SystemClock
from shared.runtime.lifecycle import Readiness
from shared.runtime.service import Service, build_app, open_platform
from shared.runtime.settings import load_settings
from shared.web.sandbox import SECRET
from tests.support.browser import Said, look, open_context, running_browser
from tests.support.product import LOOPBACK
from tests.support.services import ROUTING

pytestmark = [pytest.mark.verify, pytest.mark.timeout(300)]


@dataclass(frozen=True, slots=True)
class Served:
    """A service that listens; it has no database, since neither its documents nor its tokens need one."""

    url: str
    operations: int


@asynccontextmanager
async def served(service: Service) -> AsyncIterator[Served]:
    settings = load_settings(
        service.settings,
        database_url="postgresql://unused",
        bus="kafka",
        env="development",
        development=True,
        token_secret="0" * 32,
    )
    platform = open_platform(settings, SystemClock())
    app = build_app(service, platform, service.build(platform), Readiness())
    server = uvicorn.Server(uvicorn.Config(app, host=LOOPBACK, port=0, log_config=None, lifespan="off"))
    socket = server.config.bind_socket()
    serving = asyncio.create_task(server.serve([socket]))
    try:
        operations = sum(map(len, app.openapi()["paths"].values()))
        yield Served(f"http://{LOOPBACK}:{socket.getsockname()[1]}", operations)
    finally:
        server.should_exit = True
        await serving


@pytest.mark.parametrize("service", [ROUTING], ids=lambda service: service.name)
async def test_the_page_shows_every_operation_and_asks_nothing_of_another_host(service: Service) -> None:
    async with served(service) as there, running_browser() as browser:
        context = await open_context(browser)
        context.set_default_timeout(90_000)
        page = await context.new_page()
        said, asked = Said(), []
        said.listen(page)
        page.on("request", lambda request: asked.append(request.url))
        await look(page, f"{there.url}/docs")
        await page.wait_for_function(f"document.querySelectorAll('.opblock').length >= {there.operations}")
        assert await page.locator(".opblock").count() == there.operations
        assert await page.locator(".opblock-tag-section").count() > 8
        assert service.name in await page.locator(".info .title").first.inner_text()
        await page.locator("#operations-identity-read_me .opblock-summary-control").click()
        await page.locator("#operations-identity-read_me .responses-table").first.wait_for()
        hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
        assert hosts == {urlsplit(there.url).netloc}
        assert said.lines == []


async def test_authorize_gets_a_token_of_the_sandbox_and_an_operation_is_tried_with_it() -> None:
    async with served(ROUTING) as there, running_browser() as browser:
        context = await open_context(browser)
        context.set_default_timeout(90_000)
        page = await context.new_page()
        said = Said()
        said.listen(page)
        await look(page, f"{there.url}/docs")
        await page.locator(".btn.authorize").first.click()
        dialog = page.locator(".dialog-ux")
        await dialog.locator("#client_id_clientCredentials, #client_id").first.fill("kim")
        await dialog.locator("#client_secret_clientCredentials, #client_secret").first.fill(SECRET)
        await dialog.locator(".auth-btn-wrapper .authorize").last.click()
        await (
            dialog.get_by_role("button", name="Remove authorization")
            .or_(dialog.get_by_role("button", name="Logout"))
            .first.wait_for(timeout=20_000)
        )
        await dialog.locator(".btn-done").last.click()
        operation = page.locator("#operations-identity-read_me")
        await operation.locator(".opblock-summary-control").click()
        await operation.get_by_role("button", name="Try it out").click()
        await operation.get_by_role("button", name="Execute").click()
        answer = operation.locator(".live-responses-table tr.response .response-col_description").first
        await answer.wait_for()
        shown = await answer.inner_text()
        assert '"subject": "kim"' in shown
        assert "x-request-id" in shown
        assert said.lines == []
