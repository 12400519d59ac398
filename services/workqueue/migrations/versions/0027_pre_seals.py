"""Seals of history."""

from shared.db.platform_migrations import create_platform_tables_v4, seal

revision = "0027_pre_seals"
down_revision = "0026_pre_without_importer"


def upgrade() -> None:
    """What is there is sealed by the first runs of the job."""
    create_platform_tables_v4()
    seal("item_events", "item_id")
    seal("item_acts", "item_id")
    seal("request_acts", "request_id")
    seal("staff_changes", "subject")
