"""Modules of this repository as syntax trees, each read once for a process of tests and sorted by kinds of nodes."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final, TypeVar

ROOT: Final = Path(__file__).resolve().parents[2]
PRODUCT: Final = ("shared", "services", "cli")

_SORTED: Final = "sorted_by_kind"
_Node = TypeVar("_Node", bound=ast.AST)


def parse(path: Path) -> ast.Module:
    """The tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def product() -> dict[PurePosixPath, ast.Module]:
    """Every module of the product by its path in the repository; the trees are shared, and nobody changes them."""
    paths = [path for package in PRODUCT for path in sorted((ROOT / package).rglob("*.py"))]
    return {PurePosixPath(path.relative_to(ROOT).as_posix()): parse(path) for path in paths}


def nodes(tree: ast.AST, *kinds: type[_Node]) -> Iterator[_Node]:
    """Everything of these kinds in a tree, a kind after the other; the tree keeps what it is made of for the next."""
    by_kind = _by_kind(tree)
    for kind in kinds:
        yield from by_kind.get(kind, ())  # type: ignore[misc]  # each list holds what it is named after


def with_bodies(tree: ast.AST) -> Iterator[ast.AST]:
    """Everything in a tree that has statements of its own."""
    for kind, found in _by_kind(tree).items():
        if "body" in kind._fields:
            yield from found


def _by_kind(tree: ast.AST) -> dict[type[ast.AST], list[ast.AST]]:
    kept: dict[type[ast.AST], list[ast.AST]] | None = vars(tree).get(_SORTED)
    if kept is None:
        kept = {}
        for node in ast.walk(tree):
            kept.setdefault(type(node), []).append(node)
        setattr(tree, _SORTED, kept)
    return kept
