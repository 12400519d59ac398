"""Tests do not make by hand what a producer of ours sends: `tests/support/recorded.py` gives what it publishes."""

import ast
from collections.abc import Iterator
from typing import Final, TypeGuard

import pytest

from shared.contracts.registry import TOPICS
from tests.support.syntax import ROOT, nodes, parse
from tests.unit.test_source_rules import Finding, find_built_events

OURS: Final = {topic: contract for topic, contract in TOPICS.items() if contract.producer != "filers"}
OUR_TYPES: Final = {contract.event_type for contract in OURS.values()}
MAKERS: Final = {"decoded", "cloud_event", "decode_event"}

ALLOWED: Final = {
    "tests/unit/notifications/events.py": "the wording of a notice, a field at a time",
    "tests/integration/test_satisfaction_is_asked.py": "what the work queue of the test has just published",
    "tests/contract/test_consumer_contract.py": "a producer of its own, which publishes what it was told to",
}
"""Where events are made by hand, and why; tests/support makes them for everybody."""


def find_events_by_hand(tree: ast.Module) -> Iterator[Finding]:
    """Events of ours that are built from their model, named by topic, or written down with their type."""
    yield from find_built_events(tree)
    for call in nodes(tree, ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        first = call.args[0] if call.args else None
        if name in MAKERS and isinstance(first, ast.Constant) and first.value in OURS:
            yield call.lineno, f"{name}({first.value!r})"
        given = [*call.args, *(each.value for each in call.keywords)]
        yield from ((call.lineno, f"{name}(…, {each.value!r})") for each in given if _is_type_of_ours(each))
    for node in nodes(tree, ast.Dict):
        yield from ((node.lineno, f"{{… {each.value!r}}}") for each in node.values if _is_type_of_ours(each))


def _is_type_of_ours(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and node.value in OUR_TYPES


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if "support" not in path.parts:
            yield path.relative_to(ROOT).as_posix(), parse(path)


def test_events_of_ours_are_recorded_ones() -> None:
    found = [
        f"{path}:{number}: {what}"
        for path, tree in modules()
        if path not in ALLOWED
        for number, what in find_events_by_hand(tree)
    ]
    assert found == [], "take the recorded event, and vary it: tests/support/recorded.py"


def test_every_exception_is_needed() -> None:
    for path in ALLOWED:
        assert any(find_events_by_hand(parse(ROOT / path))), f"{path} makes no event by hand"


@pytest.mark.parametrize(
    "bad",
    [
        "decoded('entry-routed', data)",
        "events.cloud_event('review-decided', {})",
        "from shared.contracts.work import RequestIssued\nRequestIssued(request_id='1')",
        "_event('x', 'gov.cbp.entry.routed.v1')",
        "event = {'type': 'gov.cbp.liquidation.entry-changed.v1', 'data': {}}",
    ],
)
def test_event_by_hand_is_found(bad: str) -> None:
    assert list(find_events_by_hand(ast.parse(bad)))


@pytest.mark.parametrize(
    "good",
    [
        "decoded('entry-filed', entry_body())",
        "recorded('routing/entry-moved', move=2)",
        "assert event.type == 'gov.cbp.liquidation.entry-changed.v1'",
        "assert {event['type'] for event in events} == {'gov.cbp.work.item-changed.v1'}",
    ],
)
def test_what_is_no_event_by_hand_is_let_pass(good: str) -> None:
    assert list(find_events_by_hand(ast.parse(good))) == []
