"""Requests for information and notices of action, with what officers did and what parties answered."""

from sqlalchemy import BigInteger, Column, Computed, Date, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata
from services.workqueue.store.tables.words import WORDS_IN_INDEX

REQUEST_ORDER = ("due_order", "request_id")

requests = Table(
    "requests",
    metadata,
    Column("request_id", UUID(as_uuid=True), primary_key=True),
    Column("item_id", UUID(as_uuid=True), nullable=False),
    Column("form", Text, nullable=False),
    Column("entry_numbers", JSONB, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("center", Text, nullable=False),
    Column("questions", JSONB, nullable=False),
    Column("issued_on", Date),
    Column("due_on", Date),
    Column("issued_by", Text, nullable=False),
    Column("issued_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("issued_at", DateTime(timezone=True)),
    Column("authority", Text),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    Column("issue", Text),
    Column("goods", Text),
    Column("effect_cents", BigInteger),
    Column("asked_until", Date),
    Column("stage", Text, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("from_request", UUID(as_uuid=True)),
    Column("filer_code", Text),
    Column("told_overdue_on", Date),
    Column("due_order", Date, Computed("COALESCE(due_on, 'infinity'::date)", persisted=True), nullable=False),
    Index("requests_item", "item_id"),
    Index("requests_entry", text("(entry_numbers ->> 0)")),
    Index("requests_due", *REQUEST_ORDER),
    Index("requests_center_due", "center", *REQUEST_ORDER),
    Index("requests_importer_due", "importer_number", *REQUEST_ORDER),
    Index("requests_entries", "entry_numbers", postgresql_using="gin"),
    Index("requests_words", text(WORDS_IN_INDEX["requests"]), postgresql_using="gin"),
    Index(
        "requests_waiting",
        "due_on",
        postgresql_where=text("stage IN ('issued', 'reminded', 'proposed') AND told_overdue_on IS NULL"),
    ),
    comment="Requests for information (CBP 28) and notices of action (CBP 29) to importers.",
)

request_acts = Table(
    "request_acts",
    metadata,
    Column("request_id", UUID(as_uuid=True), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("act", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("done_by", Text, nullable=False),
    Column("done_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("fields", JSONB, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("stage", Text, nullable=False),
    Column("authority", Text, nullable=False),
    comment="What officers did with a request or notice, with what they recorded and the stage that it led to.",
)

request_answers = Table(
    "request_answers",
    metadata,
    Column("answer_id", UUID(as_uuid=True), primary_key=True),
    Column("request_id", UUID(as_uuid=True), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("text", Text, nullable=False),
    Column("files", JSONB, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("answered_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("authority", Text, nullable=False),
    Index("request_answers_request", "request_id"),
    Index("request_answers_words", text(WORDS_IN_INDEX["request_answers"]), postgresql_using="gin"),
    comment="What parties answered over the API; answers by filing are in `filings`.",
)
