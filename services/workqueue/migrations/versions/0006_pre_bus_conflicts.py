"""What an event said when it was applied, and a place for what the bus does not take."""

from shared.db.platform_migrations import upgrade_platform_tables_v2

revision = "0006_pre_bus_conflicts"
down_revision = "0005_pre_item_kinds"


def upgrade() -> None:
    upgrade_platform_tables_v2()
