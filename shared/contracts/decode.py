"""Bytes from the bus to a validated event, or a rejection that tells the filer what to mend.

The happy path is one pass of pydantic over the bytes. Only when that fails are the bytes looked at again, to
name the first thing that is wrong in the order in which a filer would mend it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import msgspec
import orjson
from pydantic import ValidationError

from shared.contracts.envelope import STRUCTURED_CONTENT_TYPE, Event
from shared.contracts.lean import lean_check, lean_type, to_lean
from shared.contracts.registry import TOPICS, TYPES, TopicContract

MAX_DEPTH = 32
_REQUIRED = ("id", "source", "type", "subject", "time", "data")
_SPECIFIC_REASONS = frozenset({"bad-entry-number", "bad-check-digit"})
_NUL_ESCAPE = b"\\u0000"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a message cannot be an event: `reason` is a stable code, `detail` a sentence to act on."""

    reason: str
    detail: str


def decode(
    topic: str, key: bytes | None, value: bytes | None, headers: Mapping[str, bytes], max_bytes: int
) -> Event[Any] | Rejection:
    """Validate one message of a topic, in structured or binary CloudEvents mode (design section 5).

    `max_bytes` bounds the value. Never raises on bad input: the rejection says what is wrong.
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
    if isinstance(event, Rejection):
        return event
    if event.type != contract.event_type:
        return _explain_type(contract, event.type)
    if _NUL_ESCAPE in value and _has_nul(orjson.loads(value)):
        return Rejection("schema", "a text holds the NUL character (\\u0000), which no record can keep: remove it")
    expected = contract.key_of(event.data)
    if event.subject != expected:
        return Rejection(
            "subject-mismatch",
            f"subject is {event.subject!r} but data.{contract.key_field} differs: make them equal",
        )
    if key is not None and key != expected.encode():
        return Rejection("subject-mismatch", f"the message key differs from data.{contract.key_field}: make them equal")
    return event


def is_binary(headers: Mapping[str, bytes]) -> bool:
    """Whether a message is in binary mode: attributes in `ce_` headers, data as the value."""
    return "ce_type" in headers and not headers.get("content-type", b"").startswith(STRUCTURED_CONTENT_TYPE.encode())


def _read(contract: TopicContract, value: bytes) -> Event[Any] | Rejection:
    """Read with the lean structure; what that refuses the model reads again, and has the last word."""
    event: Any
    try:
        event = _decoder(contract.event).decode(value)
        check = lean_check(contract.event)
        if check is not None:
            check(event)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        try:
            event = to_lean(contract.event.model_validate_json(value))
        except ValidationError as error:
            return _explain(contract, value, error)
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


def _explain(contract: TopicContract, value: bytes, error: ValidationError) -> Rejection:
    try:
        document = json.loads(value)
    except RecursionError:
        return _too_deep()
    except ValueError as problem:
        return Rejection("not-json", f"the message is not JSON: {problem}")
    if _depth_exceeds(document, MAX_DEPTH):
        return _too_deep()
    if not isinstance(document, dict) or document.get("specversion") != "1.0":
        return Rejection("not-cloudevent", "the message is not a CloudEvents 1.0 object: wrap the data in its envelope")
    missing = [name for name in _REQUIRED if document.get(name) is None]
    if missing:
        return Rejection(
            "missing-attribute", f"the CloudEvent lacks {', '.join(missing)}: add every required attribute"
        )
    if document["type"] != contract.event_type:
        return _explain_type(contract, str(document["type"]))
    return _explain_schema(error)


def _explain_type(contract: TopicContract, type_: str) -> Rejection:
    base, _, version = type_.rpartition(".")
    expected_base = contract.event_type.rpartition(".")[0]
    if base == expected_base and version.startswith("v"):
        return Rejection("unknown-version", f"version {version} of {base} is not known: send {contract.event_type}")
    if type_ in TYPES:
        return Rejection("unknown-type", f"{type_} belongs on topic {TYPES[type_].topic}, not on {contract.topic}")
    return Rejection(
        "unknown-type", f"type {type_[:100]!r} is not known: topic {contract.topic} takes {contract.event_type}"
    )


def _explain_schema(error: ValidationError) -> Rejection:
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    first = next((problem for problem in problems if problem["type"] in _SPECIFIC_REASONS), problems[0])
    reason = first["type"] if first["type"] in _SPECIFIC_REASONS else "schema"
    where = ".".join(str(part) for part in first["loc"])
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Rejection(reason, f"{where}: {first['msg']}{more}")


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
    match document:
        case str():
            return "\0" in document
        case dict():
            return any("\0" in key or _has_nul(child) for key, child in document.items())
        case list():
            return any(_has_nul(child) for child in document)
        case _:
            return False
