"""Which headers the code of each endpoint sets, read from the source: by itself, or by the functions that it calls."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
TOLD: Final = frozenset({"ETag", "Location", "Link", "Content-Disposition", "X-Next-After", "Idempotency-Replayed"})
"""Headers that an endpoint sets by name; the others follow from what an endpoint depends on."""
_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})


@dataclass(slots=True)
class _Module:
    functions: dict[str, ast.AST] = field(default_factory=dict)
    constants: dict[str, ast.AST] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)


def headers_set_by_code(service: str) -> dict[str, frozenset[str]]:
    """The headers of `TOLD` that the code of each endpoint of a service can set, by the name of the endpoint."""
    found = {}
    places = [f"services/{service}/api", "shared/web"]
    for path in (each for place in places for each in sorted((ROOT / place).glob("*.py"))):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name, node in _read(module).functions.items():
            if any(_is_route(each) for each in getattr(node, "decorator_list", ())):
                found[name] = frozenset(_set_in(module, node, frozenset()))
    return found


@cache
def _read(name: str) -> _Module:
    module = _Module()
    tree = ast.parse((ROOT / Path(*name.split(".")).with_suffix(".py")).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            module.functions.setdefault(node.name, node)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in {"services", "shared"}:
            module.imported |= {each.asname or each.name: (node.module, each.name) for each in node.names}
    for statement in tree.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=constant), value=ast.AST() as value):
                module.constants[constant] = value
            case ast.Assign(targets=[ast.Name(id=constant)], value=value):
                module.constants[constant] = value
    return module


def _is_route(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in _METHODS
        and isinstance(decorator.func.value, ast.Name)
    )


def _set_in(module: str, node: ast.AST, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    body = [*getattr(node, "body", ())] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else [node]
    for each in (inner for statement in body for inner in ast.walk(statement)):
        if isinstance(each, ast.Constant) and each.value in TOLD:
            yield str(each.value)
        elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
            yield from _set_by_name(module, each.id, seen)
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            yield from _set_by_member(module, each.value.id, each.attr, seen)


def _set_by_name(module: str, name: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    if (module, name) in seen:
        return
    here = _read(module)
    if (node := here.functions.get(name) or here.constants.get(name)) is not None:
        yield from _set_in(module, node, seen | {(module, name)})
    elif name in here.imported:
        origin, original = here.imported[name]
        if _is_of_the_edge(origin) and _is_module(origin):
            yield from _set_by_name(origin, original, seen | {(module, name)})


def _set_by_member(module: str, holder: str, name: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    origin, original = _read(module).imported.get(holder, ("", ""))
    inner = f"{origin}.{original}"
    if _is_of_the_edge(inner) and _is_module(inner):
        yield from _set_by_name(inner, name, seen)


def _is_of_the_edge(module: str) -> bool:
    """Only the HTTP side sets headers of answers."""
    return module.startswith("shared.web.") or ".api." in module


def _is_module(name: str) -> bool:
    return (ROOT / Path(*name.split(".")).with_suffix(".py")).is_file()
