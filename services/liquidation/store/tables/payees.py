"""The tables of what people record about payees and deposits."""

from sqlalchemy import Boolean, Column, Date, Integer, Table, Text

from services.liquidation.store.tables.records import metadata

importer_refund_accounts = Table(
    "importer_refund_accounts",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("effective_on", Date, nullable=False),
    Column("is_corporation", Boolean),
    Column("pays_monthly", Boolean),
    Column("has_ach_enrollment", Boolean),
    Column("has_valid_bank_data", Boolean),
    Column("has_paper_waiver", Boolean, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_for", Text),
    Column("designee_number", Text),
    comment="How an importer can be paid and which rate it gets, by revision; only added to, the highest stands.",
)

deposit_facts = Table(
    "deposit_facts",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("required_on", Date),
    Column("claimed_on", Date),
    Column("case_order_on", Date),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_for", Text),
    comment="What the summary does not say of an entry's deposit and interest needs, by revision; the highest stands.",
)
