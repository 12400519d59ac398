"""What recipients asked to be told of, or no more; and what of news that is due is not to go out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.subscriptions import Subscription, Topic
from services.notifications.store.tables import subscriptions
from shared.db import bulk
from shared.db.reach import is_one_of
from shared.db.transaction import Transaction

_COLUMNS = ("recipient", "topic", "center", "is_on", "revision", "way", "changed_by", "changed_at")
_WRITE: Final = """
INSERT INTO subscriptions AS s (recipient, topic, center, is_on, revision, way, changed_by, changed_at)
VALUES ($1, $2, $3, $4, 1, $5, $6, $7)
ON CONFLICT (recipient, topic, center) DO UPDATE SET is_on = excluded.is_on, revision = s.revision + 1,
    way = excluded.way, changed_by = excluded.changed_by, changed_at = excluded.changed_at
RETURNING revision
"""
_STANDING: Final = """
SELECT g.ordinal, b.state, s.is_on, s.changed_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
    AS g(notice_id, recipient, topic, center, ordinal)
    LEFT JOIN broadcast_recipients r ON r.notice_id = g.notice_id
    LEFT JOIN broadcasts b ON b.broadcast_id = r.broadcast_id
    LEFT JOIN subscriptions s ON s.recipient = g.recipient AND s.topic = g.topic AND s.center = g.center
WHERE b.state IN ('paused', 'withdrawn') OR NOT s.is_on
"""


class NewsDue(NamedTuple):
    """News that is due to somebody: its notice, the recipient by importer number or id, what it is news of."""

    notice_id: UUID
    recipient: str
    topic: Topic
    center: str


class Stopped(NamedTuple):
    """Why news does not go out now: its broadcast is paused or withdrawn, or the recipient wants no more of it."""

    broadcast: str | None
    unsubscribed_at: datetime | None


async def write_subscription(
    tx: Transaction, recipient: str, topic: Topic, center: str, *, is_on: bool, way: str, by: str, now: datetime
) -> Subscription:
    """Write what a recipient asks for."""
    (row,) = await bulk.fetch(tx, _WRITE, recipient, topic, center, is_on, way, by, now)
    return Subscription(recipient, topic, center, is_on, row["revision"], way, by, now)


async def list_subscriptions(connection: AsyncConnection, recipients: Collection[str]) -> list[Subscription]:
    """What these recipients asked for, in order."""
    columns = subscriptions.c
    query = select(*(columns[name] for name in _COLUMNS)).where(is_one_of(columns.recipient, sorted(recipients)))
    rows = await connection.execute(query.order_by(columns.recipient, columns.topic, columns.center))
    return [Subscription(*row) for row in rows]


async def find_stopped(tx: Transaction, due: Sequence[NewsDue]) -> dict[int, Stopped]:
    """What of this news is not to go out now, by its place."""
    if not due:
        return {}
    columns = (list(column) for column in zip(*due, strict=True))
    return {
        row["ordinal"] - 1: Stopped(row["state"], row["changed_at"] if row["is_on"] is False else None)
        for row in await bulk.fetch(tx, _STANDING, *columns)
    }


async def find_off(tx: Transaction, recipients: Collection[str], topic: Topic, center: str) -> set[str]:
    """Which of these recipients asked to be told no more of it."""
    columns = subscriptions.c
    query = select(columns.recipient).where(
        is_one_of(columns.recipient, sorted(recipients)),
        columns.topic == topic,
        columns.center == center,
        columns.is_on.is_(False),
    )
    return set((await tx.connection.scalars(query)).all())
