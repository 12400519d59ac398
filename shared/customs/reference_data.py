"""Reading of the reference tables in `data/`: where they lie and how they are written.

Every table is CSV in UTF-8 with a header line; an empty cell means that the fact is not known, never zero.
"""

import csv
from datetime import date
from importlib import resources


def read_table(name: str) -> list[dict[str, str]]:
    """All rows of the table `name` (without `.csv`) in file order, each keyed by the header's column names.

    A row with too few or too many cells is a damaged table and raises `ValueError` with its line number.
    """
    text = (resources.files("shared.customs") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    reader = csv.reader(text.splitlines(keepends=True))
    columns = next(reader)
    rows = []
    for cells in reader:
        if len(cells) != len(columns):
            raise ValueError(f"{name}.csv line {reader.line_num}: {len(cells)} cells, not {len(columns)}")
        rows.append(dict(zip(columns, cells, strict=True)))
    return rows


def read_date(cell: str) -> date | None:
    """The ISO date in a cell, or None for an empty cell; anything else raises `ValueError`."""
    return date.fromisoformat(cell) if cell else None


def read_flag(cell: str) -> bool:
    """True for `Y`, False for `N`; anything else raises `ValueError`, so that a slip is not a silent no."""
    if cell not in {"Y", "N"}:
        raise ValueError(f"expected Y or N, found {cell!r}")
    return cell == "Y"
