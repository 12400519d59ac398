"""Appeals against the assigned Center with every act on them."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

appeals = Table(
    "appeals",
    metadata,
    Column("appeal_number", Text, primary_key=True),
    Column("importer_number", Text, nullable=False),
    Column("contents", JSONB, nullable=False),
    Column("filed_by", JSONB, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("content_digest", LargeBinary, nullable=False),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("event_source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'appealed'")),
    Column("supplements", JSONB, nullable=False, server_default=text("'{}'")),
    Column("decided_center", Text),
    Column("effective_on", Date),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Index("appeals_received", "received_at", "appeal_number"),
    Index("appeals_importer", "importer_number", "received_at"),
    comment="Appeals against the assigned Center: what was filed, what was supplied later, and the state.",
)

appeal_steps = Table(
    "appeal_steps",
    metadata,
    Column("appeal_number", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("act", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("detail", JSONB, nullable=False),
    Column("done_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("done_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text),
    comment="Every act on an appeal after its filing: who, when, why. Only added to.",
)
