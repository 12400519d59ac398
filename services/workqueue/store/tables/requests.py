"""Requests for information and notices of action."""

from sqlalchemy import Column, Date, DateTime, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata

requests = Table(
    "requests",
    metadata,
    Column("request_id", UUID(as_uuid=True), primary_key=True),
    Column("item_id", UUID(as_uuid=True), nullable=False),
    Column("form", Text, nullable=False),
    Column("entry_numbers", JSONB, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("center", Text, nullable=False),
    Column("questions", JSONB, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date),
    Column("issued_by", Text, nullable=False),
    Column("issued_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text),
    Index("requests_item", "item_id"),
    Index("requests_entry", text("(entry_numbers ->> 0)")),
    comment="Requests for information (CBP 28) and notices of action (CBP 29) to importers.",
)
