"""Every problem that Centerline names to people outside: what its code means, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from shared.customs.reference_data import read_table


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A code of problem details and refused events; `statuses` are the HTTP statuses it comes with, none for events."""

    code: str
    statuses: tuple[int, ...]
    title: str
    meaning: str
    remedy: str


@cache
def problem_kinds() -> Mapping[str, ProblemKind]:
    """The catalogue by code, in alphabetical order.

    >>> problem_kinds()["correction-after-liquidation"].title
    'The entry is liquidated'
    """
    kinds = [
        ProblemKind(
            row["code"],
            tuple(int(status) for status in row["status"].split()),
            row["title"],
            row["meaning"],
            row["remedy"],
        )
        for row in read_table("problems")
    ]
    return MappingProxyType({kind.code: kind for kind in kinds})
