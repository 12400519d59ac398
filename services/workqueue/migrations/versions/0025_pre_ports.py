"""Matters say which port they concern, and are found by it."""

from shared.db.platform_migrations import run

revision = "0025_pre_ports"
down_revision = "0024_pre_management"

PORTS = """
ALTER TABLE items ADD COLUMN port text;
UPDATE items SET port = matters.port FROM matters WHERE matters.item_id = items.item_id AND matters.port IS NOT NULL;
CREATE INDEX items_port ON items (port, due_order, priority, opened_at, item_id) WHERE port IS NOT NULL;
CREATE INDEX items_at_port ON items (at_port, due_order, priority, opened_at, item_id) WHERE at_port IS NOT NULL;
"""


def upgrade() -> None:
    """Add the column; a matter that was opened with a port concerns it."""
    run(PORTS)
