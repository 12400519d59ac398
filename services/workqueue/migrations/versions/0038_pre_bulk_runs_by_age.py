"""Bulk runs are listed by index, the newest first."""

from shared.db.platform_migrations import run

revision = "0038_pre_bulk_runs_by_age"
down_revision = "0037_pre_need_to_know_removals"

BY_AGE = """
CREATE INDEX bulk_runs_by_age ON bulk_runs (asked_at, run_id);
CREATE INDEX bulk_runs_by_state ON bulk_runs (state, asked_at, run_id);
"""


def upgrade() -> None:
    """There is a row for each run that somebody asked for: the table is small, and locked for a moment."""
    run(BY_AGE)
