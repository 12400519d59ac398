"""Writes docs/contracts (JSON Schemas, AsyncAPI, OpenAPI) and pages of authority, words, problems, days, notices."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli import glossary, notice_pages, problems, process_pages, timeline
from cli.asyncapi import asyncapi
from cli.authority import PAGE, page, routes_by_action
from cli.catalogue import SERVICES, dead_letter_plan, topic_plans
from shared.contracts.documents import json_schemas
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.service import Service, build_app, open_platform
from shared.runtime.settings import ServiceSettings, load_settings
from shared.web.app import create_app

_OF_THE_SANDBOX = {"sandbox", "development"}
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "contracts"


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every generated document with its path under docs/contracts."""
    for topic, schema in json_schemas().items():
        yield f"schemas/{topic}.json", schema
    yield "asyncapi.json", asyncapi(topic_plans(), dead_letter_plan(), FOLDER / "examples")
    for service in SERVICES:
        yield f"openapi/{service.name}.json", openapi(service)
    yield "openapi/sandbox.json", sandbox()


def openapi(service: Service) -> dict[str, Any]:
    """A service's OpenAPI document; nothing is connected to make it."""
    settings = load_settings(
        service.settings,
        database_url="postgresql://unused",
        bus="kafka",
        env="development",
        token_secret="0" * 32,
    )
    platform = open_platform(settings)
    return build_app(service, platform, service.build(platform), Readiness()).openapi()


def sandbox() -> dict[str, Any]:
    """What each service has beside its own operations where nothing is real: tokens, and people to be."""
    settings = load_settings(
        ServiceSettings,
        service="sandbox",
        database_url="postgresql://unused",
        bus="kafka",
        port=0,
        env="development",
        development=True,
        token_secret="0" * 32,
    )
    document = create_app(
        title="Centerline sandbox",
        summary="Tokens of a system where nothing is real.",
        description="Every service has these operations in development, and none of them in production: with a token "
        "of here, or by the security scheme `sandbox` of the service's own document, an integrator is one of the "
        "people of `GET /sandbox/personas`.",
        version="1.0.0",
        settings=settings,
        metrics=Metrics.create(),
        readiness=Readiness(),
        state={},
        routers=(),
    ).openapi()
    document["paths"] = {
        path: methods
        for path, methods in document["paths"].items()
        if all(_OF_THE_SANDBOX & set(operation["tags"]) for operation in methods.values())
    }
    document["tags"] = [tag for tag in document["tags"] if tag["name"] in _OF_THE_SANDBOX]
    return document


def text_of(document: dict[str, Any]) -> str:
    """The document as it stands in its file."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every document that differs from its file."""
    for name, document in documents():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(document), encoding="utf-8")
    PAGE.write_text(authority_page(), encoding="utf-8")
    glossary.PAGE.write_text(glossary.page(), encoding="utf-8")
    problems.PAGE.write_text(problems.page(), encoding="utf-8")
    timeline.PAGE.write_text(timeline.page(), encoding="utf-8")
    process_pages.write()
    notice_pages.PAGE.write_text(notice_pages.page(), encoding="utf-8")


def authority_page() -> str:
    """docs/authority.md as it is to stand: the table, with the routes that need each action."""
    return page(routes_by_action({service.name: openapi(service) for service in SERVICES}))


if __name__ == "__main__":
    main()
