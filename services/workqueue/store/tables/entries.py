"""Entries with their legal dates, and every routing decision on them."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.workqueue.store.tables.core import metadata

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
    Column("surety_code", Text),
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
    Column("entry_type", Text),
    Column("port_of_entry", Text),
    Column("duty_cents", BigInteger),
    Column("reasons", JSONB),
    comment="Every routing decision, the highest version stands, of one version the last move.",
)

routed_goods = Table(
    "routed_goods",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("goods", JSONB, nullable=False),
    Index("routed_goods_keys", "goods", postgresql_using="gin", postgresql_ops={"goods": "jsonb_path_ops"}),
    comment="The lines of entries under review as routing told them, by the routing decision that did.",
)
