"""Importer accounts."""

from sqlalchemy import Column, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.workqueue.store.tables.core import metadata

importers = Table(
    "importers",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("sequence", Integer, nullable=False, server_default=text("0")),
    Column("name", Text),
    Column("center", Text),
    Column("programs", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    comment="Importer accounts by their newest assignment, sequence 0 while none is known.",
)
