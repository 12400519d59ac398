"""The Centers of Excellence and Expertise as dated data; how many there are is nobody's constant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

from shared.customs.reference_data import read_date, read_table

NOT_ELIGIBLE: Final = "NOTELG"
"""Importer query answer in place of a Center: the importer is not Center eligible."""
PENDING: Final = "PNDING"
"""Importer query answer in place of a Center: assignment is pending."""


@dataclass(frozen=True, slots=True)
class Center:
    """One Center (CATAIR Importer/Bond Query v7, 2025-07-15, Table of Center Identifiers)."""

    code: str
    numeric_code: str
    abbreviation: str
    name: str
    office_city: str
    state: str
    opened: str
    """When it opened, in the words of the source: a month or a fiscal year for the first Centers."""
    opened_on: date | None
    """First day of operation where the day is known."""
    closed_on: date | None
    """First day on which it takes no more work; None while it operates."""
    post_release_authority_from: date | None
    """First day on which it decides what follows release for its importers."""
    made_permanent: str
    note: str
    source: str

    def is_open(self, on: date) -> bool:
        """Whether the Center operates on that legal day; an unknown opening day counts as long past."""
        return (self.opened_on is None or self.opened_on <= on) and (self.closed_on is None or on < self.closed_on)


@cache
def centers() -> Mapping[str, Center]:
    """All Centers by code, past and present, without the two values that stand in place of a Center."""
    return MappingProxyType(
        {
            row["center_code"]: Center(
                code=row["center_code"],
                numeric_code=row["numeric_code"],
                abbreviation=row["abbrev"],
                name=row["name"],
                office_city=row["management_office_city"],
                state=row["state"],
                opened=row["opened"],
                opened_on=read_date(row["opened_on"]),
                closed_on=read_date(row["closed_on"]),
                post_release_authority_from=read_date(row["post_release_authority_from"]),
                made_permanent=row["made_permanent"],
                note=row["note"],
                source=row["source"],
            )
            for row in read_table("centers")
            if row["center_code"] not in {NOT_ELIGIBLE, PENDING}
        }
    )
