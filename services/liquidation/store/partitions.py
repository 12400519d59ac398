"""The tables of liquidation in partitions by months, and those that can be in pieces by their key."""

from typing import Final

from shared.db.partitions import Parted
from shared.db.pieces import Pieces

PARTED: Final = (Parted("forecast_entries", "cycle_on", months=3, ahead=6),)
PIECES: Final = (
    Pieces("entries", "entry_number"),
    Pieces("entry_versions", "entry_number"),
    Pieces("entry_lines", "entry_number"),
    Pieces("special_duties", "entry_number"),
    Pieces("legal_events", "entry_number"),
)
