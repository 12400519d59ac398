"""Decisions and requests say on which row of the table of authority they rest; of earlier ones it is unknown."""

from shared.db.platform_migrations import run

revision = "0009_pre_authority"
down_revision = "0008_pre_parties"

AUTHORITY = """
ALTER TABLE decisions ADD COLUMN authority text;
ALTER TABLE requests ADD COLUMN authority text;
"""


def upgrade() -> None:
    """Add the columns; they stay empty for what was done before."""
    run(AUTHORITY)
