"""The tables of the first release."""

from shared.db.platform_migrations import create_platform_tables_v1, run

revision = "0001_pre_first_release"
down_revision = None

TABLES = """
CREATE TABLE importers (
    importer_number text PRIMARY KEY,
    name text NOT NULL,
    email text,
    sequence integer NOT NULL
);
COMMENT ON TABLE importers IS 'Who gets the notices of an importer, as of the newest assignment of the account.';

CREATE TABLE notices (
    notice_id uuid PRIMARY KEY,
    kind text NOT NULL,
    subject text NOT NULL,
    cause_sequence integer NOT NULL,
    version integer NOT NULL,
    importer_number text NOT NULL,
    entry_number text,
    entry_numbers jsonb NOT NULL,
    filer_code text,
    surety_code text,
    center text,
    issued_on date NOT NULL,
    due_on date,
    citation text NOT NULL,
    if_nothing_is_done text NOT NULL,
    body jsonb NOT NULL,
    caused_at timestamptz NOT NULL
);
CREATE INDEX notices_entries ON notices USING gin (entry_numbers jsonb_path_ops) WHERE entry_number IS NULL;
CREATE INDEX notices_entry ON notices (entry_number) WHERE entry_number IS NOT NULL;
CREATE INDEX notices_filer ON notices (filer_code, issued_on, notice_id);
CREATE INDEX notices_importer ON notices (importer_number, issued_on, notice_id);
CREATE INDEX notices_issued ON notices (issued_on, notice_id);
CREATE INDEX notices_surety ON notices (surety_code, issued_on, notice_id) WHERE surety_code IS NOT NULL;
COMMENT ON TABLE notices IS 'Notices as facts, one per kind and cause, never changed.';

CREATE TABLE bulletin_postings (
    notice_id uuid PRIMARY KEY,
    entry_number text NOT NULL,
    filer_code text NOT NULL,
    importer_number text NOT NULL,
    surety_code text,
    port_of_entry text NOT NULL,
    entry_type text NOT NULL,
    entry_date date NOT NULL,
    event_type text NOT NULL,
    basis text NOT NULL,
    action text NOT NULL,
    event_on date NOT NULL,
    posted_on date NOT NULL
);
CREATE INDEX bulletin_entry ON bulletin_postings (entry_number, posted_on, notice_id);
CREATE INDEX bulletin_entry_date ON bulletin_postings (entry_date, posted_on, entry_number, notice_id);
CREATE INDEX bulletin_event_date ON bulletin_postings (event_on, posted_on, entry_number, notice_id);
CREATE INDEX bulletin_filer ON bulletin_postings (filer_code, posted_on, entry_number, notice_id);
CREATE INDEX bulletin_importer ON bulletin_postings (importer_number, posted_on, entry_number, notice_id);
CREATE INDEX bulletin_port ON bulletin_postings (port_of_entry, posted_on, entry_number, notice_id);
CREATE INDEX bulletin_posted ON bulletin_postings (posted_on, entry_number, notice_id);
CREATE INDEX bulletin_surety ON bulletin_postings (surety_code, posted_on, entry_number, notice_id);
COMMENT ON TABLE bulletin_postings
    IS 'The public bulletin, the legal evidence of liquidation, kept for 15 months or more.';

CREATE TABLE deliveries (
    notice_id uuid NOT NULL,
    channel text NOT NULL,
    recipient_role text NOT NULL,
    kind text NOT NULL,
    importer_number text NOT NULL,
    state text NOT NULL,
    sequence integer NOT NULL,
    attempts integer NOT NULL,
    is_waiting boolean NOT NULL,
    message_id text,
    sent_to text,
    last_error text,
    queued_at timestamptz NOT NULL,
    next_try_at timestamptz,
    settled_at timestamptz,
    PRIMARY KEY (notice_id, channel, recipient_role)
);
CREATE INDEX deliveries_due ON deliveries (next_try_at) WHERE state = 'queued';
CREATE INDEX deliveries_unaddressed ON deliveries (importer_number) WHERE is_waiting OR state = 'no-address';
COMMENT ON TABLE deliveries IS 'The state of each notice on each way to each recipient.';

CREATE TABLE delivery_events (
    notice_id uuid NOT NULL,
    channel text NOT NULL,
    recipient_role text NOT NULL,
    sequence integer NOT NULL,
    event text NOT NULL,
    detail text,
    at timestamptz NOT NULL,
    PRIMARY KEY (notice_id, channel, recipient_role, sequence)
);
CREATE UNIQUE INDEX delivery_events_sent_once ON delivery_events (notice_id, channel, recipient_role)
    WHERE event = 'sent';
COMMENT ON TABLE delivery_events IS 'The delivery ledger: every change and every failed try, append-only.';
"""


def upgrade() -> None:
    """Create everything."""
    create_platform_tables_v1()
    run(TABLES)
