"""Indexes for lists of what waits, and of what somebody holds or has finished, in the order of the queue."""

from shared.db.platform_migrations import run

revision = "0011_pre_waiting_items"
down_revision = "0010_pre_whose_filings"

WAITING = """
CREATE INDEX items_waiting ON items (due_order, priority, opened_at, item_id)
    WHERE state = ANY (ARRAY['open'::text, 'claimed'::text]);
CREATE INDEX items_holder ON items (holder, due_order, priority, opened_at, item_id) WHERE holder IS NOT NULL;
"""


def upgrade() -> None:
    """Add the indexes."""
    run(WAITING)
