"""The tables of reminders."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.liquidation.store.tables.records import metadata

reminders = Table(
    "reminders",
    metadata,
    Column("clock", Text, primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("days_before", Integer, primary_key=True, autoincrement=False),
    Column("entry_number", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reminded_at", DateTime(timezone=True), nullable=False),
    Column("document", JSONB, nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    Index("reminders_ahead", "entry_number", "due_on", postgresql_where=text("withdrawn_at IS NULL")),
    comment="Which day of which clock was reminded of at which distance: each once.",
)
reminder_runs = Table(
    "reminder_runs",
    metadata,
    Column("day", Date, primary_key=True),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    comment="Legal days of which all reminders were judged; the newest says since when others may have come.",
)
