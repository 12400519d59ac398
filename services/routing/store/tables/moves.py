"""Moves of open matters to another Center."""

from sqlalchemy import Column, DateTime, Integer, Table, Text

from services.routing.store.tables.core import metadata

moves = Table(
    "moves",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("from_center", Text, nullable=False),
    Column("to_center", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("moved_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("moved_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text),
    comment="Open matters that a person moved to another Center, an entry or a filing: who, when, why. Only added to.",
)
