"""Bulletins of the Centers are under seal."""

from shared.db.platform_migrations import seal

revision = "0018_pre_sealed_broadcasts"
down_revision = "0017_pre_broadcasts"


def upgrade() -> None:
    """Those that were sent are sealed by the first runs of the job."""
    seal("broadcasts", "broadcast_id")
