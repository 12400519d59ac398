"""Leaving for the identity provider: from a page of the console, since its policy lets no form lead elsewhere."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from services.console.api.application import build_pages
from services.console.settings import ConsoleSettings
from shared.runtime.clock import FixedClock
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import open_bus
from tests.integration.console.provider import Provider

NOW = datetime(2026, 3, 6, 21, 0, tzinfo=UTC)


async def test_a_form_of_somebody_who_is_not_signed_in_is_answered_by_no_redirect_to_another_site(
    service_engine: Callable[[str], Awaitable[AsyncEngine]], provider: Provider
) -> None:
    settings = ConsoleSettings(
        database_url="postgresql://localhost/console",
        bus="kafka",
        token_issuer=provider.url,
        login_client_id="desk",
        session_key="k" * 40,
    )
    engine = await service_engine("console")
    platform = Platform(settings, engine, open_bus(settings), FixedClock(NOW), Metrics.create())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(build_pages(platform, Readiness())),
        base_url="http://localhost:8000",
        headers={"sec-fetch-site": "same-origin"},
        follow_redirects=True,
    ) as browser:
        for answer in (await browser.post("/queue/next"), await browser.get("/search?q=B76-0324527-8")):
            assert (answer.status_code, answer.url.host) == (200, "localhost"), answer.text
            assert answer.url.path == "/login"
            assert "form-action 'self'" in answer.headers["content-security-policy"]
            assert answer.headers["refresh"].startswith(f"0; url={provider.url}/authorize?")
