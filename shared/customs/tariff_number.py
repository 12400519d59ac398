"""Tariff numbers of the Harmonized Tariff Schedule of the United States (HTSUS)."""

import re
from typing import Final

_DOTTED: Final = re.compile(r"[0-9]{4}(?:\.?[0-9]{2}){0,3}")
_LENGTHS: Final = frozenset({4, 6, 8, 10})


class InvalidTariffNumber(ValueError):  # noqa: N818 - says what the value is
    """The text is no heading, subheading, rate line or statistical number."""


def parse_tariff_number(text: str) -> str:
    """The digits of a tariff number: 4 (heading), 6 (subheading), 8 (rate line) or 10 (statistical number).

    Dots after the fourth, sixth and eighth digit are tolerated and removed. Only the shape is checked;
    whether the number is in the tariff on a date is a question to the schedule. Raises
    `InvalidTariffNumber`.

    >>> parse_tariff_number("8471.30.0100")
    '8471300100'
    """
    if len(text) in _LENGTHS and text.isascii() and text.isdigit():
        return text
    if _DOTTED.fullmatch(text):
        return text.replace(".", "")
    raise InvalidTariffNumber(
        "expected a tariff number of 4, 6, 8 or 10 digits, as in 8471300100 or 8471.30.0100; got "
        f"{text[:16]!r}; look it up in the HTSUS and send it again"
    )


def tidy_tariff_number(text: str) -> str:
    """A tariff number without its dots; any other text as it is, for whoever checks it to refuse.

    >>> tidy_tariff_number("8471.30.01.00"), tidy_tariff_number("84.71.30")
    ('8471300100', '84.71.30')
    """
    return text.replace(".", "") if _DOTTED.fullmatch(text) else text


def heading(n: str) -> str:
    """The four-digit heading of a canonical tariff number."""
    return n[:4]


def chapter(n: str) -> str:
    """The two-digit chapter of a canonical tariff number."""
    return n[:2]


def is_chapter_98_99(n: str) -> bool:
    """Whether the number is a special or temporary provision, reported beside the number of chapters 1-97."""
    return n[:2] in {"98", "99"}


def format_tariff_number(n: str) -> str:
    """A canonical tariff number with its dots, the statistical suffix joined as on entry summaries.

    >>> format_tariff_number("8471300100")
    '8471.30.0100'
    >>> format_tariff_number("99030125")
    '9903.01.25'
    """
    return ".".join(part for part in (n[:4], n[4:6], n[6:]) if part)
