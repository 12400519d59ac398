"""The examples of public functions hold; those of the law, of customs and of the console have tests of their own."""

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_EXAMPLE = re.compile(r"^\s+>>> ", re.MULTILINE)
_PLACES = ("services/notifications", "services/routing", "shared", "cli")
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for place in _PLACES
    for path in (ROOT / place).rglob("*.py")
    if _EXAMPLE.search(path.read_text(encoding="utf-8"))
)


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("shared.customs.")])
def test_examples_hold(name: str) -> None:
    done = doctest.testmod(import_module(name))
    assert done.attempted
    assert done.failed == 0
