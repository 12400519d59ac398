"""What operators asked for and why, and since when an event waits in the outbox."""

from shared.db.platform_migrations import create_platform_tables_v5

revision = "0023_pre_operator_acts"
down_revision = "0022_pre_postal_addresses"


def upgrade() -> None:
    """Add the table of operators' acts, who settled a letter, and an index of letters that wait."""
    create_platform_tables_v5()
