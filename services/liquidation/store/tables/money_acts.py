"""The table of what was done about the money of entries."""

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text

from services.liquidation.store.tables.records import metadata

money_acts = Table(
    "money_acts",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("event_key", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("change", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("rule", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("bill_number", Text),
    Column("refund_number", Text),
    Column("cents", BigInteger),
    Column("actor", Text),
    Column("authority", Text),
    comment="Notices, demands, payments and certifications on an entry's bills and refunds, each once; only added to.",
)
