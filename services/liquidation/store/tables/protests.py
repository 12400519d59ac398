"""The tables of protests beside the filing: its entries, its acts, what was decided on each line."""

from typing import Final

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.liquidation.store.tables.records import metadata, protests

FILER_CODE: Final = "left(entries ->> 0, 3)"
"""The filer's code in the first entry of a protest, as SQL: all entries of what a broker sees have its own."""

SURETY_CODE: Final = "(filed_by ->> 'id')"
IS_OF_SURETY: Final = "filed_by ->> 'role' = 'surety'"

protest_entries = Table(
    "protest_entries",
    metadata,
    Column("filing_number", Text, primary_key=True),
    Column("entry_number", Text, primary_key=True),
    Column("timeliness", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("decided_on", Date),
    Column("protest_by", Date),
    Column("arguable_by", Date),
    Column("outcome", Text),
    Index("protest_entries_entry", "entry_number"),
    Index("protest_entries_unknown", "entry_number", postgresql_where=text("timeliness = 'unknown'")),
    comment="Each entry that a protest names: whether it came in time, counted from which day, and what was decided.",
)

protest_acts = Table(
    "protest_acts",
    metadata,
    Column("filing_number", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("acted_on", Date, nullable=False),
    Column("acted_at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("acting_for", Text),
    Column("rule", Text, nullable=False),
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("authority", Text),
    comment="What was done on a protest, by people and by the law, only added to.",
)

protest_decisions = Table(
    "protest_decisions",
    metadata,
    Column("filing_number", Text, primary_key=True),
    Column("act_number", Integer, primary_key=True, autoincrement=False),
    Column("entry_number", Text, primary_key=True),
    Column("line_number", Integer, primary_key=True, autoincrement=False),
    Column("outcome", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("change_duty_cents", BigInteger, nullable=False),
    Column("change_fees_cents", BigInteger, nullable=False),
    comment="What a signed decision says of each entry and line; line 0 is the whole entry.",
)

Index("protests_state", protests.c.state, protests.c.filing_number)
Index("protests_lead", protests.c.lead_protest, postgresql_where=text("lead_protest IS NOT NULL"))
Index("protests_filer_code", text(FILER_CODE), protests.c.filing_number)
Index("protests_surety", text(SURETY_CODE), protests.c.filing_number, postgresql_where=text(IS_OF_SURETY))
