"""Trusted programs of accounts, what comes and goes by day, and goods by key."""

from shared.db.platform_migrations import run

revision = "0024_pre_management"
down_revision = "0023_pre_bulk"

MANAGEMENT = """
ALTER TABLE importers ADD COLUMN programs jsonb NOT NULL DEFAULT '[]'::jsonb;
CREATE INDEX item_events_flow ON item_events (at)
    WHERE change = ANY (ARRAY['routed'::text, 'opened'::text, 'completed'::text, 'closed'::text, 'cancelled'::text]);
CREATE INDEX routed_goods_keys ON routed_goods USING gin (goods jsonb_path_ops);
"""


def upgrade() -> None:
    """Programs are known with the next assignment of each account."""
    run(MANAGEMENT)
