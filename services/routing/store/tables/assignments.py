"""Which Center an importer account has, and how it came to it."""

from sqlalchemy import Column, Date, DateTime, Integer, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

assignments = Table(
    "assignments",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("center", Text),
    Column("basis", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("assigned_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("policy_version", Text),
    Column("map_version", Text),
    Column("figures", JSONB),
    Column("runner_up", Text),
    Column("margin_basis_points", Integer),
    Column("confirmed_by", Text),
    Column("ground", Text),
    comment="Every Center assignment of an account, never changed, center null means unaligned.",
)
