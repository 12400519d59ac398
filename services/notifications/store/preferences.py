"""What recipients asked for: the newest of each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.recipients import Asked
from services.notifications.store.tables import preferences
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = ("recipient", "language", "second_email", "revision", "changed_by", "changed_at")
_REPLACE = (
    "(recipient) DO UPDATE SET language = excluded.language, second_email = excluded.second_email,"
    " revision = preferences.revision + 1, changed_by = excluded.changed_by, changed_at = excluded.changed_at"
)


@dataclass(frozen=True, slots=True)
class Preference:
    """What a recipient asked for, with who said so."""

    recipient: str
    language: str
    second_email: str | None
    revision: int
    changed_by: str
    changed_at: datetime


async def write_preference(tx: Transaction, recipient: str, asked: Asked, by: str, now: datetime) -> Preference:
    """Write what a recipient asks for."""
    row = (recipient, asked.language, asked.second_email, 1, by, now)
    (written,) = await bulk.insert(
        tx, preferences, _COLUMNS, [row], on_conflict=_REPLACE, returning=", ".join(_COLUMNS)
    )
    return Preference(*written)


async def list_preferences(connection: AsyncConnection, recipients: Collection[str]) -> list[Preference]:
    """What these recipients asked for, in order of their names; nothing of those that asked for nothing."""
    columns = preferences.c
    query = select(*(columns[name] for name in _COLUMNS)).where(columns.recipient.in_(sorted(recipients)))
    return [Preference(*row) for row in await connection.execute(query.order_by(columns.recipient))]
