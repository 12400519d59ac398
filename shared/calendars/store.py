"""Every statement about calendar feeds and the days that they told."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import MetaData, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.calendars.day import Day, Followed, ToldDay
from shared.calendars.feed import Feed, read_choices
from shared.calendars.tables import calendar_tables
from shared.db import bulk
from shared.db.transaction import Transaction

_TABLES: Final = calendar_tables(MetaData())
_FEEDS, _DAYS = _TABLES.feeds, _TABLES.days
_COLUMNS: Final = tuple(each.name for each in fields(Feed))
_DAY_COLUMNS: Final = ("feed_id", "uid", "of", "on_day", "sequence", "state", "told_at", "document")
_REPLACE_DAY: Final = "(feed_id, uid) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _DAY_COLUMNS[2:]
)
_LOCK_OWNER: Final = "SELECT pg_advisory_xact_lock(hashtextextended('calendar-feeds ' || $1, 0))"
_HOLD: Final = "SELECT FROM calendar_feeds WHERE feed_id = $1 FOR UPDATE"
_DROP_DAYS: Final = "DELETE FROM calendar_days WHERE feed_id = $1 AND uid = ANY($2::text[])"
_REVOKE: Final = """
WITH dropped AS (DELETE FROM calendar_days WHERE feed_id = $1)
UPDATE calendar_feeds SET revoked_at = $2, revoked_by = $3, body = NULL, made_at = NULL, made_for = NULL
WHERE feed_id = $1 AND revoked_at IS NULL
"""
_MADE: Final = "UPDATE calendar_feeds SET made_at = $2, made_for = $3, body = $4, read_at = $2 WHERE feed_id = $1"
_READ: Final = "UPDATE calendar_feeds SET read_at = $2 WHERE feed_id = $1 AND (read_at IS NULL OR read_at < $3)"


async def lock_owner(tx: Transaction, owner: str) -> None:
    """Let nobody else make feeds of the owner until the transaction ends."""
    await bulk.fetch(tx, _LOCK_OWNER, owner)


async def write_feed(tx: Transaction, feed: Feed) -> None:
    """Add a feed."""
    kept = {name: getattr(feed, name) for name in _COLUMNS}
    kept["choices"] = orjson.dumps(feed.choices.document()).decode()
    kept["caller"] = orjson.dumps(feed.caller).decode()
    await bulk.insert(tx, _FEEDS, _COLUMNS, [tuple(kept.values())])


async def list_feeds(connection: AsyncConnection, owners: Collection[str]) -> list[Feed]:
    """The feeds of these owners, those that were revoked as well, the newest first."""
    query = select(*(_FEEDS.c[name] for name in _COLUMNS)).where(_FEEDS.c.owner.in_(sorted(owners)))
    rows = await connection.execute(query.order_by(_FEEDS.c.created_at.desc(), _FEEDS.c.feed_id))
    return [_feed(row) for row in rows]


async def find_feed(connection: AsyncConnection, feed_id: UUID) -> Feed | None:
    """One feed, or None."""
    return await _find(connection, _FEEDS.c.feed_id == feed_id)


async def find_feed_by_hash(connection: AsyncConnection, token_hash: bytes) -> Feed | None:
    """The feed of a token, or None."""
    return await _find(connection, _FEEDS.c.token_hash == token_hash)


async def hold_feed(tx: Transaction, feed_id: UUID) -> Feed | None:
    """The feed as it stands, which nobody else changes until the transaction ends."""
    await bulk.fetch(tx, _HOLD, feed_id)
    return await find_feed(tx.connection, feed_id)


async def revoke_feed(tx: Transaction, feed_id: UUID, at: datetime, by: str) -> None:
    """Close a feed for good, and forget what was in it; one that is closed stays as it is."""
    await bulk.execute(tx, _REVOKE, feed_id, at, by)


async def note_read(tx: Transaction, feed_id: UUID, at: datetime, unless_since: datetime) -> None:
    """Note when the feed was read, not again when that was done since."""
    await bulk.execute(tx, _READ, feed_id, at, unless_since)


async def load_days(connection: AsyncConnection, feed_id: UUID) -> dict[str, ToldDay]:
    """The days of a feed as it told them last."""
    rows = await connection.execute(select(_DAYS).where(_DAYS.c.feed_id == feed_id))
    return {row.uid: _told(row) for row in rows}


async def write_followed(
    tx: Transaction, feed_id: UUID, followed: Followed, body: str, *, made_for: str, at: datetime
) -> None:
    """Write what a feed has now, and its text."""
    rows = [
        (
            feed_id,
            told.day.uid,
            told.day.of,
            told.day.on,
            told.sequence,
            told.state,
            told.told_at,
            orjson.dumps(told.day.document()).decode(),
        )
        for told in followed.changed
    ]
    await bulk.insert(tx, _DAYS, _DAY_COLUMNS, rows, on_conflict=_REPLACE_DAY)
    if followed.gone:
        await bulk.execute(tx, _DROP_DAYS, feed_id, list(followed.gone))
    await bulk.execute(tx, _MADE, feed_id, at, made_for, body)


async def _find(connection: AsyncConnection, condition: Any) -> Feed | None:
    row = (await connection.execute(select(*(_FEEDS.c[name] for name in _COLUMNS)).where(condition))).one_or_none()
    return _feed(row) if row is not None else None


def _feed(row: Any) -> Feed:
    kept = dict(row._mapping)  # noqa: SLF001  the public name of a row's columns
    return Feed(**{**kept, "choices": read_choices(kept["choices"])})


def _told(row: Any) -> ToldDay:
    on: date = row.on_day
    kept = row.document
    notes: Sequence[str] = kept["notes"]
    day = Day(
        row.uid,
        row.of,
        kept["about"],
        on,
        kept["kind"],
        kept["title"],
        kept["rule"],
        kept["lapse"],
        kept["href"],
        tuple(notes),
    )
    return ToldDay(day, row.sequence, row.state, row.told_at)
