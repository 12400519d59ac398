"""What the legal record and the accounts say, as the processes of items follow it."""

from sqlalchemy import Column, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.workqueue.store.tables.core import metadata

heard_facts = Table(
    "heard_facts",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("word", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("fields", JSONB, nullable=False),
    comment="What the processes of items follow, by the entry, protest, importer or item that it is about.",
)
