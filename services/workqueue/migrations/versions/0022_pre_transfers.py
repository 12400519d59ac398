"""Transfers between Centers and with ports; days that supervisors set; what was told as clocks ran down."""

from shared.db.platform_migrations import run

revision = "0022_pre_transfers"
down_revision = "0021_pre_views"

ITEMS = """
ALTER TABLE items ADD COLUMN transferred_from text, ADD COLUMN at_port text, ADD COLUMN set_days jsonb;
"""
TRANSFERS = """
CREATE TABLE transfers (
    transfer_id uuid PRIMARY KEY,
    item_id uuid NOT NULL,
    from_center text NOT NULL,
    to_center text,
    to_port text,
    reason text NOT NULL,
    offered_by text NOT NULL,
    offered_at timestamptz NOT NULL,
    state text NOT NULL,
    settled_by text,
    settled_at timestamptz,
    settled_reason text
);
CREATE UNIQUE INDEX transfers_offered ON transfers (item_id) WHERE state = 'offered'::text;
CREATE INDEX transfers_item ON transfers (item_id);
CREATE INDEX transfers_from ON transfers (from_center, offered_at);
CREATE INDEX transfers_to ON transfers (to_center, offered_at) WHERE to_center IS NOT NULL;
CREATE INDEX transfers_port ON transfers (to_port, offered_at) WHERE to_port IS NOT NULL;
COMMENT ON TABLE transfers IS 'Items offered to another Center or a port, with how that was answered.';
"""
ESCALATIONS = """
CREATE TABLE escalations (
    item_id uuid NOT NULL,
    clock text NOT NULL,
    due_on date NOT NULL,
    level smallint NOT NULL,
    kind text NOT NULL,
    began_on date NOT NULL,
    center text NOT NULL,
    division text NOT NULL,
    holder text,
    told jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (item_id, clock, due_on, level)
);
CREATE INDEX escalations_center ON escalations (center, at);
CREATE INDEX escalations_at ON escalations (at);
COMMENT ON TABLE escalations IS
    'Who was told that so many hundredths of a clock have passed, once for each day that it was due on.';
"""


def upgrade() -> None:
    """Nothing was transferred, set or told before."""
    run(ITEMS)
    run(TRANSFERS)
    run(ESCALATIONS)
