"""A version of the assignment policy as its form asks for it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

MEASURES: Final[Mapping[str, str]] = MappingProxyType(
    {"goods": "number of goods", "lines": "number of lines", "value": "value"}
)
"""By what the figures of an account are compared."""

NUMBERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "minimum_lines": "Lines that an account has to have",
        "lead_points": "Points by which a Center has to lead",
        "months_ahead": "Months for which it has to lead",
        "rest_months": "Months that an account stays after a move",
    }
)
FLAGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "family_together": "A family stays together",
        "broker_by_goods": "A broker's own account goes by its goods",
    }
)

GROUNDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "associated-business-practices": "Associated business practices",
        "intended-use": "Intended use of the goods",
        "high-relative-value": "High relative value",
    }
)
"""The grounds of 19 CFR 101.10 on which another Center than the figures point to may be given."""

_TEXTS: Final = ("version", "based_on", "measure", "reason")


def read_policy(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A version as routing takes it; what is left empty stays as in the version that it is based on.

    >>> form = {"version": ["p-2"], "based_on": [""], "reason": ["R."], "lead_points": ["15"]}
    >>> read_policy({**form, "family_together": ["no"], "broker_by_goods": [""]})
    {'version': 'p-2', 'reason': 'R.', 'lead_points': 15, 'family_together': False}
    """
    found: dict[str, Any] = {name: text for name in _TEXTS if (text := _one(form, name))}
    numbers = {name: _one(form, name) for name in NUMBERS}
    found |= {name: int(text) if text.isascii() and text.isdigit() else text for name, text in numbers.items() if text}
    return found | {name: text == "yes" for name in FLAGS if (text := _one(form, name))}


def _one(form: Mapping[str, Sequence[str]], name: str) -> str:
    return (form.get(name) or [""])[0]
