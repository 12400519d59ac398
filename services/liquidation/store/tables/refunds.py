"""The table of refunds."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.liquidation.store.tables.records import metadata

refunds = Table(
    "refunds",
    metadata,
    Column("refund_number", Text, primary_key=True),
    Column("entry_number", Text, nullable=False),
    Column("act_key", Text, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("surety_code", Text),
    Column("principal", JSONB, nullable=False),
    Column("interest_cents", BigInteger, nullable=False),
    Column("refund_cents", BigInteger, nullable=False),
    Column("liquidated_on", Date, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("missing", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("replaced_by", Text),
    Column("certified_on", Date),
    Column("certified_by", Text),
    Column("certified_for", Text),
    Column("paid_on", Date),
    Column("paid_by", Text),
    Column("paid_for", Text),
    Column("delay_cents", BigInteger),
    Column("delay_blocks", JSONB, nullable=False),
    Index("refunds_entry", "entry_number"),
    Index("refunds_importer", "importer_number", "refund_number"),
    comment="Refunds: waiting for enrollment, ready, certified, paid, or replaced by a later act.",
)
