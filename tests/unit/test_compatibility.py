"""What breaks somebody who relies on the release before is found, and what is only added is not."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from cli.compatibility import (
    ROOT,
    Break,
    Waiver,
    _is_meant,
    compare_api,
    compare_events,
    read_waivers,
    report,
    take_out,
)
from cli.not_there import NotThere
from tests.support.services import SERVICES

Document = dict[str, Any]
Change = Callable[[Document], object]

API: Final[Document] = {
    "paths": {
        "/entries": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": 500}},
                    {"in": "query", "name": "state", "schema": {"anyOf": [{"enum": ["a", "b"], "type": "string"}]}},
                ],
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Entry"}}},
                    },
                    "404": {"content": {"application/problem+json": {}}},
                },
            },
            "post": {
                "security": [{"token": []}],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/EntryIn"}},
                        "text/csv": {"schema": {"type": "string"}},
                    }
                },
                "responses": {"201": {}},
            },
        }
    },
    "components": {
        "schemas": {
            "Entry": {
                "type": "object",
                "required": ["number", "state"],
                "properties": {
                    "number": {"type": "string"},
                    "state": {"type": "string", "enum": ["open", "closed"]},
                    "due_on": {"type": "string", "format": "date"},
                    "parent": {"anyOf": [{"$ref": "#/components/schemas/Entry"}, {"type": "null"}]},
                    "lines": {"type": "array", "items": {"type": "integer"}},
                },
            },
            "EntryIn": {
                "type": "object",
                "additionalProperties": False,
                "required": ["number"],
                "properties": {
                    "number": {"type": "string", "maxLength": 13},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "act": {"oneOf": [{"$ref": "#/components/schemas/Hold"}, {"$ref": "#/components/schemas/Release"}]},
                },
            },
            "Hold": {"type": "object", "required": ["act"], "properties": {"act": {"const": "hold"}}},
            "Release": {"type": "object", "required": ["act"], "properties": {"act": {"const": "release"}}},
        }
    },
}


def path_of(document: Document) -> Document:
    found: Document = document["paths"]["/entries"]
    return found


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def fields(document: Document, name: str) -> Document:
    found: Document = schema(document, name)["properties"]
    return found


def breaks_of(change: Change) -> list[str]:
    now = copy.deepcopy(API)
    change(now)
    return [f"{each.subject}: {each.what}" for each in compare_api("x", API, now)]


BROKEN: Final[list[tuple[Change, str]]] = [
    (lambda d: path_of(d).pop("post"), "POST /entries: is gone"),
    (lambda d: d["paths"].clear(), "GET /entries: is gone"),
    (lambda d: path_of(d)["get"]["parameters"].pop(), "GET /entries: query state: is gone"),
    (lambda d: path_of(d)["get"].update(security=[{"token": []}]), "GET /entries: needs a token"),
    (
        lambda d: path_of(d)["get"]["parameters"].append({"in": "query", "name": "day", "required": True}),
        "GET /entries: query day: became required",
    ),
    (
        lambda d: path_of(d)["get"]["parameters"][0].update(required=True),
        "GET /entries: query limit: became required",
    ),
    (
        lambda d: path_of(d)["get"]["parameters"][0]["schema"].update(maximum=100),
        "GET /entries: query limit: maximum fell to 100",
    ),
    (
        lambda d: path_of(d)["get"]["parameters"][1]["schema"]["anyOf"][0]["enum"].remove("b"),
        "GET /entries: query state: no longer takes b",
    ),
    (lambda d: path_of(d)["get"]["responses"].pop("200"), "GET /entries: 200 is gone"),
    (lambda d: path_of(d)["get"]["responses"]["200"]["headers"].clear(), "GET /entries: 200 header ETag: is gone"),
    (
        lambda d: path_of(d)["post"]["requestBody"]["content"].pop("text/csv"),
        "POST /entries: body text/csv: is gone",
    ),
    (lambda d: path_of(d)["post"]["requestBody"].update(required=True), "POST /entries: the body became required"),
    (lambda d: path_of(d)["post"].pop("requestBody"), "POST /entries: takes no body any more"),
    (
        lambda d: schema(d, "EntryIn")["required"].append("note"),
        "POST /entries: body application/json.note: became required",
    ),
    (
        lambda d: fields(d, "EntryIn").pop("note"),
        "POST /entries: body application/json.note: is gone",
    ),
    (
        lambda d: fields(d, "EntryIn")["note"]["anyOf"].pop(),
        "POST /entries: body application/json.note: takes no more null",
    ),
    (
        lambda d: fields(d, "EntryIn")["number"].update(pattern="^[0-9]+$"),
        "POST /entries: body application/json.number: pattern was None, is ^[0-9]+$",
    ),
    (
        lambda d: fields(d, "EntryIn")["act"]["oneOf"].pop(),
        "POST /entries: body application/json.act.act: no longer takes release",
    ),
    (
        lambda d: fields(d, "Entry").pop("due_on"),
        "GET /entries: 200 application/json.due_on: is gone",
    ),
    (
        lambda d: schema(d, "Entry")["required"].remove("state"),
        "GET /entries: 200 application/json.state: is not always there any more",
    ),
    (
        lambda d: fields(d, "Entry").update(number={"type": "integer"}),
        "GET /entries: 200 application/json.number: was string, is integer",
    ),
    (
        lambda d: fields(d, "Entry").update(number={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "GET /entries: 200 application/json.number: may be null",
    ),
    (
        lambda d: fields(d, "Entry")["due_on"].update(format="date-time"),
        "GET /entries: 200 application/json.due_on: format was date, is date-time",
    ),
    (
        lambda d: fields(d, "Entry")["lines"].update(items={"type": "string"}),
        "GET /entries: 200 application/json.lines[]: was integer, is string",
    ),
]

ADDED: Final[list[Change]] = [
    lambda d: d["paths"].update({"/more": {"get": {"responses": {}}}}),
    lambda d: path_of(d)["get"]["parameters"].append({"in": "query", "name": "day"}),
    lambda d: path_of(d)["get"]["parameters"][0]["schema"].update(maximum=1000),
    lambda d: path_of(d)["get"]["responses"].pop("404"),
    lambda d: path_of(d)["get"]["responses"]["200"]["headers"].update(Link={}),
    lambda d: path_of(d)["get"].update(tags=["entries"], summary="Entries"),
    lambda d: fields(d, "EntryIn").update(reason={"type": "string"}),
    lambda d: schema(d, "EntryIn")["required"].clear(),
    lambda d: fields(d, "Entry").update(center={"type": "string"}),
    lambda d: schema(d, "Entry")["required"].append("due_on"),
    lambda d: fields(d, "Entry")["state"]["enum"].append("held"),
    lambda d: fields(d, "Entry").update(parent={"$ref": "#/components/schemas/Entry"}),
    lambda d: fields(d, "EntryIn")["act"]["oneOf"].append({"type": "string"}),
]


@pytest.mark.parametrize(("change", "said"), BROKEN, ids=[said for _, said in BROKEN])
def test_what_breaks_somebody_is_found(change: Change, said: str) -> None:
    assert said in breaks_of(change)


@pytest.mark.parametrize("change", ADDED)
def test_what_is_added_breaks_nobody(change: Change) -> None:
    assert breaks_of(change) == []


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_an_operation_of_a_real_api_that_is_withdrawn_is_found(service: str) -> None:
    document = json.loads((ROOT / "docs" / "contracts" / "openapi" / f"{service}.json").read_text(encoding="utf-8"))
    assert list(compare_api(service, document, document)) == []
    now = copy.deepcopy(document)
    path, item = next((path, item) for path, item in now["paths"].items() if "post" in item)
    del item["post"]
    assert list(compare_api(service, document, now)) == [Break(service, f"POST {path}", "is gone")]


def test_a_topic_that_is_gone_and_a_field_that_became_required_are_found(tmp_path: Path) -> None:
    now = tmp_path / "schemas"
    now.mkdir()
    for name in ("schemas", "asyncapi.json"):
        source = ROOT / "docs" / "contracts" / name
        for path in source.glob("*.json") if source.is_dir() else (source,):
            target = now / path.name if source.is_dir() else tmp_path / path.name
            target.write_bytes(path.read_bytes())
    (now / "notice-changed.json").unlink()
    released = json.loads((now / "entry-released.json").read_text(encoding="utf-8"))
    released["required"].append("traceparent")
    (now / "entry-released.json").write_text(json.dumps(released), encoding="utf-8")
    assert set(compare_events(ROOT / "docs" / "contracts", tmp_path)) == {
        Break("events", "notice-changed", "the topic is gone"),
        Break("events", "entry-released", ".traceparent: became required"),
    }


def test_a_break_that_is_meant_is_waived_and_a_waiver_of_nothing_is_told() -> None:
    nothing = Waiver(Break("routing", "POST /unheard-of", "is gone"), "It never was.")
    found = report(ROOT, ROOT, [nothing])
    assert (found.breaks, found.unneeded) == ([], [nothing.broken])


@pytest.mark.parametrize(
    ("document", "subject", "what", "is_meant"),
    [
        ("*", "*", "is gone", True),
        ("routing", "*", "is gone", True),
        ("*", "POST /broadcasts", "is gone", True),
        ("liquidation", "*", "is gone", False),
        ("*", "POST /entries", "is gone", False),
        ("*", "*", "needs a token", False),
    ],
)
def test_a_star_in_a_waiver_is_any_document_or_operation_and_never_any_break(
    document: str, subject: str, what: str, is_meant: bool
) -> None:
    assert _is_meant(Break(document, subject, what), Break("routing", "POST /broadcasts", "is gone")) == is_meant


def test_every_waiver_has_a_reason() -> None:
    assert all(len(each.reason) > 20 for each in read_waivers())


def test_a_clone_without_the_release_before_is_told_what_to_fetch(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match=f"run `git fetch --depth=1 origin {'0' * 40}`"):
        take_out("0" * 40, tmp_path)
