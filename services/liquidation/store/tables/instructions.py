"""The tables of instructions: messages that tell CBP to suspend or to lift, and what each did."""

from sqlalchemy import Column, Date, DateTime, Integer, Table, Text
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
    Column("authority", Text),
    Column("went_round_at", DateTime(timezone=True)),
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
