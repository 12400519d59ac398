"""Decisions, advice and answers."""

from sqlalchemy import BigInteger, Column, DateTime, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata

decisions = Table(
    "decisions",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("decision_id", UUID(as_uuid=True), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("duty_cents", BigInteger, nullable=False),
    Column("fees_cents", BigInteger, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("legal_basis", JSONB, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("by_class", JSONB, nullable=False, server_default=text("'[]'")),
    Column("authority", Text),
    comment="What completed each item, with reasons and legal basis.",
)
