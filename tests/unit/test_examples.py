"""The examples of public functions hold, wherever they stand."""

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY

ROOT = Path(__file__).resolve().parents[2]
_EXAMPLE = re.compile(r"^\s+>>> ", re.MULTILINE)
_PLACES = ("services", "shared", "cli", "bench", "clients")
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for place in _PLACES
    for path in (ROOT / place).rglob("*.py")
    if _EXAMPLE.search(path.read_text(encoding="utf-8"))
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    known = {"LAW": LAW, "POLICY": POLICY} if name.startswith("services.liquidation.") else {}
    done = doctest.testmod(import_module(name), extraglobs=known)
    assert done.attempted
    assert done.failed == 0
