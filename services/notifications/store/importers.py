"""Who gets an importer's notices: what the newest assignment of its account says."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notifications.store.tables import importers
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = ("importer_number", "name", "email", "sequence")
_KEEP_NEWEST = (
    "(importer_number) DO UPDATE SET name = excluded.name, email = excluded.email, sequence = excluded.sequence"
    " WHERE importers.sequence < excluded.sequence"
)


@dataclass(frozen=True, slots=True)
class Importer:
    """An importer as a recipient; of several the highest sequence is the newest."""

    importer_number: str
    name: str
    email: str | None
    sequence: int


async def write_importers(tx: Transaction, given: Sequence[Importer]) -> list[str]:
    """Write importers, the newest of each; gives the numbers of those that are new or changed."""
    newest: dict[str, Importer] = {}
    for row in given:
        known = newest.get(row.importer_number)
        if known is None or known.sequence < row.sequence:
            newest[row.importer_number] = row
    rows = [(row.importer_number, row.name, row.email, row.sequence) for _, row in sorted(newest.items())]
    changed = await bulk.insert(tx, importers, _COLUMNS, rows, on_conflict=_KEEP_NEWEST, returning="importer_number")
    return [row["importer_number"] for row in changed]
