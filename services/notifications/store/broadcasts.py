"""Broadcasts of the Centers: drafted, released, sent to those for whom they are, and found again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.broadcasts import Broadcast, BroadcastAct, Content
from services.notifications.domain.kind import Lane
from services.notifications.domain.segments import document_of, segment_of
from services.notifications.store.tables import broadcast_acts, broadcast_recipients, broadcasts, deliveries
from shared.customs.calendar import add_days, end_of_legal_day
from shared.db import bulk
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_COLUMNS = tuple(column.name for column in broadcasts.columns)
_ACT_COLUMNS = ("broadcast_id", "sequence", "act", "by_whom", "reason", "content", "at")

_HOLD: Final = "SELECT FROM broadcasts WHERE broadcast_id = $1 FOR UPDATE"
_HOLD_SENDING: Final = "SELECT FROM broadcasts WHERE broadcast_id = $1 AND state = 'sending' FOR SHARE"
_NEXT_SEQUENCE: Final = "SELECT coalesce(max(sequence), 0) + 1 AS n FROM broadcast_acts WHERE broadcast_id = $1"
_WAITING: Final = """
SELECT r.recipient, r.role, r.kind, r.basis, p.contacts, p.name AS party_name, p.party_id IS NOT NULL AS is_known,
    r.ordinal
FROM broadcast_recipients r LEFT JOIN parties p ON p.party_id = r.recipient
WHERE r.broadcast_id = $1 AND r.state = 'waiting' AND r.ordinal <> ALL($3::bigint[]) ORDER BY r.recipient LIMIT $2
"""
_IS_WAITED_FOR: Final = """
SELECT EXISTS (SELECT FROM broadcast_recipients WHERE broadcast_id = $1 AND state = 'waiting') AS any
"""
_TOLD: Final = """
UPDATE broadcast_recipients r SET state = 'told', notice_id = g.notice_id
FROM unnest($2::text[], $3::uuid[]) AS g(recipient, notice_id)
WHERE r.broadcast_id = $1 AND r.recipient = g.recipient AND r.state = 'waiting'
RETURNING r.recipient
"""
_SET_ASIDE: Final = """
UPDATE broadcast_recipients SET state = 'set-aside', reason = $3
WHERE broadcast_id = $1 AND recipient = $2 AND state = 'waiting'
"""
_WITHDRAW: Final = """
UPDATE broadcast_recipients SET state = 'withdrawn' WHERE broadcast_id = $1 AND state = 'waiting'
"""
_BEGUN: Final = f"""
SELECT count(*) AS n FROM (
    SELECT FROM deliveries WHERE state = 'queued' AND lane = {Lane.NEWS.value} AND next_try_at <= $1 LIMIT $2) d
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whom a broadcast is for and who was not told yet, with the contacts of a party as they stand."""

    recipient: str
    role: str
    kind: str
    basis: str
    contacts: Any
    is_known_party: bool
    ordinal: int


class ActDone(NamedTuple):
    """One thing that was done with a broadcast or a question."""

    sequence: int
    act: str
    by_whom: str
    reason: str | None
    at: datetime


class Told(NamedTuple):
    """Somebody whom a broadcast is for, and what became of it."""

    recipient: str
    role: str
    standing: str
    basis: str
    unknown: tuple[str, ...]
    kind: str
    state: str
    reason: str | None
    notice_id: UUID | None
    ordinal: int


async def write_broadcast(tx: Transaction, broadcast: Broadcast) -> bool:
    """Write a broadcast that is new; False when it is known."""
    row = _row(broadcast)
    written = await bulk.insert(
        tx,
        broadcasts,
        _COLUMNS,
        [row],
        on_conflict="(broadcast_id) DO NOTHING",
        returning="broadcast_id",
    )
    return bool(written)


async def change_broadcast(tx: Transaction, broadcast: Broadcast, *, with_content: bool) -> None:
    """Write a broadcast as it stands now; its words only while nobody released it."""
    content = {"segment", "subject", "body", "subject_es", "body_es", "effective_on", "is_public", "nature"}
    changed = {"state", "revision", "released_by", "released_at", "planned_at", "ended_at"}
    if with_content:
        changed |= content
    await bulk.update(tx, broadcasts, ("broadcast_id",), _COLUMNS, changed, [_row(broadcast)])


async def write_act(
    tx: Transaction,
    broadcast: Broadcast,
    act: BroadcastAct,
    by_whom: str,
    now: datetime,
    *,
    reason: str | None = None,
    with_content: bool = False,
) -> None:
    """Keep what was done, with what the broadcast said where that is new."""
    (row,) = await bulk.fetch(tx, _NEXT_SEQUENCE, broadcast.broadcast_id)
    content = orjson.dumps(_document(broadcast)).decode() if with_content else None
    line = (broadcast.broadcast_id, row["n"], act, by_whom, reason, content, now)
    await bulk.insert(tx, broadcast_acts, _ACT_COLUMNS, [line])


async def hold_broadcast(tx: Transaction, broadcast_id: UUID) -> Broadcast | None:
    """A broadcast that nobody else changes until this transaction ends."""
    await bulk.execute(tx, _HOLD, broadcast_id)
    return await find_broadcast(tx.connection, broadcast_id)


async def find_broadcast(connection: AsyncConnection, broadcast_id: UUID) -> Broadcast | None:
    """One broadcast, or None."""
    query = select(broadcasts).where(broadcasts.c.broadcast_id == broadcast_id)
    row = (await connection.execute(query)).one_or_none()
    return _broadcast(row) if row is not None else None


async def list_broadcasts(
    connection: AsyncConnection,
    reach: Reach,
    *,
    center: str | None,
    state: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Broadcast]:
    """Broadcasts as far as a reach goes, drafted last first."""
    order = (broadcasts.c.drafted_at, broadcasts.c.broadcast_id)
    query = select(broadcasts).where(within(reach, centers=(broadcasts.c.center,)))
    query = query.order_by(*(column.desc() for column in order)).limit(limit)
    if center is not None:
        query = query.where(broadcasts.c.center == center)
    if state is not None:
        query = query.where(broadcasts.c.state == state)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    return [_broadcast(row) for row in await connection.execute(query)]


async def list_archive(
    connection: AsyncConnection,
    *,
    center: str | None,
    since: date | None,
    until: date | None,
    words: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Broadcast]:
    """Public broadcasts that were released, newest first; by legal days, both counted."""
    columns = broadcasts.c
    order = (columns.released_at, columns.broadcast_id)
    query = select(broadcasts).where(*_in_archive()).order_by(*(column.desc() for column in order)).limit(limit)
    if center is not None:
        query = query.where(columns.center == center)
    if since is not None:
        query = query.where(columns.released_at >= end_of_legal_day(add_days(since, -1)))
    if until is not None:
        query = query.where(columns.released_at < end_of_legal_day(until))
    if words is not None:
        texts = (columns.subject, columns.body, columns.subject_es, columns.body_es)
        query = query.where(or_(*(text.icontains(words, autoescape=True) for text in texts)))
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    return [_broadcast(row) for row in await connection.execute(query)]


async def find_in_archive(connection: AsyncConnection, broadcast_id: UUID) -> Broadcast | None:
    """One public broadcast that was released, or None."""
    query = select(broadcasts).where(broadcasts.c.broadcast_id == broadcast_id, *_in_archive())
    row = (await connection.execute(query)).one_or_none()
    return _broadcast(row) if row is not None else None


async def find_corrections(
    connection: AsyncConnection, broadcast_ids: Sequence[UUID], *, in_archive: bool = False
) -> dict[UUID, UUID]:
    """By broadcast the newest released one that corrects it; `in_archive`: of those that everybody may read."""
    columns = broadcasts.c
    query = (
        select(columns.corrects, columns.broadcast_id)
        .where(columns.corrects.in_(list(broadcast_ids)), columns.released_at.is_not(None))
        .order_by(columns.released_at)
    )
    if in_archive:
        query = query.where(*_in_archive())
    rows = await connection.execute(query)
    return {row[0]: row[1] for row in rows}


async def list_acts(connection: AsyncConnection, broadcast_id: UUID) -> list[ActDone]:
    """What was done with a broadcast, oldest first."""
    columns = broadcast_acts.c
    query = select(columns.sequence, columns.act, columns.by_whom, columns.reason, columns.at)
    query = query.where(columns.broadcast_id == broadcast_id).order_by(columns.sequence)
    return [ActDone(*row) for row in await connection.execute(query)]


async def find_authors(connection: AsyncConnection, broadcast_id: UUID) -> list[str]:
    """The signatures of everybody who wrote words of a broadcast."""
    columns = broadcast_acts.c
    query = select(columns.by_whom).where(columns.broadcast_id == broadcast_id, columns.act.in_(("draft", "revise")))
    return list((await connection.scalars(query.order_by(columns.sequence))).all())


async def count_states(connection: AsyncConnection, broadcast_id: UUID) -> dict[str, int]:
    """How many recipients are in each state."""
    columns = broadcast_recipients.c
    query = select(columns.state, func.count()).where(columns.broadcast_id == broadcast_id).group_by(columns.state)
    rows = await connection.execute(query)
    return {row[0]: row[1] for row in rows}


async def count_standings(connection: AsyncConnection, broadcast_id: UUID) -> dict[str, int]:
    """How many recipients had each standing when the broadcast was released."""
    columns = broadcast_recipients.c
    query = select(columns.standing, func.count()).where(columns.broadcast_id == broadcast_id)
    rows = await connection.execute(query.group_by(columns.standing))
    return {row[0]: row[1] for row in rows}


async def count_mails(connection: AsyncConnection, broadcast_id: UUID) -> dict[str, int]:
    """How many mails of a broadcast are in each state of the ledger."""
    told = broadcast_recipients.c
    query = (
        select(deliveries.c.state, func.count())
        .join(broadcast_recipients, told.notice_id == deliveries.c.notice_id)
        .where(told.broadcast_id == broadcast_id, deliveries.c.channel == "email")
        .group_by(deliveries.c.state)
    )
    rows = await connection.execute(query)
    return {row[0]: row[1] for row in rows}


async def list_recipients(
    connection: AsyncConnection,
    broadcast_id: UUID,
    *,
    standing: str | None,
    state: str | None,
    after: int | None,
    limit: int,
) -> list[Told]:
    """Whom a broadcast was for, in the order in which they were written down, which is that of their names."""
    columns = broadcast_recipients.c
    query = select(
        columns.recipient,
        columns.role,
        columns.standing,
        columns.basis,
        columns.unknown,
        columns.kind,
        columns.state,
        columns.reason,
        columns.notice_id,
        columns.ordinal,
    ).where(columns.broadcast_id == broadcast_id)
    if standing is not None:
        query = query.where(columns.standing == standing)
    if state is not None:
        query = query.where(columns.state == state)
    if after is not None:
        query = query.where(columns.ordinal > after)
    rows = await connection.execute(query.order_by(columns.ordinal).limit(limit))
    return [Told._make(row)._replace(unknown=tuple(row.unknown)) for row in rows]


async def list_sending(connection: AsyncConnection) -> list[Broadcast]:
    """Broadcasts that are being sent, those released first first."""
    query = select(broadcasts).where(broadcasts.c.state == "sending")
    rows = await connection.execute(query.order_by(broadcasts.c.released_at, broadcasts.c.broadcast_id))
    return [_broadcast(row) for row in rows]


async def hold_sending(tx: Transaction, broadcast_id: UUID) -> bool:
    """Whether a broadcast is still being sent; until this transaction ends nobody pauses or withdraws it."""
    return bool(await bulk.fetch(tx, _HOLD_SENDING, broadcast_id))


async def list_waiting(tx: Transaction, broadcast_id: UUID, left_out: Collection[int], limit: int) -> list[Waiting]:
    """The next whom a broadcast is for and who were not told yet, in order of their names, without some by ordinal."""
    rows = await bulk.fetch(tx, _WAITING, broadcast_id, limit, sorted(left_out))
    return [
        Waiting(
            row["recipient"],
            row["role"],
            row["kind"],
            row["basis"],
            row["contacts"],
            row["is_known"],
            row["ordinal"],
        )
        for row in rows
    ]


async def is_waited_for(tx: Transaction, broadcast_id: UUID) -> bool:
    """Whether anybody is still to be told."""
    (row,) = await bulk.fetch(tx, _IS_WAITED_FOR, broadcast_id)
    return bool(row["any"])


async def note_told(tx: Transaction, broadcast_id: UUID, told: Sequence[tuple[str, str]]) -> None:
    """Recipients have their notices, by the ids of these."""
    recipients, notice_ids = map(list, zip(*told, strict=True))
    await bulk.execute(tx, _TOLD, broadcast_id, recipients, notice_ids)


async def set_aside(tx: Transaction, broadcast_id: UUID, recipient: str, reason: str) -> None:
    """A recipient cannot be told, for a reason; the others go on."""
    await bulk.execute(tx, _SET_ASIDE, broadcast_id, recipient, reason)


async def withdraw_waiting(tx: Transaction, broadcast_id: UUID) -> int:
    """Whoever was not told yet is not told any more; gives how many."""
    return await bulk.execute(tx, _WITHDRAW, broadcast_id)


async def count_begun(tx: Transaction, now: datetime, most: int) -> int:
    """How many mails of news are due and wait for the sender; no more than `most` are counted."""
    (row,) = await bulk.fetch(tx, _BEGUN, now, most)
    return int(row["n"])


def _in_archive() -> tuple[ColumnElement[bool], ...]:
    return (broadcasts.c.is_public, broadcasts.c.released_at.is_not(None))


def _document(broadcast: Broadcast) -> Mapping[str, Any]:
    content = broadcast.content
    return {
        "center": content.center,
        "nature": content.nature,
        "segment": document_of(content.segment),
        "subject": content.subject,
        "text": content.text,
        "subject_es": content.subject_es,
        "text_es": content.text_es,
        "effective_on": content.effective_on,
        "is_public": content.is_public,
        "corrects": None if broadcast.corrects is None else str(broadcast.corrects),
    }


def _row(broadcast: Broadcast) -> tuple[Any, ...]:
    content = broadcast.content
    return (
        broadcast.broadcast_id,
        content.center,
        content.nature,
        orjson.dumps(document_of(content.segment)).decode(),
        content.subject,
        content.text,
        content.subject_es,
        content.text_es,
        content.effective_on,
        content.is_public,
        broadcast.state,
        broadcast.revision,
        broadcast.corrects,
        broadcast.drafted_by,
        broadcast.drafted_at,
        broadcast.released_by,
        broadcast.released_at,
        broadcast.planned_at,
        broadcast.ended_at,
    )


def _broadcast(row: Any) -> Broadcast:
    content = Content(
        center=row.center,
        nature=row.nature,
        segment=segment_of(row.segment),
        subject=row.subject,
        text=row.body,
        subject_es=row.subject_es,
        text_es=row.body_es,
        effective_on=row.effective_on,
        is_public=row.is_public,
    )
    return Broadcast(
        broadcast_id=row.broadcast_id,
        content=content,
        state=row.state,
        revision=row.revision,
        corrects=row.corrects,
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        released_by=row.released_by,
        released_at=row.released_at,
        planned_at=row.planned_at,
        ended_at=row.ended_at,
    )
