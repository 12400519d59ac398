"""Jobs say how they ran, which rows they set aside, and how far they have come through what they check."""

from shared.db.platform_migrations import create_platform_tables_v3

revision = "0009_pre_job_runs"
down_revision = "0008_pre_bus_conflicts"


def upgrade() -> None:
    """Add the tables of scheduled jobs."""
    create_platform_tables_v3()
