"""The tables of routing in partitions by months, and those that can be in pieces by their key."""

from typing import Final

from shared.db.partitions import Parted
from shared.db.pieces import Pieces

PARTED: Final = (Parted("import_activity", "month", months=3, ahead=6),)
PIECES: Final = (Pieces("routing_decisions", "entry_number"),)
