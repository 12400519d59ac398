"""Which entries are meant, said as a predicate: one notion for hold sets, forecasts, bulk acts and mass changes."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Final

_NAMES: Final = {
    "duty_heading": "a duty provision {} on a line",
    "tariff_prefix": "a tariff number {} on a line",
    "origin": "goods of {}",
    "case_prefix": "case {}",
    "importer_number": "importer {}",
    "entered_from": "entered on or after {}",
    "entered_to": "entered on or before {}",
    "port_of_entry": "port {}",
    "entry_type": "entry type {}",
    "filer_code": "filer {}",
    "center": "Center {}",
}


@dataclass(frozen=True, slots=True)
class EntryPredicate:
    """Entries for which every given part holds; a part that is None says nothing.

    `duty_heading` is a Chapter 99 number or the beginning of one, `tariff_prefix` the beginning of any tariff number,
    `case_prefix` the beginning of an antidumping or countervailing duty case: digits without dots. The four parts
    about goods (`duty_heading`, `tariff_prefix`, `origin`, `case_prefix`) must hold of one and the same line of the
    version that governs. Dates are dates of entry, both days included.
    """

    duty_heading: str | None = None
    tariff_prefix: str | None = None
    origin: str | None = None
    case_prefix: str | None = None
    importer_number: str | None = None
    entered_from: date | None = None
    entered_to: date | None = None
    port_of_entry: str | None = None
    entry_type: str | None = None
    filer_code: str | None = None
    center: str | None = None

    @property
    def given(self) -> dict[str, str | date]:
        """The parts that say something, in the order of the fields."""
        return {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name) is not None}

    @property
    def is_about_lines(self) -> bool:
        """Whether a line has to be looked at."""
        return any((self.duty_heading, self.tariff_prefix, self.origin, self.case_prefix))


def describe(predicate: EntryPredicate) -> str:
    """The predicate in words.

    >>> describe(EntryPredicate(duty_heading="990388", origin="CN"))
    'a duty provision 990388 on a line and goods of CN'
    """
    return " and ".join(_NAMES[name].format(value) for name, value in predicate.given.items())
