"""What rests on each rule of law, read from the code itself: clocks, refusals, outcomes, what else names it.

Nothing of this is written by hand, so nothing of it can be out of date.
"""

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from pkgutil import iter_modules
from typing import Final

from cli.law_words import say_question
from services.liquidation.api.rule_book import ALL_RULES, ClockUseOut, RefusalUseOut, RestsOut, UseOut
from services.liquidation.domain import calculator
from services.liquidation.domain.protest.act_rules import RULE_OF_ACT

ROOT: Final = Path(__file__).resolve().parent.parent
_REFUSING: Final = frozenset({"refused", "conflict", "Refused", "Conflict", "NotExtended"})
_IDS: Final = re.compile(rf"(?<![\w-])({'|'.join(sorted(ALL_RULES, key=len, reverse=True))})(?![\w-])")
_TABLES: Final = (
    "domain/rules/",
    "domain/calculator/",
    "domain/money/rules.py",
    "domain/money/settings.py",
    "domain/law.py",
    "domain/readings.py",
    "/migrations/",
)
"""What states the rules, or is listed apart: no use of them. Nor is what an API shows, beyond what it refuses."""


@dataclass(slots=True)
class _Found:
    outcomes: set[str] = field(default_factory=set)
    refusals: set[tuple[str, str]] = field(default_factory=set)
    uses: set[tuple[str, str]] = field(default_factory=set)


def find_rests(clocks: dict[str, list[ClockUseOut]]) -> dict[str, RestsOut]:
    """What rests on each rule; `clocks` are those that the calculator gave for the vectors."""
    found: defaultdict[str, _Found] = defaultdict(_Found)
    for path in _sources():
        _read(path, found)
    acts: defaultdict[str, list[str]] = defaultdict(list)
    for act, rule in RULE_OF_ACT.items():
        acts[rule].append(act)
    tabled = _clocks_of_tables()
    return {
        rule: RestsOut(
            clocks=_unique([*tabled[rule], *clocks.get(rule, [])]),
            outcomes=sorted(found[rule].outcomes),
            refusals=[RefusalUseOut(act=act, code=code) for act, code in sorted(found[rule].refusals)],
            protest_acts=acts[rule],
            uses=[UseOut(service=service, does=does) for service, does in sorted(found[rule].uses)],
        )
        for rule in ALL_RULES
    }


def _unique(clocks: list[ClockUseOut]) -> list[ClockUseOut]:
    return list({each.what: each for each in clocks}.values())


def _clocks_of_tables() -> defaultdict[str, list[ClockUseOut]]:
    """The rows that the calculator is made of."""
    clocks: defaultdict[str, list[ClockUseOut]] = defaultdict(list)
    for each in iter_modules(calculator.__path__):
        module = importlib.import_module(f"{calculator.__name__}.{each.name}")
        for row in getattr(module, "ROWS", ()):
            clocks[row.rule].append(ClockUseOut(what=row.what, effect=row.effect))
    return clocks


def _sources() -> Iterator[Path]:
    for folder in ("services", "shared/customs"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not any(each in path.as_posix() for each in _TABLES):
                yield path


def _read(path: Path, found: defaultdict[str, _Found]) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = path.relative_to(ROOT).parts
    service = parts[1] if parts[0] == "services" else "all services"
    about = say_question(ast.get_docstring(tree))
    is_shown_only = "api" in parts
    for node, does in _with_meaning(tree, about):
        if not is_shown_only:
            for rule in _rules_named(node):
                found[rule].uses.add((service, does))
        if isinstance(node, ast.Call):
            _read_call(node, does, found)


def _with_meaning(tree: ast.AST, does: str) -> Iterator[tuple[ast.AST, str]]:
    """Every node with what the function does that it stands in: its own words, else those of what it stands in."""
    for node in ast.iter_child_nodes(tree):
        inner = does
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = say_question(ast.get_docstring(node)) or does
        yield node, inner
        yield from _with_meaning(node, inner)


def _rules_named(node: ast.AST) -> Iterator[str]:
    """Rules that a text of the code is, or that a docstring names."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value in ALL_RULES:
            yield node.value
        elif "\n" in node.value or node.value.startswith("Rule"):
            yield from _IDS.findall(node.value)


def _read_call(call: ast.Call, does: str, found: defaultdict[str, _Found]) -> None:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    named = {each.arg: _texts(each.value) for each in call.keywords}
    first, second = (_texts(each) for each in [*call.args[:2], *(ast.Constant(None),) * 2][:2])
    rules = [text for text in (*named.get("rule", ()), *first) if text in ALL_RULES]
    for rule in rules:
        if name == "Finding":
            found[rule].outcomes.update(second)
        elif name in _REFUSING:
            codes = named.get("code") or second if name != "NotExtended" else ["extension-void"]
            found[rule].refusals.update((does, code) for code in codes)


def _texts(node: ast.AST) -> list[str]:
    """The texts that an argument can be: itself, or one of two."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


@cache
def find_docstring(module: str, function: str) -> str | None:
    """What a function says that it does."""
    named = getattr(importlib.import_module(module), function)
    doc: str | None = named.__doc__
    return doc
