"""The page of wishes names all of them, and nothing that is not there."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from cli.main import app

ROOT: Final = Path(__file__).resolve().parents[2]
ROWS: Final = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/wishes.md").read_text().splitlines()
    if line.startswith("| W")
]
OPERATION: Final = re.compile(r"`(\w+): ([A-Z]+) (/[^`]*)`")


@cache
def documents() -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text()) for path in (ROOT / "docs/contracts/openapi").glob("*.json")}


def processes() -> set[str]:
    return {path.stem for path in (ROOT / "docs/processes").glob("*.md")}


def commands() -> set[str]:
    named = {each.name for each in app.registered_commands}
    return named | {
        f"{group.name} {each.name}"
        for group in app.registered_groups
        if group.typer_instance is not None
        for each in group.typer_instance.registered_commands
    }


PROVED: Final = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/proof.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| what |")
]


@pytest.mark.parametrize("row", PROVED, ids=lambda row: row[0])
def test_what_is_said_to_be_proved_is_by_tests_and_operations_that_are_there(row: list[str]) -> None:
    what, does, shown = row
    named = re.findall(r"`(tests/[^`:]+)::(\w+)`", shown)
    assert named, what
    assert len(named) == shown.count("`") // 2, "each test is named with its file"
    absent = [f"{path}::{test}" for path, test in named if f"def {test}(" not in _source(path)]
    assert absent == []
    known = documents()
    unknown = [
        found.group()
        for found in OPERATION.finditer(does)
        if found[2].lower() not in known[found[1]]["paths"].get(found[3], {})
    ]
    assert unknown == []
    assert set(re.findall(r"`centerline ([\w -]+)`", does)) <= commands()


def _source(path: str) -> str:
    file = ROOT / path
    return file.read_text() if file.is_file() else ""


def test_every_wish_has_its_row() -> None:
    assert [row[0] for row in ROWS] == [f"W{number}" for number in range(1, 35)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_names_is_there(row: list[str]) -> None:
    _, _, state, answer, shown = row
    assert state in ("answered", "in part", "not yet")
    assert (state == "in part") == ("Missing: " in answer)
    assert (state == "not yet") == (not answer and not shown)
    tests = re.findall(r"`([^`]*)`", shown)
    assert tests or state == "not yet"
    assert [each for each in tests if not (ROOT / each).is_file()] == []
    known = documents()
    unknown = [
        found.group()
        for found in OPERATION.finditer(answer)
        if found[2].lower() not in known[found[1]]["paths"].get(found[3], {})
    ]
    assert unknown == []
    assert set(re.findall(r"`centerline ([\w -]+)`", answer)) <= commands()
    named = re.search(r"[Pp]rocess(?:es)? ((?:`[\w-]+`(?: and )?)+)", answer)
    assert set(re.findall(r"`([\w-]+)`", named[1] if named else "")) <= processes()
