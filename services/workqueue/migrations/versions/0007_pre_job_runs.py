"""Jobs say how they ran, which rows they set aside, and how far they have come through what they check."""

from shared.db.platform_migrations import create_platform_tables_v3, run

revision = "0007_pre_job_runs"
down_revision = "0006_pre_bus_conflicts"


def upgrade() -> None:
    """Add the tables of scheduled jobs, and by what the items of a protest are found."""
    create_platform_tables_v3()
    run("CREATE INDEX items_protest ON items (protest_number) WHERE protest_number IS NOT NULL;")
