"""Acts that are posted on the bulletin, as the legal record has them: for comparing it with what was posted."""

from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.tables.records import legal_events
from shared.customs.calendar import add_days, end_of_legal_day


class RecordedAct(NamedTuple):
    """An act on an entry: its place in the entry's record, and what it was."""

    entry_number: str
    sequence: int
    change: str


POSTED_CHANGES: Final = (
    "liquidated",
    "deemed-liquidated",
    "reliquidated",
    "extended",
    "suspended",
    "liquidation-voided",
)
"""The acts that the law, or the practice of CBP, has posted on the bulletin."""


async def list_recorded_acts(
    connection: AsyncConnection, day: date, *, after: tuple[str, int] | None, limit: int
) -> list[RecordedAct]:
    """Acts that are posted, recorded on a legal day, in order of entry and sequence."""
    columns = legal_events.c
    query = select(columns.entry_number, columns.sequence, columns.change).where(
        columns.recorded_at >= end_of_legal_day(add_days(day, -1)),
        columns.recorded_at < end_of_legal_day(day),
        columns.change.in_(POSTED_CHANGES),
    )
    if after is not None:
        query = query.where(tuple_(columns.entry_number, columns.sequence) > tuple_(*after))
    rows = await connection.execute(query.order_by(columns.entry_number, columns.sequence).limit(limit))
    return [RecordedAct(*row) for row in rows]
