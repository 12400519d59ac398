"""Acts on many items at once."""

from shared.db.platform_migrations import run

revision = "0023_pre_bulk"
down_revision = "0022_pre_transfers"

BULK = """
CREATE TABLE bulk_runs (
    run_id uuid PRIMARY KEY,
    act text NOT NULL,
    parameters jsonb NOT NULL,
    query text NOT NULL,
    reason text NOT NULL,
    asked_by jsonb NOT NULL,
    signature text NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL,
    items integer NOT NULL,
    is_cut boolean NOT NULL,
    foreseen integer NOT NULL,
    value_usd bigint NOT NULL,
    needs_second boolean NOT NULL,
    begun_by text,
    begun_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX bulk_runs_going ON bulk_runs (asked_at) WHERE state IN ('looking', 'running');
COMMENT ON TABLE bulk_runs IS 'One act on the items that a filter gave, with who asked for it and who began it.';
CREATE TABLE bulk_items (
    run_id uuid NOT NULL,
    number integer NOT NULL,
    item_id uuid NOT NULL,
    state text NOT NULL,
    is_looked_at boolean NOT NULL,
    code text,
    says text,
    at timestamptz,
    PRIMARY KEY (run_id, number)
);
CREATE INDEX bulk_items_pending ON bulk_items (run_id, number) WHERE state = 'pending'::text;
COMMENT ON TABLE bulk_items IS 'What became of each item of a run, written with the act itself.';
"""


def upgrade() -> None:
    """Nothing was done in bulk before."""
    run(BULK)
