"""Post-entry filings, and what came under their numbers."""

from sqlalchemy import Column, DateTime, Index, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

post_entry_filings = Table(
    "post_entry_filings",
    metadata,
    Column("filing_number", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("entries", JSONB, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("center", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("division", Text, nullable=False, server_default=text("'validation-and-compliance'")),
    Column("process", Text, nullable=False, server_default=text("''")),
    Column("authority", Text, nullable=False, server_default=text("''")),
    Column("forwarded_from", Text),
    Column("clocks", JSONB, nullable=False, server_default=text("'[]'")),
    Column("reasons", JSONB, nullable=False, server_default=text("'[]'")),
    Column("filed_by", JSONB, nullable=False, server_default=text("'{}'")),
    Column("body", JSONB, nullable=False, server_default=text("'{}'")),
    Column("content_digest", LargeBinary),
    Column("filed_at", DateTime(timezone=True)),
    Column("event_source", Text),
    Column("event_id", Text),
    Column("goods_center", Text),
    Index("post_entry_filings_importer", "importer_number", "received_at", "filing_number"),
    comment="Filings after entry with the Center of record when they were received.",
)

filing_contents = Table(
    "filing_contents",
    metadata,
    Column("filing_number", Text, primary_key=True),
    Column("content_digest", LargeBinary, primary_key=True),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("event_source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    comment="Every content that came under a filing number, by the earliest event that said it; the earliest stands.",
)
