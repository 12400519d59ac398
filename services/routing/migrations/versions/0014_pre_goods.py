"""A review that was decided says which criteria its reviewer found right or wrong.

Entries under review are published with their lines from here on; those are part of the decision as it is kept.
"""

from shared.db.platform_migrations import run

revision = "0014_pre_goods"
down_revision = "0013_pre_activity_changes"

JUDGED = """
ALTER TABLE review_outcomes ADD COLUMN judged jsonb NOT NULL DEFAULT '{}'::jsonb;
"""


def upgrade() -> None:
    """Decisions of before judged no criterion."""
    run(JUDGED)
