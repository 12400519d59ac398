"""The grid of a protest: what becomes of each entry and of each of its lines, as a recommendation says it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.console.domain.acts import read_fields

MOST: Final = 8
"""Entries of a page of the grid, each with its lines: what is written on the others is kept until all is recommended.

Each costs a call; a page of entries of two lines has 30 kB.
"""

_CELL: Final = re.compile(r"(?P<entry>[0-9A-Z]{11})\.(?P<line>all|[1-9][0-9]{0,3})\.(?P<part>[a-z_]+)")
_WHOLE: Final = ("field.reasons", "field.otherwise")
_PARTS: Final = ("outcome", "change_duty_usd", "change_fees_usd", "reasons")


@dataclass(frozen=True, slots=True)
class Cell:
    """An entry, or a line of it where `line_number` says which."""

    entry_number: str
    line_number: int | None
    goods: str = ""
    origin: str = ""
    tariff: str = ""
    duty_usd: str = ""

    @property
    def name(self) -> str:
        """How its fields begin in the form.

        >>> Cell("B7603245278", 2).name, Cell("B7603245278", None).name
        ('B7603245278.2', 'B7603245278.all')
        """
        return f"{self.entry_number}.{self.line_number or 'all'}"


def read_grid(written: Mapping[str, str], entries: Sequence[str]) -> dict[str, Any]:
    """The recommendation that the grid states of these entries; a cell without an outcome says nothing.

    >>> written = {"field.reasons": "They weigh 2 kg.", "B7603245278.2.outcome": "allowed"}
    >>> written |= {"B7603245278.2.change_duty_usd": "-12.50", "B7603245278.all.outcome": "", "x.1.outcome": "denied"}
    >>> read_grid(written, ["B7603245278"])["items"]  # doctest: +NORMALIZE_WHITESPACE
    [{'entry_number': 'B7603245278', 'line_number': 2, 'outcome': 'allowed', 'change_duty_usd': '-12.50',
      'reasons': 'They weigh 2 kg.'}]
    """
    form = {name: [value] for name, value in written.items()}
    given = read_fields(form, {"reasons": "text", "otherwise": "code"})
    rows: dict[tuple[str, int], dict[str, str]] = {}
    for name, value in written.items():
        found = _CELL.fullmatch(name)
        if found is not None and found["part"] in _PARTS and value:
            line = 0 if found["line"] == "all" else int(found["line"])
            rows.setdefault((found["entry"], line), {})[found["part"]] = value
    place = {entry: number for number, entry in enumerate(entries)}
    items = []
    for (entry, line), row in sorted(rows.items(), key=lambda each: (place.get(each[0][0], -1), each[0][1])):
        if entry not in place or "outcome" not in row:
            continue
        of_line = {"line_number": line} if line else {}
        items.append({"entry_number": entry, **of_line, "reasons": given.get("reasons", ""), **row})
    return {"kind": "recommend", **given, "items": _in_order(items)}


def merge_grid(before: Mapping[str, str], form: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What was written before with what a page of the grid says; what it does not show stays as it was.

    >>> merge_grid({"B7603245278.2.outcome": "denied", "B7603245278.1.outcome": "denied"},
    ...            {"B7603245278.2.outcome": ["allowed"], "B7603245278.1.outcome": [""], "act": ["recommend"]})
    {'B7603245278.2.outcome': 'allowed'}
    """
    said = {name: values[0] for name, values in form.items() if name in _WHOLE or _CELL.fullmatch(name)}
    return {name: value for name, value in {**before, **said}.items() if value}


def pages_of(entries: Sequence[str]) -> list[Sequence[str]]:
    """The entries of each page; one page without entries where there are none.

    >>> [len(each) for each in pages_of(["x"] * 20)], pages_of([])
    ([8, 8, 4], [[]])
    """
    return [entries[begin : begin + MOST] for begin in range(0, len(entries), MOST)] or [[]]


def fill_grid(items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The fields of the grid as a recommendation that stands fills them in.

    >>> fill_grid([{"entry_number": "B7603245278", "line_number": None, "outcome": "denied", "change_duty_usd": None}])
    {'B7603245278.all.outcome': 'denied'}
    """
    return {
        f"{each['entry_number']}.{each.get('line_number') or 'all'}.{part}": str(each[part])
        for each in items
        for part in _PARTS
        if each.get(part) is not None
    }


def _in_order(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with its fields in the order of the contract."""
    names = ("entry_number", "line_number", "outcome", "change_duty_usd", "change_fees_usd", "reasons")
    return [{name: each[name] for name in names if name in each} for each in items]
