"""Versions of the assignment policy beside those that the product is shipped with."""

from sqlalchemy import Column, Date, DateTime, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

assignment_policies = Table(
    "assignment_policies",
    metadata,
    Column("version", Text, primary_key=True),
    Column("effective_on", Date),
    Column("document", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_acting_for", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_by", Text),
    Column("confirmed_acting_for", Text),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("confirmed_reason", Text),
    Index("assignment_policies_effective_on", "effective_on", unique=True),
    comment="Proposed and confirmed versions of the assignment policy, each in force from its first day.",
)
