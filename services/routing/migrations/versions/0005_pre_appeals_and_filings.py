"""Filings keep where they go and why; appeals against the assigned Center; moves of open matters."""

from shared.db.platform_migrations import run

revision = "0005_pre_appeals_and_filings"
down_revision = "0004_pre_assignment_policy"

STATEMENTS = """
ALTER TABLE post_entry_filings
    ADD COLUMN division text NOT NULL DEFAULT 'validation-and-compliance',
    ADD COLUMN process text NOT NULL DEFAULT '',
    ADD COLUMN authority text NOT NULL DEFAULT '',
    ADD COLUMN forwarded_from text,
    ADD COLUMN clocks jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN reasons jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN filed_by jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN body jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN content_digest bytea,
    ADD COLUMN filed_at timestamptz,
    ADD COLUMN event_source text,
    ADD COLUMN event_id text;
UPDATE post_entry_filings SET process = kind;
CREATE INDEX post_entry_filings_importer ON post_entry_filings (importer_number, received_at, filing_number);

CREATE TABLE filing_contents (
    filing_number text NOT NULL,
    content_digest bytea NOT NULL,
    filed_at timestamptz NOT NULL,
    event_source text NOT NULL,
    event_id text NOT NULL,
    PRIMARY KEY (filing_number, content_digest)
);
COMMENT ON TABLE filing_contents IS
    'Every content that came under a filing number, by the earliest event that said it; the earliest stands.';

CREATE TABLE appeals (
    appeal_number text PRIMARY KEY,
    importer_number text NOT NULL,
    contents jsonb NOT NULL,
    filed_by jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    content_digest bytea NOT NULL,
    filed_at timestamptz NOT NULL,
    event_source text NOT NULL,
    event_id text NOT NULL,
    state text NOT NULL DEFAULT 'appealed',
    supplements jsonb NOT NULL DEFAULT '{}',
    decided_center text,
    effective_on date,
    revision integer NOT NULL DEFAULT 0
);
CREATE INDEX appeals_received ON appeals (received_at, appeal_number);
CREATE INDEX appeals_importer ON appeals (importer_number, received_at);
COMMENT ON TABLE appeals IS
    'Appeals against the assigned Center: what was filed, what was supplied later, and the state.';

CREATE TABLE appeal_steps (
    appeal_number text NOT NULL,
    sequence integer NOT NULL,
    act text NOT NULL,
    state text NOT NULL,
    reasons jsonb NOT NULL,
    detail jsonb NOT NULL,
    done_by text NOT NULL,
    acting_for text,
    done_at timestamptz NOT NULL,
    PRIMARY KEY (appeal_number, sequence)
);
COMMENT ON TABLE appeal_steps IS 'Every act on an appeal after its filing: who, when, why. Only added to.';

CREATE TABLE moves (
    kind text NOT NULL,
    number text NOT NULL,
    sequence integer NOT NULL,
    from_center text NOT NULL,
    to_center text NOT NULL,
    reason text NOT NULL,
    moved_by text NOT NULL,
    acting_for text,
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (kind, number, sequence)
);
COMMENT ON TABLE moves IS
    'Open matters that a person moved to another Center, an entry or a filing: who, when, why. Only added to.';
"""


def upgrade() -> None:
    """Add the columns, create the tables."""
    run(STATEMENTS)
