"""The tables of weekly liquidation cycles: those that have run, and where the topics ended when one began."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.liquidation.store.tables.records import metadata

cycles = Table(
    "cycles",
    metadata,
    Column("cycle_on", Date, primary_key=True),
    Column("liquidated", BigInteger, nullable=False),
    Column("with_decision", BigInteger, nullable=False),
    Column("deemed", BigInteger, nullable=False),
    Column("decisions_refused", BigInteger, nullable=False),
    Column("run_at", DateTime(timezone=True), nullable=False),
    Column("run_by", Text, nullable=False),
    Column("increases", BigInteger, nullable=False, server_default=text("0")),
    Column("refunds", BigInteger, nullable=False, server_default=text("0")),
    Column("disregarded", BigInteger, nullable=False, server_default=text("0")),
    Column("undetermined", BigInteger, nullable=False, server_default=text("0")),
    Column("billed_cents", BigInteger, nullable=False, server_default=text("0")),
    Column("refund_cents", BigInteger, nullable=False, server_default=text("0")),
    Column("posted_on", Date),
    Column("unseen", JSONB(none_as_null=True)),
    comment="Weekly liquidation cycles that have run, one row for each Friday.",
)

cycle_cuts = Table(
    "cycle_cuts",
    metadata,
    Column("cycle_on", Date, primary_key=True),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("ends", JSONB(none_as_null=True)),
    Column("ends_read_at", DateTime(timezone=True)),
    comment="When the cycle of a Friday began, and where the topics ended: [topic, partition, next offset].",
)
