"""Events of Centers by revision, only added to."""

from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.calendar import LONGEST, CalendarEvent
from services.routing.store.tables.calendar import center_calendar
from shared.customs.calendar import legal_date
from shared.db.idempotency import demand_new
from shared.db.transaction import Transaction

_COLUMNS = tuple(center_calendar.c[each.name] for each in fields(CalendarEvent))
_MOST = 2_000


async def add(tx: Transaction, event: CalendarEvent) -> None:
    """Keep an event, or its next revision; raises `Refused` for a key by which another was announced before."""
    if event.revision == 1:
        await demand_new(tx.connection, center_calendar.c.event_id, event.event_id)
    await tx.connection.execute(center_calendar.insert().values(**asdict(event)))


async def find(connection: AsyncConnection, event_id: UUID) -> CalendarEvent | None:
    """An event as it stands; None when there is none."""
    query = select(*_COLUMNS).where(center_calendar.c.event_id == event_id)
    row = (await connection.execute(query.order_by(center_calendar.c.revision.desc()).limit(1))).one_or_none()
    return None if row is None else CalendarEvent(*row)


async def list_standing(
    connection: AsyncConnection, center: str | None, since: datetime, before: datetime
) -> list[CalendarEvent]:
    """Events as they stand, cancelled ones too, that may take place in a time; none lasts longer than `LONGEST`."""
    newest = (
        select(*_COLUMNS)
        .ext(distinct_on(center_calendar.c.event_id))
        .order_by(center_calendar.c.event_id, center_calendar.c.revision.desc())
        .subquery()
    )
    query = select(newest).where(
        newest.c.starts_at < before,
        or_(newest.c.ends_at >= since, newest.c.weekly_until >= legal_date(since - LONGEST)),
    )
    if center is not None:
        query = query.where(newest.c.center == center)
    return [CalendarEvent(*row) for row in await connection.execute(query.limit(_MOST))]
