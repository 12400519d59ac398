"""Notices as facts."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.notifications.store.tables.core import metadata

notices = Table(
    "notices",
    metadata,
    Column("notice_id", UUID(as_uuid=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("cause_sequence", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("importer_number", Text),
    Column("entry_number", Text),
    Column("entry_numbers", JSONB, nullable=False),
    Column("filer_code", Text),
    Column("surety_code", Text),
    Column("center", Text),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date),
    Column("citation", Text, nullable=False),
    Column("if_nothing_is_done", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("caused_at", DateTime(timezone=True), nullable=False),
    Column("variant", Text),
    Column("party_id", Text),
    Index("notices_due", "due_on", "notice_id", postgresql_where=text("due_on IS NOT NULL")),
    Index("notices_issued", "issued_on", "notice_id"),
    Index("notices_importer", "importer_number", "issued_on", "notice_id"),
    Index("notices_filer", "filer_code", "issued_on", "notice_id"),
    Index(
        "notices_surety",
        "surety_code",
        "issued_on",
        "notice_id",
        postgresql_where=text("surety_code IS NOT NULL"),
    ),
    Index("notices_party", "party_id", "issued_on", "notice_id", postgresql_where=text("party_id IS NOT NULL")),
    Index("notices_entry", "entry_number", postgresql_where=text("entry_number IS NOT NULL")),
    Index(
        "notices_entries",
        "entry_numbers",
        postgresql_using="gin",
        postgresql_ops={"entry_numbers": "jsonb_path_ops"},
        postgresql_where=text("entry_number IS NULL"),
    ),
    comment="Notices as facts, one per kind and cause, never changed.",
)
