"""The numbers that order the acts on an entry, so that whoever reads them late knows which tells the state."""

from typing import Final

TURN: Final = 50_000_000
"""An entry whose clock stops, runs again or is taken back begins a new turn: all that follows has higher numbers.

Each suspension, removal, voided liquidation and recording of days does so; the row of an entry counts its turns.
"""

OF_CLAIM: Final = 0
"""Decision n on a claim under 1520(d) has the number n: it changes no state, so it stands below all that do."""

OF_VERSION: Final = 1_000
OF_TURN: Final = 5_000_000
OF_EXTENSION: Final = 10_000_000
OF_LIQUIDATION: Final = 10_000_100
OF_RELIQUIDATION: Final = 20_000_000
OF_MONEY: Final = 40_000_000
"""Acts about money come after all others of a turn: act n is 40,000,000 + n."""


LIQUIDATION_KEY: Final = "liquidation"
RELIQUIDATION_KEY: Final = "reliquidation"


def sequence_in_turn(turns: int, number: int) -> int:
    """The number of an act after so many turns; without one it is the number itself.

    >>> sequence_in_turn(0, OF_LIQUIDATION), sequence_in_turn(2, OF_TURN)
    (10000100, 105000000)
    """
    return turns * TURN + number


def liquidation_key(turns: int) -> str:
    """The key of the act of liquidation; after turns in which the entry was liquidated and that was void, a new one.

    >>> liquidation_key(0), liquidation_key(2)
    ('liquidation', 'liquidation:2')
    """
    return f"{LIQUIDATION_KEY}:{turns}" if turns else LIQUIDATION_KEY


def reliquidation_key(number: int) -> str:
    """The key of a reliquidation, by its number on the entry.

    >>> reliquidation_key(1)
    'reliquidation:1'
    """
    return f"{RELIQUIDATION_KEY}:{number}"
