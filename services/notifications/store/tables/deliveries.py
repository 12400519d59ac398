"""Deliveries and their ledger."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

from services.notifications.store.tables.core import metadata

deliveries = Table(
    "deliveries",
    metadata,
    Column("notice_id", UUID(as_uuid=True), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("recipient_role", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("importer_number", Text),
    Column("state", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("is_waiting", Boolean, nullable=False),
    Column("message_id", Text),
    Column("sent_to", Text),
    Column("last_error", Text),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("next_try_at", DateTime(timezone=True)),
    Column("held_for", Text),
    Column("settled_at", DateTime(timezone=True)),
    Column("lane", Integer, nullable=False, server_default=text("1")),
    Index("deliveries_due", "lane", "next_try_at", postgresql_where=text("state = 'queued'::text")),
    Index(
        "deliveries_letters", "queued_at", postgresql_where=text("state = 'queued'::text AND channel = 'mail'::text")
    ),
    Index(
        "deliveries_unaddressed",
        "importer_number",
        postgresql_where=text("is_waiting OR state = 'no-address'::text"),
    ),
    Index(
        "deliveries_unaddressed_party",
        "recipient_role",
        postgresql_where=text("(is_waiting OR state = 'no-address'::text) AND recipient_role <> 'importer'::text"),
    ),
    Index(
        "deliveries_webhook",
        "channel",
        "queued_at",
        "notice_id",
        postgresql_where=text("channel <> 'email'::text AND channel <> 'bulletin'::text"),
    ),
    Index(
        "deliveries_calls",
        "channel",
        "next_try_at",
        postgresql_where=text("state = 'queued'::text AND lane = 3"),
    ),
    Index("deliveries_digest", "message_id", postgresql_where=text("message_id ~~ '<digest.%'::text")),
    comment="The state of each notice on each way to each recipient.",
)

delivery_events = Table(
    "delivery_events",
    metadata,
    Column("notice_id", UUID(as_uuid=True), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("recipient_role", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("event", Text, nullable=False),
    Column("detail", Text),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(
        "delivery_events_sent_once",
        "notice_id",
        "channel",
        "recipient_role",
        unique=True,
        postgresql_where=text("event = 'sent'::text"),
    ),
    comment="The delivery ledger: every change and every failed try, append-only.",
)
