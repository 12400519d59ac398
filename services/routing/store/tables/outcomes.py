"""What reviews of entries decided."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

review_outcomes = Table(
    "review_outcomes",
    metadata,
    Column("decision_id", Text, primary_key=True),
    Column("entry_number", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("effect_cents", BigInteger, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("judged", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Index("review_outcomes_entry", "entry_number"),
    comment="What reviews decided, with the effect on duty and fees: positive is an increase, negative a refund.",
)
