"""The public bulletin."""

from sqlalchemy import Column, Date, Index, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.notifications.store.tables.core import metadata

bulletin_postings = Table(
    "bulletin_postings",
    metadata,
    Column("notice_id", UUID(as_uuid=True), primary_key=True),
    Column("entry_number", Text, nullable=False),
    Column("filer_code", Text, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("surety_code", Text),
    Column("port_of_entry", Text, nullable=False),
    Column("entry_type", Text, nullable=False),
    Column("entry_date", Date, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("event_on", Date, nullable=False),
    Column("posted_on", Date, nullable=False),
    Index("bulletin_posted", "posted_on", "entry_number", "notice_id"),
    Index("bulletin_entry", "entry_number", "posted_on", "notice_id"),
    Index("bulletin_filer", "filer_code", "posted_on", "entry_number", "notice_id"),
    Index("bulletin_importer", "importer_number", "posted_on", "entry_number", "notice_id"),
    Index("bulletin_surety", "surety_code", "posted_on", "entry_number", "notice_id"),
    Index("bulletin_port", "port_of_entry", "posted_on", "entry_number", "notice_id"),
    Index("bulletin_entry_date", "entry_date", "posted_on", "entry_number", "notice_id"),
    Index("bulletin_event_date", "event_on", "posted_on", "entry_number", "notice_id"),
    comment="The public bulletin, the legal evidence of liquidation, kept for 15 months or more.",
)
