"""Notes on items."""

from sqlalchemy import Column, DateTime, Index, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.workqueue.store.tables.core import metadata

item_notes = Table(
    "item_notes",
    metadata,
    Column("note_id", UUID(as_uuid=True), primary_key=True),
    Column("item_id", UUID(as_uuid=True), nullable=False),
    Column("level", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    Column("written_by", Text, nullable=False),
    Column("written_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("authority", Text, nullable=False),
    Column("redacts", UUID(as_uuid=True)),
    Column("redacts_sha256", LargeBinary),
    Index("item_notes_of_item", "item_id", "written_at", "note_id"),
    comment="Notes on items at three levels; a redacted copy names its original and the hash of what that says.",
)
