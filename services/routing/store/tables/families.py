"""Account families and their history."""

from sqlalchemy import Column, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

account_families = Table(
    "account_families",
    metadata,
    Column("family", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    comment="Account families: several importer numbers that are one company. The accounts name their family.",
)

account_family_changes = Table(
    "account_family_changes",
    metadata,
    Column("family", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("added", JSONB, nullable=False),
    Column("removed", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    comment="Every change of a family: its name, the numbers that came and went, who, when, why. Only added to.",
)
