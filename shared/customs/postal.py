"""Postal addresses: how one is kept, whether a letter can go to it, and its lines in the window of an envelope."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST_LINES: Final = 6
"""Lines that a letter's address has at most: more do not show in the window of an envelope."""
LONGEST_LINE: Final = 44
"""Characters of a line of it at most."""

_ZIP: Final = re.compile(r"\d{5}(-\d{4})?")
_STATES: Final = re.compile(
    "A[ALKZRPSE]|C[AOT]|D[EC]|FL|FM|G[AU]|HI|I[LNDA]|K[SY]|LA|M[EDAINSOTHP]|N[EVHJMYCD]|O[HKR]|P[ARW]|RI|S[CD]|T[NX]|"
    "UT|V[TAI]|W[AVIY]"
)
"""What stands before the ZIP code: states, territories, freely associated states, military mail (USPS Publication 28,
appendix B)."""


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where letters go. `country` is its two letters of ISO 3166, `state` and `postal_code` as that country has them.

    `attention` is a person or a department at the address.
    """

    street: tuple[str, ...]
    city: str
    country: str = "US"
    state: str | None = None
    postal_code: str | None = None
    attention: str | None = None


def fault_of(address: PostalAddress) -> str | None:
    """Why no letter can go to an address; None where one can.

    >>> fault_of(PostalAddress(("1 Example Plaza",), "Chicago", state="IL", postal_code="60601")) is None
    True
    >>> fault_of(PostalAddress(("1 Example Plaza",), "Chicago", state="IL", postal_code="6060"))
    'the ZIP code has 5 digits, or 5 and 4: 60601 or 60601-1234'
    >>> fault_of(PostalAddress((" ",), "Chicago", state="IL", postal_code="60601"))
    'no street or post office box is named'
    """
    if not any(line.strip() for line in address.street):
        return "no street or post office box is named"
    if not address.city.strip():
        return "no city is named"
    if not re.fullmatch("[A-Z]{2}", address.country):
        return "the country is not two letters of ISO 3166"
    if address.country == "US":
        if address.state is None or not _STATES.fullmatch(address.state):
            return "the state is not two letters of the Postal Service, as IL"
        if address.postal_code is None or not _ZIP.fullmatch(address.postal_code):
            return "the ZIP code has 5 digits, or 5 and 4: 60601 or 60601-1234"
    lines = _below_name(address)
    if len(lines) >= MOST_LINES:
        return f"with the name it has more than the {MOST_LINES} lines that the window shows"
    if any(len(line) > LONGEST_LINE for line in lines):
        return f"a line of it is longer than the {LONGEST_LINE} characters that the window shows"
    return None


def lines_of(name: str, address: PostalAddress) -> tuple[str, ...]:
    """The lines of a usable address, the name first, in one line or two as there is room; the country last, abroad.

    >>> lines_of("SYNTHETIC IMPORTER 1", PostalAddress(("1 Example Plaza",), "Chicago", "US", "IL", "60601"))
    ('SYNTHETIC IMPORTER 1', '1 Example Plaza', 'Chicago IL 60601')
    >>> lines_of("SYNTHETIC", PostalAddress(("Beispielweg 1",), "Hamburg", "DE", None, "20095", "Zoll"))
    ('SYNTHETIC', 'Attn: Zoll', 'Beispielweg 1', '20095 Hamburg', 'DE')
    """
    below = _below_name(address)
    return (*_wrap(_one_line(name), min(2, MOST_LINES - len(below))), *below)


def _below_name(address: PostalAddress) -> tuple[str, ...]:
    attention = f"Attn: {_one_line(address.attention)}" if address.attention else None
    state, code = address.state or "", address.postal_code or ""
    is_us = address.country == "US"
    place = f"{address.city} {state} {code}" if is_us else f"{code} {address.city} {state}"
    lines = (attention, *address.street, place, None if is_us else address.country)
    return tuple(shown for line in lines if line and (shown := _one_line(line)))


def _wrap(name: str, most: int) -> tuple[str, ...]:
    """A name in as many lines; what does not fit is left out, since the letter itself has it whole."""
    lines: list[str] = []
    rest = name
    while rest and len(lines) < most:
        if len(rest) <= LONGEST_LINE:
            return (*lines, rest)
        head, _, _ = rest[: LONGEST_LINE + 1].rpartition(" ")
        lines.append(head or rest[:LONGEST_LINE])
        rest = rest[len(lines[-1]) :].strip()
    return tuple(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write_address(address: PostalAddress | None) -> dict[str, Any] | None:
    """An address as it is kept, in JSON values; None stays None: it is not known."""
    if address is None:
        return None
    return {
        "street": list(address.street),
        "city": address.city,
        "country": address.country,
        "state": address.state,
        "postal_code": address.postal_code,
        "attention": address.attention,
    }


def read_address(stored: Mapping[str, Any] | None) -> PostalAddress | None:
    """An address as it is kept."""
    if stored is None:
        return None
    return PostalAddress(
        street=tuple(stored["street"]),
        city=stored["city"],
        country=stored["country"],
        state=stored["state"],
        postal_code=stored["postal_code"],
        attention=stored["attention"],
    )
