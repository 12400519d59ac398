"""Advice on an entry is read by every Center that has a review of it."""

from shared.db.platform_migrations import run

revision = "0036_pre_shared_advice"
down_revision = "0035_pre_board_acts"


def upgrade() -> None:
    """Nothing is written anew: it is known from the next routing of an entry, or the next review of it that moves."""
    run("ALTER TABLE items ADD COLUMN also_asking jsonb;")
