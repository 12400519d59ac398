"""The contracts as documents: a JSON Schema per topic and one AsyncAPI description of all of them."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.envelope import STRUCTURED_CONTENT_TYPE
from shared.contracts.registry import TOPICS, TopicContract

ASYNCAPI_VERSION = "3.0.0"
CONTRACTS_VERSION = "1.0.0"


def json_schemas() -> Mapping[str, dict[str, Any]]:
    """The JSON Schema (2020-12) of the whole CloudEvent, by topic."""
    return {topic: _schema(contract) for topic, contract in TOPICS.items()}


def asyncapi(title: str = "Centerline events") -> dict[str, Any]:
    """An AsyncAPI 3 document of every topic; message payloads point to the JSON Schemas beside it."""
    return {
        "asyncapi": ASYNCAPI_VERSION,
        "info": {
            "title": title,
            "version": CONTRACTS_VERSION,
            "description": "CloudEvents 1.0, structured JSON (binary mode is accepted). The message key equals the subject.",
        },
        "defaultContentType": STRUCTURED_CONTENT_TYPE,
        "channels": {
            topic: {
                "address": topic,
                "messages": {topic: {"$ref": f"#/components/messages/{topic}"}},
                "bindings": {"kafka": {"topic": topic}},
            }
            for topic in TOPICS
        },
        "operations": {
            f"publish-{topic}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{topic}"},
                "summary": f"Published by {contract.producer}.",
            }
            for topic, contract in TOPICS.items()
        },
        "components": {"messages": {topic: _message(contract) for topic, contract in TOPICS.items()}},
    }


def incompatibilities(released: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    """Why messages that were valid under the released schema may be refused by the current one; empty when none are.

    Compares the structure of two schemas of one topic: fields that became required or vanished, types and values that
    are no longer taken, bounds and patterns that became narrower.
    """
    found: list[str] = []
    _compare(released, current, released, current, "", found)
    return found


_LOWER_BOUNDS = ("minimum", "minLength", "minItems")
_UPPER_BOUNDS = ("maximum", "maxLength", "maxItems")


def _schema(contract: TopicContract) -> dict[str, Any]:
    schema = contract.event.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = contract.event_type
    schema["properties"]["type"] = {"const": contract.event_type}
    return schema


def _message(contract: TopicContract) -> dict[str, Any]:
    return {
        "name": contract.event_type,
        "summary": (contract.data.__doc__ or "").strip().splitlines()[0],
        "contentType": STRUCTURED_CONTENT_TYPE,
        "bindings": {"kafka": {"key": {"type": "string", "description": f"data.{contract.key_field}"}}},
        "payload": {"$ref": f"schemas/{contract.topic}.json"},
    }


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _compare(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    old_root: Mapping[str, Any],
    new_root: Mapping[str, Any],
    where: str,
    found: list[str],
) -> None:
    old, new = _resolve(old, old_root), _resolve(new, new_root)
    old_choices, new_choices = old.get("anyOf", [old]), new.get("anyOf", [new])
    if "anyOf" in old or "anyOf" in new:
        for choice in old_choices:
            wanted = _resolve(choice, old_root).get("type")
            match = next((each for each in new_choices if _resolve(each, new_root).get("type") == wanted), None)
            if match is None:
                found.append(f"{where}: no longer takes {wanted}")
            else:
                _compare(choice, match, old_root, new_root, where, found)
        return
    if old.get("type") != new.get("type"):
        found.append(f"{where}: type was {old.get('type')}, is {new.get('type')}")
    if "pattern" in new and old.get("pattern") != new["pattern"]:
        found.append(f"{where}: pattern was {old.get('pattern')}, is {new['pattern']}")
    if gone := set(old.get("enum", [])) - set(new.get("enum", old.get("enum", []))):
        found.append(f"{where}: no longer takes {', '.join(sorted(gone))}")
    if "const" in new and old.get("const") != new["const"]:
        found.append(f"{where}: must be {new['const']!r} now")
    for bound in _LOWER_BOUNDS:
        if bound in new and new[bound] > old.get(bound, float("-inf")):
            found.append(f"{where}: {bound} rose to {new[bound]}")
    for bound in _UPPER_BOUNDS:
        if bound in new and new[bound] < old.get(bound, float("inf")):
            found.append(f"{where}: {bound} fell to {new[bound]}")
    for name in set(new.get("required", [])) - set(old.get("required", [])):
        found.append(f"{where}.{name}: became required")
    properties = new.get("properties", {})
    for name, child in old.get("properties", {}).items():
        if name not in properties:
            found.append(f"{where}.{name}: is gone")
        else:
            _compare(child, properties[name], old_root, new_root, f"{where}.{name}", found)
    if "items" in old and "items" in new:
        _compare(old["items"], new["items"], old_root, new_root, f"{where}[]", found)
