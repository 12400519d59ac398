"""Who gets an importer's notices: what the newest word of its account says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from services.notifications.store.tables import importers
from shared.customs.postal import PostalAddress, write_address
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = ("importer_number", "name", "email", "sequence", "revision", "postal_address")
# The same revision says the same; of events that say none, from before there was one, the newest assignment stands.
_IS_NEWER = "(excluded.revision, excluded.sequence) > (importers.revision, importers.sequence)"
_KEEP_NEWEST = (
    "(importer_number) DO UPDATE SET "
    + ", ".join(
        f"{name} = CASE WHEN {_IS_NEWER} THEN excluded.{name} ELSE importers.{name} END"
        for name in ("name", "email", "postal_address")
    )
    + ", sequence = greatest(importers.sequence, excluded.sequence)"
    + ", revision = greatest(importers.revision, excluded.revision)"
    + " WHERE excluded.revision > importers.revision OR excluded.sequence > importers.sequence"
)


@dataclass(frozen=True, slots=True)
class Importer:
    """An importer as a recipient, as an assignment or a change of its account says it.

    `sequence` counts its assignments, 0 where none is told; `revision` the changes of the account, 0 where none is.
    An address that is None is not known.
    """

    importer_number: str
    name: str
    email: str | None
    sequence: int
    revision: int = 0
    address: PostalAddress | None = None


async def write_importers(tx: Transaction, given: Sequence[Importer]) -> list[str]:
    """Write importers, the newest word on each; gives the numbers of those that are new or changed."""
    newest: dict[str, Importer] = {}
    for row in given:
        known = newest.get(row.importer_number)
        newest[row.importer_number] = row if known is None else merge(known, row)
    rows = [_row(row) for _, row in sorted(newest.items())]
    changed = await bulk.insert(tx, importers, _COLUMNS, rows, on_conflict=_KEEP_NEWEST, returning="importer_number")
    return [row["importer_number"] for row in changed]


def merge(one: Importer, other: Importer) -> Importer:
    """What two words on an importer come to, whichever came first."""
    newer = max(one, other, key=lambda each: (each.revision, each.sequence))
    return replace(newer, sequence=max(one.sequence, other.sequence), revision=newer.revision)


def _row(given: Importer) -> tuple[str, str, str | None, int, int, str | None]:
    stored = write_address(given.address)
    address = None if stored is None else orjson.dumps(stored).decode()
    return given.importer_number, given.name, given.email, given.sequence, given.revision, address
