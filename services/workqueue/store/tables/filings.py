"""Post-entry filings by the routing that stands."""

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata

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
    Column("basis", Text),
    Column("answers_request", UUID(as_uuid=True)),
    Column("goods_center", Text),
    Index("filings_pending", "importer_number", postgresql_where=text("center = 'PNDING'::text")),
    Index(
        "filings_entries",
        "entry_numbers",
        postgresql_using="gin",
        postgresql_ops={"entry_numbers": "jsonb_path_ops"},
        postgresql_with={"fastupdate": "off"},
    ),
    Index("filings_answers", "answers_request", postgresql_where=text("answers_request IS NOT NULL")),
    comment="Post-entry filings by the routing that stands, without protests and appeals against a Center.",
)
