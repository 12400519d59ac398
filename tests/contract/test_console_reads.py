"""Every field that a page of the console reads stands in the OpenAPI document of its service."""

import json
import types
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import pytest
from msgspec.structs import fields

from services.console.acts.board_reads import BOARD_READS
from services.console.acts.cockpit_reads import COCKPIT_READS
from services.console.acts.community_reads import COMMUNITY_READS
from services.console.acts.note_reads import NOTE_READS
from services.console.acts.program_reads import PROGRAM_READS
from services.console.acts.protest_reads import PROTEST_READS
from services.console.acts.reads import READS, Read
from services.console.acts.specialist_reads import SPECIALIST_READS
from services.console.domain.letters import TAKES_ANSWERS, WAITS_FOR_ANSWER
from services.console.domain.protest_filing import DECISIONS, STATED
from services.liquidation.domain.protest.defects import CONTENTS, PROTESTABLE
from services.workqueue.domain.request import DRAFT, PROCESS_OF

DOCUMENTS = Path(__file__).resolve().parents[2] / "docs" / "contracts" / "openapi"


@cache
def document(service: str) -> dict[str, Any]:
    return dict(json.loads((DOCUMENTS / f"{service}.json").read_text(encoding="utf-8")))


def resolve(service: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself: behind its reference, without the case of null, of a list its items."""
    while True:
        if "$ref" in schema:
            schema = document(service)["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
        elif schema.get("type") == "array":
            schema = schema["items"]
        else:
            return schema


def models_in(kind: Any) -> list[type[Read]]:
    if isinstance(kind, type) and issubclass(kind, Read):
        return [kind]
    if get_origin(kind) in {list, Union, types.UnionType}:
        return [model for each in get_args(kind) for model in models_in(each)]
    return []


def missing(service: str, schema: dict[str, Any], model: type[Read], place: str) -> list[str]:
    found = []
    properties = resolve(service, schema).get("properties", {})
    for field in fields(model):
        name = field.encode_name
        if name not in properties:
            found.append(f"{place}.{name}")
            continue
        for inner in models_in(field.type):
            found += missing(service, properties[name], inner, f"{place}.{name}")
        if not field.required:
            continue
        is_null = any(each.get("type") == "null" for each in properties[name].get("anyOf", ()))
        if is_null and type(None) not in get_args(field.type):
            found.append(f"{place}.{name} may be null")
    return found


TABLES = (
    READS,
    COCKPIT_READS,
    PROGRAM_READS,
    PROTEST_READS,
    SPECIALIST_READS,
    NOTE_READS,
    BOARD_READS,
    COMMUNITY_READS,
)
EVERY = [each for table in TABLES for each in table.items()]


@pytest.mark.parametrize(("call", "read"), EVERY, ids=[f"{' '.join(call)} {read.__name__}" for call, read in EVERY])
def test_what_a_page_reads_is_in_the_contract(call: tuple[str, str, str], read: type[Read]) -> None:
    service, method, path = call
    answers = document(service)["paths"][path][method]["responses"]
    schema = next(answers[code] for code in ("200", "201", "202") if code in answers)["content"]["application/json"][
        "schema"
    ]
    assert missing(service, schema, read, path) == []


def test_states_in_which_a_letter_takes_answers_are_those_in_which_its_process_goes_on() -> None:
    open_stages = {stage.code for each in PROCESS_OF.values() for stage in each.stages if not stage.is_end} - {DRAFT}
    assert set(TAKES_ANSWERS) == open_stages
    assert set(WAITS_FOR_ANSWER) < open_stages


def test_form_of_a_protest_has_every_kind_of_decision_and_every_content() -> None:
    assert DECISIONS.keys() == PROTESTABLE
    assert set(CONTENTS) <= STATED.keys()


def test_a_field_that_is_renamed_is_found() -> None:
    class Renamed(Read, frozen=True):
        code: str
        head_office: str

    schema = {"$ref": "#/components/schemas/CenterOut"}
    assert missing("routing", schema, Renamed, "x") == ["x.head_office"]
