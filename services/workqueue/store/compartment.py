"""Who is named on law-enforcement-sensitive matters: added and taken back, never erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.compartment import NeedToKnow
from services.workqueue.store.tables import need_to_know
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = ("subject", "added_at", "reason", "added_by", "added_by_name", "removed_by", "removed_at")
_REMOVE = """
UPDATE need_to_know SET removed_by = $3, removed_at = $4
WHERE item_id = $1 AND subject = $2 AND removed_at IS NULL
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
    query = select(*(need_to_know.c[name] for name in _COLUMNS)).where(need_to_know.c.item_id == item_id)
    rows = await connection.execute(query.order_by(need_to_know.c.added_at, need_to_know.c.subject))
    return [NeedToKnow(*row) for row in rows]
