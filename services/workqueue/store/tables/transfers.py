"""Transfers between Centers and with ports, and what was told as clocks ran down."""

from sqlalchemy import Column, Date, DateTime, Index, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata

transfers = Table(
    "transfers",
    metadata,
    Column("transfer_id", UUID(as_uuid=True), primary_key=True),
    Column("item_id", UUID(as_uuid=True), nullable=False),
    Column("from_center", Text, nullable=False),
    Column("to_center", Text),
    Column("to_port", Text),
    Column("reason", Text, nullable=False),
    Column("offered_by", Text, nullable=False),
    Column("offered_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("settled_by", Text),
    Column("settled_at", DateTime(timezone=True)),
    Column("settled_reason", Text),
    Index("transfers_offered", "item_id", unique=True, postgresql_where=text("state = 'offered'::text")),
    Index("transfers_item", "item_id"),
    Index("transfers_from", "from_center", "offered_at"),
    Index("transfers_to", "to_center", "offered_at", postgresql_where=text("to_center IS NOT NULL")),
    Index("transfers_port", "to_port", "offered_at", postgresql_where=text("to_port IS NOT NULL")),
    comment="Items offered to another Center or a port, with how that was answered.",
)

escalations = Table(
    "escalations",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("clock", Text, primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("began_on", Date, nullable=False),
    Column("center", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("holder", Text),
    Column("told", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("escalations_center", "center", "at"),
    Index("escalations_at", "at"),
    comment="Who was told that so many hundredths of a clock have passed, once for each day that it was due on.",
)
