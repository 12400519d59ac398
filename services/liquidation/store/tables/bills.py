"""The tables of bills and their payments."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.liquidation.store.tables.records import metadata

bills = Table(
    "bills",
    metadata,
    Column("bill_number", Text, primary_key=True),
    Column("entry_number", Text, nullable=False),
    Column("act_key", Text, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("surety_code", Text),
    Column("principal", JSONB, nullable=False),
    Column("interest_cents", BigInteger, nullable=False),
    Column("billed_cents", BigInteger, nullable=False),
    Column("liquidated_on", Date, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("replaced_by", Text),
    Column("stood_on", Date, nullable=False),
    Column("open_cents", BigInteger, nullable=False),
    Column("delinquency_cents", BigInteger, nullable=False),
    Column("surplus_cents", BigInteger, nullable=False),
    Column("settled_on", Date),
    Column("blocks", JSONB, nullable=False),
    Column("unknown_because", Text),
    Column("noticed_through", Date, nullable=False),
    Column("next_step_on", Date),
    Index("bills_entry", "entry_number"),
    Index("bills_importer", "importer_number", "bill_number"),
    Index("bills_stepping", "next_step_on", postgresql_where=text("next_step_on IS NOT NULL")),
    comment="Bills: what was billed and how it stood on a day: open, delinquent, paid, or replaced by a later act.",
)

bill_payments = Table(
    "bill_payments",
    metadata,
    Column("bill_number", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("received_on", Date, nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("payer", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_for", Text),
    comment="Payments on bills, only added to; the day of receipt counts.",
)
