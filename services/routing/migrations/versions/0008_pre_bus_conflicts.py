"""What an event said when it was applied, and a place for what the bus does not take."""

from shared.db.platform_migrations import upgrade_platform_tables_v2

revision = "0008_pre_bus_conflicts"
down_revision = "0007_pre_selection"


def upgrade() -> None:
    upgrade_platform_tables_v2()
