"""Importer accounts by their newest assignment. Rows are locked in order of their key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = ("importer_number", "sequence", "name", "center", "programs")
_STUB = "INSERT INTO importers (importer_number) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
_LOAD = f"SELECT {', '.join(_COLUMNS)} FROM importers WHERE importer_number = ANY($1::text[]) ORDER BY importer_number"
_WRITE = """
UPDATE importers i SET sequence = n.sequence, name = n.name, center = n.center, programs = n.programs::jsonb
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[])
    AS n(importer_number, sequence, name, center, programs)
WHERE i.importer_number = n.importer_number
"""


@dataclass(frozen=True, slots=True)
class Importer:
    """An importer account as its newest assignment leaves it; sequence 0 while none is known."""

    importer_number: str
    sequence: int = 0
    name: str | None = None
    center: str | None = None
    programs: tuple[str, ...] = ()


async def lock_importers(tx: Transaction, importer_numbers: Iterable[str]) -> dict[str, Importer]:
    """Importers, each locked for this transaction; one not seen before gets its row."""
    numbers = sorted(set(importer_numbers))
    if not numbers:
        return {}
    await bulk.execute(tx, _STUB, numbers)
    return {row["importer_number"]: _importer(row) for row in await bulk.fetch(tx, f"{_LOAD} FOR UPDATE", numbers)}


async def load_importers(tx: Transaction, importer_numbers: Iterable[str]) -> dict[str, Importer]:
    """Importers as they are known, without a lock."""
    numbers = sorted(set(importer_numbers))
    rows = await bulk.fetch(tx, _LOAD, numbers) if numbers else ()
    return {row["importer_number"]: _importer(row) for row in rows}


async def write_importers(tx: Transaction, changed: Sequence[Importer]) -> None:
    """Write importers that are locked."""
    if changed:
        columns = [[getattr(importer, name) for importer in changed] for name in _COLUMNS[:-1]]
        programs = [orjson.dumps(importer.programs).decode() for importer in changed]
        await bulk.execute(tx, _WRITE, *columns, programs)


def _importer(row: Mapping[str, Any]) -> Importer:
    return Importer(**{**row, "programs": tuple(row["programs"])})
