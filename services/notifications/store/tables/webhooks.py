"""Webhooks of recipients."""

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.notifications.store.tables.core import metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("webhook_id", UUID(as_uuid=True), primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("kinds", JSONB, nullable=False),
    Column("secrets", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("failing_since", DateTime(timezone=True)),
    Column("off_reason", Text),
    Column("paused_until", DateTime(timezone=True)),
    Column("called_at", DateTime(timezone=True)),
    Column("times_off", Integer, nullable=False, server_default=text("0")),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("webhooks_recipient", "recipient", "webhook_id"),
    comment="Where a recipient's notices go as calls, signed with its secrets.",
)
