"""Rows that jobs set aside have a number, which names one whose key is not shown whole."""

from shared.db.platform_migrations import upgrade_platform_tables_v6

revision = "0044_pre_rows_by_number"
down_revision = "0043_pre_partitions"


def upgrade() -> None:
    """Number the rows."""
    upgrade_platform_tables_v6()
