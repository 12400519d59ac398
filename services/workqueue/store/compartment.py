"""Who is named on law-enforcement-sensitive matters: added and taken back, never erased."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.compartment import CompartmentRead, NeedToKnow
from services.workqueue.store.tables import compartment_reads, need_to_know, need_to_know_removals
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = ("subject", "added_at", "reason", "added_by", "added_by_name")
_REMOVE = """
INSERT INTO need_to_know_removals (item_id, subject, added_at, removed_by, removed_at)
SELECT n.item_id, n.subject, n.added_at, $3, $4 FROM need_to_know n
WHERE n.item_id = $1 AND n.subject = $2 AND NOT EXISTS (
    SELECT FROM need_to_know_removals r
    WHERE r.item_id = n.item_id AND r.subject = n.subject AND r.added_at = n.added_at)
"""

_NOTE_READS = """
INSERT INTO compartment_reads (item_id, what, read_at, read_by, read_by_name, acting_for)
SELECT i.item_id, $2, $3, $4, $5, $6 FROM items i
WHERE i.item_id = ANY($1) AND ($7 OR i.knowers IS NOT NULL)
    AND ($8::timestamptz IS NULL OR NOT EXISTS (
        SELECT FROM compartment_reads r
        WHERE r.item_id = i.item_id AND r.what = $2 AND r.read_by = $4 AND r.read_at > $8))
ORDER BY i.item_id
"""


async def add(tx: Transaction, item_id: UUID, named: NeedToKnow) -> None:
    """Name somebody on a matter that is locked."""
    row = (item_id, *(getattr(named, name) for name in _COLUMNS))
    await bulk.insert(tx, need_to_know, ("item_id", *_COLUMNS), [row])


async def remove(tx: Transaction, item_id: UUID, subject: str, by: str, at: datetime) -> None:
    """Take somebody off a matter that is locked."""
    await bulk.execute(tx, _REMOVE, item_id, subject, by, at)


async def list_named(connection: AsyncConnection, item_id: UUID) -> list[NeedToKnow]:
    """Everybody who is or was named on a matter, the first first."""
    removed = need_to_know_removals
    key = ("item_id", "subject", "added_at")
    query = (
        select(*(need_to_know.c[name] for name in _COLUMNS), removed.c.removed_by, removed.c.removed_at)
        .outerjoin(removed, and_(*(removed.c[name] == need_to_know.c[name] for name in key)))
        .where(need_to_know.c.item_id == item_id)
    )
    rows: Any = await connection.execute(query.order_by(need_to_know.c.added_at, need_to_know.c.subject))
    return [NeedToKnow(*row) for row in rows]


async def note_reads(
    tx: Transaction,
    item_ids: Collection[UUID],
    read: CompartmentRead,
    *,
    is_any: bool = False,
    unless_since: datetime | None = None,
) -> None:
    """Write down who read of these items what, for those that are sensitive; `is_any`: for all of them.

    `unless_since`: not again when the same was read since then.
    """
    said = (read.what, read.read_at, read.read_by, read.read_by_name, read.acting_for)
    await bulk.execute(tx, _NOTE_READS, sorted(item_ids), *said, is_any, unless_since)


async def list_reads(
    connection: AsyncConnection, item_id: UUID, *, after: int, limit: int
) -> list[tuple[int, CompartmentRead]]:
    """Who read what of an item, by number, the first first."""
    columns = (compartment_reads.c[name] for name in ("what", "read_at", "read_by", "read_by_name", "acting_for"))
    query = select(compartment_reads.c.number, *columns).where(
        compartment_reads.c.item_id == item_id, compartment_reads.c.number > after
    )
    rows = await connection.execute(query.order_by(compartment_reads.c.number).limit(limit))
    return [(row[0], CompartmentRead(*row[1:])) for row in rows]
