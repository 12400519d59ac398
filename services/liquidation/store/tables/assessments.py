"""The table of assessments, and the index by which a cycle finds what to assess."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.liquidation.store.tables.records import entries, metadata

assessments = Table(
    "assessments",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("act_key", Text, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("liquidated_on", Date, nullable=False),
    Column("assessed_on", Date, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("found", JSONB, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("change_cents", BigInteger, nullable=False),
    Column("interest_cents", BigInteger),
    Column("interest_change_cents", BigInteger),
    Column("total_cents", BigInteger),
    Column("segments", JSONB, nullable=False),
    Column("is_disregarded", Boolean, nullable=False),
    Column("reason_code", Text),
    Column("missing", Text),
    Column("why", Text),
    Column("foreseen", Text),
    Column("required_on", Date),
    Column("required_basis", Text, nullable=False),
    Column("payee", Text),
    Column("bill_number", Text),
    Column("refund_number", Text),
    Column("claimed_on", Date),
    Column("terms", JSONB),
    Index("assessments_undetermined", "importer_number", postgresql_where=text("outcome = 'undetermined'")),
    comment="The money of each liquidation or reliquidation that changes some: by class, with interest, or what lacks.",
)

Index(
    "entries_assessable",
    entries.c.liquidation_cycle_on,
    entries.c.entry_number,
    postgresql_where=text("effect_duty_cents <> 0 OR effect_fees_cents <> 0"),
)
