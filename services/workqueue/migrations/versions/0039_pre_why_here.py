"""What was declared of duty on an entry, and why routing sent it where it is, for the board."""

from shared.db.platform_migrations import run

revision = "0039_pre_why_here"
down_revision = "0038_pre_bulk_runs_by_age"

WHY = "ALTER TABLE routed_versions ADD COLUMN duty_cents bigint, ADD COLUMN reasons jsonb;"


def upgrade() -> None:
    """Both are known with the next routing of each entry; until then they are unknown."""
    run(WHY)
