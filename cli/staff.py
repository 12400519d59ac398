"""The people of the Centers in the sample, as their directors enter them."""

import csv
import io
from pathlib import Path
from typing import Final

from cli.client import Client
from shared.runtime.identity import Identity, RoleName

_FILE: Final = "staff.csv"


def read_staff(folder: Path) -> dict[str, str]:
    """The rows of staff.csv as a table for each Center; none where the sample has no such file."""
    path = folder / _FILE
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tables = {}
    for center in dict.fromkeys(row["center"] for row in rows):
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["center"] == center)
        tables[center] = out.getvalue()
    return tables


async def load_staff(client: Client, tables: dict[str, str]) -> None:
    """Enter the people of each Center in the name of its director; a second time nothing changes.

    Raises `CallRefused` with what the work queue says.
    """
    for center, table in tables.items():
        director = Identity(
            subject=f"director-{center[-1]}",
            name=f"Director of {center}",
            roles=frozenset({RoleName.CENTER_DIRECTOR}),
            centers=frozenset({center}),
        )
        await client.post_table("workqueue", "/staff/import", table, person=director)
