"""Keys and sequences of acts as SQL, for statements that write or find an act of many entries at once.

Each says in SQL what a function or number of `domain/sequences.py` says in Python.
"""

from services.liquidation.domain.sequences import LIQUIDATION_KEY, OF_LIQUIDATION, RELIQUIDATION_KEY, TURN


def liquidation_key_sql(turns: str) -> str:
    """The key of the act of liquidation after so many turns, as `liquidation_key`; most entries have none."""
    return f"CASE {turns} WHEN 0 THEN '{LIQUIDATION_KEY}' ELSE '{LIQUIDATION_KEY}:' || {turns} END"


def is_liquidation_sql(key: str) -> str:
    """Whether a key is that of an act of liquidation, in whichever turn."""
    return f"{key} LIKE '{LIQUIDATION_KEY}%'"


def reliquidation_key_sql(number: str) -> str:
    """The key of a reliquidation, as `reliquidation_key`."""
    return f"'{RELIQUIDATION_KEY}:' || {number}"


def liquidation_sequence_sql(turns: str) -> str:
    """The sequence of a liquidation after so many turns, as text: after every version and extension of its turn."""
    return f"CASE {turns} WHEN 0 THEN '{OF_LIQUIDATION}' ELSE ({turns}::bigint * {TURN} + {OF_LIQUIDATION})::text END"
