"""What parties said after an inquiry or a visit."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.workqueue.store.tables.core import metadata

satisfaction_answers = Table(
    "satisfaction_answers",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("process", Text, nullable=False),
    Column("center", Text, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("score", Integer, nullable=False),
    Column("is_resolved", Boolean, nullable=False),
    Column("comment", Text),
    Column("answered_by", Text, nullable=False),
    Column("answered_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text, nullable=False),
    Index("satisfaction_answered_at", "answered_at"),
    comment="What parties said after an inquiry or a visit.",
)
