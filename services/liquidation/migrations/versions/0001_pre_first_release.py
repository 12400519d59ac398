"""The tables of the first release."""

from shared.db.platform_migrations import create_platform_tables_v1, run

revision = "0001_pre_first_release"
down_revision = None

TABLES = """
CREATE TABLE entries (
    entry_number text PRIMARY KEY,
    state text NOT NULL DEFAULT 'recorded',
    version integer,
    governed_at timestamptz,
    importer_number text,
    entry_type text,
    surety_code text,
    port_of_entry text,
    entry_date date,
    paid_on date,
    duty_cents bigint,
    fees_cents bigint,
    released_at timestamptz,
    port_of_release text,
    release_kind text,
    center text,
    division text,
    lane text,
    routed_version integer,
    routed_at timestamptz,
    routed_by_event text,
    rule text,
    why text,
    is_informal boolean NOT NULL DEFAULT false,
    is_suspended boolean NOT NULL DEFAULT false,
    scheduled_on date,
    deemed_on date,
    deemed_rule text,
    extensions integer NOT NULL DEFAULT 0,
    extended_months integer NOT NULL DEFAULT 0,
    liquidated_on date,
    liquidation_posted_on date,
    liquidation_kind text,
    liquidation_rule text,
    effect_duty_cents bigint,
    effect_fees_cents bigint
);
CREATE INDEX entries_clock_unknown ON entries (entry_number) WHERE state = 'clock-unknown';
CREATE INDEX entries_due ON entries (scheduled_on) WHERE liquidated_on IS NULL AND NOT is_suspended;
CREATE INDEX entries_expiring ON entries (deemed_on) WHERE liquidated_on IS NULL AND NOT is_suspended;
COMMENT ON TABLE entries IS 'The legal record of each entry: what its governing version, release and acts add up to.';

CREATE TABLE entry_versions (
    entry_number text NOT NULL,
    version integer NOT NULL,
    importer_number text NOT NULL,
    entry_type text NOT NULL,
    surety_code text,
    port_of_entry text NOT NULL,
    entry_date date NOT NULL,
    paid_on date,
    duty_cents bigint NOT NULL,
    fees_cents bigint NOT NULL,
    case_number text,
    content_digest uuid NOT NULL,
    filed_at timestamptz NOT NULL,
    event_source text NOT NULL,
    event_id text NOT NULL,
    barred_as text,
    is_announced boolean NOT NULL,
    body jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (entry_number, version)
);
COMMENT ON TABLE entry_versions IS 'Every version of an entry summary, whole, with the conflict that bars one.';

CREATE TABLE legal_events (
    entry_number text NOT NULL,
    event_key text NOT NULL,
    sequence bigint NOT NULL,
    change text NOT NULL,
    to_state text NOT NULL,
    occurred_on date NOT NULL,
    rule text NOT NULL,
    detail text,
    scheduled_on date,
    deemed_on date,
    kind text,
    actor text,
    PRIMARY KEY (entry_number, event_key)
);
COMMENT ON TABLE legal_events IS 'Each legal act on an entry, once, by a key that follows from the act.';

CREATE TABLE extensions (
    entry_number text NOT NULL,
    number integer NOT NULL,
    reason text NOT NULL,
    months integer NOT NULL,
    posted_on date NOT NULL,
    requested_on date,
    period_ended_on date NOT NULL,
    period_ends_on date NOT NULL,
    explanation text NOT NULL,
    posted_by text NOT NULL,
    PRIMARY KEY (entry_number, number)
);
COMMENT ON TABLE extensions IS 'Extensions of liquidation with the period before and after.';

CREATE TABLE review_decisions (
    decision_id text PRIMARY KEY,
    entry_number text NOT NULL,
    item_id text NOT NULL,
    process text NOT NULL,
    outcome text NOT NULL,
    duty_cents bigint NOT NULL,
    fees_cents bigint NOT NULL,
    decided_at timestamptz NOT NULL,
    event_at timestamptz NOT NULL,
    event_source text NOT NULL,
    event_id text NOT NULL,
    status text NOT NULL,
    rule text,
    remedy text,
    body jsonb NOT NULL
);
CREATE INDEX review_decisions_entry ON review_decisions (entry_number);
CREATE INDEX review_decisions_waiting ON review_decisions (entry_number) WHERE status = 'applied';
COMMENT ON TABLE review_decisions IS 'Review decisions: applied (awaiting the cycle), effective, superseded, refused.';

CREATE TABLE cycles (
    cycle_on date PRIMARY KEY,
    liquidated bigint NOT NULL,
    with_decision bigint NOT NULL,
    deemed bigint NOT NULL,
    decisions_refused bigint NOT NULL,
    run_at timestamptz NOT NULL,
    run_by text NOT NULL
);
COMMENT ON TABLE cycles IS 'Weekly liquidation cycles that have run, one row for each Friday.';

CREATE TABLE protests (
    filing_number text PRIMARY KEY,
    state text NOT NULL,
    importer_number text NOT NULL,
    filed_by jsonb NOT NULL,
    entries jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    decide_by date NOT NULL,
    further_review boolean NOT NULL,
    body jsonb NOT NULL,
    event_at timestamptz NOT NULL,
    event_source text NOT NULL,
    event_id text NOT NULL
);
CREATE INDEX protests_entries ON protests USING gin (entries jsonb_path_ops);
COMMENT ON TABLE protests IS 'Protests by their filing number.';

CREATE TABLE post_entry_filings (
    filing_number text PRIMARY KEY,
    kind text NOT NULL,
    importer_number text NOT NULL,
    filed_by jsonb NOT NULL,
    entries jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    body jsonb NOT NULL,
    event_at timestamptz NOT NULL,
    event_source text NOT NULL,
    event_id text NOT NULL
);
CREATE INDEX post_entry_filings_entries ON post_entry_filings USING gin (entries jsonb_path_ops);
COMMENT ON TABLE post_entry_filings IS 'Filings after entry other than protests, as they came.';

CREATE TABLE importer_accounts (
    importer_number text PRIMARY KEY,
    sequence integer NOT NULL,
    name text NOT NULL,
    center text
);
COMMENT ON TABLE importer_accounts IS 'The newest Center assignment of each importer, for display.';

CREATE TABLE conflicts (
    entry_number text NOT NULL,
    kind text NOT NULL,
    event_source text NOT NULL,
    event_id text NOT NULL,
    rule text NOT NULL,
    detail text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (entry_number, kind, event_source, event_id)
);
COMMENT ON TABLE conflicts IS 'Events that contradict a known version, with the rule that decided between them.';
"""


def upgrade() -> None:
    """Create everything."""
    create_platform_tables_v1()
    run(TABLES)
