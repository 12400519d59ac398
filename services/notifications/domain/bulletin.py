"""The public bulletin of notices of liquidation, extension and suspension: its postings and its search rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from shared.customs.calendar import add_months
from shared.customs.entry_number import InvalidEntryNumber, parse_entry_number
from shared.customs.importer_number import InvalidImporterNumber, parse_importer_number
from shared.customs.ports import is_port_code

KEPT_MONTHS: Final = 15
CITATION: Final = "CBP Dec. 16-25 (81 FR 89375)"
RULE: Final = "notice-search-fields"
LEAST_TERMS: Final = 2

VOIDING: Final = "voiding"
"""The event type of a posting that says that the liquidations posted before for the entry have no effect in law."""
LIQUIDATIONS: Final = ("liquidation", "reliquidation")
EVENT_TYPES: Final = (*LIQUIDATIONS, "extension", "suspension", VOIDING)
ACTIONS: Final = ("no-change", "increase", "refund", "deemed", "extended", "suspended", "no-effect")


@dataclass(frozen=True, slots=True)
class Posting:
    """One notice on the bulletin. `event_on` is the date of liquidation, extension, suspension or voiding."""

    entry_number: str
    filer_code: str
    importer_number: str
    surety_code: str | None
    port_of_entry: str
    entry_type: str
    entry_date: date
    event_type: str
    basis: str
    action: str
    event_on: date
    posted_on: date


def kept_until(posted_on: date) -> date:
    """The day until which a posting is kept at least: 15 months (rule liquidation-date [S], 19 CFR 159.9(c)(1)).

    >>> kept_until(date(2026, 2, 6))
    datetime.date(2027, 5, 6)
    """
    return add_months(posted_on, KEPT_MONTHS)


Term = Literal[
    "entry_number",
    "filer",
    "importer_number",
    "port",
    "liquidated_from",
    "liquidated_to",
    "posted_from",
    "posted_to",
    "entry_date",
    "surety_code",
    "event_type",
    "basis",
    "action",
]
TERMS: Final[tuple[Term, ...]] = (
    "entry_number",
    "filer",
    "importer_number",
    "port",
    "liquidated_from",
    "liquidated_to",
    "posted_from",
    "posted_to",
    "entry_date",
    "surety_code",
    "event_type",
    "basis",
    "action",
)
# The two ends of a period are one field of the rule.
_FIELD_OF: Final[Mapping[str, str]] = {
    "liquidated_from": "liquidation_date",
    "liquidated_to": "liquidation_date",
    "posted_from": "posted_date",
    "posted_to": "posted_date",
}


class SearchRefused(ValueError):  # noqa: N818  a rule says no
    """A search that cannot be made: `term` says which field is wrong, None when there are too few."""

    def __init__(self, term: str | None, message: str) -> None:
        super().__init__(message)
        self.term = term


@dataclass(frozen=True, slots=True)
class Search:
    """A search of the bulletin: every term that is not None must hold."""

    entry_number: str | None = None
    filer: str | None = None
    importer_number: str | None = None
    port: str | None = None
    liquidated_from: date | None = None
    liquidated_to: date | None = None
    posted_from: date | None = None
    posted_to: date | None = None
    entry_date: date | None = None
    surety_code: str | None = None
    event_type: str | None = None
    basis: str | None = None
    action: str | None = None


def parse_search(terms: Mapping[str, str]) -> Search:
    """A search from what was typed, blanks left out.

    Rule notice-search-fields [S], CBP Dec. 16-25: two or more of entry number, filer, importer number, port,
    liquidation date, posted date, entry date, surety code, event type, basis and action. Entry number and port are a
    search; the two ends of the liquidation date alone are not. Raises `SearchRefused`.
    """
    typed = {name: value.strip() for name, value in terms.items() if value.strip()}
    fields = {_FIELD_OF.get(name, name) for name in typed}
    if len(fields) < LEAST_TERMS:
        raise SearchRefused(
            None,
            "A search needs two or more of: entry number, filer, importer number, port, liquidation date, posted date, "
            "entry date, surety code, event type, basis, action.",
        )
    return Search(
        entry_number=_entry_number(typed.get("entry_number")),
        filer=_upper(typed.get("filer"), "filer", 3),
        importer_number=_importer_number(typed.get("importer_number")),
        port=_port(typed.get("port")),
        liquidated_from=_day(typed, "liquidated_from"),
        liquidated_to=_day(typed, "liquidated_to"),
        posted_from=_day(typed, "posted_from"),
        posted_to=_day(typed, "posted_to"),
        entry_date=_day(typed, "entry_date"),
        surety_code=_upper(typed.get("surety_code"), "surety_code", 3),
        event_type=_one_of(typed, "event_type", EVENT_TYPES),
        basis=typed.get("basis"),
        action=_one_of(typed, "action", ACTIONS),
    )


def _entry_number(text: str | None) -> str | None:
    try:
        return parse_entry_number(text.upper()) if text else None
    except InvalidEntryNumber as error:
        raise SearchRefused("entry_number", f"Entry number: {error}") from error


def _importer_number(text: str | None) -> str | None:
    try:
        return parse_importer_number(text.upper()) if text else None
    except InvalidImporterNumber as error:
        raise SearchRefused("importer_number", f"Importer number: {error}") from error


def _port(text: str | None) -> str | None:
    if text and not is_port_code(text):
        raise SearchRefused("port", "Port: give the Schedule D code, four digits such as 2704.")
    return text


def _upper(text: str | None, term: str, length: int) -> str | None:
    if text and not (len(text) == length and text.isascii() and text.isalnum()):
        raise SearchRefused(term, f"{term.replace('_', ' ').capitalize()}: give {length} letters or digits.")
    return text.upper() if text else None


def _day(typed: Mapping[str, str], term: str) -> date | None:
    text = typed.get(term)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SearchRefused(term, f"{term.replace('_', ' ').capitalize()}: give a date as YYYY-MM-DD.") from error


def _one_of(typed: Mapping[str, str], term: str, values: tuple[str, ...]) -> str | None:
    text = typed.get(term)
    if text and text not in values:
        raise SearchRefused(term, f"{term.replace('_', ' ').capitalize()}: give one of {', '.join(values)}.")
    return text
