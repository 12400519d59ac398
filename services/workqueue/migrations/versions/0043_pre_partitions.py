"""Seals in pieces by their subject. They are written anew; processes of the release before go on."""

from shared.db.platform_migrations import part_seals

revision = "0043_pre_partitions"
down_revision = "0042_pre_operator_acts"


def upgrade() -> None:
    """Part the seals."""
    part_seals()
