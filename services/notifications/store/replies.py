"""What parties replied to notices: written once, listed with their notice."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.store.tables import replies
from shared.db import bulk
from shared.db.idempotency import demand_new
from shared.db.transaction import Transaction

_COLUMNS = tuple(column.name for column in replies.columns)


@dataclass(frozen=True, slots=True)
class GivenReply:
    """A reply to a notice, with the number of the filing that it became; `files` are references of papers."""

    filing_number: str
    notice_id: UUID
    text: str
    files: tuple[str, ...]
    replied_by: str
    replied_by_name: str
    acting_for: str | None
    replied_at: datetime


async def write_reply(tx: Transaction, given: GivenReply) -> None:
    """Keep a reply; raises `Refused` for a key by which one was given before."""
    await demand_new(tx.connection, replies.c.filing_number, given.filing_number)
    values = dict(zip(_COLUMNS, attrgetter(*_COLUMNS)(given), strict=True))
    await bulk.insert(tx, replies, _COLUMNS, [(*(values | {"files": orjson.dumps(given.files).decode()}).values(),)])


async def list_replies(connection: AsyncConnection, notice_id: UUID) -> list[GivenReply]:
    """The replies to a notice, the oldest first."""
    query = select(replies).where(replies.c.notice_id == notice_id).order_by(replies.c.replied_at)
    rows = (await connection.execute(query)).mappings()
    return [GivenReply(**{**row, "files": tuple(row["files"])}) for row in rows]
