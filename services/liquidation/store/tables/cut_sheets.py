"""The tables of forecasts and cut sheets: what a cycle is going to do, and who confirmed it."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Index, Integer, Table, Text, text

from services.liquidation.store.tables.records import entries, legal_events, metadata

cycle_forecasts = Table(
    "cycle_forecasts",
    metadata,
    Column("cycle_on", Date, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("liquidated", BigInteger, nullable=False),
    Column("with_decision", BigInteger, nullable=False),
    Column("deemed", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("despite_hold", BigInteger, nullable=False),
    Column("late_decisions", BigInteger, nullable=False),
    Column("suspended", BigInteger, nullable=False),
    Column("duty_cents", BigInteger, nullable=False),
    Column("fees_cents", BigInteger, nullable=False),
    Column("effect_duty_cents", BigInteger, nullable=False),
    Column("effect_fees_cents", BigInteger, nullable=False),
    Column("has_entries", Boolean, nullable=False),
    comment="Dry runs of a cycle; the entries of the two newest of a Friday, and of its cut sheet, are kept.",
)

forecast_entries = Table(
    "forecast_entries",
    metadata,
    Column("cycle_on", Date, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("entry_number", Text, primary_key=True),
    Column("disposition", Text, nullable=False),
    comment="What a dry run says of each entry: deemed, by-decision, as-entered, held.",
    postgresql_partition_by="RANGE (cycle_on)",
)

cut_sheets = Table(
    "cut_sheets",
    metadata,
    Column("cycle_on", Date, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("forecast_number", Integer, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Text, nullable=False),
    comment="The cut sheet of a cycle: the dry run after the Wednesday cut that two people confirm.",
)

cut_sheet_confirmations = Table(
    "cut_sheet_confirmations",
    metadata,
    Column("cycle_on", Date, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("capacity", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("acting_for", Text),
    Column("confirmed_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text),
    comment="Who confirmed which revision of a cut sheet, as specialist and as supervisor.",
)

# By these a cycle that has run is told apart from what people liquidated.
Index("entries_of_cycle", entries.c.liquidation_cycle_on, postgresql_using="brin")
Index(
    "legal_events_by_hand",
    legal_events.c.occurred_on,
    postgresql_where=text("change = 'liquidated' AND actor IS NOT NULL"),
)
