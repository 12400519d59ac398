"""The generated contract documents: up to date, and compatible with what has been released."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cli import glossary, notice_pages, problems, process_pages, timeline
from cli.authority import PAGE, page, routes_by_action
from cli.contracts import FOLDER, documents, text_of
from services.liquidation.domain import record
from services.liquidation.domain.protest import stages
from services.notifications.domain import delivery
from services.routing.domain import center, criteria, decisions, filings
from services.workqueue.domain import clocks, item
from services.workqueue.domain import decision as queue_decision
from shared.contracts import liquidation, notice, routing, work
from shared.contracts.decode import Rejection, decode
from shared.contracts.documents import incompatibilities, json_schemas
from shared.contracts.post_entry import FilingKind
from shared.contracts.registry import TOPICS
from shared.contracts.words import LISTED, find_unknown, known_words, open_words
from shared.customs.authority import Evidence
from tests.support.services import SERVICES

RELEASED = FOLDER / "released"


NAMES = [f"schemas/{topic}.json" for topic in TOPICS]
NAMES += ["asyncapi.json", *(f"openapi/{service.name}.json" for service in SERVICES), "openapi/sandbox.json"]


@cache
def generated() -> dict[str, dict[str, Any]]:
    return dict(documents())


@pytest.mark.parametrize("name", NAMES)
def test_committed_document_is_the_generated_one(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == text_of(generated()[name]), "run `make contracts`"


def test_page_of_authority_is_the_generated_one() -> None:
    apis = {service.name: generated()[f"openapi/{service.name}.json"] for service in SERVICES}
    assert PAGE.read_text(encoding="utf-8") == page(routes_by_action(apis)), "run `make contracts`"


def test_glossary_is_the_generated_one() -> None:
    assert glossary.PAGE.read_text(encoding="utf-8") == glossary.page(), "run `make contracts`"


def test_page_of_problems_is_the_generated_one() -> None:
    assert problems.PAGE.read_text(encoding="utf-8") == problems.page(), "run `make contracts`"


def test_pages_of_processes_are_the_generated_ones() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in process_pages.FOLDER.glob("*.md")}
    assert kept == process_pages.pages(), "run `make contracts`"


def test_page_of_timelines_is_the_generated_one() -> None:
    assert timeline.PAGE.read_text(encoding="utf-8") == timeline.page(), "run `make contracts`"


def test_the_page_of_notices_is_current() -> None:
    assert notice_pages.PAGE.read_text(encoding="utf-8") == notice_pages.page(), "run `make contracts`"


def test_every_generated_document_is_compared() -> None:
    assert set(generated()) == set(NAMES)


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_no_schema_of_an_api_is_named_after_the_place_of_its_code(service: str) -> None:
    schemas = generated()[f"openapi/{service}.json"]["components"]["schemas"]
    assert [name for name in schemas if "__" in name] == [], "two models of a service share a name"


@pytest.mark.parametrize("path", sorted(RELEASED.glob("*.json")), ids=lambda path: path.stem)
def test_messages_of_the_released_schema_are_still_taken(path: Path) -> None:
    released = json.loads(path.read_text(encoding="utf-8"))
    assert incompatibilities(released, json_schemas()[path.stem]) == []


def test_every_topic_has_a_released_schema() -> None:
    assert {path.stem for path in RELEASED.glob("*.json")} == set(json_schemas())


def _entry_filed() -> dict[str, Any]:
    return copy.deepcopy(dict(json_schemas()["entry-filed"]))


@pytest.mark.parametrize("topic", list(TOPICS))
def test_example_of_a_topic_is_an_event_of_it(topic: str) -> None:
    example = generated()["asyncapi.json"]["components"]["messages"][topic]["examples"][0]["payload"]
    event = decode(topic, example["subject"].encode(), json.dumps(example).encode(), {}, 524_288)
    assert not isinstance(event, Rejection), event


def test_asyncapi_says_who_reads_and_publishes_what_as_the_services_do() -> None:
    said = generated()["asyncapi.json"]["operations"].items()
    reads = {name for name, each in said if each["action"] == "receive"}
    sends = {name for name, each in said if each["action"] == "send"}
    assert reads == {f"receive-{topic}-{service.name}" for service in SERVICES for topic in service.topics}
    assert sends == {
        "send-dead-letters",
        *(f"send-{each.topic}" for each in TOPICS.values() if each.producer != "filers"),
    }
    for _, each in said:
        assert each["channel"]["$ref"].removeprefix("#/channels/") in generated()["asyncapi.json"]["channels"]


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


def _entry_changed() -> dict[str, Any]:
    return copy.deepcopy(dict(json_schemas()["entry-changed"]))


def _words_of(schema: dict[str, Any], field: str) -> list[str]:
    found = schema["$defs"]["EntryChanged"]["properties"][field]
    words: list[str] = next(each for each in (found, *found.get("anyOf", ())) if LISTED in each)[LISTED]
    return words


@pytest.mark.parametrize("field", ["change", "kind"])
def test_word_that_is_added_to_an_open_list_breaks_nothing(field: str) -> None:
    changed = _entry_changed()
    _words_of(changed, field).append("reliquidated-by-court")
    assert incompatibilities(_entry_changed(), changed) == []


@pytest.mark.parametrize("field", ["change", "kind"])
def test_word_that_is_taken_out_of_an_open_list_is_found(field: str) -> None:
    changed = _entry_changed()
    gone = _words_of(changed, field).pop()
    assert incompatibilities(_entry_changed(), changed) == [f".data.{field}: no longer knows {gone}"]


def test_list_that_is_closed_again_is_found() -> None:
    changed = _entry_changed()
    state = changed["$defs"]["EntryChanged"]["properties"]["to_state"]
    state["enum"] = state.pop(LISTED)
    (found,) = incompatibilities(_entry_changed(), changed)
    assert found.startswith(".data.to_state: takes only clock-unknown, extended")


def test_closed_list_may_be_opened_but_must_keep_its_words() -> None:
    closed = _entry_changed()
    state = closed["$defs"]["EntryChanged"]["properties"]["to_state"]
    state["enum"] = state.pop(LISTED)
    del state["minLength"], state["maxLength"]
    assert incompatibilities(closed, _entry_changed()) == []
    state["enum"] = [*state["enum"], "unheard-of", "x" * 65]
    assert incompatibilities(closed, _entry_changed()) == [f".data.to_state: no longer takes unheard-of, {'x' * 65}"]


def _closed_lists(node: Any, where: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        if "enum" in node or "const" in node:
            yield where
        for name, child in node.items():
            yield from _closed_lists(child, f"{where}.{name}")
    elif isinstance(node, list):
        for child in node:
            yield from _closed_lists(child, where)


@pytest.mark.parametrize("topic", [name for name, contract in TOPICS.items() if contract.producer != "filers"])
def test_events_between_services_have_no_closed_list(topic: str) -> None:
    envelope = {f".properties.{name}" for name in ("specversion", "type", "datacontenttype")}
    assert set(_closed_lists(json_schemas()[topic])) == envelope


@pytest.mark.parametrize("topic", [name for name, contract in TOPICS.items() if contract.producer == "filers"])
def test_events_of_filers_have_no_open_word(topic: str) -> None:
    assert open_words(TOPICS[topic].data) == {}
    assert find_unknown(TOPICS[topic].data) is None


PRODUCERS = [
    (center.Basis, routing.Basis),
    (decisions.Division, routing.Division),
    (criteria.Lane, routing.Lane),
    (filings.Kind, FilingKind),
    (Evidence, routing.Evidence),
    (item.Division, routing.Division),
    (item.State, work.ItemState),
    (item.Change, work.ItemChange),
    (queue_decision.Outcome, work.ItemOutcome),
    (queue_decision.ReviewOutcome, work.ReviewOutcome),
    (clocks.Form, work.Form),
    (record.RecordState, liquidation.EntryState),
    (stages.ActKind, liquidation.ProtestAct),
    (delivery.State, notice.NoticeState),
]


@pytest.mark.parametrize(("said", "listed"), PRODUCERS)
def test_what_a_service_can_say_is_listed(said: Any, listed: Any) -> None:
    assert set(known_words(said)) <= set(known_words(listed))


def test_new_optional_field_breaks_nothing() -> None:
    changed = _entry_filed()
    changed["$defs"]["EntryFiled"]["properties"]["new"] = {"type": "string"}
    assert incompatibilities(_entry_filed(), changed) == []
