"""The page of its document at every service: all that it is made of comes from there, and nothing points elsewhere."""

import re

import httpx
import pytest

from shared.runtime.lifecycle import Readiness
from shared.runtime.service import Service, build_app, open_platform
from shared.runtime.settings import load_settings
from tests.support.services import SERVICES


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@pytest.mark.parametrize("is_sandbox", [True, False], ids=["sandbox", "provider"])
async def test_page_document_and_files_come_from_the_service(service: Service, is_sandbox: bool) -> None:
    settings = load_settings(
        service.settings,
        database_url="postgresql://unused",
        bus="kafka",
        env="development",
        development=is_sandbox,
        token_secret="0" * 32,
    )
    platform = open_platform(settings)
    app = build_app(service, platform, service.build(platform), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service/below/") as client:
        page = await client.get("http://service/docs")
        assert page.status_code == 200
        assert service.name in page.text
        asked = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        answers = {path: await client.get(f"http://service/{path}") for path in asked}
        assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(asked, 200)
        document = answers["openapi.json"].json()
        assert document["info"]["title"] == f"Centerline {service.name}"
        assert document["servers"] == [{"url": "/", "description": "The service that this document comes from."}]
        assert ("sandbox" in document["components"]["securitySchemes"]) is is_sandbox
        style = answers["docs/static/vendor/swagger-ui.css"].text
        urls = re.findall(r"url\(['\"]?([^'\")]*)", style)
        assert urls
        assert all(url.startswith("data:") for url in urls), "the style sheet asks for nothing"
        assert "@import" not in style
    await platform.engine.dispose()
