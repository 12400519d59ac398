"""The tables of acts on entries: suspensions, reliquidations, voided liquidations."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table, Text, text

from services.liquidation.store.tables.records import metadata

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
    Column("liquidation_cycle_on", Date),
    comment="Liquidations without effect in law: in breach of an injunction, or deemed while suspended.",
)
