"""The tables of liquidation in partitions by months."""

from typing import Final

from shared.db.partitions import Parted

PARTED: Final = (Parted("forecast_entries", "cycle_on", months=3, ahead=6),)
