"""The tables of the first release."""

from shared.db.platform_migrations import create_platform_tables_v1, run

revision = "0001_pre_first_release"
down_revision = None

TABLES = """
CREATE TABLE accounts (
    importer_number text PRIMARY KEY,
    name text NOT NULL,
    size text NOT NULL,
    is_broker boolean NOT NULL,
    contact_email text,
    filer_code text,
    trusted_programs jsonb NOT NULL
);
COMMENT ON TABLE accounts IS 'Importer accounts by importer of record number.';

CREATE TABLE assignments (
    importer_number text NOT NULL,
    sequence integer NOT NULL,
    center text,
    basis text NOT NULL,
    effective_on date NOT NULL,
    reasons jsonb NOT NULL,
    assigned_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (importer_number, sequence)
);
COMMENT ON TABLE assignments IS 'Every Center assignment of an account, never changed, center null means unaligned.';

CREATE TABLE routing_decisions (
    entry_number text NOT NULL,
    version integer NOT NULL,
    importer_number text NOT NULL,
    entry_date date NOT NULL,
    center text NOT NULL,
    basis text NOT NULL,
    lane text NOT NULL,
    decision jsonb NOT NULL,
    content_digest bytea NOT NULL,
    filed_at timestamptz NOT NULL,
    event_source text NOT NULL,
    event_id text NOT NULL,
    PRIMARY KEY (entry_number, version)
);
CREATE INDEX routing_decisions_importer ON routing_decisions (importer_number, entry_date);
COMMENT ON TABLE routing_decisions IS 'One decision per version of an entry, whole as it was published.';

CREATE TABLE releases (
    entry_number text PRIMARY KEY,
    released_at timestamptz NOT NULL,
    port_of_release text NOT NULL,
    release_kind text NOT NULL
);
COMMENT ON TABLE releases IS 'The earliest release of each entry, filed or not yet filed.';

CREATE TABLE post_entry_filings (
    filing_number text PRIMARY KEY,
    kind text NOT NULL,
    importer_number text NOT NULL,
    entries jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    center text NOT NULL,
    basis text NOT NULL
);
COMMENT ON TABLE post_entry_filings IS 'Filings after entry with the Center of record when they were received.';

CREATE TABLE conflicts (
    entry_number text NOT NULL,
    kind text NOT NULL,
    event_source text NOT NULL,
    event_id text NOT NULL,
    detail text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (entry_number, kind, event_source, event_id)
);
COMMENT ON TABLE conflicts IS 'Events that contradict what is known, with the rule that decided between them.';
"""


def upgrade() -> None:
    """Create everything."""
    create_platform_tables_v1()
    run(TABLES)
