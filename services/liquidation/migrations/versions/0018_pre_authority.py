"""What people do says on which row of the table of authority it rests; of what was done before it is unknown."""

from shared.db.platform_migrations import run

revision = "0018_pre_authority"
down_revision = "0017_pre_parties"

AUTHORITY = """
ALTER TABLE legal_events ADD COLUMN authority text;
ALTER TABLE protest_acts ADD COLUMN authority text;
ALTER TABLE money_acts ADD COLUMN authority text;
ALTER TABLE instructions ADD COLUMN authority text;
ALTER TABLE hold_set_events ADD COLUMN authority text;
ALTER TABLE cut_sheet_confirmations ADD COLUMN authority text;
ALTER TABLE deemed_cases ADD COLUMN authority text;
"""


def upgrade() -> None:
    """Add the columns; they stay empty for what was done before."""
    run(AUTHORITY)
