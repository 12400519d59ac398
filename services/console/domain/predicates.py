"""Which entries a hold set or an instruction means: the parts of a predicate as a form has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

PREFIX: Final = "of."
"""How the fields of a predicate begin in a form."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a predicate as its field: what it means, how it is written, whether it may have several values."""

    label: str
    hint: str = ""
    is_list: bool = False
    is_day: bool = False


PARTS: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "duty_heading": Part("Chapter 99 number, or its beginning", "Digits without dots, as 990388."),
        "tariff_prefix": Part("Tariff number, or its beginning", "Digits without dots."),
        "origin": Part("Origin", "Two letters, as CN."),
        "case_prefix": Part("AD/CVD case, or its beginning", "As A570."),
        "center": Part("Center", "As CEE003."),
        "importer_number": Part("Importer number"),
        "entered_from": Part("Entered from", is_day=True),
        "entered_to": Part("Entered until", is_day=True),
        "headings": Part("Several numbers or ranges", "As 9903.88.01-9903.88.15.", is_list=True),
        "except_headings": Part("But not these", "What of the ranges above is not meant.", is_list=True),
        "case_numbers": Part("Cases", is_list=True),
        "manufacturer_ids": Part("Makers (MID)", is_list=True),
        "exporter_ids": Part("Exporters (MID)", is_list=True),
        "port_of_entry": Part("Port of entry", "Four digits."),
        "entry_type": Part("Entry type", "Two digits."),
        "filer_code": Part("Filer", "Three signs."),
        "surety_code": Part("Surety", "Three signs."),
    }
)
"""The parts in the order of the form; those after the days are asked for more seldom."""

USUAL: Final = tuple(PARTS)[:8]
"""The parts that a form shows at once."""


def read_predicate(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The parts that somebody filled in; several values are on lines, or with commas between.

    >>> read_predicate({"of.origin": ["CN"], "of.headings": ["9903.01, 9903.88\\r\\n"], "of.center": [""]})
    {'origin': 'CN', 'headings': ['9903.01', '9903.88']}
    """
    found: dict[str, Any] = {}
    for name, part in PARTS.items():
        (text, *_) = form.get(PREFIX + name) or ("",)
        if text:
            found[name] = _lines(text) if part.is_list else text
    return found


def write_predicate(predicate: Mapping[str, Any]) -> dict[str, str]:
    """A predicate as the form of it is filled in.

    >>> write_predicate({"origin": "CN", "headings": ["9903.01", "9903.88"], "center": None})
    {'of.origin': 'CN', 'of.headings': '9903.01\\n9903.88'}
    """
    given = {name: value for name, value in predicate.items() if value and name in PARTS}
    return {PREFIX + name: "\n".join(value) if isinstance(value, list) else str(value) for name, value in given.items()}


def say_predicate(predicate: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parts of a predicate that say something, each with its label.

    >>> say_predicate({"origin": "CN", "case_numbers": ["A570012000", "A570013000"], "center": None})
    [('Origin', 'CN'), ('Cases', 'A570012000, A570013000')]
    """
    return [
        (part.label, ", ".join(value) if isinstance(value, list) else str(value))
        for name, part in PARTS.items()
        if (value := predicate.get(name))
    ]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
