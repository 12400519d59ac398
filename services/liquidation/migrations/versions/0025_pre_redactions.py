"""Redacted copies of files, and rows of files under seal."""

from shared.files.migrations import upgrade_file_table_v2

revision = "0025_pre_redactions"
down_revision = "0024_pre_seals"


def upgrade() -> None:
    """Files that are there are no copies of others; they are sealed by the next runs."""
    upgrade_file_table_v2()
