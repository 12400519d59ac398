"""Every code of a problem that the code names stands in the catalogue, and the catalogue holds no other."""

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import pytest

from shared.contracts.decode import _SPECIFIC_REASONS
from shared.contracts.refusal import MOST_TEXT
from shared.customs.problems import problem_kinds
from shared.customs.reference_data import read_table
from shared.runtime import errors, two_people
from shared.runtime.errors import Refused
from tests.support.syntax import nodes, product

REFUSALS: Final = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Refused)}
FIRST_ARGUMENT: Final = {"Bar", "Flaw", "Rejection", "CorrectionBar", "NotAllowed", "InvalidEntryNumber"}
"""What else carries the code of a problem, as its first argument."""
OWN_TABLES: Final = {
    "services/liquidation/domain/correction_window.py",  # every bar stands there by name
    "shared/bus/consumer.py",  # what was rejected before
    "shared/contracts/decode.py",  # codes of faults, those that _SPECIFIC_REASONS lists
}
NOT_WRITTEN_THERE: Final = {
    ("services/liquidation/acts/cut_sheets.py", "code"),
    ("services/liquidation/acts/cycle_cuts.py", "WAITS"),
    ("services/liquidation/acts/declaring.py", "code"),
    ("services/liquidation/acts/protests.py", "finding.outcome"),
    ("services/liquidation/acts/refusals.py", "code"),
    ("services/routing/acts/accounts.py", "error.code"),
    ("services/routing/acts/appeals.py", "flaw.code"),
    ("services/routing/acts/criteria.py", "error.code"),
    ("services/routing/acts/directory.py", "fault.code"),
    ("services/routing/acts/filing_events.py", "fault.code"),
    ("services/workqueue/acts/board.py", "refusal.code"),
    ("services/workqueue/acts/item.py", "refusal.code"),
    ("services/workqueue/acts/request.py", "bar.code"),
    ("shared/runtime/access.py", "permission.code"),
    ("shared/runtime/two_people.py", "CODE"),
    ("shared/web/requests.py", "error.code"),
}
"""Refusals whose code comes from elsewhere: whoever adds one looks whether the catalogue has each that it can be."""


def modules() -> dict[str, ast.Module]:
    return {
        str(path): tree
        for path, tree in product().items()
        if path.parts[0] in {"services", "shared"} and "migrations" not in path.parts
    }


def find_codes(tree: ast.Module) -> Iterator[ast.expr]:
    """What stands for the code of a problem: in refusals, defaults of their classes, rejections and bars."""
    for call in nodes(tree, ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in REFUSALS:
            yield from (each.value for each in call.keywords if each.arg == "code")
        elif name in FIRST_ARGUMENT and call.args:
            yield call.args[0]
        elif name == "DeadLetter" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
            yield call.args[1]
    for node in nodes(tree, ast.Assign):
        if ast.unparse(node.targets[0]) == "default_code":
            yield node.value


def named_in(node: ast.expr) -> set[str] | None:
    """The codes that an expression can be; None where it does not say so itself."""
    match node:
        case ast.Constant(value=str() as code):
            return {code}
        case ast.IfExp():
            both = named_in(node.body), named_in(node.orelse)
            return None if None in both else {code for each in both if each for code in each}
        case _:
            return None


def test_every_code_that_is_named_stands_in_the_catalogue() -> None:
    named = {code for tree in modules().values() for node in find_codes(tree) for code in named_in(node) or ()}
    assert len(named) > 80, "the codes are not found any more"
    assert named - problem_kinds().keys() == set()


def test_every_code_from_elsewhere_is_known() -> None:
    found = {
        (path, ast.unparse(node))
        for path, tree in modules().items()
        if path not in OWN_TABLES
        for node in find_codes(tree)
        if named_in(node) is None
    }
    assert found == NOT_WRITTEN_THERE


def test_the_code_of_the_second_person_stands_in_the_catalogue() -> None:
    assert two_people.CODE in problem_kinds()


def test_every_code_of_a_field_that_names_the_whole_refusal_stands_in_the_catalogue() -> None:
    assert problem_kinds().keys() >= _SPECIFIC_REASONS


def test_the_catalogue_holds_no_code_that_nothing_names() -> None:
    texts = {
        node.value for tree in modules().values() for node in nodes(tree, ast.Constant) if isinstance(node.value, str)
    }
    made = [
        re.compile(
            "".join(re.escape(str(each.value)) if isinstance(each, ast.Constant) else ".+" for each in node.values)
        )
        for tree in modules().values()
        for node in nodes(tree, ast.JoinedStr)
        if ast.unparse(node).startswith(("f'missing-", "f'unknown-"))
    ]
    of_statuses = {status.phrase.lower().replace(" ", "-") for status in HTTPStatus} | {"content-too-large"}
    unnamed = [
        code for code in problem_kinds().keys() - texts - of_statuses if not any(each.fullmatch(code) for each in made)
    ]
    assert unnamed == []


@pytest.mark.parametrize("code", problem_kinds())
def test_kind_says_what_it_means_and_what_to_do(code: str) -> None:
    kind = problem_kinds()[code]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert len(code) <= 64
    assert kind.title
    assert kind.meaning
    assert kind.remedy
    assert len(kind.remedy) <= 500 < MOST_TEXT, "it stands in event-refused, too"
    assert all(status in set(HTTPStatus) and status >= 400 for status in kind.statuses)


def test_every_code_stands_in_the_table_once() -> None:
    codes = [row["code"] for row in read_table("problems")]
    assert [code for code in codes if codes.count(code) > 1] == []
