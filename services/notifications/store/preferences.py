"""What recipients asked for: the newest of each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.holding import Manner, Quiet
from services.notifications.domain.recipients import Asked
from services.notifications.store.tables import preferences
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = (
    "recipient",
    "language",
    "second_email",
    "quiet_since",
    "quiet_to",
    "time_zone",
    "is_digest",
    "wants_reminders",
    "revision",
    "changed_by",
    "changed_at",
)
_REPLACE = (
    "(recipient) DO UPDATE SET language = excluded.language, second_email = excluded.second_email,"
    " quiet_since = excluded.quiet_since, quiet_to = excluded.quiet_to, time_zone = excluded.time_zone,"
    " is_digest = excluded.is_digest, wants_reminders = excluded.wants_reminders,"
    " revision = preferences.revision + 1, changed_by = excluded.changed_by, changed_at = excluded.changed_at"
)


@dataclass(frozen=True, slots=True)
class Preference:
    """What a recipient asked for, with who said so."""

    recipient: str
    asked: Asked
    revision: int
    changed_by: str
    changed_at: datetime


async def write_preference(tx: Transaction, recipient: str, asked: Asked, by: str, now: datetime) -> Preference:
    """Write what a recipient asks for."""
    manner, quiet = asked.manner, asked.manner.quiet
    hours = (None, None) if quiet is None else (quiet.since, quiet.to)
    how = (*hours, manner.zone, manner.is_digest, asked.wants_reminders)
    row = (recipient, asked.language, asked.second_email, *how, 1, by, now)
    (written,) = await bulk.insert(
        tx, preferences, _COLUMNS, [row], on_conflict=_REPLACE, returning=", ".join(_COLUMNS)
    )
    return _preference(written)


async def list_preferences(connection: AsyncConnection, recipients: Collection[str]) -> list[Preference]:
    """What these recipients asked for, in order of their names; nothing of those that asked for nothing."""
    columns = preferences.c
    query = select(*(columns[name] for name in _COLUMNS)).where(columns.recipient.in_(sorted(recipients)))
    return [_preference(row) for row in await connection.execute(query.order_by(columns.recipient))]


def manner_of(since: time | None, to: time | None, zone: str, is_digest: bool) -> Manner:
    """When a recipient wants what may wait, from its columns."""
    quiet = Quiet(since, to) if since is not None and to is not None else None
    return Manner(quiet, is_digest=is_digest, zone=zone)


def _preference(row: Any) -> Preference:
    recipient, language, second_email, since, to, zone, is_digest, wants_reminders, *rest = row
    asked = Asked(language, second_email, manner_of(since, to, zone, is_digest), wants_reminders)
    return Preference(recipient, asked, *rest)
