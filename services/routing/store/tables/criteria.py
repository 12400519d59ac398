"""Selection criteria with their history, and what they hit."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.routing.store.tables.core import metadata

criteria = Table(
    "criteria",
    metadata,
    Column("criterion_id", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("shadow_from", Date),
    Column("live_from", Date),
    Column("retired_on", Date),
    Column("live_requested_by", Text),
    Column("live_requested_for", Text),
    comment="Selection criteria by revision, with the first day of each state; retired_on is the first day without it.",
)

criteria_changes = Table(
    "criteria_changes",
    metadata,
    Column("criterion_id", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("act", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("effective_on", Date),
    Column("definition", JSONB),
    Column("changed_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    comment="Every act on a criterion: who, when, why. Only added to.",
)

criterion_hits = Table(
    "criterion_hits",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("criterion_id", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("entry_date", Date, nullable=False),
    Index("criterion_hits_criterion", "criterion_id", "entry_date"),
    comment="Which criteria each version of an entry met: live, shadow (on trial), or floor (drawn at random).",
)
