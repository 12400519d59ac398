"""The tables of notifications."""

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from shared.db.platform_tables import platform_tables

metadata = MetaData()
platform = platform_tables(metadata)

importers = Table(
    "importers",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("sequence", Integer, nullable=False),
    comment="Who gets the notices of an importer, as of the newest assignment of the account.",
)

notices = Table(
    "notices",
    metadata,
    Column("notice_id", UUID(as_uuid=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("cause_sequence", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("importer_number", Text, nullable=False),
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

deliveries = Table(
    "deliveries",
    metadata,
    Column("notice_id", UUID(as_uuid=True), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("recipient_role", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("is_waiting", Boolean, nullable=False),
    Column("message_id", Text),
    Column("sent_to", Text),
    Column("last_error", Text),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("next_try_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True)),
    Index("deliveries_due", "next_try_at", postgresql_where=text("state = 'queued'::text")),
    Index(
        "deliveries_unaddressed",
        "importer_number",
        postgresql_where=text("is_waiting OR state = 'no-address'::text"),
    ),
    comment="The state of each notice on each way to each recipient.",
)

delivery_events = Table(
    "delivery_events",
    metadata,
    Column("notice_id", UUID(as_uuid=True), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("recipient_role", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("event", Text, nullable=False),
    Column("detail", Text),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(
        "delivery_events_sent_once",
        "notice_id",
        "channel",
        "recipient_role",
        unique=True,
        postgresql_where=text("event = 'sent'::text"),
    ),
    comment="The delivery ledger: every change and every failed try, append-only.",
)
