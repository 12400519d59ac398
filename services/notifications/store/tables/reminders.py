"""Reminders that are not to be told any more."""

from sqlalchemy import Column, DateTime, Table, Text

from services.notifications.store.tables.core import metadata

withdrawn_reminders = Table(
    "withdrawn_reminders",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("withdrawn_at", DateTime(timezone=True), nullable=False),
    comment="Days of clocks that moved, were met or ended after they were told to be near.",
)
