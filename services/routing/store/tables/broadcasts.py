"""Bulletins of the Centers to their importers."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, Table, Text

from services.routing.store.tables.core import metadata

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("broadcast_id", Text, primary_key=True),
    Column("center", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("effective_on", Date),
    Column("program", Text),
    Column("hts", Text),
    Column("importers", Integer, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Index("broadcasts_issued_at", "issued_at", "broadcast_id"),
    comment="Bulletins of the Centers to a segment of their importers. Only added to.",
)
