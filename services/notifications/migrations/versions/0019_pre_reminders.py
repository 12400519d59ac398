"""Reminders of days that come near: recipients may turn them off, and days that moved are not told."""

from shared.db.platform_migrations import run

revision = "0019_pre_reminders"
down_revision = "0018_pre_letters"

TABLES = """
ALTER TABLE preferences ADD COLUMN wants_reminders boolean NOT NULL DEFAULT true;
CREATE TABLE withdrawn_reminders (
    subject text PRIMARY KEY,
    withdrawn_at timestamptz NOT NULL
);
COMMENT ON TABLE withdrawn_reminders IS
    'Days of clocks that moved, were met or ended after they were told to be near.';
"""


def upgrade() -> None:
    """Nobody has turned off what nobody had."""
    run(TABLES)
