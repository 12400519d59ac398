"""The steps that create the tables of calendar feeds; run by a migration of each service, never edited."""

from shared.db.platform_migrations import run

V1 = """
CREATE TABLE calendar_feeds (
    feed_id uuid PRIMARY KEY,
    kind text NOT NULL,
    owner text NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    choices jsonb NOT NULL,
    caller jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_on date NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    read_at timestamptz,
    made_at timestamptz,
    made_for text,
    body text
);
CREATE UNIQUE INDEX calendar_feeds_token ON calendar_feeds (token_hash);
CREATE INDEX calendar_feeds_owner ON calendar_feeds (owner, feed_id);
COMMENT ON TABLE calendar_feeds IS
    'Calendars that somebody subscribes to, with the digest of the secret address of each.';

CREATE TABLE calendar_days (
    feed_id uuid NOT NULL,
    uid text NOT NULL,
    of text NOT NULL,
    on_day date NOT NULL,
    sequence integer NOT NULL,
    state text NOT NULL,
    told_at timestamptz NOT NULL,
    document jsonb NOT NULL,
    PRIMARY KEY (feed_id, uid)
);
COMMENT ON TABLE calendar_days IS 'Days as each feed told them last, by which a later change is known as one.';
"""


def create_calendar_tables_v1() -> None:
    """Feeds and their days as they were first kept."""
    run(V1)
