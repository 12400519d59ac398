"""How days, money, codes and numbers are said on pages."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from shared.customs.centers import PENDING, centers
from shared.customs.entry_number import format_entry_number
from shared.customs.entry_types import entry_types
from shared.customs.ports import ports

_ENTRY_LENGTH: Final = 11
_SENTENCE: Final = re.compile(r"(?<=[.;?!]) ")
_ISO_DAY: Final = re.compile(r"\b([0-9]{4})-([0-9]{2})-([0-9]{2})\b")
_CALL: Final = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) /")
_EASTERN: Final = ZoneInfo("America/New_York")

CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "311": "merchandise processing fee, informal",
        "499": "merchandise processing fee",
        "500": "merchandise processing surcharge",
        "501": "harbor maintenance fee",
    }
)
"""Classes of fees with their names."""

_USUAL_CENTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "center-by-account": "Center of the account",
        "account-unaligned": "No account with a Center: the goods decide",
        "account-unknown": "No account: the goods decide",
    }
)

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


def say_days_left(days: int) -> str:
    """How far off a day is that has not passed.

    >>> say_days_left(0), say_days_left(1), say_days_left(12)
    ('today', 'tomorrow', 'in 12 days')
    """
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def say_text(text: str | None) -> str:
    """A sentence of a service, its days as people write them.

    >>> say_text("The account belongs to CEE003 since 2017-01-19."), say_text("Number 2026-99-99."), say_text(None)
    ('The account belongs to CEE003 since 19 Jan 2017.', 'Number 2026-99-99.', '')
    """
    return _ISO_DAY.sub(_short_day, text or "")


def _short_day(found: re.Match[str]) -> str:
    try:
        day = date.fromisoformat(found[0])
    except ValueError:
        return found[0]
    return f"{day.day} {day:%b %Y}"


def say_fact(value: Any, kind: str | None = None, codes: Mapping[str, str] | None = None) -> str:
    """What somebody wrote into a field of an act: by the kind of the field, a code by its label.

    >>> say_fact("1250.00", "money"), say_fact("2026-11-22", "date"), say_fact("02", "code", {"02": "Classification"})
    ('$1,250.00', '22 Nov 2026', 'Classification')
    >>> say_fact(["B7603245278", "x"], "entry-numbers"), say_fact(True), say_fact({"a_b": 1}), say_fact(None)
    ('B76-0324527-8, x', 'yes', 'a b 1', '-')
    """
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(say_fact(each, kind, codes) for each in value)
        case dict():
            return ", ".join(f"{say_code(name)} {say_fact(each)}" for name, each in value.items())
    text = str(value)
    match kind:
        case "money":
            return say_money(text)
        case "code":
            return (codes or {}).get(text, say_code(text))
        case "entry-number" | "entry-numbers":
            return say_entry(text)
        case _:
            return say_text(text)


def say_port(code: str | None) -> str:
    """A port with its name, where the table has it.

    >>> say_port("2704"), say_port("0000"), say_port(None)
    ('2704 Los Angeles', '0000', '-')
    """
    if code is None:
        return "-"
    known = ports().get(code)
    return f"{code} {known.name}" if known is not None else code


def say_entry_type(code: str | None) -> str:
    """An entry type with its name, where the table has it.

    >>> say_entry_type("03"), say_entry_type("99"), say_entry_type(None)
    ('03 Consumption - antidumping/countervailing duty', '99', '-')
    """
    if code is None:
        return "-"
    known = entry_types().get(code)
    return f"{code} {known.name}" if known is not None else code


def say_class(code: str) -> str:
    """A class of amounts: of a fee its name too.

    >>> say_class("499"), say_class("duty-unspecified"), say_class("999")
    ('499, merchandise processing fee', 'duty, unspecified', '999')
    """
    name = CLASSES.get(code)
    return f"{code}, {name}" if name is not None else code.replace("-", ", ")


def say_refusal(code: str | None, says: str | None) -> str:
    """Why somebody may not do something; what roles would be needed is for who keeps the roles.

    >>> say_refusal("role-required", "This needs the role a; the token carries: b."), say_refusal(None, "It is held.")
    ('That is not for your role.', 'It is held.')
    """
    return "That is not for your role." if code == "role-required" else say_text(says)


def say_why_center(code: str, says: str) -> str:
    """Why an item is with its Center, short where it is so of most.

    >>> say_why_center("center-by-account", "The importer's account has been assigned to CEE003 since 2017-01-19.")
    'Center of the account'
    >>> say_why_center("moved", "The open matter was moved to CEE003; clocks run on as before.")
    'The open matter was moved to CEE003; clocks run on as before.'
    """
    return _USUAL_CENTERS.get(code) or say_text(says)


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


def say_span(seconds: float | None) -> str:
    """How long something takes or waits.

    >>> say_span(0.4321), say_span(75), say_span(7_500), say_span(300_000), say_span(None)
    ('0.43 s', '1 min 15 s', '2 h 5 min', '3 d 11 h', '-')
    """
    if seconds is None:
        return "-"
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
    units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
    left, parts = round(seconds), []
    for size, unit in units:
        if left >= size:
            parts.append(f"{left // size} {unit}")
        left %= size
    return " ".join(parts[:2])


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
    if code == PENDING:
        return "Waiting for a Center"
    known = centers().get(code or "")
    return known.name if known is not None else "no Center yet" if code is None else code


def is_center(code: str | None) -> bool:
    """Whether a code is of a Center, and not of what waits for one.

    >>> is_center("CEE003"), is_center("PNDING"), is_center(None)
    (True, False, False)
    """
    return code is not None and code != PENDING


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
