"""Bulletins of the Centers as they were sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.broadcasts import Broadcast, Segment
from services.routing.store.tables import broadcasts


async def list_broadcasts(
    connection: AsyncConnection, *, center: str | None, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Broadcast]:
    """Bulletins, newest first."""
    order = (broadcasts.c.issued_at, broadcasts.c.broadcast_id)
    query = select(broadcasts).order_by(*(column.desc() for column in order)).limit(limit)
    if center is not None:
        query = query.where(broadcasts.c.center == center)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    return [
        Broadcast(
            row.broadcast_id,
            Segment(row.center, row.program, row.hts),
            row.subject,
            row.body,
            row.effective_on,
            row.importers,
            row.issued_by,
            row.acting_for,
            row.issued_at,
        )
        for row in await connection.execute(query)
    ]
