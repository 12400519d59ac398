"""What recipients asked for beside what the law requires."""

from sqlalchemy import Boolean, Column, DateTime, Integer, Table, Text, Time, text

from services.notifications.store.tables.core import metadata

preferences = Table(
    "preferences",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("second_email", Text),
    Column("quiet_since", Time),
    Column("quiet_to", Time),
    Column("time_zone", Text, nullable=False, server_default=text("'America/New_York'")),
    Column("is_digest", Boolean, nullable=False, server_default=text("false")),
    Column("wants_reminders", Boolean, nullable=False, server_default=text("true")),
    Column("revision", Integer, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    comment="By importer number or id of a party: a second language, a second contact, when what may wait is wanted.",
)
