"""The table of cases of deemed liquidation."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, Table, Text, text

from services.liquidation.store.tables.records import metadata

deemed_cases = Table(
    "deemed_cases",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("deemed_on", Date, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("cause", Text, nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("closed_by", Text),
    Column("closed_because", Text),
    Column("authority", Text),
    Index("deemed_cases_open", "deemed_on", "entry_number", postgresql_where=text("state = 'open'")),
    comment="Entries deemed liquidated without anybody having meant it, each a case until somebody closes it.",
)
