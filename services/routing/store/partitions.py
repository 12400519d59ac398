"""The tables of routing in partitions by months."""

from typing import Final

from shared.db.partitions import Parted

PARTED: Final = (Parted("import_activity", "month", months=3, ahead=6),)
