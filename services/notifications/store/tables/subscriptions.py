"""What recipients asked to be told of, or no more."""

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Index, Integer, Table, Text, text

from services.notifications.store.tables.core import metadata

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("center", Text, primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("way", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("topic IN ('broadcasts', 'directory', 'guidance', 'questions')", name="subscriptions_topic"),
    Index("subscriptions_center", "center", "topic", postgresql_where=text("is_on")),
    comment="News of Centers that importers (by number) and parties (by id) asked for, or asked to be told no more.",
)
