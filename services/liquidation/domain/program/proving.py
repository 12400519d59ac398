"""Proof of what a program did to an entry: the leaf of what was posted of it, and the way from it to a run's root."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256
from typing import Any, Final

LEAF_FORM: Final = "centerline-leaf-1"
"""The first field of each leaf: which fields follow, in which order."""
_FREE: Final = "declaration_id"
"""The one field that may hold a bar: a filer's own number of a filing."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted of one entry, in the order of the leaf; money in cents, days legal days.

    `definition_sha256` is that of the revision, in hexadecimal digits. `paid_on`, `interest_cents`, `refund_cents`,
    `refund_number` and `missing` are None where there is none or it is not known.
    """

    program: str
    revision: int
    definition_sha256: str
    entry_number: str
    version: int
    declaration_id: str
    row_number: int
    cohort: str
    act: str
    writer: str
    act_key: str
    sequence: int
    posted_on: date
    liquidated_on: date
    paid_on: date | None
    headings: tuple[str, ...]
    removed_cents: int
    outcome: str
    interest_cents: int | None
    refund_cents: int | None
    refund_number: str | None
    missing: str | None


LEAF_FIELDS: Final = tuple(each.name for each in fields(Posted))
"""The fields of a leaf after its form, in their order."""


def leaf_text(posted: Posted) -> str:
    """The canonical text of what was posted: fields joined by a bar, days in ISO form, nothing where there is none.

    `leaf_sql` of `store/program_proofs.py` makes the same bytes. Raises `ValueError` when a field other than the
    declaration's number holds a bar: the text would be that of other fields as well.

    >>> leaf_text(Posted("ieepa-2026", 1, "ab", "B7603245278", 1, "d", 3, "recent", "reliquidate", "center", "k", 7,
    ...     date(2026, 5, 20), date(2026, 5, 20), None, ("99030124", "99030125"), 937500, "refund", None, None, None,
    ...     "deposit-date"))[:59]
    'centerline-leaf-1|ieepa-2026|1|ab|B7603245278|1|d|3|recent|'
    """
    told = {name: _told(getattr(posted, name)) for name in LEAF_FIELDS}
    for name, text in told.items():
        if "|" in text and name != _FREE:
            raise ValueError(f"{name} holds a bar, which parts the fields of a leaf: {text!r}")
    return "|".join([LEAF_FORM, *told.values()])


def leaf_digest(posted: Posted) -> bytes:
    """SHA-256 of the leaf's text in UTF-8: the 32 bytes that are kept with the posting."""
    return sha256(leaf_text(posted).encode()).digest()


def definition_digest(definition: Mapping[str, Any]) -> str:
    """SHA-256 of a definition as it is stored, in hexadecimal digits: JSON with sorted keys and no blanks, in UTF-8.

    >>> definition_digest({"title": "Zölle", "program": "p"}) == definition_digest({"program": "p", "title": "Zölle"})
    True
    """
    text = json.dumps(definition, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _told(value: str | int | date | tuple[str, ...] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)
