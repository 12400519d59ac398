"""What a routing decision may look at."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class LineFacts(NamedTuple):
    """One line: its underlying tariff number (chapters 1-97, or None when it has none) and what goes with it.

    A tuple, because one is made for every line that passes. `special_tariffs` are the Chapter 98 and 99 provisions
    reported beside the underlying one. `goods` are all numbers of chapters 1-97 on the line with the value under each
    in whole dollars; the first of them is `tariff`. `quantity` is the first reported amount, as text, with its unit.
    """

    line_number: int
    tariff: str | None
    special_tariffs: tuple[str, ...]
    value_usd: int
    origin: str
    preference: str | None
    cases: tuple[str, ...]
    goods: tuple[tuple[str, int], ...]
    duty_cents: int
    export: str | None
    manufacturer: str | None
    quantity: tuple[str, str] | None
    description: str = ""


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


class Account(NamedTuple):
    """An importer account as it stood on the entry date; `center` is None while unaligned.

    `trusted_programs` are those in force on that day; `registered_on` is the first day of the account.
    `revision` and `assignment` name what of the record was looked at: its revision, and the assignment in force (None:
    there was none).
    """

    importer_number: str
    name: str
    center: str | None
    assigned_on: date | None
    assignment_basis: str
    trusted_programs: tuple[str, ...]
    is_broker: bool
    family: str | None
    size: str
    registered_on: date | None
    is_in_good_standing: bool
    revision: int
    assignment: int | None


@dataclass(slots=True)
class Reason:
    """One ground of a decision, with the fact that it rests on and its source."""

    code: str
    text: str
    fact: str | None = None
    citation: str | None = None
