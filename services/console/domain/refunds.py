"""A party's request for refunds of a program: what is sent, what a check of it says, and the file of its rows."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from services.console.domain.words import say_entry

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {"json": "application/json", "ndjson": "application/x-ndjson", "jsonl": "application/x-ndjson"}
)
"""Media types by the end of a file's name; what else there is, is a table."""
HEADER: Final = ("row", "entry_number", "given", "state", "code", "fact", "remedy", "last_day", "removed_usd", "notes")


@dataclass(frozen=True, slots=True)
class Reason:
    """Rows that are dropped for one reason: how many, why, what to do, and the first day that it is too late after."""

    code: str
    rows: int
    fact: str
    remedy: str
    until: date | None


def read_cells(form: Mapping[str, Sequence[str]]) -> list[str]:
    """The entry numbers that somebody ticked, and then those that were written, one on each line.

    >>> read_cells({"entry": ["B7603245278"], "numbers": ["B76-0324528-6\\r\\n\\r\\n 9AK , SP7"]})
    ['B7603245278', 'B76-0324528-6', '9AK', 'SP7']
    """
    (written, *_) = form.get("numbers") or ("",)
    parts = written.replace(",", "\n").replace(";", "\n").splitlines()
    return [*form.get("entry", ()), *(part.strip() for part in parts if part.strip())]


def write_cells(cells: Sequence[str]) -> bytes:
    """Cells as the file that is sent: a row each, in their order."""
    return json.dumps(list(cells)).encode()


def name_cells(cells: Sequence[str]) -> str:
    """By what a form says which cells it is about: others have another name.

    >>> name_cells(["a"]) == name_cells(["a"]), name_cells(["a"]) == name_cells(["b"])
    (True, False)
    """
    return hashlib.sha256(write_cells(cells)).hexdigest()[:16]


def kind_of(name: str) -> str:
    """The media type of a file by its name.

    >>> kind_of("entries.JSON"), kind_of("march.csv"), kind_of("")
    ('application/json', 'text/csv', 'text/csv')
    """
    return KINDS.get(name.rpartition(".")[2].lower(), "text/csv")


def group_reasons(rows: Iterable[Any]) -> list[Reason]:
    """Why rows are dropped, the reason of most first; each with the earliest of its last days."""
    found: dict[str, Reason] = {}
    for row in rows:
        if row.code is None:
            continue
        known = found.get(row.code)
        days = [day for day in (row.last_day, known.until if known is not None else None) if day is not None]
        number = known.rows + 1 if known is not None else 1
        found[row.code] = Reason(row.code, number, row.fact or "", row.remedy or "", min(days, default=None))
    return sorted(found.values(), key=lambda each: (-each.rows, each.code))


def write_rows(rows: Iterable[Any]) -> list[list[Any]]:
    """Rows for a table, in the order of `HEADER`."""
    return [
        [
            row.row,
            say_entry(row.entry_number) if row.entry_number is not None else None,
            row.given,
            row.state,
            row.code,
            row.fact,
            row.remedy,
            row.last_day,
            row.removed_usd,
            " ".join(row.says),
        ]
        for row in rows
    ]
