"""Bytes from the bus to a validated event, or a rejection that tells the filer what to mend.

The happy path is one pass over the bytes. Only when that fails are they looked at again, to name everything that is
wrong at once, each in the words of the field.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

import msgspec
import orjson
from pydantic import ValidationError

from shared.contracts.entry import find_faults_of_the_whole
from shared.contracts.envelope import STRUCTURED_CONTENT_TYPE, Event
from shared.contracts.faults import Fault, explain, join, show, tell
from shared.contracts.lean import lean_check, lean_type, to_lean
from shared.contracts.registry import TOPICS, TYPES, TopicContract
from shared.customs.entry_number import tidy_entry_number
from shared.customs.importer_number import tidy_importer_number

MAX_DEPTH = 32
_REQUIRED = ("id", "source", "type", "subject", "time", "data")
_SPECIFIC_REASONS = frozenset({"bad-entry-number", "bad-check-digit"})
_NUL_ESCAPE = b"\\u0000"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a message cannot be an event: `reason` is a stable code, `detail` says in words what to mend.

    `faults` are all that was found, with their places; none where the message as a whole cannot be read.
    """

    reason: str
    detail: str
    faults: tuple[Fault, ...] = ()


def decode(
    topic: str, key: bytes | None, value: bytes | None, headers: Mapping[str, bytes], max_bytes: int
) -> Event[Any] | Rejection:
    """Validate one message of a topic, in structured or binary CloudEvents mode (design section 5).

    `max_bytes` bounds the value. Never raises on bad input: the rejection says everything that is wrong.
    """
    if not value:
        return Rejection("empty", "the message has no value: send a CloudEvent as JSON")
    if len(value) > max_bytes:
        return Rejection(
            "too-large",
            f"the message has {len(value)} bytes, at most {max_bytes} are taken: split the filing",
        )
    contract = TOPICS[topic]
    if is_binary(headers):
        value = _structured(value, headers)
    event = _read(contract, value)
    if event is None or event.type != contract.event_type or (_NUL_ESCAPE in value and _has_nul(orjson.loads(value))):
        return _explain(contract, key, value)
    expected = contract.key_of(event.data)
    if event.subject == expected and (key is None or key == expected.encode()):
        return event
    if _is_other(contract, event.subject, expected) or (
        key is not None and _is_other(contract, key.decode("utf-8", "replace"), expected)
    ):
        return _explain(contract, key, value)
    return event if event.subject == expected else _with_subject(event, expected)


def _with_subject(event: Any, subject: str) -> Event[Any]:
    """The same event with its subject in the form of the contract."""
    return cast("Event[Any]", msgspec.structs.replace(event, subject=subject))


def is_binary(headers: Mapping[str, bytes]) -> bool:
    """Whether a message is in binary mode: attributes in `ce_` headers, data as the value."""
    return "ce_type" in headers and not headers.get("content-type", b"").startswith(STRUCTURED_CONTENT_TYPE.encode())


def _read(contract: TopicContract, value: bytes) -> Event[Any] | None:
    """Read with the lean structure; what that refuses the model reads again, and has the last word: None is refused."""
    event: Any
    try:
        event = _decoder(contract.event).decode(value)
        check = lean_check(contract.event)
        if check is not None:
            check(event)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        try:
            event = to_lean(contract.event.model_validate_json(value))
        except ValidationError:
            return None
    return cast("Event[Any]", event)


@cache
def _decoder(model: type[Event[Any]]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(lean_type(model))


def _structured(value: bytes, headers: Mapping[str, bytes]) -> bytes:
    """A binary-mode message written as the structured one: attributes from `ce_` headers, data from the value."""
    attributes = {
        name[3:]: content.decode("utf-8", "replace") for name, content in headers.items() if name.startswith("ce_")
    }
    return orjson.dumps(attributes)[:-1] + b',"data":' + value + b"}"


def _is_other(contract: TopicContract, name: str, expected: str) -> bool:
    """Whether a subject or key names something else than the data do, however it is written."""
    return name != expected and _TIDY.get(contract.key_field, str)(name) != expected


_TIDY: Final[Mapping[str, Callable[[str], str]]] = {
    "entry_number": tidy_entry_number,
    "importer_number": tidy_importer_number,
}


def _explain(contract: TopicContract, key: bytes | None, value: bytes) -> Rejection:
    """Everything that is wrong with a message that is no event of its topic."""
    try:
        document = json.loads(value)
    except RecursionError:
        return _too_deep()
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        return Rejection("not-json", f"the message is not JSON: it cannot be read from {place} on")
    except ValueError:
        return Rejection("not-json", "the message is not JSON: it is not encoded as UTF-8")
    if _depth_exceeds(document, MAX_DEPTH):
        return _too_deep()
    if not isinstance(document, dict) or document.get("specversion") != "1.0":
        return Rejection("not-cloudevent", "the message is not a CloudEvents 1.0 object: wrap the data in its envelope")
    found = {name: _missing(name) for name in _REQUIRED if document.get(name) is None}
    reason, is_of_this_topic = ("missing-attribute" if found else None), True
    if "type" not in found and document["type"] != contract.event_type:
        reason_of_type, fault, is_of_this_topic = _explain_type(contract, document["type"])
        found["type"] = fault
        reason = reason or reason_of_type
    if is_of_this_topic:
        for fault in _explain_values(contract, key, value, document):
            found.setdefault(fault.field, fault)
    faults = tuple(found.values())
    reason = reason or next((fault.code for fault in faults if fault.code in _SPECIFIC_REASONS), None)
    if reason is None:
        reason = "subject-mismatch" if {fault.code for fault in faults} == {"subject-mismatch"} else "schema"
    return Rejection(reason, tell(faults), faults)


def _explain_values(
    contract: TopicContract, key: bytes | None, value: bytes, document: dict[str, Any]
) -> Iterator[Fault]:
    """What is wrong in the attributes and the data of a message of this topic."""
    data = document.get("data")
    of_the_whole = tuple(find_faults_of_the_whole(contract.data, data)) if isinstance(data, dict) else ()
    try:
        contract.event.model_validate_json(value)
    except ValidationError as error:
        told = {fault.code for fault in of_the_whole}
        of_fields = explain(error.errors(include_url=False), document, lambda _: _schema(contract.event))
        is_named = all(fault.field != f"data.{contract.key_field}" for fault in of_fields)
        yield from (fault for fault in of_fields if fault.code not in told)
    else:
        is_named = True
    yield from of_the_whole
    if isinstance(data, dict) and is_named:
        yield from _explain_names(contract, key, document.get("subject"), data[contract.key_field])
    for path in _nul_places(document):
        yield Fault(join(*path), "text", "text without the NUL character, which no record can keep")


def _explain_names(contract: TopicContract, key: bytes | None, subject: Any, named: str) -> Iterator[Fault]:
    """Subject and message key that name something else than the data do."""
    expected = _TIDY.get(contract.key_field, str)(named)
    right = f"the same as data.{contract.key_field}"
    if isinstance(subject, str) and _is_other(contract, subject, expected):
        yield Fault("subject", "subject-mismatch", right, show(subject, contract.key_field))
    if key is not None and _is_other(contract, written := key.decode("utf-8", "replace"), expected):
        yield Fault("the message key", "subject-mismatch", right, show(written, contract.key_field))


@cache
def _schema(model: type[Event[Any]]) -> Mapping[str, Any]:
    return model.model_json_schema()


def _missing(name: str) -> Fault:
    right = _ATTRIBUTES.get(name, "an attribute that every CloudEvent has")
    return Fault(name, "missing", right, "nothing")


_ATTRIBUTES: Final = {
    "id": "text of 1 to 200 characters, another for each event of the source",
    "source": "the sender of the event, such as urn:filer:B76",
    "type": "the type of the event, such as gov.cbp.entry.filed.v1",
    "subject": "what the event is about: its entry or importer number",
    "time": "an instant with its offset, such as 2026-03-02T19:03:11Z",
    "data": "the object that the event carries",
}


def _explain_type(contract: TopicContract, type_: Any) -> tuple[str, Fault, bool]:
    """The reason, the fault, and whether the data can be looked at as those of this topic."""
    if not isinstance(type_, str):
        return "unknown-type", Fault("type", "unknown-type", contract.event_type, show(type_, "type")), False
    base, _, version = type_.rpartition(".")
    expected_base = contract.event_type.rpartition(".")[0]
    came = show(type_, "type")
    if base == expected_base and version.startswith("v"):
        return "unknown-version", Fault("type", "unknown-version", contract.event_type, came), False
    right = contract.event_type
    if type_ in TYPES:
        right += f" on topic {contract.topic}; events of this type belong on topic {TYPES[type_].topic}"
    return "unknown-type", Fault("type", "unknown-type", right, came), False


def _too_deep() -> Rejection:
    return Rejection("too-deep", f"the JSON nests deeper than {MAX_DEPTH} levels: flatten it")


def _depth_exceeds(document: Any, limit: int) -> bool:
    level = [document]
    for _ in range(limit):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return [child for child in node.values() if isinstance(child, dict | list)]
    if isinstance(node, list):
        return [child for child in node if isinstance(child, dict | list)]
    return []


def _has_nul(document: Any) -> bool:
    return next(_nul_places(document), None) is not None


def _nul_places(document: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where texts hold the NUL character; as long as it is in a name, where the named stands."""
    match document:
        case str():
            if "\0" in document:
                yield place
        case dict():
            for key, child in document.items():
                if "\0" in key:
                    yield (*place, key)
                yield from _nul_places(child, (*place, key))
        case list():
            for number, child in enumerate(document):
                yield from _nul_places(child, (*place, number))
