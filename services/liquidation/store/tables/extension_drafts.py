"""The table of extensions drafted for people to post."""

from sqlalchemy import Column, Date, DateTime, Table, Text

from services.liquidation.store.tables.records import metadata

extension_drafts = Table(
    "extension_drafts",
    metadata,
    Column("deemed_on", Date, primary_key=True),
    Column("entry_number", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("requested_on", Date),
    Column("explanation", Text, nullable=False),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    comment="Extensions that should be posted before the period ends; a person posts or ignores each.",
)
