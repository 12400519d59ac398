"""What people decide says on which row of the table of authority it rests; of what was decided before it is unknown."""

from shared.db.platform_migrations import run

revision = "0011_pre_authority"
down_revision = "0010_pre_parties"

AUTHORITY = """
ALTER TABLE moves ADD COLUMN authority text;
ALTER TABLE appeal_steps ADD COLUMN authority text;
ALTER TABLE assignment_proposals ADD COLUMN authority text;
"""


def upgrade() -> None:
    """Add the columns; they stay empty for what was done before."""
    run(AUTHORITY)
