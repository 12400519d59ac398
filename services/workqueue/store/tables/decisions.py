"""Decisions, advice and answers, and what was decided on goods."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata
from services.workqueue.store.tables.words import WORDS_IN_INDEX

decisions = Table(
    "decisions",
    metadata,
    Column("item_id", UUID(as_uuid=True), nullable=False),
    Column("decision_id", UUID(as_uuid=True), primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("duty_cents", BigInteger, nullable=False),
    Column("fees_cents", BigInteger, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("legal_basis", JSONB, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("by_class", JSONB, nullable=False, server_default=text("'[]'")),
    Column("authority", Text),
    Column("found", JSONB, nullable=False, server_default=text("'[]'")),
    Column("refused_at", DateTime(timezone=True)),
    Column("refused_rule", Text),
    Column("refused_citation", Text),
    Column("remedy", Text),
    Index("decisions_standing", "item_id", unique=True, postgresql_where=text("refused_at IS NULL")),
    Index("decisions_refused", "item_id", postgresql_where=text("refused_at IS NOT NULL")),
    Index("decisions_decided_at", "decided_at"),
    Index("decisions_words", text(WORDS_IN_INDEX["decisions"]), postgresql_using="gin"),
    comment="What completed each item, with reasons and legal basis; one that was refused stays beside the next.",
)

decided_goods = Table(
    "decided_goods",
    metadata,
    Column("decision_id", UUID(as_uuid=True), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("goods_key", Text, nullable=False),
    Column("item_id", UUID(as_uuid=True), nullable=False),
    Column("entry_number", Text, nullable=False),
    Column("line_number", SmallInteger, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("center", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("issue", Text),
    Column("declared", Text, nullable=False),
    Column("found", Text, nullable=False),
    Column("ruling", Text),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("refused", Boolean, nullable=False, server_default=text("false")),
    Index("decided_goods_key", "goods_key", "decided_at"),
    comment="What reviews decided on goods, by key: kept as declared (no issue), or found otherwise on an issue.",
)
