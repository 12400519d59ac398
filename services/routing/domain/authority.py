"""On whose authority the processes of the Centers are worked: each exercises a function of the table of authority."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

from shared.customs.authority import holders

FUNCTION_OF_PROCESS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ad-cvd": "entry-summary-review",
        "quota": "quota-entry-summaries",
        "preference": "preference-decisions",
        "entry-summary-review": "entry-summary-review",
        "consultation": "consultation",
        "protest": "protests",
        "prior-disclosure": "prior-disclosure-figures",
        "reconciliation": "reconciliation",
        "drawback-claim": "drawback",
        "preference-claim": "preference-decisions",
        "internal-advice": "internal-advice-request",
        "extension-request": "extension",
        "response": "response-evaluation",
        "petition": "fines-penalties-forfeitures",
        "center-appeal": "center-assignment-appeal",
        "refund-declaration": "liquidation",
        "tib-extension": "tib-extension",
    }
)
"""The function that is exercised when a process is worked."""


@cache
def authority_for_process(process: str, on: date) -> str:
    """The id of the row that a process relies on; the Center's where authority is concurrent.

    A process that is not named here was opened by a selection criterion, so it is a review of the entry summary.

    >>> authority_for_process("quota", date(2026, 3, 2))
    'quota-entry-summaries-center'
    """
    return holders(FUNCTION_OF_PROCESS.get(process, "entry-summary-review"), on)[0].row_id
