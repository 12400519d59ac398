"""Entries have one index by their day: the other said less."""

from alembic import op

revision = "0042_pre_days_once"
down_revision = "0041_pre_pieces"


def upgrade() -> None:
    """Drop the index by ranges of pages, which `entries_day` has made needless."""
    op.execute("DROP INDEX entries_entry_date")
