"""Lists as a file for spreadsheets (RFC 4180), in which no cell is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The file; money and days as services write them, what is not known empty.

    >>> write_table(["entry", "on", "note"], [["B7603245278", date(2026, 3, 2), "=1+1"], ["x", None, "-12.50"]])
    "entry,on,note\\r\\nB7603245278,2026-03-02,'=1+1\\r\\nx,,-12.50\\r\\n"
    """
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(header)
    table.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    """A value that a spreadsheet takes for what it is: text that begins like a formula is marked as text."""
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
    text = str(value)
    is_number = text.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text
