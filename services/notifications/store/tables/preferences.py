"""What recipients asked for beside what the law requires."""

from sqlalchemy import Column, DateTime, Integer, Table, Text

from services.notifications.store.tables.core import metadata

preferences = Table(
    "preferences",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("second_email", Text),
    Column("revision", Integer, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    comment="By importer number or id of a party: a second language, and whom to reach when the first contact is not.",
)
