"""Days on which the President closed the offices of the Government by order, besides the national holidays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from shared.customs.reference_data import read_flag, read_table


@dataclass(frozen=True, slots=True)
class Closure:
    """One day closed by order; most are recalled and not read (`is_from_memory`)."""

    on: date
    reason: str
    order: str
    is_from_memory: bool


def _read() -> Mapping[date, Closure]:
    rows = (
        Closure(date.fromisoformat(row["closed_on"]), row["reason"], row["order"], read_flag(row["from_memory"]))
        for row in read_table("closures")
    )
    return MappingProxyType({row.on: row for row in rows})


CLOSURES: Final[Mapping[date, Closure]] = _read()
"""Every known day by order, oldest first. Half days are none: the offices were open on them.

Rule count-holidays [U], 19 CFR 101.6(a): whether such a day is a national holiday is unsettled, so where business days
are counted it is left out only by setting. A last day for filing on which CBP was closed is another matter
(roll-private-filing [S], T.D. 53961(1)).
"""

CLOSED_BY_ORDER: Final = frozenset(CLOSURES)
"""The days alone."""
