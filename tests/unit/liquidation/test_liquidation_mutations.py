"""Every number and date that a rule rests on is held by a vector: changed by one, at least one vector fails."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from services.liquidation.domain.law import LAW
from tests.unit.liquidation.liquidation_vectors import RULE_MODULES, read_vectors

Number = int | date


@dataclass(frozen=True)
class Constant:
    """A named number of a rule, and where it is bound."""

    name: str
    value: Number
    modules: tuple[ModuleType, ...] = ()
    settings: Any = None

    def change(self, monkeypatch: pytest.MonkeyPatch, value: Number) -> None:
        for module in self.modules:
            monkeypatch.setattr(module, self.name, value)
        if self.settings is not None:
            # A frozen dataclass: the only way to another value without another object.
            object.__setattr__(self.settings, self.name, value)


def is_number(value: object) -> bool:
    return isinstance(value, int | date) and not isinstance(value, bool)


def constants_of_modules() -> Iterator[Constant]:
    """Every constant in capitals, with each module that has imported it."""
    bound: dict[str, tuple[Number, list[ModuleType]]] = {}
    for module in RULE_MODULES:
        for name, value in vars(module).items():
            if name.strip("_").isupper() and is_number(value):
                bound.setdefault(name, (value, []))[1].append(module)
    return (Constant(name, value, tuple(modules)) for name, (value, modules) in bound.items())


def constants_of_settings() -> Iterator[Constant]:
    for settings in (LAW, LAW.cycle):
        for field in fields(settings):
            if is_number(value := getattr(settings, field.name)):
                yield Constant(field.name, value, settings=settings)


CONSTANTS = (*constants_of_modules(), *constants_of_settings())


def fails_any_vector() -> bool:
    for vector in read_vectors():
        try:
            if vector.answer() != vector.expected:
                return True
        except (ValueError, AssertionError):
            return True
    return False


def test_vectors_hold_before_anything_is_changed() -> None:
    assert not fails_any_vector()
    assert len(CONSTANTS) >= 40


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda constant: constant.name)
def test_constant_that_is_off_by_one_fails_a_vector(
    constant: Constant, by: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = constant.value + (timedelta(days=by) if isinstance(constant.value, date) else by)
    try:
        constant.change(monkeypatch, changed)
        assert fails_any_vector()
    finally:
        if constant.settings is not None:
            object.__setattr__(constant.settings, constant.name, constant.value)


@pytest.mark.parametrize("module", RULE_MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_rules_have_no_number_without_a_name(module: ModuleType) -> None:
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    unnamed = [
        (function.name, node.value)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value not in {-1, 0, 1}
    ]
    assert unnamed == []
