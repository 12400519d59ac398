"""The package as a whole: public functions say what they mean, and it stands on stdlib and `holidays` alone."""

import ast
import pkgutil
import sys
from pathlib import Path

import pytest

import shared.customs

MODULES = sorted(module.name for module in pkgutil.iter_modules(shared.customs.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_customs_imports_nothing_beyond_the_standard_library_and_holidays(name: str) -> None:
    tree = ast.parse((Path(shared.customs.__path__[0]) / f"{name}.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    outside = {module for module in imported if module.partition(".")[0] not in sys.stdlib_module_names}
    assert {module for module in outside if not module.startswith("shared.customs.")} <= {"holidays"}


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_says_what_it_means(name: str) -> None:
    tree = ast.parse((Path(shared.customs.__path__[0]) / f"{name}.py").read_text(encoding="utf-8"))
    public = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert [node.name for node in public if not ast.get_docstring(node)] == []
