"""Acts on many items, and what became of each."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata

bulk_runs = Table(
    "bulk_runs",
    metadata,
    Column("run_id", UUID(as_uuid=True), primary_key=True),
    Column("act", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("query", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", JSONB, nullable=False),
    Column("signature", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("is_cut", Boolean, nullable=False),
    Column("foreseen", Integer, nullable=False),
    Column("value_usd", BigInteger, nullable=False),
    Column("needs_second", Boolean, nullable=False),
    Column("begun_by", Text),
    Column("begun_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Index("bulk_runs_by_age", "asked_at", "run_id"),
    Index("bulk_runs_by_state", "state", "asked_at", "run_id"),
    Index("bulk_runs_going", "asked_at", postgresql_where=text("state IN ('looking', 'running')")),
    comment="One act on the items that a filter gave, with who asked for it and who began it.",
)
bulk_checks = Table(
    "bulk_checks",
    metadata,
    Column("run_id", UUID(as_uuid=True), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("verdict", Text, nullable=False),
    Column("says", Text, nullable=False),
    Column("checked_by", Text, nullable=False),
    Column("checked_at", DateTime(timezone=True), nullable=False),
    comment="What a person found who looked at an item of the sample of a run, before it began.",
)
bulk_items = Table(
    "bulk_items",
    metadata,
    Column("run_id", UUID(as_uuid=True), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("item_id", UUID(as_uuid=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("is_looked_at", Boolean, nullable=False),
    Column("code", Text),
    Column("says", Text),
    Column("at", DateTime(timezone=True)),
    Index("bulk_items_pending", "run_id", "number", postgresql_where=text("state = 'pending'::text")),
    comment="What became of each item of a run, written with the act itself.",
)
