"""Bulletins of the Centers: whom a segment holds, and what was sent."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.broadcasts import ACTIVE_MONTHS, Broadcast, Segment
from services.routing.store.accounts import in_program
from services.routing.store.tables import accounts, assignments, broadcasts, counted_activity
from shared.customs.calendar import add_months
from shared.db import bulk
from shared.db.idempotency import demand_new
from shared.db.transaction import Transaction

_COLUMNS = tuple(column.name for column in broadcasts.columns)


async def load_audience(tx: Transaction, segment: Segment, today: date) -> list[str]:
    """The importers whose account is assigned to the Center today and who belong to the segment, in order."""
    newest = (
        select(assignments.c.importer_number, assignments.c.center)
        .where(assignments.c.effective_on <= today)
        .ext(distinct_on(assignments.c.importer_number))
        .order_by(assignments.c.importer_number, assignments.c.sequence.desc())
        .subquery()
    )
    query = (
        select(newest.c.importer_number)
        .join(accounts, accounts.c.importer_number == newest.c.importer_number)
        .where(newest.c.center == segment.center)
        .order_by(newest.c.importer_number)
    )
    if segment.program is not None:
        query = query.where(*in_program(segment.program, today))
    if segment.hts is not None:
        query = query.where(
            exists()
            .where(counted_activity.c.importer_number == accounts.c.importer_number)
            .where(counted_activity.c.month >= add_months(today.replace(day=1), -ACTIVE_MONTHS))
            .where(counted_activity.c.hts6.startswith(segment.hts, autoescape=True))
        )
    return list((await tx.connection.scalars(query)).all())


async def append(tx: Transaction, sent: Broadcast) -> None:
    """Keep a bulletin as it was sent; raises `Refused` for a key by which one was sent before."""
    await demand_new(tx.connection, broadcasts.c.broadcast_id, sent.broadcast_id)
    where = sent.segment
    row = (
        sent.broadcast_id,
        where.center,
        sent.subject,
        sent.text,
        sent.effective_on,
        where.program,
        where.hts,
        sent.importers,
        sent.issued_by,
        sent.acting_for,
        sent.issued_at,
    )
    await bulk.insert(tx, broadcasts, _COLUMNS, [row])


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
