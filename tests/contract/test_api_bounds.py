"""The OpenAPI documents: no route takes a number that no column holds, or a day that no period is counted from."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.runtime.lifecycle import Readiness
from shared.runtime.service import Service, build_app, open_platform
from shared.runtime.settings import load_settings
from shared.web.fields import FIRST_DAY, LARGEST_EXACT, LAST_DAY
from tests.support.services import SERVICES

Place = tuple[str, dict[str, Any]]


def document_of(service: Service) -> dict[str, Any]:
    """The document as a development server shows it, with every route."""
    settings = load_settings(
        service.settings,
        database_url="postgresql://localhost/none",
        bus="kafka",
        token_secret="0" * 32,
        development=True,
    )
    platform = open_platform(settings)
    return build_app(service, platform, service.build(platform), Readiness()).openapi()


def places_of(document: dict[str, Any]) -> Iterator[Place]:
    """Every schema of a value that a caller sends, with where it stands."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", []):
                name = f"{where} {parameter['in']}.{parameter['name']}"
                yield from schemas_below(document, parameter["schema"], name, frozenset())
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield from schemas_below(document, content["schema"], f"{where} body", frozenset())


def schemas_below(
    document: dict[str, Any], schema: dict[str, Any], place: str, seen: frozenset[str]
) -> Iterator[Place]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from schemas_below(document, document["components"]["schemas"][name], place, seen | {name})
        return
    yield place, schema
    for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for each in schema.get(keyword, []):
            yield from schemas_below(document, each, place, seen)
    for name, each in schema.get("properties", {}).items():
        yield from schemas_below(document, each, f"{place}.{name}", seen)
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from schemas_below(document, schema[keyword], f"{place}.*", seen)


def fault_of(schema: dict[str, Any]) -> str | None:
    """What is missing of the bounds of a schema; None when nothing is."""
    match schema.get("type"), schema.get("format"):
        case (("integer" | "number"), _):
            low = schema.get("minimum", schema.get("exclusiveMinimum"))
            high = schema.get("maximum", schema.get("exclusiveMaximum"))
            if low is None or high is None or low < -LARGEST_EXACT or high > LARGEST_EXACT:
                return "a number without both bounds: Ordinal, BigOrdinal or Field(ge=, le=)"
        case "string", "date":
            if (schema.get("formatMinimum"), schema.get("formatMaximum")) != (str(FIRST_DAY), str(LAST_DAY)):
                return "a day without bounds: shared.web.fields.LegalDay"
        case "string", "date-time" if "formatMinimum" not in schema or "formatMaximum" not in schema:
            return "an instant: requests name legal days, or an hour that was agreed (shared.web.fields.AppointedHour)"
    return None


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_number_and_day_of_a_request_is_bounded(service: Service) -> None:
    places = list(places_of(document_of(service)))
    assert len(places) > 20
    found = {f"{place}: {fault}" for place, schema in places if (fault := fault_of(schema))}
    assert found == set()


def test_an_unbounded_value_is_found_wherever_it_stands() -> None:
    inner = {"type": "object", "properties": {"n": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}}}
    document = {
        "components": {"schemas": {"Inner": inner}},
        "paths": {
            "/x": {
                "post": {
                    "parameters": [{"in": "query", "name": "on", "schema": {"type": "string", "format": "date"}}],
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Inner"}}
                            }
                        }
                    },
                }
            }
        },
    }
    faulty = [place for place, schema in places_of(document) if fault_of(schema)]
    assert faulty == ["POST /x query.on", "POST /x body.*.n"]
