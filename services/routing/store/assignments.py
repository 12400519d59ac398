"""Center assignments of importer accounts: appended, read, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.store.tables import assignments
from shared.db import bulk
from shared.db.transaction import Transaction

_LATEST = """
SELECT DISTINCT ON (importer_number) importer_number, sequence, center, effective_on
FROM assignments WHERE importer_number = ANY($1::text[])
ORDER BY importer_number, sequence DESC
"""


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """An assignment to append; `reasons` is JSON text."""

    importer_number: str
    sequence: int
    center: str | None
    previous_center: str | None
    basis: str
    effective_on: date
    reasons: str
    assigned_by: str


@dataclass(frozen=True, slots=True)
class LatestAssignment:
    """The newest assignment of an account."""

    sequence: int
    center: str | None
    effective_on: date


async def lock_and_load_latest(tx: Transaction, importer_numbers: Sequence[str]) -> dict[str, LatestAssignment]:
    """The newest assignment of each account, with the accounts locked for this transaction, in order of number."""
    await bulk.fetch(
        tx,
        "SELECT 1 FROM accounts WHERE importer_number = ANY($1::text[]) ORDER BY importer_number FOR UPDATE",
        list(importer_numbers),
    )
    return {
        row["importer_number"]: LatestAssignment(row["sequence"], row["center"], row["effective_on"])
        for row in await bulk.fetch(tx, _LATEST, list(importer_numbers))
    }


async def append_assignments(tx: Transaction, new: Sequence[NewAssignment]) -> None:
    """Append assignments; history is never changed."""
    rows = [
        (
            item.importer_number,
            item.sequence,
            item.center,
            item.basis,
            item.effective_on,
            item.reasons,
            item.assigned_by,
        )
        for item in new
    ]
    columns = ("importer_number", "sequence", "center", "basis", "effective_on", "reasons", "assigned_by")
    await bulk.insert(tx, assignments, columns, rows)


async def find_assignments(connection: AsyncConnection, importer_number: str) -> list[Any]:
    """The assignments of an account, oldest first."""
    query = select(assignments).where(assignments.c.importer_number == importer_number)
    return list(await connection.execute(query.order_by(assignments.c.sequence)))
