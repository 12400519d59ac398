"""The Center of an entry that was moved: the highest move of a version stands."""

from shared.db.platform_migrations import run

revision = "0002_pre_moved_matters"
down_revision = "0001_pre_first_release"


def upgrade() -> None:
    """Add the column."""
    run("ALTER TABLE entries ADD COLUMN routed_move integer NOT NULL DEFAULT 0")
