"""What a generator and a reader need of an OpenAPI document: subjects, links that lead somewhere, headers."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from fastapi import APIRouter

from cli.contracts import openapi
from shared.runtime.service import Service
from shared.web.answer_headers import HEADERS, tells
from shared.web.documents import SUBJECTS
from tests.support.services import SERVICES
from tests.support.set_headers import TOLD, headers_set_by_code

EACH = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
NAMED = {service.name: service for service in SERVICES}
WHERE = re.compile(r"\$(request\.path\.(?P<parameter>\w+)|response\.body#/(?P<field>\w+))")


@cache
def document(name: str) -> dict[str, Any]:
    return openapi(NAMED[name])


@cache
def operations(name: str) -> dict[str, dict[str, Any]]:
    """Every operation of a service by its id."""
    return {each["operationId"]: each for methods in document(name)["paths"].values() for each in methods.values()}


def resolve(name: str, described: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in described:
        _, _, kind, key = described["$ref"].split("/")
        described = document(name)["components"][kind][key]
    return described


def parameters(operation: dict[str, Any], where: str) -> set[str]:
    return {each["name"] for each in operation.get("parameters", []) if each["in"] == where}


def links(name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any], str, dict[str, Any]]]:
    """Each link with its operation, its answer and its name."""
    for operation in operations(name).values():
        for answer in operation["responses"].values():
            for link_name, link in answer.get("links", {}).items():
                yield operation, answer, link_name, link


@EACH
def test_every_operation_has_a_subject_that_is_described(service: Service) -> None:
    told = document(service.name)
    described = {tag["name"]: tag["description"] for tag in told["tags"]}
    used = [tag for each in operations(service.name).values() for tag in each.get("tags", ["none"])]
    assert len(used) == len(operations(service.name)), "each operation has one subject"
    assert set(used) == set(described)
    assert all(described.values())
    assert set(service.subjects) | {"health", "identity", "problems"} <= set(described), "a subject without operations"
    assert not set(service.subjects) & set(SUBJECTS)


@EACH
def test_every_link_leads_to_an_operation_with_what_it_needs(service: Service) -> None:
    seen = 0
    for source, answer, name, link in links(service.name):
        target = operations(service.name)[link["operationId"]]
        assert name == link["operationId"]
        assert link["description"] == target["summary"]
        assert parameters(target, "path") == set(link["parameters"])
        for expression in link["parameters"].values():
            found = WHERE.fullmatch(expression)
            assert found is not None, expression
            if found["parameter"]:
                assert found["parameter"] in parameters(source, "path")
            else:
                schema = resolve(service.name, answer["content"]["application/json"]["schema"])
                assert found["field"] in schema["required"], (source["operationId"], expression)
        seen += 1
    assert seen > 10


@pytest.mark.parametrize(
    ("service", "source", "target"),
    [
        ("liquidation", "read_entry_record", "list_entry_versions"),
        ("liquidation", "read_entry_record", "read_entry_timeline"),
        ("liquidation", "read_protest", "create_protest_act"),
        ("liquidation", "create_protest_act", "read_protest"),
        ("liquidation", "create_protest", "read_protest"),
        ("liquidation", "read_bill", "read_entry_record"),
        ("workqueue", "read_item", "complete_item"),
        ("workqueue", "claim_next_item", "read_item"),
        ("workqueue", "open_matter", "read_item"),
        ("routing", "read_importer", "read_assignment"),
        ("notifications", "read_notice", "read_letter"),
    ],
)
def test_what_follows_an_operation_is_linked(service: str, source: str, target: str) -> None:
    answers = operations(service)[source]["responses"].values()
    assert target in {name for answer in answers for name in answer.get("links", {})}


def headers_of(service: str, operation: dict[str, Any], *, good: bool) -> set[str]:
    return {
        name
        for code, answer in operation["responses"].items()
        if (int(code) < 400) is good
        for name in resolve(service, answer).get("headers", {})
    }


@EACH
def test_a_good_answer_is_said_to_have_the_headers_that_its_code_sets(service: Service) -> None:
    by_code = headers_set_by_code(service.name)
    for name, operation in operations(service.name).items():
        said = headers_of(service.name, operation, good=True) & TOLD
        assert said == by_code[name], name


@EACH
def test_every_answer_names_the_id_of_its_call_and_every_refusal_when_to_come_back(service: Service) -> None:
    for operation in operations(service.name).values():
        for code, answer in operation["responses"].items():
            told = resolve(service.name, answer)["headers"]
            assert resolve(service.name, told["X-Request-ID"])["required"]
            assert ("WWW-Authenticate" in told) == (code == "401")
            is_of_api = bool(operation.get("security"))
            assert ("Retry-After" in told) == (code == "429" or (code == "503" and is_of_api))


@EACH
def test_what_a_call_may_be_refused_for_is_said_of_every_call(service: Service) -> None:
    for name, operation in operations(service.name).items():
        if not operation.get("security"):
            continue
        statuses = {"429", "503"}
        asked = {each["name"]: each for each in operation.get("parameters", []) if each["in"] == "header"}
        if "If-Match" in asked:
            statuses |= {"412", "428"} if asked["If-Match"].get("required") else {"412"}
        if "Idempotency-Key" in asked:
            statuses.add("400")
        assert statuses <= operation["responses"].keys(), name


@EACH
def test_every_header_that_is_said_has_a_description_and_an_example(service: Service) -> None:
    for header in document(service.name)["components"]["headers"].values():
        assert header["description"]
        assert header["schema"]["type"] in {"string", "integer"}
        assert header["example"]


def test_a_header_that_no_document_describes_cannot_be_said() -> None:
    with pytest.raises(ValueError, match="X-Unheard-Of"):
        tells("ETag", "X-Unheard-Of")


def test_headers_of_an_endpoint_are_said_once() -> None:
    @tells("ETag")
    async def read() -> None: ...

    router = APIRouter()
    router.add_api_route("/x", read)
    assert set(HEADERS) >= {"ETag"}
    assert router.routes[0].endpoint is read  # type: ignore[attr-defined]
