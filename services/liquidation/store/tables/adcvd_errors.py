"""Rates that messages name, and what was said of errors at liquidation."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.liquidation.store.tables.records import metadata

instructed_rates = Table(
    "instructed_rates",
    metadata,
    Column("rate_id", UUID(as_uuid=True), primary_key=True),
    Column("message_number", Text, nullable=False),
    Column("case_number", Text, nullable=False),
    Column("rate_pct", Numeric(9, 4), nullable=False),
    Column("manufacturer_id", Text),
    Column("entered_from", Date),
    Column("entered_to", Date),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text, nullable=False),
    Index("instructed_rates_case", "case_number"),
    comment="Rates of antidumping and countervailing duty that messages of Commerce name, only added to.",
)
adcvd_explanations = Table(
    "adcvd_explanations",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("line_number", Integer, primary_key=True, autoincrement=False),
    Column("case_number", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("explanation", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text, nullable=False),
    comment="What was said of an error of antidumping or countervailing duty at liquidation, only added to.",
)
