"""Office hours and events of Centers."""

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.routing.store.tables.core import metadata

center_calendar = Table(
    "center_calendar",
    metadata,
    Column("event_id", UUID(as_uuid=True), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("center", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("weekly_until", Date),
    Column("is_cancelled", Boolean, nullable=False),
    Column("reason", Text),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text, nullable=False),
    Index("center_calendar_days", "starts_at", "event_id"),
    comment="Office hours and events of Centers, by revision; the highest stands.",
)
