"""Law-enforcement-sensitive matters are known to those who are named on them."""

from shared.db.platform_migrations import run

revision = "0020_pre_need_to_know"
down_revision = "0019_pre_opened_by_act"

NAMED = """
ALTER TABLE items ADD COLUMN knowers jsonb;
CREATE TABLE need_to_know (
    item_id uuid NOT NULL,
    subject text NOT NULL,
    added_at timestamptz NOT NULL,
    reason text NOT NULL,
    added_by text NOT NULL,
    added_by_name text NOT NULL,
    removed_by text,
    removed_at timestamptz,
    PRIMARY KEY (item_id, subject, added_at)
);
COMMENT ON TABLE need_to_know IS 'Who is, or was, named on a law-enforcement-sensitive matter, by whom, and why.';
"""


def upgrade() -> None:
    """Add the column and the table."""
    run(NAMED)
