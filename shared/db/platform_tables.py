"""The tables that every service has beside its own.

Those of the bus with what it refuses, of creating calls, and of scheduled jobs.
"""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
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
    job_runs: Table
    rows_set_aside: Table
    walks: Table
    invariant_findings: Table
    unsealed: Table
    seals: Table
    seal_runs: Table
    operator_acts: Table


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
            Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
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
            Column("settled_by", BigInteger),
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
            Column("settled_by", BigInteger),
            Index("dead_letters_origin", "group_name", "topic", "partition", "log_offset", unique=True),
            Index("dead_letters_replay", "id", postgresql_where=text("state = 'replay-requested'::text")),
            Index("dead_letters_parked", "reason", "topic", "id", postgresql_where=text("state = 'parked'::text")),
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
        job_runs=Table(
            "job_runs",
            metadata,
            Column("job", Text, primary_key=True),
            Column("every_seconds", Double, nullable=False),
            Column("result", Text, nullable=False, server_default=text("'never'::text")),
            Column("started_at", DateTime(timezone=True)),
            Column("ended_at", DateTime(timezone=True)),
            Column("duration_seconds", Double),
            Column("error", Text),
            Column("last_succeeded_at", DateTime(timezone=True)),
            Column("next_run_at", DateTime(timezone=True), nullable=False),
        ),
        rows_set_aside=Table(
            "rows_set_aside",
            metadata,
            Column("job", Text, primary_key=True),
            Column("key", Text, primary_key=True),
            Column("error", Text, nullable=False),
            Column("attempts", Integer, nullable=False),
            Column("first_failed_at", DateTime(timezone=True), nullable=False),
            Column("last_failed_at", DateTime(timezone=True), nullable=False),
            Column("skipped_until", DateTime(timezone=True), nullable=False),
            Column("row_id", BigInteger, Identity(always=True), nullable=False),
        ),
        walks=Table(
            "walks",
            metadata,
            Column("name", Text, primary_key=True),
            Column("reached", Text, nullable=False, server_default=text("''::text")),
            Column("began_at", DateTime(timezone=True), nullable=False),
            Column("went_round_at", DateTime(timezone=True)),
            Column("seen_until", DateTime(timezone=True), nullable=False),
            Column("seen_key", Text, nullable=False, server_default=text("''::text")),
        ),
        invariant_findings=Table(
            "invariant_findings",
            metadata,
            Column("name", Text, primary_key=True),
            Column("key", Text, primary_key=True),
            Column("line", Text, nullable=False),
            Column("found_at", DateTime(timezone=True), nullable=False),
        ),
        unsealed=Table(
            "unsealed",
            metadata,
            Column("source", Text, nullable=False),
            Column("subject", Text, nullable=False),
        ),
        seals=Table(
            "seals",
            metadata,
            Column("subject", Text, primary_key=True),
            Column("source", Text, primary_key=True),
            Column("position", Integer, primary_key=True, autoincrement=False),
            Column("line_key", Text, nullable=False),
            Column("digest", LargeBinary, nullable=False),
            Column("link", LargeBinary, nullable=False),
            Column("run", BigInteger, nullable=False),
            Index("seals_of_runs", "run"),
            postgresql_partition_by="HASH (subject)",
        ),
        seal_runs=Table(
            "seal_runs",
            metadata,
            Column("run", BigInteger, primary_key=True, autoincrement=False),
            Column("sealed_at", DateTime(timezone=True), nullable=False),
            Column("seals", Integer, nullable=False),
            Column("link", LargeBinary, nullable=False),
        ),
        operator_acts=Table(
            "operator_acts",
            metadata,
            Column("act_id", BigInteger, Identity(always=True), primary_key=True),
            Column("act", Text, nullable=False),
            Column("asked", JSONB, nullable=False),
            Column("reason", Text, nullable=False),
            Column("asked_by", Text, nullable=False),
            Column("asked_at", DateTime(timezone=True), nullable=False),
            Column("state", Text, nullable=False, server_default=text("'going-on'::text")),
            Column("total", BigInteger, nullable=False),
            Column("reached", BigInteger, nullable=False, server_default=text("0")),
            Column("done", BigInteger, nullable=False, server_default=text("0")),
            Column("result", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
            Column("ended_at", DateTime(timezone=True)),
            Index("operator_acts_going_on", "act_id", postgresql_where=text("state = 'going-on'::text")),
            Index("operator_acts_by_act", "act", "act_id"),
        ),
    )
