"""Bulletins that a Center sent to some of its importers."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Segment:
    """Importers of a Center; only those in a trusted-trader program, or that imported goods whose numbers begin so."""

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
