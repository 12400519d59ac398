"""Proposals to give an importer account a Center, or another one."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Identity, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

assignment_proposals = Table(
    "assignment_proposals",
    metadata,
    Column("proposal_id", BigInteger, Identity(always=True), primary_key=True),
    Column("importer_number", Text, nullable=False),
    Column("family", Text),
    Column("month", Date, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("present_center", Text),
    Column("proposed_center", Text, nullable=False),
    Column("runner_up", Text),
    Column("margin_basis_points", Integer, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("map_version", Text, nullable=False),
    Column("figures", JSONB, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Text),
    Column("decided_acting_for", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_center", Text),
    Column("ground", Text),
    Column("reason", Text),
    Column("effective_on", Date),
    Column("authority", Text),
    Index(
        "assignment_proposals_month",
        "importer_number",
        "policy_version",
        "month",
        unique=True,
        postgresql_where=text("state <> 'superseded'"),
    ),
    Index(
        "assignment_proposals_open",
        "importer_number",
        unique=True,
        postgresql_where=text("state = 'open'"),
    ),
    Index("assignment_proposals_state", "state", "proposal_id"),
    comment="Centers proposed for accounts from the figures, and what people decided on them.",
)
