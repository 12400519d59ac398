"""The grid of a protest: what becomes of each entry and of each of its lines, as a recommendation says it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.console.domain.acts import read_fields

MOST: Final = 25
"""Entries of a page of the grid; the others follow `otherwise`, or are recommended from the protest's own page."""

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


def read_grid(form: Mapping[str, Sequence[str]], cells: Iterable[Cell]) -> dict[str, Any]:
    """The recommendation that the grid states; a cell without an outcome says nothing.

    >>> form = {"field.reasons": ["They weigh 2 kg."], "B7603245278.2.outcome": ["allowed"]}
    >>> form |= {"B7603245278.2.change_duty_usd": ["-12.50"], "B7603245278.all.outcome": [""]}
    >>> cells = [Cell("B7603245278", None), Cell("B7603245278", 2)]
    >>> read_grid(form, cells)["items"]  # doctest: +NORMALIZE_WHITESPACE
    [{'entry_number': 'B7603245278', 'line_number': 2, 'outcome': 'allowed', 'change_duty_usd': '-12.50',
      'reasons': 'They weigh 2 kg.'}]
    """
    given = read_fields(form, {"reasons": "text", "otherwise": "code"})
    items = []
    for cell in cells:
        row = {part: (form.get(f"{cell.name}.{part}") or [""])[0] for part in _PARTS}
        if not row["outcome"]:
            continue
        of_line = {} if cell.line_number is None else {"line_number": cell.line_number}
        said = {name: value for name, value in row.items() if value}
        items.append({"entry_number": cell.entry_number, **of_line, "reasons": given.get("reasons", ""), **said})
    return {"kind": "recommend", **given, "items": _in_order(items)}


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
