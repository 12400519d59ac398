"""Seals of history."""

from shared.db.platform_migrations import create_platform_tables_v4, seal

revision = "0012_pre_seals"
down_revision = "0011_pre_holding"


def upgrade() -> None:
    """What is there is sealed by the first runs of the job."""
    create_platform_tables_v4()
    seal("notices", "notice_id")
    seal("delivery_events", "notice_id")
