"""Notes on items: written once, read by level."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.note import ItemNote, NoteLevel
from services.workqueue.store.tables.notes import item_notes
from shared.db import bulk
from shared.db.transaction import Transaction

_NAMES = tuple(each.name for each in fields(ItemNote))
_COLUMNS = tuple(item_notes.c[name] for name in _NAMES)


async def write_note(tx: Transaction, note: ItemNote) -> None:
    """Keep a note on an item that is locked."""
    await bulk.insert(tx, item_notes, _NAMES, [tuple(getattr(note, name) for name in _NAMES)])


async def find_note(
    connection: AsyncConnection, item_id: UUID, note_id: UUID, levels: Collection[NoteLevel]
) -> ItemNote | None:
    """A note of an item of one of these levels; None when there is none."""
    query = select(*_COLUMNS).where(
        item_notes.c.note_id == note_id, item_notes.c.item_id == item_id, item_notes.c.level.in_(sorted(levels))
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else ItemNote(*row)


async def find_readable(
    connection: AsyncConnection, item_id: UUID, note_ids: Collection[UUID], levels: Collection[NoteLevel]
) -> frozenset[UUID]:
    """Those of these notes of an item that are of these levels."""
    query = select(item_notes.c.note_id).where(
        item_notes.c.note_id.in_(sorted(note_ids)),
        item_notes.c.item_id == item_id,
        item_notes.c.level.in_(sorted(levels)),
    )
    return frozenset((await connection.scalars(query)).all())


async def list_notes(
    connection: AsyncConnection,
    item_id: UUID,
    levels: Collection[NoteLevel],
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[ItemNote]:
    """Notes of an item of these levels, the first first."""
    query = select(*_COLUMNS).where(item_notes.c.item_id == item_id, item_notes.c.level.in_(sorted(levels)))
    if after is not None:
        query = query.where(tuple_(item_notes.c.written_at, item_notes.c.note_id) > tuple_(*after))
    rows = await connection.execute(query.order_by(item_notes.c.written_at, item_notes.c.note_id).limit(limit))
    return [ItemNote(*row) for row in rows]
