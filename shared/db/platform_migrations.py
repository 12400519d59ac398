"""The steps that create the platform's tables; run by each service's first migration, never edited."""

import re
from datetime import date
from itertools import pairwise

from alembic import op
from sqlalchemy import text

from shared.db.pieces import Pieces, make_pieces_sql, take_name_sql

V1 = """
CREATE TABLE consumer_offsets (
    group_name text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL,
    refused_streak integer NOT NULL DEFAULT 0,
    failed_streak integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_name, topic, partition)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE inbox (
    event_key bytea PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_received_at ON inbox USING brin (received_at);

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    key text NOT NULL,
    value bytea NOT NULL,
    headers jsonb NOT NULL DEFAULT '{}'
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_name text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    log_offset bigint NOT NULL,
    key bytea,
    value bytea,
    headers jsonb NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    attempts integer NOT NULL,
    first_failed_at timestamptz NOT NULL,
    last_failed_at timestamptz NOT NULL,
    code_version text NOT NULL,
    state text NOT NULL DEFAULT 'parked'
);
CREATE UNIQUE INDEX dead_letters_origin ON dead_letters (group_name, topic, partition, log_offset);
CREATE INDEX dead_letters_replay ON dead_letters (id) WHERE state = 'replay-requested';

CREATE TABLE idempotency_keys (
    key text NOT NULL,
    identity text NOT NULL,
    request_hash text NOT NULL,
    status integer NOT NULL,
    response jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (key, identity)
);
"""

V2 = """
ALTER TABLE inbox ADD COLUMN content_digest bytea;

CREATE TABLE outbox_set_aside (
    id bigint PRIMARY KEY,
    topic text NOT NULL,
    key text NOT NULL,
    value bytea NOT NULL,
    headers jsonb NOT NULL,
    reason text NOT NULL,
    set_aside_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting'
);
CREATE INDEX outbox_set_aside_waiting ON outbox_set_aside (id) WHERE state = 'waiting';
"""


V3 = """
CREATE TABLE job_runs (
    job text PRIMARY KEY,
    every_seconds double precision NOT NULL,
    result text NOT NULL DEFAULT 'never',
    started_at timestamptz,
    ended_at timestamptz,
    duration_seconds double precision,
    error text,
    last_succeeded_at timestamptz,
    next_run_at timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE rows_set_aside (
    job text NOT NULL,
    key text NOT NULL,
    error text NOT NULL,
    attempts integer NOT NULL,
    first_failed_at timestamptz NOT NULL,
    last_failed_at timestamptz NOT NULL,
    skipped_until timestamptz NOT NULL,
    PRIMARY KEY (job, key)
);

CREATE TABLE walks (
    name text PRIMARY KEY,
    reached text NOT NULL DEFAULT '',
    began_at timestamptz NOT NULL,
    went_round_at timestamptz,
    seen_until timestamptz NOT NULL,
    seen_key text NOT NULL DEFAULT ''
) WITH (fillfactor = 50);

CREATE TABLE invariant_findings (
    name text NOT NULL,
    key text NOT NULL,
    line text NOT NULL,
    found_at timestamptz NOT NULL,
    PRIMARY KEY (name, key)
);
"""


V4 = """
CREATE TABLE unsealed (
    source text NOT NULL,
    subject text NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE seals (
    subject text NOT NULL,
    source text NOT NULL,
    position integer NOT NULL,
    line_key text NOT NULL,
    digest bytea NOT NULL,
    link bytea NOT NULL,
    run bigint NOT NULL,
    PRIMARY KEY (subject, source, position)
);
CREATE INDEX seals_of_runs ON seals (run);

CREATE TABLE seal_runs (
    run bigint PRIMARY KEY,
    sealed_at timestamptz NOT NULL,
    seals integer NOT NULL,
    link bytea NOT NULL
);
"""

V5 = """
CREATE TABLE operator_acts (
    act_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    act text NOT NULL,
    asked jsonb NOT NULL,
    reason text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'going-on',
    total bigint NOT NULL,
    reached bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0,
    result jsonb NOT NULL DEFAULT '{}',
    ended_at timestamptz
);
CREATE INDEX operator_acts_going_on ON operator_acts (act_id) WHERE state = 'going-on';
CREATE INDEX operator_acts_by_act ON operator_acts (act, act_id);

ALTER TABLE dead_letters ADD COLUMN settled_by bigint;
CREATE INDEX dead_letters_parked ON dead_letters (reason, topic, id) WHERE state = 'parked';
ALTER TABLE outbox_set_aside ADD COLUMN settled_by bigint;

ALTER TABLE outbox ADD COLUMN added_at timestamptz NOT NULL DEFAULT now();
"""

V6 = """
ALTER TABLE rows_set_aside ADD COLUMN row_id bigint GENERATED ALWAYS AS IDENTITY;
"""

SEALS_IN_PIECES = """
CREATE SCHEMA IF NOT EXISTS partitions;
ALTER TABLE seals RENAME TO seals_whole;
CREATE TABLE seals (LIKE seals_whole) PARTITION BY HASH (subject);
CREATE TABLE partitions.seals_0 PARTITION OF seals FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE partitions.seals_1 PARTITION OF seals FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE partitions.seals_2 PARTITION OF seals FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE partitions.seals_3 PARTITION OF seals FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE partitions.seals_4 PARTITION OF seals FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE partitions.seals_5 PARTITION OF seals FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE partitions.seals_6 PARTITION OF seals FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE partitions.seals_7 PARTITION OF seals FOR VALUES WITH (MODULUS 8, REMAINDER 7);
INSERT INTO seals SELECT * FROM seals_whole;
DROP TABLE seals_whole;
ALTER TABLE seals ADD PRIMARY KEY (subject, source, position);
CREATE INDEX seals_of_runs ON seals (run);
"""

# Of what subject lines came. A function for each table, so that its statement is planned once for a connection.
NOTE_UNSEALED = """
CREATE FUNCTION note_unsealed_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unsealed (source, subject)
    SELECT DISTINCT '{table}', t.{subject}::text FROM added t WHERE {only};
    RETURN NULL;
END
$$
"""


def create_platform_tables_v1() -> None:
    """Offsets, inbox, outbox, dead letters and idempotency keys as of the first release."""
    run(V1)


def upgrade_platform_tables_v2() -> None:
    """The digest of what was applied, and a place for what the bus does not take."""
    run(V2)


def create_platform_tables_v3() -> None:
    """How jobs ran, the rows that they set aside, how far checks have come through their tables, what they found."""
    run(V3)


def create_platform_tables_v4() -> None:
    """Seals of history, and which lines wait for theirs."""
    run(V4)


def create_platform_tables_v5() -> None:
    """What operators asked for and why, which letters that settled, and since when an event waits in the outbox."""
    run(V5)


def upgrade_platform_tables_v6() -> None:
    """A number of each row that a job set aside: its key may be one that not everybody may see."""
    run(V6)


def seal(table: str, subject: str, only: str = "true") -> None:
    """Have the lines of a table of history sealed from now on, and those that it holds in the first runs."""
    op.execute(
        "INSERT INTO unsealed (source, subject)"
        f" SELECT DISTINCT '{table}', t.{subject}::text FROM {table} t WHERE {only}"
    )
    op.execute(NOTE_UNSEALED.format(table=table, subject=subject, only=only))
    op.execute(
        f"CREATE TRIGGER {table}_unsealed AFTER INSERT ON {table} REFERENCING NEW TABLE AS added"
        f" FOR EACH STATEMENT EXECUTE FUNCTION note_unsealed_{table}()"
    )


def part_by_months(table: str, column: str, months: int, ahead: int) -> None:
    """Put a table, whose primary key has the column and which has no other index, into partitions by its dates.

    What it holds stays where it is, without being written anew, as the partition of all days before the next period of
    so many months; it is read once for that. Only rows of later days move. Views of it have to be made again.
    """
    today = op.get_bind().scalar(text("SELECT current_date"))
    number = (today.year * 12 + today.month - 1) // months * months + months
    firsts = [date(at // 12, at % 12 + 1, 1) for at in range(number, number + ahead + months + 1, months)]
    before = f"partitions.{table}_before"
    op.execute("CREATE SCHEMA IF NOT EXISTS partitions")
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    op.execute(f"ALTER TABLE {table}_before SET SCHEMA partitions")
    op.execute(f"ALTER INDEX partitions.{table}_pkey RENAME TO {table}_before_pkey")
    op.execute(f"CREATE TABLE {table} (LIKE {before} INCLUDING ALL) PARTITION BY RANGE ({column})")
    op.execute(f"CREATE TABLE partitions.{table}_other PARTITION OF {table} DEFAULT")
    for first, until in pairwise(firsts):
        name = f"partitions.{table}_{first:%Y_%m}"
        op.execute(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{first}') TO ('{until}')")
    op.execute(
        f"WITH moved AS (DELETE FROM {before} WHERE {column} >= '{firsts[0]}' RETURNING *)"
        f" INSERT INTO {table} SELECT * FROM moved"
    )
    op.execute(f"ALTER TABLE {table} ATTACH PARTITION {before} FOR VALUES FROM (MINVALUE) TO ('{firsts[0]}')")


def part_where_empty(table: str, key: str, count: int = 8) -> None:
    """Have a table that holds nothing consist of pieces by the hash of a column; one with rows stays whole.

    So new installations have it in pieces from the first row on; where there are rows, operators take it into pieces
    when they want to (`centerline partitions adopt`), since each has to be written anew.
    """
    connection = op.get_bind()
    is_held = text(f"SELECT EXISTS (SELECT FROM {table})")
    if connection.scalar(is_held):
        return
    op.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    if connection.scalar(is_held):
        return
    connection.exec_driver_sql(make_pieces_sql(Pieces(table, key, count=count)))
    connection.exec_driver_sql(take_name_sql(table))
    op.execute(f"DROP TABLE partitions.{table}_whole")


def part_seals() -> None:
    """Put the seals into pieces by their subject, each of which is vacuumed and indexed alone.

    They are written anew, so that no seal is made meanwhile; lines that come wait for theirs as they always do.
    """
    run(SEALS_IN_PIECES)


def run(script: str) -> None:
    """Execute each statement of a plain SQL script; a statement ends with a semicolon at the end of a line."""
    for statement in re.split(r";\s*$", script, flags=re.MULTILINE):
        if statement.strip():
            op.execute(statement)
