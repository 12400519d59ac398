"""Questions of a Center's community, with what people did with each."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.notifications.store.tables.core import metadata

questions = Table(
    "questions",
    metadata,
    Column("question_id", UUID(as_uuid=True), primary_key=True),
    Column("center", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("is_anonymous", Boolean, nullable=False),
    Column("asker", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asker_name", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("held_for", Text),
    Column("refused_for", Text),
    Column("merged_into", UUID(as_uuid=True)),
    Column("answer", Text),
    Column("answer_es", Text),
    Column("answered_by", Text),
    Column("rule", JSONB),
    Column("published", JSONB),
    Column("released_by", Text),
    Column("published_at", DateTime(timezone=True)),
    Column("rule_changed_at", DateTime(timezone=True)),
    Index("questions_asked", "asked_at", "question_id"),
    Index("questions_asker", "asker", "asked_at", "question_id"),
    Index(
        "questions_published",
        "published_at",
        "question_id",
        postgresql_where=text("published_at IS NOT NULL"),
    ),
    comment="Questions of the community of a Center; `published` is what the public reads.",
)

question_acts = Table(
    "question_acts",
    metadata,
    Column("question_id", UUID(as_uuid=True), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("act", Text, nullable=False),
    Column("by_whom", Text, nullable=False),
    Column("reason", Text),
    Column("content", JSONB),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="What was done with each question, by whom, with its words then. Only added to.",
)

question_followers = Table(
    "question_followers",
    metadata,
    Column("question_id", UUID(as_uuid=True), primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
    comment="Who is told when a question is answered: who asked it, or one merged with it, and who follows it.",
)
