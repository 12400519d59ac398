"""Broadcasts of the Centers, whom each was for, and what people did with it."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Identity, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.notifications.store.tables.core import metadata

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("broadcast_id", UUID(as_uuid=True), primary_key=True),
    Column("center", Text, nullable=False),
    Column("nature", Text, nullable=False),
    Column("segment", JSONB, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("subject_es", Text),
    Column("body_es", Text),
    Column("effective_on", Date),
    Column("is_public", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("corrects", UUID(as_uuid=True)),
    Column("drafted_by", Text, nullable=False),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    Column("released_by", Text),
    Column("released_at", DateTime(timezone=True)),
    Column("planned_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Index("broadcasts_drafted", "drafted_at", "broadcast_id"),
    Index(
        "broadcasts_public",
        "released_at",
        "broadcast_id",
        postgresql_where=text("is_public AND released_at IS NOT NULL"),
    ),
    Index("broadcasts_sending", "released_at", postgresql_where=text("state = 'sending'::text")),
    comment="Broadcasts of the Centers; what a released one says is never changed.",
)

broadcast_acts = Table(
    "broadcast_acts",
    metadata,
    Column("broadcast_id", UUID(as_uuid=True), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("act", Text, nullable=False),
    Column("by_whom", Text, nullable=False),
    Column("reason", Text),
    Column("content", JSONB),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="What was done with each broadcast, by whom, with what it said then. Only added to.",
)

broadcast_recipients = Table(
    "broadcast_recipients",
    metadata,
    Column("broadcast_id", UUID(as_uuid=True), primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("unknown", JSONB, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("notice_id", UUID(as_uuid=True)),
    Column("ordinal", BigInteger, Identity(always=True), nullable=False),
    Index("broadcast_recipients_ordinal", "broadcast_id", "ordinal"),
    Index(
        "broadcast_recipients_waiting", "broadcast_id", "recipient", postgresql_where=text("state = 'waiting'::text")
    ),
    Index("broadcast_recipients_notice", "notice_id", postgresql_where=text("notice_id IS NOT NULL")),
    comment="Whom each broadcast was for when it was released: told, still waiting, or why not.",
)
