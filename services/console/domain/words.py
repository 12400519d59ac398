"""How days, money, codes and numbers are said on pages."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from shared.customs.centers import centers
from shared.customs.entry_number import format_entry_number

_ENTRY_LENGTH: Final = 11
_SENTENCE: Final = re.compile(r"(?<=[.;?!]) ")
_CALL: Final = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) /")
_EASTERN: Final = ZoneInfo("America/New_York")

MARKS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"law": ("⚖", "law"), "policy": ("◷", "policy"), "goal": ("○", "goal"), "act": ("●", "done")}
)
"""How clocks are marked: by a sign, and by a word for those who do not see it."""


def say_day(day: date | None) -> str:
    """A day with its weekday.

    >>> say_day(date(2026, 12, 2)), say_day(None)
    ('Wed 2 Dec 2026', '-')
    """
    return "-" if day is None else f"{day:%a} {day.day} {day:%b %Y}"


def say_moment(at: datetime | None) -> str:
    """An instant as the clocks of Washington show it.

    >>> say_moment(datetime.fromisoformat("2026-01-23T11:54:51Z"))
    'Fri 23 Jan 2026, 06:54 ET'
    """
    if at is None:
        return "-"
    there = at.astimezone(_EASTERN)
    return f"{say_day(there.date())}, {there:%H:%M} ET"


def say_money(amount: str | int | None) -> str:
    """Dollars with thousands.

    >>> say_money("9375.00"), say_money("-1250.50"), say_money(6829), say_money(None)
    ('$9,375.00', '-$1,250.50', '$6,829', '-')
    """
    if amount is None:
        return "-"
    text = str(amount)
    sign = "-" if text.startswith("-") else ""
    whole, dot, cents = text.removeprefix("-").partition(".")
    return f"{sign}${int(whole):,}{dot}{cents}"


def say_size(size_bytes: int) -> str:
    """How large a file is, in steps of a thousand.

    >>> say_size(812), say_size(48_211), say_size(2_140_000)
    ('812 bytes', '48 kB', '2.1 MB')
    """
    if size_bytes < 1_000:
        return f"{size_bytes} bytes"
    return f"{size_bytes / 1_000:.0f} kB" if size_bytes < 1_000_000 else f"{size_bytes / 1_000_000:.1f} MB"


def say_code(code: str | None) -> str:
    """A code in words.

    >>> say_code("validation-and-compliance"), say_code(None)
    ('validation and compliance', '-')
    """
    return "-" if code is None else code.replace("-", " ").replace("_", " ")


def say_party(code: str | None) -> str:
    """Whose something is.

    >>> say_party("cbp"), say_party("importer"), say_party(None)
    ('CBP', 'importer', '-')
    """
    return "CBP" if code == "cbp" else say_code(code)


def say_entry(number: str | None) -> str:
    """An entry number as it is printed; what is none stays as it is.

    >>> say_entry("B7603245278"), say_entry("x")
    ('B76-0324527-8', 'x')
    """
    if number is None:
        return "-"
    return format_entry_number(number) if len(number) == _ENTRY_LENGTH else number


def center_name(code: str | None) -> str:
    """The name of a Center beside its code."""
    known = centers().get(code or "")
    return known.name if known is not None else "no Center yet" if code is None else code


def say_remedy(text: str | None) -> str:
    """What to do instead, without the sentences that tell programs which call to make.

    >>> say_remedy("Read the item. Take another with POST /items/next."), say_remedy(None)
    ('Read the item.', '')
    """
    return " ".join(each for each in _SENTENCE.split(text or "") if not _CALL.search(each))


def is_masked(number: str) -> bool:
    """Whether a service hides an importer number, as it does with social security numbers.

    >>> is_masked("***-**-9749"), is_masked("07-544500400")
    (True, False)
    """
    return "*" in number
