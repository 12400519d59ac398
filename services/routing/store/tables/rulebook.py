"""What tells the event path that the rules changed."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Table, Text, func

from services.routing.store.tables.core import metadata

rule_changes = Table(
    "rule_changes",
    metadata,
    Column("sequence", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="Every change of what decisions are made with: maps, criteria, policies, Centers. Only added to.",
)
