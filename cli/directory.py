"""What the sample says of the Centers beside the reference data: contact points, teams, directors."""

import csv
from pathlib import Path
from typing import Any, Final

from cli.client import Client

_FILE: Final = "directory.csv"
_UNIT: Final = ("center", "kind", "code", "effective_on")


def read_directory(folder: Path) -> list[dict[str, Any]]:
    """The rows of directory.csv as changes of the directory; none where the sample has no such file."""
    path = folder / _FILE
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [_change_of(row) for row in csv.DictReader(file)]


async def load_directory(client: Client, changes: list[dict[str, Any]]) -> None:
    """Enter them as the operator, each once; raises `CallRefused` with what routing says."""
    for change in changes:
        key = f"sample {change['center']} {change['kind']} {change['code']}"
        await client.post("routing", "/directory/changes", change, key=key)


def _change_of(row: dict[str, str]) -> dict[str, Any]:
    details = {name: value for name, value in row.items() if value and name not in _UNIT}
    return {name: row[name] for name in _UNIT} | {"action": "open", "details": details, "reason": "Of the sample."}
