"""Lists given as one file: every page of them, or none of it."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import Request

from services.console.acts.calls import Panel, Silent
from services.console.api import frame
from services.console.api.frame import Visitor, whole_list

WHO = cast("Visitor", None)


def page_of(numbers: list[int], following: str | None) -> Panel[Any]:
    items = [SimpleNamespace(number=each) for each in numbers]
    return Panel("routing", value=SimpleNamespace(items=items, next=following))


def give(pages: dict[str, Panel[Any]]) -> Any:
    async def ask(after: str) -> Panel[Any]:
        return pages[after]

    async def given() -> Any:
        asked = cast("Request", None)
        return await whole_list(
            asked, WHO, ask, ["number"], lambda each: [each.number], name="numbers", subject="The numbers"
        )

    return asyncio.run(given())


def test_every_page_is_in_the_file() -> None:
    answer = give({"": page_of([1, 2], "/x?after=b&limit=2"), "b": page_of([3], None)})
    assert answer.body.decode().split() == ["number", "1", "2", "3"]
    assert answer.headers["content-disposition"] == 'attachment; filename="numbers.csv"'


def test_without_one_page_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    monkeypatch.setattr(frame, "problem_page", lambda *given, **_: told.append(given[2]) or "the problem")
    silent: Panel[Any] = Panel("routing", silent=Silent("routing", None))
    assert give({"": page_of([1], "/x?after=b"), "b": silent}) == "the problem"
    assert told == [silent]


def test_a_list_without_end_is_told_as_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "page", lambda *_, **content: content)
    told = give({"": page_of([1], "/x?after=b"), "b": page_of([2], "/x?after=b")})
    assert told["status"] == 422
    assert told["text"].startswith("More than 40 rows are too many")
