"""The tables of the work queue."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from shared.db.platform_tables import platform_tables

metadata = MetaData()
platform = platform_tables(metadata)

entries = Table(
    "entries",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("sequence", Integer, nullable=False, server_default=text("0")),
    Column("state", Text),
    Column("scheduled_on", Date),
    Column("deemed_on", Date),
    Column("liquidated_on", Date),
    Column("liquidated_at", DateTime(timezone=True)),
    Column("liquidated_sequence", Integer),
    comment="Entries with the dates of the legal record, the row is the lock for all that follows from the entry.",
    postgresql_with={"fillfactor": "80"},
)

routed_versions = Table(
    "routed_versions",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("center", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("processes", JSONB, nullable=False),
    Column("value_usd", BigInteger, nullable=False),
    Column("move", Integer, nullable=False, server_default=text("0")),
    Column("move_reason", Text),
    Column("consultations", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("authority", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    comment="Every routing decision, the highest version stands, of one version the last move.",
)

importers = Table(
    "importers",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("sequence", Integer, nullable=False, server_default=text("0")),
    Column("name", Text),
    Column("center", Text),
    comment="Importer accounts by their newest assignment, sequence 0 while none is known.",
)

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
    Column("turnings", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Index("protests_entry", "entry_number"),
    Index("protests_importer", "importer_number"),
    comment="Protests by their newest act, entry_number is the first entry that the protest names.",
)

filings = Table(
    "filings",
    metadata,
    Column("filing_number", Text, primary_key=True),
    Column("sequence", Integer),
    Column("event_id", Text),
    Column("routed_at", DateTime(timezone=True)),
    Column("kind", Text),
    Column("importer_number", Text),
    Column("entry_numbers", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("center", Text),
    Column("division", Text),
    Column("process", Text),
    Column("authority", Text),
    Column("forwarded_from", Text),
    Column("clocks", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("received_at", DateTime(timezone=True)),
    Column("heard", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Index("filings_pending", "importer_number", postgresql_where=text("center = 'PNDING'::text")),
    Index(
        "filings_entries",
        "entry_numbers",
        postgresql_using="gin",
        postgresql_ops={"entry_numbers": "jsonb_path_ops"},
    ),
    comment="Post-entry filings by the routing that stands, without protests and appeals against a Center.",
)

_QUEUE_ORDER = ("due_order", "priority", "opened_at", "item_id")
_IS_OPEN = text("state = 'open'::text")
_IS_CLAIMED = text("state = 'claimed'::text")

items = Table(
    "items",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("process", Text, nullable=False),
    Column("entry_number", Text),
    Column("protest_number", Text),
    Column("importer_number", Text, nullable=False),
    Column("center", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("value_usd", BigInteger),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("due_on", Date),
    Column("due_order", Date, Computed("COALESCE(due_on, 'infinity'::date)", persisted=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("holder", Text),
    Column("holder_name", Text),
    Column("token", BigInteger, nullable=False),
    Column("lease_until", DateTime(timezone=True)),
    Column("acts", Integer, nullable=False),
    Column("filing_number", Text),
    Column("asking_center", Text),
    Column("authority", Text),
    Column("goods", JSONB),
    Column("center_since", DateTime(timezone=True)),
    Index("items_next", "center", "division", *_QUEUE_ORDER, postgresql_where=_IS_OPEN),
    Index("items_next_of_process", "center", "division", "process", *_QUEUE_ORDER, postgresql_where=_IS_OPEN),
    Index("items_leases", "lease_until", postgresql_where=_IS_CLAIMED),
    Index("items_order", *_QUEUE_ORDER),
    Index("items_entry", "entry_number"),
    Index("items_importer", "importer_number"),
    Index("items_filing", "filing_number", postgresql_where=text("filing_number IS NOT NULL")),
    comment="One item for each process of an entry, each Center consulted on it, each protest and each other filing.",
    postgresql_with={"fillfactor": "80"},
)

item_events = Table(
    "item_events",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("change_key", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("change", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("reasons", JSONB, nullable=False),
    comment="History of items, only ever added to, ordered by sequence.",
)

decisions = Table(
    "decisions",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("decision_id", UUID(as_uuid=True), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("duty_cents", BigInteger, nullable=False),
    Column("fees_cents", BigInteger, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("legal_basis", JSONB, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("by_class", JSONB, nullable=False, server_default=text("'[]'")),
    comment="What completed each item, with reasons and legal basis.",
)

requests = Table(
    "requests",
    metadata,
    Column("request_id", UUID(as_uuid=True), primary_key=True),
    Column("item_id", UUID(as_uuid=True), nullable=False),
    Column("form", Text, nullable=False),
    Column("entry_numbers", JSONB, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("center", Text, nullable=False),
    Column("questions", JSONB, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date),
    Column("issued_by", Text, nullable=False),
    Column("issued_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Index("requests_item", "item_id"),
    comment="Requests for information (CBP 28) and notices of action (CBP 29) to importers.",
)
