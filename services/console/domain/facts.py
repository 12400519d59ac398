"""The facts of the deadline calculator: what is asked first, what only when a clock lacks it, and in which words."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

FIRST: Final[Mapping[str, str]] = MappingProxyType({"entry_type": "Entry type", "entry_date": "Entry date"})

ASKED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "released_on": "Released on",
        "imported_on": "Imported on",
        "summary_filed_on": "Entry summary filed on",
        "paid_on": "Estimated duties deposited on",
        "final_withdrawal_on": "Last withdrawal from the warehouse",
        "liquidated_on": "Liquidated on",
        "posted_on": "Notice of liquidation posted on",
        "reliquidated_on": "Reliquidated on",
        "protest_received_on": "Protest received by CBP on",
        "denied_on": "Protest denied on",
        "billed_on": "Bill dated",
        "cf28_issued_on": "CBP Form 28 issued on",
        "cf29_mailed_on": "CBP Form 29 mailed on",
        "preference_claimed_on": "Preference claimed after entry on",
        "exported_on": "Exported on",
        "drawback_claimed_on": "Drawback claimed on",
        "detained_on": "Detained on",
        "redelivery_demanded_on": "Redelivery demanded on",
    }
)
"""Facts beside the first two, all of them days."""


def read_facts(query: Mapping[str, str]) -> dict[str, Any]:
    """The facts that an address holds; what is empty or not asked is left out."""
    names = [*FIRST, *ASKED]
    return {name: query[name].strip() for name in names if query.get(name, "").strip()}


def asked_next(given: Collection[str], missing: Collection[str]) -> list[str]:
    """The facts to ask for beside the first: those given, and those that a clock lacks.

    >>> asked_next({"entry_type", "liquidated_on"}, {"entry_date", "final_withdrawal_on"})
    ['final_withdrawal_on', 'liquidated_on']
    """
    return [name for name in ASKED if name in given or name in missing]
