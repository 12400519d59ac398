"""The matters that were opened from an item are found by an index."""

from shared.db.platform_migrations import run

revision = "0016_pre_linked_matters"
down_revision = "0015_pre_staff"

LINKED = "CREATE INDEX matters_linked ON matters (linked_item) WHERE linked_item IS NOT NULL;"


def upgrade() -> None:
    """Add the index."""
    run(LINKED)
