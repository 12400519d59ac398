"""The tables of acts of people: instructions, suspensions, reliquidations, nightly comparisons."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.liquidation.store.tables.records import metadata

instructions = Table(
    "instructions",
    metadata,
    Column("instruction_id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("reference", Text),
    Column("message_number", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("noticed_on", Date, nullable=False),
    Column("predicate", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_for", Text),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("confirmed_by", Text),
    Column("confirmed_for", Text),
    comment="Messages that tell CBP to suspend or to lift, with the entries that each means: draft, confirmed.",
)

instruction_results = Table(
    "instruction_results",
    metadata,
    Column("instruction_id", Text, primary_key=True),
    Column("entry_number", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("detail", Text, nullable=False),
    comment="What an instruction did to each entry that it means, once for each.",
)

suspensions = Table(
    "suspensions",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("ground", Text, primary_key=True),
    Column("began_on", Date, primary_key=True),
    Column("authority", Text, nullable=False),
    Column("is_filed", Boolean, nullable=False),
    Column("instruction_id", Text),
    Column("lift_noticed_on", Date),
    Column("lift_source", Text),
    Column("lift_instruction_id", Text),
    Index("suspensions_standing", "entry_number", postgresql_where=text("lift_noticed_on IS NULL")),
    comment="Suspensions by instruction, and those of the summary itself once they were lifted.",
)

reliquidations = Table(
    "reliquidations",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("reliquidated_on", Date, nullable=False),
    Column("writer", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("effect_duty_cents", BigInteger, nullable=False),
    Column("effect_fees_cents", BigInteger, nullable=False),
    Column("change_duty_cents", BigInteger, nullable=False),
    Column("change_fees_cents", BigInteger, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("acted_by", Text, nullable=False),
    Column("acted_for", Text),
    comment="Reliquidations: the whole effect against the amounts as asserted, and what each changed.",
)

voided_liquidations = Table(
    "voided_liquidations",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("liquidated_on", Date, nullable=False),
    Column("liquidation_posted_on", Date, nullable=False),
    Column("liquidation_kind", Text, nullable=False),
    Column("liquidation_rule", Text, nullable=False),
    Column("effect_duty_cents", BigInteger, nullable=False),
    Column("effect_fees_cents", BigInteger, nullable=False),
    Column("voided_on", Date, nullable=False),
    Column("rule", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("acted_by", Text, nullable=False),
    Column("acted_for", Text),
    comment="Liquidations without effect in law: in breach of an injunction, or deemed while suspended.",
)

recomputes = Table(
    "recomputes",
    metadata,
    Column("recomputed_on", Date, primary_key=True),
    Column("entries", BigInteger, nullable=False),
    Column("differences", BigInteger, nullable=False),
    Column("reached", Text, nullable=False),
    Column("is_done", Boolean, nullable=False),
    comment="Nightly comparisons of the stored record with what follows from the facts; reached: the last entry.",
)

recompute_differences = Table(
    "recompute_differences",
    metadata,
    Column("recomputed_on", Date, primary_key=True),
    Column("entry_number", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("stored", Text),
    Column("derived", Text),
    comment="Where the stored record differs from what follows from the facts; never mended by the comparison.",
)
