"""What a routing decision may look at."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class LineFacts(NamedTuple):
    """One line: its underlying tariff number (chapters 1-97, or None when it has none) and what goes with it.

    A tuple, because one is made for every line that passes. `special_tariffs` are the Chapter 98 and 99 provisions
    reported beside the underlying one.
    """

    line_number: int
    tariff: str | None
    special_tariffs: tuple[str, ...]
    value_usd: int
    origin: str
    preference: str | None
    cases: tuple[str, ...]


class EntryFacts(NamedTuple):
    """One version of an entry as filed. Values in whole dollars, duty in cents."""

    entry_number: str
    version: int
    importer_number: str
    entry_type: str
    port_of_entry: str
    entry_date: date
    lines: tuple[LineFacts, ...]
    value_usd: int
    duty_cents: int


@dataclass(frozen=True, slots=True)
class Account:
    """An importer account with the assignment in force on the entry date; `center` is None while unaligned."""

    importer_number: str
    name: str
    center: str | None
    assigned_on: date | None
    assignment_basis: str
    trusted_programs: tuple[str, ...]
    is_broker: bool


@dataclass(slots=True)
class Reason:
    """One ground of a decision, with the fact that it rests on and its source."""

    code: str
    text: str
    fact: str | None = None
    citation: str | None = None
