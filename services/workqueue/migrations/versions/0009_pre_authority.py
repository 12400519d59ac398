"""What completes an item says on which row of the table of authority it rests; of earlier decisions it is unknown."""

from shared.db.platform_migrations import run

revision = "0009_pre_authority"
down_revision = "0008_pre_parties"


def upgrade() -> None:
    """Add the column; it stays empty for what was decided before."""
    run("ALTER TABLE decisions ADD COLUMN authority text;")
