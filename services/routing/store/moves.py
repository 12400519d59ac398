"""Open matters that a person moved to another Center: appended, read, never changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.decisions import Move
from services.routing.store.tables import moves
from shared.db import bulk
from shared.db.transaction import Transaction

MatterKind = Literal["entry", "filing"]

# A move and an event on one matter wait for each other: else a version that is decided at the same moment would be
# published with the Center that has just given the matter away. A few locks stand for all matters, so that no batch
# holds more of them than the server has room for; they are taken in one order.
_LOCK_SHARED = """
SELECT pg_advisory_xact_lock_shared(hashtextextended('move', bucket))
FROM (SELECT DISTINCT hashtext(number) & 63 AS bucket FROM unnest($1::text[]) AS number ORDER BY 1) AS buckets
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('move', hashtext($1::text) & 63))"
_LATEST = """
SELECT DISTINCT ON (number) number, sequence, to_center FROM moves
WHERE kind = $1 AND number = ANY($2::text[]) ORDER BY number, sequence DESC
"""
_COLUMNS = (
    "kind",
    "number",
    "sequence",
    "from_center",
    "to_center",
    "reason",
    "moved_by",
    "acting_for",
    "moved_at",
    "authority",
)
_columns_of = attrgetter(*_COLUMNS)


@dataclass(frozen=True, slots=True)
class MatterMove:
    """A move of an open matter: who moved what from where to where, when and why."""

    kind: MatterKind
    number: str
    sequence: int
    from_center: str
    to_center: str
    reason: str
    moved_by: str
    acting_for: str | None
    moved_at: datetime
    authority: str | None


async def load(tx: Transaction, entry_numbers: Collection[str]) -> dict[str, Move]:
    """The last move of each entry that was moved; nobody moves any of these until the transaction ends."""
    return await _load(tx, "entry", entry_numbers)


async def load_filing_moves(tx: Transaction, filing_numbers: Collection[str]) -> dict[str, Move]:
    """The last move of each filing that was moved; nobody moves any of these until the transaction ends."""
    return await _load(tx, "filing", filing_numbers)


async def lock(tx: Transaction, number: str) -> None:
    """Let no event on the matter be applied, and nobody else move it, until the transaction ends."""
    await bulk.fetch(tx, _LOCK, number)


async def append(tx: Transaction, move: MatterMove) -> None:
    """Append a move; the caller holds the lock."""
    await bulk.insert(tx, moves, _COLUMNS, [_columns_of(move)])


async def list_moves(connection: AsyncConnection, kind: MatterKind, number: str) -> list[MatterMove]:
    """Every move of a matter, oldest first."""
    query = select(*(moves.c[name] for name in _COLUMNS)).where(moves.c.kind == kind, moves.c.number == number)
    return [MatterMove(*row) for row in await connection.execute(query.order_by(moves.c.sequence))]


async def _load(tx: Transaction, kind: MatterKind, numbers: Collection[str]) -> dict[str, Move]:
    if not numbers:
        return {}
    await bulk.fetch(tx, _LOCK_SHARED, list(numbers))
    return {
        row["number"]: Move(row["sequence"], row["to_center"])
        for row in await bulk.fetch(tx, _LATEST, kind, list(numbers))
    }
