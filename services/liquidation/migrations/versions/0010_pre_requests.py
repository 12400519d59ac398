"""CBP's requests to importers with the items they came from; indexes for what a cycle did against its cut sheet."""

from shared.db.platform_migrations import run

revision = "0010_pre_requests"
down_revision = "0009_pre_protest_indexes"

TABLES = """
CREATE TABLE information_requests (
    request_id text NOT NULL,
    entry_number text NOT NULL,
    form text NOT NULL,
    item_id text NOT NULL,
    center text NOT NULL,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    event_at timestamptz NOT NULL,
    event_source text NOT NULL,
    event_id text NOT NULL,
    closed_on date,
    closed_as text,
    PRIMARY KEY (request_id, entry_number)
);
CREATE INDEX information_requests_entry ON information_requests (entry_number);
CREATE INDEX information_requests_item ON information_requests (item_id);
CREATE INDEX information_requests_open ON information_requests (entry_number) INCLUDE (form) WHERE closed_on IS NULL;
COMMENT ON TABLE information_requests IS
    'Requests for information (CBP 28) and notices of action (CBP 29) by entry; open until their item ends.';

CREATE TABLE work_items (
    item_id text PRIMARY KEY,
    sequence integer NOT NULL,
    change text NOT NULL,
    state text NOT NULL,
    ended_on date,
    event_id text NOT NULL
);
COMMENT ON TABLE work_items IS
    'Where each item of the work queue stands: its end closes the requests that were issued from it.';

CREATE INDEX entries_posted ON entries USING brin (liquidation_posted_on);
CREATE INDEX legal_events_by_hand ON legal_events (occurred_on) WHERE change = 'liquidated' AND actor IS NOT NULL;
"""


def upgrade() -> None:
    """Create them."""
    run(TABLES)
