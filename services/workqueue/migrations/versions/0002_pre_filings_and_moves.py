"""Work from post-entry filings, consultations of other Centers, and moves of open matters.

Lines of history that are there keep their sequences: all are lower than what a later version or move gives.
"""

from shared.db.platform_migrations import run

revision = "0002_pre_filings_and_moves"
down_revision = "0001_pre_first_release"

TABLES = """
ALTER TABLE routed_versions
    ADD COLUMN move integer NOT NULL DEFAULT 0,
    ADD COLUMN move_reason text,
    ADD COLUMN consultations jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN authority jsonb NOT NULL DEFAULT '{}';
COMMENT ON TABLE routed_versions IS
    'Every routing decision, the highest version stands, of one version the last move.';

CREATE TABLE filings (
    filing_number text PRIMARY KEY,
    sequence integer,
    event_id text,
    routed_at timestamptz,
    kind text,
    importer_number text,
    entry_numbers jsonb NOT NULL DEFAULT '[]',
    center text,
    division text,
    process text,
    authority text,
    forwarded_from text,
    clocks jsonb NOT NULL DEFAULT '[]',
    received_at timestamptz,
    heard jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX filings_pending ON filings (importer_number) WHERE center = 'PNDING';
CREATE INDEX filings_entries ON filings USING gin (entry_numbers jsonb_path_ops);
COMMENT ON TABLE filings IS
    'Post-entry filings by the routing that stands, without protests and appeals against a Center.';

ALTER TABLE items
    ADD COLUMN filing_number text,
    ADD COLUMN asking_center text,
    ADD COLUMN authority text,
    ADD COLUMN goods jsonb,
    ADD COLUMN center_since timestamptz;
CREATE INDEX items_filing ON items (filing_number) WHERE filing_number IS NOT NULL;
COMMENT ON TABLE items IS
    'One item for each process of an entry, each Center consulted on it, each protest and each other filing.';
"""


def upgrade() -> None:
    """Add the columns, the table and the indexes."""
    run(TABLES)
