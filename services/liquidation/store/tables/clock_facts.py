"""The table of days that start a clock and that no summary carries."""

from sqlalchemy import Column, Date, DateTime, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.liquidation.store.tables.records import metadata

clock_facts = Table(
    "clock_facts",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("final_withdrawal_on", Date),
    Column("reconciliation_due_on", Date),
    Column("designated_imports", JSONB, nullable=False, server_default=text("'[]'")),
    Column("deposited_on", Date),
    Column("waived_on", Date),
    Column("entry_basis", Text),
    Column("entry_filed_on", Date),
    Column("presented_on", Date),
    Column("withdrawn_on", Date),
    Column("explanation", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_for", Text),
    comment="Days that start a clock and that no summary carries, as people recorded them; the highest revision holds.",
)
