"""The tables of routing."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.platform_tables import platform_tables

metadata = MetaData()
platform = platform_tables(metadata)

accounts = Table(
    "accounts",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", Text, nullable=False),
    Column("is_broker", Boolean, nullable=False),
    Column("contact_email", Text),
    Column("filer_code", Text),
    Column("trusted_programs", JSONB, nullable=False),
    comment="Importer accounts by importer of record number.",
)

assignments = Table(
    "assignments",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("center", Text),
    Column("basis", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("assigned_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="Every Center assignment of an account, never changed, center null means unaligned.",
)

routing_decisions = Table(
    "routing_decisions",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("importer_number", Text, nullable=False),
    Column("entry_date", Date, nullable=False),
    Column("center", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("decision", JSONB, nullable=False),
    Column("content_digest", LargeBinary, nullable=False),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("event_source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Index("routing_decisions_importer", "importer_number", "entry_date"),
    comment="One decision per version of an entry, whole as it was published.",
)

releases = Table(
    "releases",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("released_at", DateTime(timezone=True), nullable=False),
    Column("port_of_release", Text, nullable=False),
    Column("release_kind", Text, nullable=False),
    comment="The earliest release of each entry, filed or not yet filed.",
)

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

conflicts = Table(
    "conflicts",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("event_source", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("detail", Text, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    comment="Events that contradict what is known, with the rule that decided between them.",
)
