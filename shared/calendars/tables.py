"""The tables of calendar feeds, the same in every service that has days."""

from dataclasses import dataclass

from sqlalchemy import Column, Date, DateTime, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID


@dataclass(frozen=True, slots=True)
class CalendarTables:
    """The tables of calendar feeds in one service's database."""

    feeds: Table
    days: Table


def calendar_tables(metadata: MetaData) -> CalendarTables:
    """Declare the tables of calendar feeds on a service's metadata."""
    return CalendarTables(
        feeds=Table(
            "calendar_feeds",
            metadata,
            Column("feed_id", UUID(as_uuid=True), primary_key=True),
            Column("kind", Text, nullable=False),
            Column("owner", Text, nullable=False),
            Column("name", Text, nullable=False),
            Column("token_hash", LargeBinary, nullable=False),
            Column("choices", JSONB, nullable=False),
            Column("caller", JSONB, nullable=False),
            Column("created_by", Text, nullable=False),
            Column("created_at", DateTime(timezone=True), nullable=False),
            Column("expires_on", Date, nullable=False),
            Column("revoked_at", DateTime(timezone=True)),
            Column("revoked_by", Text),
            Column("read_at", DateTime(timezone=True)),
            Column("made_at", DateTime(timezone=True)),
            Column("made_for", Text),
            Column("body", Text),
            Index("calendar_feeds_token", "token_hash", unique=True),
            Index("calendar_feeds_owner", "owner", "feed_id"),
            comment="Calendars that somebody subscribes to, with the digest of the secret address of each.",
        ),
        days=Table(
            "calendar_days",
            metadata,
            Column("feed_id", UUID(as_uuid=True), primary_key=True),
            Column("uid", Text, primary_key=True),
            Column("of", Text, nullable=False),
            Column("on_day", Date, nullable=False),
            Column("sequence", Integer, nullable=False),
            Column("state", Text, nullable=False),
            Column("told_at", DateTime(timezone=True), nullable=False),
            Column("document", JSONB, nullable=False),
            comment="Days as each feed told them last, by which a later change is known as one.",
        ),
    )
