"""The numbers that order the acts on an entry, so that whoever reads them late knows which tells the state."""

from typing import Final

TURN: Final = 50_000_000
"""Each suspension, removal or voided liquidation begins a new turn: all that follows has higher numbers."""

OF_VERSION: Final = 1_000
OF_TURN: Final = 5_000_000
OF_EXTENSION: Final = 10_000_000
OF_LIQUIDATION: Final = 10_000_100
OF_RELIQUIDATION: Final = 20_000_000


def sequence_in_turn(turns: int, number: int) -> int:
    """The number of an act after so many turns; without one it is the number itself.

    >>> sequence_in_turn(0, OF_LIQUIDATION), sequence_in_turn(2, OF_TURN)
    (10000100, 105000000)
    """
    return turns * TURN + number
