"""The tables that every service has beside its own.

Offsets, inbox, outbox with what the bus refuses, dead letters, idempotency keys.
"""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB


@dataclass(frozen=True, slots=True)
class PlatformTables:
    """The platform's tables in one service's database."""

    offsets: Table
    inbox: Table
    outbox: Table
    outbox_set_aside: Table
    dead_letters: Table
    idempotency_keys: Table


def platform_tables(metadata: MetaData) -> PlatformTables:
    """Declare the platform's tables on a service's metadata."""
    return PlatformTables(
        offsets=Table(
            "consumer_offsets",
            metadata,
            Column("group_name", Text, primary_key=True),
            Column("topic", Text, primary_key=True),
            Column("partition", Integer, primary_key=True),
            Column("next_offset", BigInteger, nullable=False),
            Column("refused_streak", Integer, nullable=False, server_default=text("0")),
            Column("failed_streak", Integer, nullable=False, server_default=text("0")),
            Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        ),
        inbox=Table(
            "inbox",
            metadata,
            Column("event_key", LargeBinary, primary_key=True),
            Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
            Column("content_digest", LargeBinary),  # null: applied before digests were kept, so what it said is unknown
            Index("inbox_received_at", "received_at", postgresql_using="brin"),
        ),
        outbox=Table(
            "outbox",
            metadata,
            Column("id", BigInteger, Identity(always=True), primary_key=True),
            Column("topic", Text, nullable=False),
            Column("key", Text, nullable=False),
            Column("value", LargeBinary, nullable=False),
            Column("headers", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        ),
        outbox_set_aside=Table(
            "outbox_set_aside",
            metadata,
            Column("id", BigInteger, primary_key=True, autoincrement=False),  # the one that it had in the outbox
            Column("topic", Text, nullable=False),
            Column("key", Text, nullable=False),
            Column("value", LargeBinary, nullable=False),
            Column("headers", JSONB, nullable=False),
            Column("reason", Text, nullable=False),
            Column("set_aside_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
            Column("state", Text, nullable=False, server_default=text("'waiting'::text")),
            Index("outbox_set_aside_waiting", "id", postgresql_where=text("state = 'waiting'::text")),
        ),
        dead_letters=Table(
            "dead_letters",
            metadata,
            Column("id", BigInteger, Identity(always=True), primary_key=True),
            Column("group_name", Text, nullable=False),
            Column("topic", Text, nullable=False),
            Column("partition", Integer, nullable=False),
            Column("log_offset", BigInteger, nullable=False),
            Column("key", LargeBinary),
            Column("value", LargeBinary),
            Column("headers", JSONB, nullable=False),
            Column("reason", Text, nullable=False),
            Column("detail", Text, nullable=False),
            Column("attempts", Integer, nullable=False),
            Column("first_failed_at", DateTime(timezone=True), nullable=False),
            Column("last_failed_at", DateTime(timezone=True), nullable=False),
            Column("code_version", Text, nullable=False),
            Column("state", Text, nullable=False, server_default=text("'parked'::text")),
            Index("dead_letters_origin", "group_name", "topic", "partition", "log_offset", unique=True),
            Index("dead_letters_replay", "id", postgresql_where=text("state = 'replay-requested'::text")),
        ),
        idempotency_keys=Table(
            "idempotency_keys",
            metadata,
            Column("key", Text, primary_key=True),
            Column("identity", Text, primary_key=True),
            Column("request_hash", Text, nullable=False),
            Column("status", Integer, nullable=False),
            Column("response", JSONB, nullable=False),
            Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        ),
    )
