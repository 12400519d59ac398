"""The tables of hold sets: the predicates, what people did with them, and the entries that cycles held back."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.liquidation.store.tables.records import metadata

hold_sets = Table(
    "hold_sets",
    metadata,
    Column("hold_set_id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("predicate", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_for", Text),
    Column("applied_at", DateTime(timezone=True)),
    Column("lifted_at", DateTime(timezone=True)),
    comment="Entries that the weekly cycle is to hold back, as a predicate: draft, applied, lifted.",
)

hold_set_events = Table(
    "hold_set_events",
    metadata,
    Column("hold_set_id", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("change", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("acting_for", Text),
    Column("detail", Text),
    Column("entries", BigInteger),
    Column("authority", Text),
    comment="What happened to a hold set, only added to; entries as previewed when it was applied.",
)

held_entries = Table(
    "held_entries",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("hold_set_id", Text, primary_key=True),
    Column("first_held_on", Date, nullable=False),
    Column("last_held_on", Date, nullable=False),
    Column("is_overridden", Boolean, nullable=False),
    comment="Entries that a cycle held back, or took although they match because their period would have ended.",
)
