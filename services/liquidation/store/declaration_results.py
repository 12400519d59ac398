"""What became of the rows of a declaration, by each party that it was made for, and which payees cannot be paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.liquidation.store.declarations import Declaration, Sight
from shared.db import bulk
from shared.db.transaction import Transaction

_BY_IMPORTER: Final = """
SELECT e.importer_number, r.state, r.code, count(*) AS entries, sum(r.removed_cents)::bigint AS removed_cents
FROM declared_entries r JOIN entries e ON e.entry_number = r.entry_number
WHERE r.declaration_id = $1 AND r.program = $3 AND e.importer_number = ANY($2::text[])
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_NOT_READY: Final = """
SELECT DISTINCT e.importer_number FROM declared_entries r JOIN entries e ON e.entry_number = r.entry_number
WHERE r.declaration_id = $1 AND r.program = $5 AND r.notes && ARRAY['payee-not-ready']
    AND ($2::boolean OR e.importer_number = ANY($3::text[]) OR left(r.entry_number, 3) = $4::text)
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class ResultCount:
    """Rows of the entries of an importer in one state, by code."""

    importer_number: str
    state: str
    code: str | None
    entries: int
    removed_cents: int


async def count_by_importer(tx: Transaction, declaration: Declaration) -> list[ResultCount]:
    """How many rows of entries of each importer that a declaration was made for are in which state, by importer."""
    given = (declaration.declaration_id, list(declaration.importers), declaration.program)
    rows = await bulk.fetch(tx, _BY_IMPORTER, *given)
    return [ResultCount(**dict(row)) for row in rows]


async def list_not_ready(tx: Transaction, declaration: Declaration, sight: Sight) -> Sequence[str]:
    """Importers of accepted rows that are seen, who could not be paid when the rows were judged."""
    given = (declaration.declaration_id, *sight.arguments, declaration.program)
    rows = await bulk.fetch(tx, _NOT_READY, *given)
    return [row["importer_number"] for row in rows]
