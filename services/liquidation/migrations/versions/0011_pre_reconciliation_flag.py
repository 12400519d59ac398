"""Versions of a summary say whether they are flagged for reconciliation, which a correction cannot change."""

from shared.db.platform_migrations import run

revision = "0011_pre_reconciliation_flag"
down_revision = "0010_pre_requests"

COLUMN = """
ALTER TABLE entry_versions ADD COLUMN is_flagged boolean NOT NULL DEFAULT false;
UPDATE entry_versions SET is_flagged = true
WHERE body -> 'reconciliation_issues' -> 0 IS NOT NULL;
"""


def upgrade() -> None:
    """Add the column and read it from what has been filed."""
    run(COLUMN)
