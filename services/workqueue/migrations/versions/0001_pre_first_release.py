"""The tables of the first release."""

from shared.db.platform_migrations import create_platform_tables_v1, run

revision = "0001_pre_first_release"
down_revision = None

TABLES = """
CREATE TABLE entries (
    entry_number text PRIMARY KEY,
    sequence integer NOT NULL DEFAULT 0,
    state text,
    scheduled_on date,
    deemed_on date,
    liquidated_on date,
    liquidated_at timestamptz,
    liquidated_sequence integer
) WITH (fillfactor = 80);
COMMENT ON TABLE entries IS
    'Entries with the dates of the legal record, the row is the lock for all that follows from the entry.';

CREATE TABLE routed_versions (
    entry_number text NOT NULL,
    version integer NOT NULL,
    event_id text NOT NULL,
    filed_at timestamptz NOT NULL,
    importer_number text NOT NULL,
    center text NOT NULL,
    division text NOT NULL,
    lane text NOT NULL,
    processes jsonb NOT NULL,
    value_usd bigint NOT NULL,
    PRIMARY KEY (entry_number, version, event_id)
);
COMMENT ON TABLE routed_versions IS 'Every routing decision, the highest version stands.';

CREATE TABLE importers (
    importer_number text PRIMARY KEY,
    sequence integer NOT NULL DEFAULT 0,
    name text,
    center text
);
COMMENT ON TABLE importers IS 'Importer accounts by their newest assignment, sequence 0 while none is known.';

CREATE TABLE protests (
    protest_number text PRIMARY KEY,
    sequence integer NOT NULL DEFAULT 0,
    importer_number text,
    entry_number text,
    received_at timestamptz,
    decide_by date,
    further_review boolean NOT NULL DEFAULT false,
    is_filed boolean NOT NULL DEFAULT false,
    settled_as text,
    settled_at timestamptz
);
CREATE INDEX protests_entry ON protests (entry_number);
CREATE INDEX protests_importer ON protests (importer_number);
COMMENT ON TABLE protests IS
    'Protests by their newest act, entry_number is the first entry that the protest names.';

CREATE TABLE items (
    item_id uuid PRIMARY KEY,
    process text NOT NULL,
    entry_number text,
    protest_number text,
    importer_number text NOT NULL,
    center text NOT NULL,
    division text NOT NULL,
    priority smallint NOT NULL,
    value_usd bigint,
    opened_at timestamptz NOT NULL,
    due_on date,
    due_order date NOT NULL GENERATED ALWAYS AS (COALESCE(due_on, 'infinity'::date)) STORED,
    state text NOT NULL,
    holder text,
    holder_name text,
    token bigint NOT NULL,
    lease_until timestamptz,
    acts integer NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX items_next ON items (center, division, due_order, priority, opened_at, item_id) WHERE state = 'open';
CREATE INDEX items_next_of_process ON items (center, division, process, due_order, priority, opened_at, item_id)
    WHERE state = 'open';
CREATE INDEX items_leases ON items (lease_until) WHERE state = 'claimed';
CREATE INDEX items_order ON items (due_order, priority, opened_at, item_id);
CREATE INDEX items_entry ON items (entry_number);
CREATE INDEX items_importer ON items (importer_number);
COMMENT ON TABLE items IS 'One item for each process of an entry and for each protest.';

CREATE TABLE item_events (
    item_id uuid NOT NULL,
    change_key text NOT NULL,
    sequence integer NOT NULL,
    change text NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    acting_for text,
    reasons jsonb NOT NULL,
    PRIMARY KEY (item_id, change_key)
);
COMMENT ON TABLE item_events IS 'History of items, only ever added to, ordered by sequence.';

CREATE TABLE decisions (
    item_id uuid PRIMARY KEY,
    decision_id uuid NOT NULL,
    outcome text NOT NULL,
    duty_cents bigint NOT NULL,
    fees_cents bigint NOT NULL,
    reasons jsonb NOT NULL,
    legal_basis jsonb NOT NULL,
    decided_by text NOT NULL,
    decided_by_name text NOT NULL,
    acting_for text,
    decided_at timestamptz NOT NULL
);
COMMENT ON TABLE decisions IS 'What completed each item, with reasons and legal basis.';

CREATE TABLE requests (
    request_id uuid PRIMARY KEY,
    item_id uuid NOT NULL,
    form text NOT NULL,
    entry_numbers jsonb NOT NULL,
    importer_number text NOT NULL,
    center text NOT NULL,
    questions jsonb NOT NULL,
    issued_on date NOT NULL,
    due_on date,
    issued_by text NOT NULL,
    issued_by_name text NOT NULL,
    acting_for text,
    issued_at timestamptz NOT NULL
);
CREATE INDEX requests_item ON requests (item_id);
COMMENT ON TABLE requests IS 'Requests for information (CBP 28) and notices of action (CBP 29) to importers.';
"""


def upgrade() -> None:
    """Create everything."""
    create_platform_tables_v1()
    run(TABLES)
