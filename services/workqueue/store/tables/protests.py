"""Protests by their newest act."""

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.workqueue.store.tables.core import metadata

protests = Table(
    "protests",
    metadata,
    Column("protest_number", Text, primary_key=True),
    Column("sequence", Integer, nullable=False, server_default=text("0")),
    Column("importer_number", Text),
    Column("entry_number", Text),
    Column("received_at", DateTime(timezone=True)),
    Column("decide_by", Date),
    Column("further_review", Boolean, nullable=False, server_default=text("false")),
    Column("is_filed", Boolean, nullable=False, server_default=text("false")),
    Column("settled_as", Text),
    Column("settled_at", DateTime(timezone=True)),
    # `Protest.status_acts`
    Column("turnings", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Index("protests_entry", "entry_number"),
    Index("protests_importer", "importer_number"),
    comment="Protests by their newest act, entry_number is the first entry that the protest names.",
)
