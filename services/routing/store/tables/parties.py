"""Parties, what importers delegated to them, and the history of both."""

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import kept, metadata

parties, delegations = kept.parties, kept.delegations

party_changes = Table(
    "party_changes",
    metadata,
    Column("party_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("act", Text, nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    comment="Every change of a party: what, who, when, why. Only added to.",
)

delegation_acts = Table(
    "delegation_acts",
    metadata,
    Column("delegation_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("act", Text, nullable=False),
    Column("is_on_paper", Boolean, nullable=False),
    Column("revoked_on", Date),
    Column("reason", Text, nullable=False),
    Column("done_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("done_at", DateTime(timezone=True), nullable=False),
    comment="Every act on a delegation: granted, revoked, renounced; who, when, why. Only added to.",
)
