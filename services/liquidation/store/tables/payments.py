"""The tables of payments of programs."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from services.liquidation.store.tables.records import metadata

payments = Table(
    "payments",
    metadata,
    Column("payment", Text, primary_key=True),
    Column("program", Text, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("payee_number", Text, nullable=False),
    Column("posted_on", Date, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("missing", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("closed_at", DateTime(timezone=True), nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("refunds", BigInteger, nullable=False),
    Column("removed_cents", BigInteger, nullable=False),
    Column("interest_cents", BigInteger, nullable=False),
    Column("refund_cents", BigInteger, nullable=False),
    Column("delay_cents", BigInteger, nullable=False),
    Column("offset_cents", BigInteger, nullable=False),
    Column("certified_on", Date),
    Column("certified_by", Text),
    Column("certified_for", Text),
    Column("paid_on", Date),
    Column("paid_by", Text),
    Column("paid_for", Text),
    Column("returned_on", Date),
    Column("replaced_by", JSONB),
    UniqueConstraint("program", "importer_number", "payee_number", "posted_on", "ordinal"),
    Index("payments_program", "program", "payment"),
    Index("payments_importer", "importer_number", "payment"),
    Index(
        "payments_open",
        "checked_on",
        "payment",
        postgresql_where=text("state IN ('waiting', 'ready', 'certified', 'returned')"),
    ),
    comment="Payments of programs: the refunds of one program to one payee of one posting day, and how far each has"
    " come.",
)

payment_refunds = Table(
    "payment_refunds",
    metadata,
    Column("refund_number", Text, primary_key=True),
    Column("payment", Text, nullable=False),
    Column("entry_number", Text, nullable=False),
    Index("payment_refunds_payment", "payment", "entry_number"),
    comment="Which refunds are paid with which payment; a refund is in one at most.",
)

payment_offsets = Table(
    "payment_offsets",
    metadata,
    Column("payment", Text, primary_key=True),
    Column("bill_number", Text, primary_key=True),
    Column("entry_number", Text, nullable=False),
    Column("told_on", Date, nullable=False),
    Column("apply_from", Date, nullable=False),
    Column("told_cents", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("settled_on", Date),
    Column("bill_payment", Integer),
    Column("why", Text),
    Index(
        "payment_offsets_open",
        "bill_number",
        unique=True,
        postgresql_where=text("state IN ('intended', 'certified')"),
    ),
    comment="What of a payment is set off against which bill: intended and told, certified, applied, or released and"
    " why.",
)

payment_settlements = Table(
    "payment_settlements",
    metadata,
    Column("refund_number", Text, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("payment", Text, nullable=False),
    Column("entry_number", Text, nullable=False),
    Column("settled_on", Date, nullable=False),
    Column("cents", BigInteger, nullable=False),
    Index("payment_settlements_payment", "payment"),
    Index("payment_settlements_entry", "entry_number"),
    comment="What of each refund was settled by set-off against bills, with which part of its payment: it stays"
    " settled.",
)

payment_events = Table(
    "payment_events",
    metadata,
    Column("payment", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("part", Integer, nullable=False),
    Column("change", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    Column("actor", Text),
    Column("acting_for", Text),
    Column("authority", Text),
    comment="What was done with payments, by people and by the law, only added to.",
)

payment_closings = Table(
    "payment_closings",
    metadata,
    Column("program", Text, primary_key=True),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("reached", Text, nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    comment="Posting days whose refunds go into payments, and to which importer they have.",
)

payment_latecomers = Table(
    "payment_latecomers",
    metadata,
    Column("refund_number", Text, primary_key=True),
    Column("program", Text, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Index("payment_latecomers_day", "opened_on", "importer_number"),
    comment="Refunds of programs whose amount became known after the posting, until they are in a payment.",
)
