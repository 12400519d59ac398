"""What parties replied to notices."""

from sqlalchemy import Column, DateTime, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.notifications.store.tables.core import metadata

replies = Table(
    "replies",
    metadata,
    Column("filing_number", Text, primary_key=True),
    Column("notice_id", UUID(as_uuid=True), nullable=False),
    Column("text", Text, nullable=False),
    Column("files", JSONB, nullable=False),
    Column("replied_by", Text, nullable=False),
    Column("replied_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("replied_at", DateTime(timezone=True), nullable=False),
    Index("replies_notice", "notice_id", "replied_at"),
    comment="What parties replied to notices, by the filing that each became. Only added to.",
)
