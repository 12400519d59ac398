"""Protests that are acted on together by criteria, the sample of each selection, and what became of each protest."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.liquidation.store.tables.records import metadata

protest_selections = Table(
    "protest_selections",
    metadata,
    Column("selection_id", UUID(as_uuid=True), primary_key=True),
    Column("criteria", JSONB, nullable=False),
    Column("act", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sample", Integer, nullable=False),
    Column("tolerated", Integer, nullable=False),
    Column("seed", Text, nullable=False),
    Column("asked_by", JSONB, nullable=False),
    Column("signature", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("protests", Integer, nullable=False),
    Column("is_cut", Boolean, nullable=False),
    Column("foreseen", Integer, nullable=False),
    Column("stake_cents", BigInteger, nullable=False),
    Column("stake_unknown", Integer, nullable=False),
    Column("change_cents", BigInteger, nullable=False),
    Column("needs_second", Boolean, nullable=False),
    Column("begun_by", Text),
    Column("begun_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Index("protest_selections_going", "asked_at", postgresql_where=text("state IN ('looking', 'running')")),
    comment="One act on the protests that criteria gave, with who asked for it and who began it.",
)
selected_protests = Table(
    "selected_protests",
    metadata,
    Column("selection_id", UUID(as_uuid=True), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("filing_number", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("is_looked_at", Boolean, nullable=False),
    Column("code", Text),
    Column("says", Text),
    Column("stake_cents", BigInteger),
    Column("change_cents", BigInteger, nullable=False),
    Column("at", DateTime(timezone=True)),
    Index("selected_protests_pending", "selection_id", "number", postgresql_where=text("state = 'pending'::text")),
    comment="What became of each protest of a selection, written with the act itself.",
)
selection_draws = Table(
    "selection_draws",
    metadata,
    Column("selection_id", UUID(as_uuid=True), primary_key=True),
    Column("seed", Text, nullable=False),
    Column("candidates", Integer, nullable=False),
    Column("numbers", ARRAY(Integer), nullable=False),
    Column("drawn_at", DateTime(timezone=True), nullable=False),
    comment="The sample of a selection, drawn once under its seed.",
)
selection_looks = Table(
    "selection_looks",
    metadata,
    Column("selection_id", UUID(as_uuid=True), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("verdict", Text, nullable=False),
    Column("says", Text, nullable=False),
    Column("looked_by", Text, nullable=False),
    Column("looked_at", DateTime(timezone=True), nullable=False),
    comment="What an officer found who looked at a protest of the sample of a selection.",
)
