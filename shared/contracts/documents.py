"""The contracts as documents: a JSON Schema per topic, and what of a released one a later one no longer takes."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.registry import TOPICS, TopicContract
from shared.contracts.words import LISTED


def json_schemas() -> Mapping[str, dict[str, Any]]:
    """The JSON Schema (2020-12) of the whole CloudEvent, by topic."""
    return {topic: _schema(contract) for topic, contract in TOPICS.items()}


def incompatibilities(released: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    """Why messages that were valid under the released schema may be refused by the current one; empty when none are.

    Compares the structure of two schemas of one topic: fields that became required or vanished, types and values that
    are no longer taken, bounds and patterns that became narrower. A list of words may be opened and may grow; a word
    that is no longer listed would be taken and not understood, which is a loss as well.
    """
    comparison = _Comparison(released, current)
    comparison.compare(released, current, "")
    return comparison.found


class _Comparison:
    """A walk through two schemas side by side that notes where the second takes less."""

    def __init__(self, old_root: Mapping[str, Any], new_root: Mapping[str, Any]) -> None:
        self._old_root = old_root
        self._new_root = new_root
        self.found: list[str] = []

    def compare(self, old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> None:
        """Compare two schemas of the value at `where`."""
        old, new = _resolve(old, self._old_root), _resolve(new, self._new_root)
        if "anyOf" in old or "anyOf" in new:
            self._compare_choices(old, new, where)
            return
        if old.get("type") != new.get("type"):
            self.found.append(f"{where}: type was {old.get('type')}, is {new.get('type')}")
        self._compare_values(old, new, where)
        self._compare_fields(old, new, where)
        if "items" in old and "items" in new:
            self.compare(old["items"], new["items"], f"{where}[]")

    def _compare_choices(self, old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> None:
        choices = {_resolve(choice, self._new_root).get("type"): choice for choice in new.get("anyOf", [new])}
        for choice in old.get("anyOf", [old]):
            wanted = _resolve(choice, self._old_root).get("type")
            if wanted in choices:
                self.compare(choice, choices[wanted], where)
            else:
                self.found.append(f"{where}: no longer takes {wanted}")

    def _compare_values(self, old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> None:
        if "pattern" in new and old.get("pattern") != new["pattern"]:
            self.found.append(f"{where}: pattern was {old.get('pattern')}, is {new['pattern']}")
        closed, only = _closed_list(old), _closed_list(new)
        if closed is not None:
            if gone := [word for word in closed if not _takes(new, word)]:
                self.found.append(f"{where}: no longer takes {', '.join(sorted(gone))}")
            return  # the words are all that there was: a list that was opened has bounds for others
        if only is not None:
            self.found.append(f"{where}: takes only {', '.join(sorted(only))} now")
        elif lost := set(old.get(LISTED, ())) - set(new.get(LISTED, ())):
            self.found.append(f"{where}: no longer knows {', '.join(sorted(lost))}")
        for bound in ("minimum", "minLength", "minItems"):
            if bound in new and new[bound] > old.get(bound, float("-inf")):
                self.found.append(f"{where}: {bound} rose to {new[bound]}")
        for bound in ("maximum", "maxLength", "maxItems"):
            if bound in new and new[bound] < old.get(bound, float("inf")):
                self.found.append(f"{where}: {bound} fell to {new[bound]}")

    def _compare_fields(self, old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> None:
        added = set(new.get("required", [])) - set(old.get("required", []))
        self.found.extend(f"{where}.{name}: became required" for name in sorted(added))
        fields = new.get("properties", {})
        for name, child in old.get("properties", {}).items():
            if name in fields:
                self.compare(child, fields[name], f"{where}.{name}")
            else:
                self.found.append(f"{where}.{name}: is gone")


def _schema(contract: TopicContract) -> dict[str, Any]:
    schema = contract.event.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = contract.event_type
    schema["properties"]["type"] = {"const": contract.event_type}
    return schema


def _closed_list(schema: Mapping[str, Any]) -> list[str] | None:
    """The words that are taken and no other; None where any is taken."""
    words: list[str] | None = [schema["const"]] if "const" in schema else schema.get("enum")
    return words


def _takes(schema: Mapping[str, Any], word: str) -> bool:
    """Whether a schema takes a word, and knows it where it lists words."""
    known = _closed_list(schema) or schema.get(LISTED, [word])
    return word in known and schema.get("minLength", 0) <= len(word) <= schema.get("maxLength", len(word))


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema
