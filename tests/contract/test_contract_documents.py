"""The generated contract documents: up to date, and compatible with what has been released."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cli.contracts import FOLDER, documents, text_of
from shared.contracts.documents import incompatibilities, json_schemas
from shared.contracts.registry import TOPICS
from tests.support.services import SERVICES

RELEASED = FOLDER / "released"


NAMES = [f"schemas/{topic}.json" for topic in TOPICS]
NAMES += ["asyncapi.json", *(f"openapi/{service.name}.json" for service in SERVICES)]


@cache
def generated() -> dict[str, dict[str, Any]]:
    return dict(documents())


@pytest.mark.parametrize("name", NAMES)
def test_committed_document_is_the_generated_one(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == text_of(generated()[name]), "run `make contracts`"


def test_every_generated_document_is_compared() -> None:
    assert set(generated()) == set(NAMES)


@pytest.mark.parametrize("path", sorted(RELEASED.glob("*.json")), ids=lambda path: path.stem)
def test_messages_of_the_released_schema_are_still_taken(path: Path) -> None:
    released = json.loads(path.read_text(encoding="utf-8"))
    assert incompatibilities(released, json_schemas()[path.stem]) == []


def test_every_topic_has_a_released_schema() -> None:
    assert {path.stem for path in RELEASED.glob("*.json")} == set(json_schemas())


def _entry_filed() -> dict[str, Any]:
    return copy.deepcopy(dict(json_schemas()["entry-filed"]))


def test_field_that_becomes_required_is_found() -> None:
    changed = _entry_filed()
    changed["$defs"]["EntryFiled"]["required"].append("surety_code")
    assert incompatibilities(_entry_filed(), changed) == [".data.surety_code: became required"]


def test_value_that_is_no_longer_taken_is_found() -> None:
    changed = _entry_filed()
    changed["$defs"]["EntryFiled"]["properties"]["bond_type"]["anyOf"][0]["enum"].remove("9")
    assert incompatibilities(_entry_filed(), changed) == [".data.bond_type: no longer takes 9"]


def test_narrower_bound_and_lost_field_are_found() -> None:
    changed = _entry_filed()
    line = changed["$defs"]["EntryLine"]["properties"]
    line["line_number"]["maximum"] = 99
    del line["preference"]
    assert sorted(incompatibilities(_entry_filed(), changed)) == [
        ".data.lines[].line_number: maximum fell to 99",
        ".data.lines[].preference: is gone",
    ]


def test_new_optional_field_breaks_nothing() -> None:
    changed = _entry_filed()
    changed["$defs"]["EntryFiled"]["properties"]["new"] = {"type": "string"}
    assert incompatibilities(_entry_filed(), changed) == []
