"""Bulletins of a Center: to which of its importers one goes, and in which parts it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shared.contracts.routing import MOST_ADDRESSED

ACTIVE_MONTHS: Final = 12
"""Who imported goods of a segment in so many months belongs to it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Importers of a Center; only those in a trusted-trader program, or that import goods whose numbers begin so."""

    center: str
    program: str | None = None
    hts: str | None = None


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A bulletin as it was sent, to so many importers."""

    broadcast_id: str
    segment: Segment
    subject: str
    text: str
    effective_on: date | None
    importers: int
    issued_by: str
    acting_for: str | None
    issued_at: datetime


def parts_of(audience: Sequence[str]) -> list[Sequence[str]]:
    """An audience in parts, each of which one event names.

    >>> [len(part) for part in parts_of([str(number) for number in range(250)])]
    [100, 100, 50]
    """
    return [audience[start : start + MOST_ADDRESSED] for start in range(0, len(audience), MOST_ADDRESSED)]
