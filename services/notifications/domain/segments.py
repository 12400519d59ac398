"""Whom a broadcast of a Center is for: criteria on what is known of accounts and parties, by which each is in or out.

A criterion whose fact is not known of somebody is unknown of them: they are counted apart, neither told nor left out
in silence. Absence is unknown, never "none".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

Role = Literal["importer", "filer", "agent", "surety"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
Size = Literal["small", "mid", "large"]
SIZES: Final[tuple[Size, ...]] = get_args(Size)
Standing = Literal["reached", "no-address", "unsubscribed", "unknown"]
STANDINGS: Final[tuple[Standing, ...]] = get_args(Standing)
Criterion = Literal["center", "tariff", "program", "size", "country"]
CRITERIA: Final[tuple[Criterion, ...]] = get_args(Criterion)

ACTIVE_MONTHS: Final = 12
"""Goods, countries and Centers of entries count for so many months after the entry."""
SUBHEADING: Final = 6
_RANGE: Final = re.compile(r"[0-9]{2}(-[0-9]{2})?|[0-9]{4}(-[0-9]{4})?|[0-9]{6}(-[0-9]{6})?")
MOST_RANGES: Final = 40


@dataclass(frozen=True, slots=True)
class Segment:
    """Who has one of the `roles`, is with the Center, and meets each other criterion that is not empty.

    `tariff` are chapters, headings or subheadings, or ranges of them (`84-85`, `7206-7229`): one of the goods of the
    last months lies in one of them. `countries` are those from which goods came.
    """

    roles: tuple[Role, ...] = ("importer",)
    tariff: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    sizes: tuple[Size, ...] = ()
    countries: tuple[str, ...] = ()

    def bounds(self) -> list[tuple[str, str]]:
        """The ranges as the first and the last subheading of each, six digits."""
        return [bounds_of(each) for each in self.tariff]


def bounds_of(tariff: str) -> tuple[str, str]:
    """The first and the last subheading of a chapter, heading, subheading, or range of them.

    Raises ValueError for what is none, or ends before it begins.

    >>> bounds_of("8471"), bounds_of("84-85")
    (('847100', '847199'), ('840000', '859999'))
    """
    if _RANGE.fullmatch(tariff) is None:
        raise ValueError("2, 4 or 6 digits, or a range of as many: 84-85, 7206-7229")
    first, _, last = tariff.partition("-")
    bounds = (first.ljust(SUBHEADING, "0"), (last or first).ljust(SUBHEADING, "9"))
    if bounds[1] < bounds[0]:
        raise ValueError("the range ends before it begins")
    return bounds


def document_of(segment: Segment) -> dict[str, Any]:
    """A segment as JSON has it."""
    return {
        "roles": list(segment.roles),
        "tariff": list(segment.tariff),
        "programs": list(segment.programs),
        "sizes": list(segment.sizes),
        "countries": list(segment.countries),
    }


def segment_of(document: dict[str, Sequence[Any]]) -> Segment:
    """A segment from its JSON.

    >>> segment_of(document_of(Segment(("filer",), ("8471",)))) == Segment(("filer",), ("8471",))
    True
    """
    return Segment(**{name: tuple(values) for name, values in document.items()})


def describe_segment(center: str, segment: Segment) -> str:
    """A segment in words, as who releases a broadcast reads it.

    >>> describe_segment("CEE005", Segment(("importer", "filer"), ("7206-7229",), ("CTPAT",)))
    'importers and filers of CEE005, with goods of 7206-7229, in CTPAT'
    """
    plural = {"importer": "importers", "filer": "filers", "agent": "agents", "surety": "sureties"}
    parts = [f"{_join([plural[role] for role in segment.roles], 'and')} of {center}"]
    if segment.tariff:
        parts.append(f"with goods of {_join(segment.tariff, 'or')}")
    if segment.countries:
        parts.append(f"with goods from {_join(segment.countries, 'or')}")
    if segment.programs:
        parts.append(f"in {_join(segment.programs, 'or')}")
    if segment.sizes:
        parts.append(f"of size {_join(segment.sizes, 'or')}")
    return ", ".join(parts)


def _join(words: Sequence[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
