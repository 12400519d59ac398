"""What a Center sets for itself, in versions: the highest stands, and every version stays, under seal."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CenterVersion:
    """A version of what a Center set: by whom, when, why, and on which row of the table of authority."""

    center: str
    version: int
    reason: str
    set_by: str
    set_by_name: str
    set_at: datetime
    authority: str
