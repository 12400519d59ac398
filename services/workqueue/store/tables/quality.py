"""Second reviews of decisions: how many, which, and what they found."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata

quality_plans = Table(
    "quality_plans",
    metadata,
    Column("center", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("floor_percent", Integer, nullable=False),
    Column("by_criterion", JSONB, nullable=False),
    Column("by_officer", JSONB, nullable=False),
    Column("money_from_usd", BigInteger),
    Column("money_percent", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_by_name", Text, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text, nullable=False),
    comment="How many decisions of a Center are reviewed a second time; the highest version stands.",
)
quality_samples = Table(
    "quality_samples",
    metadata,
    Column("sample_id", UUID(as_uuid=True), primary_key=True),
    Column("decision_id", UUID(as_uuid=True), nullable=False),
    Column("item_id", UUID(as_uuid=True), nullable=False),
    Column("center", Text, nullable=False),
    Column("stratum", Text, nullable=False),
    Column("drawn_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("reviewer", Text),
    Column("reviewer_name", Text),
    Column("taken_at", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("reason", Text),
    Column("done_at", DateTime(timezone=True)),
    UniqueConstraint("decision_id", name="quality_samples_decision_id_key"),
    Index("quality_samples_queue", "center", "drawn_at", "sample_id", postgresql_where=text("state <> 'done'::text")),
    Index("quality_samples_done", "done_at", postgresql_where=text("state = 'done'::text")),
    Index("quality_samples_reviewer", "item_id", "reviewer", postgresql_where=text("state = 'taken'::text")),
    comment="Decisions that are reviewed a second time, blind, and what the second review found.",
)
