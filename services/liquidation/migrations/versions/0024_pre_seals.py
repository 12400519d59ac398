"""Seals of history."""

from shared.db.platform_migrations import create_platform_tables_v4, seal

revision = "0024_pre_seals"
down_revision = "0023_pre_letters"


def upgrade() -> None:
    """What is there is sealed by the first runs of the job."""
    create_platform_tables_v4()
    seal("legal_events", "entry_number", "t.event_key NOT LIKE 'version:%'")
    seal("money_acts", "entry_number")
    seal("bill_payments", "bill_number")
    seal("hold_set_events", "hold_set_id")
