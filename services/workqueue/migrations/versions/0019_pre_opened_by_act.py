"""An act says which letter or matter it opened; letters and refused decisions are facts of their item."""

from shared.db.platform_migrations import run

revision = "0019_pre_opened_by_act"
down_revision = "0018_pre_files"

OPENED = """
ALTER TABLE item_acts ADD COLUMN opened uuid;
COMMENT ON TABLE heard_facts IS
    'What the processes of items follow, by the entry, protest, importer or item that it is about.';
"""


def upgrade() -> None:
    """Add the column."""
    run(OPENED)
