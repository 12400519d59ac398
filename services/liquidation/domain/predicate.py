"""Which entries are meant, said as a predicate: one notion for hold sets, instructions, forecasts and bulk acts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

_NAMES: Final = {
    "duty_heading": "a duty provision {} on a line",
    "tariff_prefix": "a tariff number {} on a line",
    "headings": "a heading of {} on a line",
    "origin": "goods of {}",
    "case_prefix": "case {}",
    "case_numbers": "case {}",
    "manufacturer_ids": "a line of maker {}",
    "exporter_ids": "a line of exporter {}",
    "importer_number": "importer {}",
    "entered_from": "entered on or after {}",
    "entered_to": "entered on or before {}",
    "port_of_entry": "port {}",
    "entry_type": "entry type {}",
    "filer_code": "filer {}",
    "surety_code": "surety {}",
    "center": "Center {}",
}
_OF_LINES: Final = frozenset(
    {
        "duty_heading",
        "tariff_prefix",
        "headings",
        "origin",
        "case_prefix",
        "case_numbers",
        "manufacturer_ids",
        "exporter_ids",
    }
)
_DAYS: Final = ("entered_from", "entered_to")
_LISTS: Final = ("case_numbers", "manufacturer_ids", "exporter_ids")


@dataclass(frozen=True, slots=True)
class HeadingRange:
    """Tariff numbers from one heading to another in the order of their digits, both with all that begins with them.

    A heading by itself is the range from it to it. Digits without dots.
    """

    first: str
    last: str

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class HeadingSet:
    """Tariff numbers within one of the ranges and within none of the exceptions."""

    ranges: tuple[HeadingRange, ...]
    exceptions: tuple[HeadingRange, ...] = ()

    def __str__(self) -> str:
        words = " or ".join(map(str, self.ranges))
        return f"{words}, but not {' or '.join(map(str, self.exceptions))}," if self.exceptions else words


def read_heading_range(text: str) -> HeadingRange:
    """A heading, or two with a hyphen between them, dotted or not; raises `ValueError` for one that means nothing.

    >>> read_heading_range("9903.88.01-9903.88.15")
    HeadingRange(first='99038801', last='99038815')
    >>> str(read_heading_range("9903.88"))
    '990388'
    """
    first, hyphen, last = text.replace(".", "").partition("-")
    for each in (first, last) if hyphen else (first,):
        if not (each.isascii() and each.isdigit() and 2 <= len(each) <= 10):
            raise ValueError(f"{each!r} is no tariff number and no beginning of one: 2 to 10 digits")
    if hyphen and first[: len(last)] > last:
        raise ValueError(f"{first} comes after {last}: no number is between them")
    return HeadingRange(first, last if hyphen else first)


@dataclass(frozen=True, slots=True)
class EntryPredicate:
    """Entries for which every given part holds; a part that is None or empty says nothing.

    `duty_heading` is a Chapter 99 number or the beginning of one, `tariff_prefix` the beginning of any tariff number,
    `case_prefix` the beginning of an antidumping or countervailing duty case: digits without dots. Of several cases,
    makers or exporters one is enough; spaces in the identification of a maker or exporter do not count. The parts about
    goods (from `duty_heading` to `exporter_ids`) must hold of one and the same line of the version that governs, and
    those about a case of one and the same case. Dates are dates of entry, both days included.
    """

    duty_heading: str | None = None
    tariff_prefix: str | None = None
    headings: HeadingSet | None = None
    origin: str | None = None
    case_prefix: str | None = None
    case_numbers: tuple[str, ...] = ()
    manufacturer_ids: tuple[str, ...] = ()
    exporter_ids: tuple[str, ...] = ()
    importer_number: str | None = None
    entered_from: date | None = None
    entered_to: date | None = None
    port_of_entry: str | None = None
    entry_type: str | None = None
    filer_code: str | None = None
    surety_code: str | None = None
    center: str | None = None

    @property
    def given(self) -> dict[str, str | date | HeadingSet | tuple[str, ...]]:
        """The parts that say something, in the order of the fields."""
        parts = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: value for name, value in parts if value is not None and value != ()}

    @property
    def is_about_lines(self) -> bool:
        """Whether a line has to be looked at."""
        return not _OF_LINES.isdisjoint(self.given)


def describe(predicate: EntryPredicate) -> str:
    """The predicate in words.

    >>> describe(EntryPredicate(duty_heading="990388", origin="CN", case_numbers=("A570012000", "C570013000")))
    'a duty provision 990388 on a line and goods of CN and case A570012000 or C570013000'
    """
    return " and ".join(
        _NAMES[name].format(" or ".join(value) if isinstance(value, tuple) else value)
        for name, value in predicate.given.items()
    )


def predicate_to_json(predicate: EntryPredicate) -> dict[str, str | list[str]]:
    """The given parts as JSON values; the exceptions of `headings` are `except_headings`.

    >>> predicate_to_json(EntryPredicate(headings=HeadingSet((HeadingRange("990301", "990388"),))))
    {'headings': ['990301-990388']}
    """
    parts: dict[str, str | list[str]] = {}
    for name, value in predicate.given.items():
        if isinstance(value, HeadingSet):
            parts["headings"] = list(map(str, value.ranges))
            if value.exceptions:
                parts["except_headings"] = list(map(str, value.exceptions))
        else:
            parts[name] = list(value) if isinstance(value, tuple) else str(value)
    return parts


def predicate_from_json(stored: Mapping[str, Any]) -> EntryPredicate:
    """A predicate as `predicate_to_json` wrote it; parts that are null or empty say nothing.

    >>> predicate_from_json({"case_numbers": [], "importer_number": None, "entered_to": "2026-03-02"}).given
    {'entered_to': datetime.date(2026, 3, 2)}
    """
    parts = {name: value for name, value in stored.items() if value}
    excepted = parts.pop("except_headings", ())
    if "headings" in parts:
        ranges, exceptions = (tuple(map(read_heading_range, each)) for each in (parts["headings"], excepted))
        parts["headings"] = HeadingSet(ranges, exceptions)
    parts |= {name: date.fromisoformat(parts[name]) for name in _DAYS if name in parts}
    parts |= {name: tuple(parts[name]) for name in _LISTS if name in parts}
    return EntryPredicate(**parts)
