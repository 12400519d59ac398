"""Status records for filers' software: what a notice says in the codes of CATAIR UC, where these have a code for it.

Nothing is said in words here: a notice that the code sets know no disposition for has no record.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

DISPOSITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1": "Invoice data asked for",
        "2": "Full package asked for",
        "3": "Named documents asked for",
        "4": "Summary or correction rejected",
        "5": "Inactivated",
        "6": "Cancelled",
        "8": "Correction presented by another filer",
        "C": "Detention cancelled",
        "D": "Detained",
        "E": "Extension of a temporary importation denied",
        "Q": "Quota",
        "R": "Correction reverted",
    }
)
"""The dispositions of CATAIR UC that notices cause. P, the status of a partner agency, is told by no notice."""

_BY_CASE: Final[Mapping[tuple[str, str | None], str]] = MappingProxyType(
    {
        ("N-05", None): "4",
        ("N-05", "correction"): "4",
        ("N-05", "reconciliation"): "4",
        ("N-05", "reverted"): "R",
        ("N-07", None): "6",
        ("N-07", "inactivated"): "5",
        ("N-15", None): "8",
        ("N-22", None): "D",
        ("N-22", "released"): "C",
        ("N-38", None): "E",
    }
)
_ASKED: Final = frozenset({"1", "2", "3"})
_REASON: Final = re.compile(r"[0-9]{3}")
_QUOTA: Final = re.compile(r"(Q[0-9]{2}):")
BY_A_PERSON: Final = "1"
BY_ITSELF: Final = "2"


@dataclass(frozen=True, slots=True)
class StatusRecord:
    """A disposition with its reason: 001 to 998 of a rejection, Q01 to Q28 of a quota line; None of others.

    `source` is 1 for an act of a person, 2 for what the system did by itself.
    """

    disposition: str
    reason: str | None
    source: str


def status_record_of(kind: str, variant: str | None, body: Mapping[str, Any]) -> StatusRecord | None:
    """What a notice says in codes; None where the code sets have none for it.

    >>> status_record_of("N-05", None, {"recorded": [["reject_reason", "003"]], "contact": "Kim"})
    StatusRecord(disposition='4', reason='003', source='1')
    >>> status_record_of("N-09", None, {}) is None
    True
    """
    recorded = dict(body.get("recorded", ()))
    quota = _QUOTA.match(body.get("status") or "") if kind == "N-08" else None
    if quota is not None:
        disposition: str | None = "Q"
    elif kind == "N-06":
        disposition = recorded.get("documents") if recorded.get("documents") in _ASKED else None
    else:
        disposition = _BY_CASE.get((kind, variant))
    if disposition is None:
        return None
    reason = recorded.get("reject_reason") or recorded.get("uc_reason", "")
    code = quota[1] if quota is not None else reason if _REASON.fullmatch(reason) else None
    return StatusRecord(disposition, code, BY_A_PERSON if body.get("contact") else BY_ITSELF)
