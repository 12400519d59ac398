"""Post-entry filings."""

from sqlalchemy import Column, DateTime, Table, Text
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
    comment="Filings after entry with the Center of record when they were received.",
)
