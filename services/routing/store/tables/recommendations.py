"""Recommendations of policy analysis, with what became of them."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.routing.store.tables.core import metadata

recommendations = Table(
    "recommendations",
    metadata,
    Column("recommendation_id", UUID(as_uuid=True), primary_key=True),
    Column("matter", UUID(as_uuid=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("revision", Integer),
    Column("expected_effect", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("before", Numeric, nullable=False),
    Column("expected", Numeric, nullable=False),
    Column("compare_on", Date, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("recommendations_due", "compare_on", "recommendation_id"),
    comment="What policy analysis recommended, the draft that it became, what is expected of it, and when that is"
    " compared.",
)
recommendation_results = Table(
    "recommendation_results",
    metadata,
    Column("recommendation_id", UUID(as_uuid=True), primary_key=True),
    Column("actual", Numeric, nullable=False),
    Column("finding", Text, nullable=False),
    Column("compared_by", Text, nullable=False),
    Column("compared_at", DateTime(timezone=True), nullable=False),
    comment="What became of a recommendation, beside what was expected.",
)
