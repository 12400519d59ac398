"""How urgent an item is beside others with the same due date: policy of the Centers, not law."""

from typing import Final

URGENT: Final = 1
ROUTINE: Final = 4
PROTEST_PRIORITY: Final = 2
FILING_PRIORITY: Final = 2
_HIGH_VALUE_USD: Final = 1_000_000
_BY_PROCESS: Final = {"ad-cvd": 1, "quota": 2, "preference": 3}


def priority_of(process: str, lane: str, value_usd: int) -> int:
    """From 1 (first) to 4: enforcement first, then by process; an entry worth a million dollars goes one step up.

    >>> priority_of("entry-summary-review", "document-review", 5_000)
    4
    >>> priority_of("entry-summary-review", "document-review", 2_000_000)
    3
    """
    priority = URGENT if lane == "enforcement" else _BY_PROCESS.get(process, ROUTINE)
    return max(URGENT, priority - 1) if value_usd >= _HIGH_VALUE_USD else priority
