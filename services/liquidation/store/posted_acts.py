"""Acts that are posted on the bulletin, as the legal record has them: for comparing it with what was posted."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.tables.records import legal_events


class RecordedAct(NamedTuple):
    """An act on an entry: its place in the entry's record, and what it was."""

    entry_number: str
    sequence: int
    change: str


async def list_recorded_acts(
    connection: AsyncConnection, changes: Collection[str], since: datetime, until: datetime
) -> list[RecordedAct]:
    """Acts of these kinds that were recorded from one instant to another."""
    columns = legal_events.c
    query = select(columns.entry_number, columns.sequence, columns.change).where(
        columns.recorded_at >= since, columns.recorded_at < until, columns.change.in_(sorted(changes))
    )
    rows = await connection.execute(query.order_by(columns.entry_number, columns.sequence))
    return [RecordedAct(*row) for row in rows]
