"""Cycles say what they did not see: where the topics ended when each began, and what of it was not applied."""

from shared.db.platform_migrations import run

revision = "0019_pre_cycle_unseen"
down_revision = "0018_pre_authority"

# Null for the cycles before, and for those that the release before still runs: nobody knows what they did not see.
CYCLES = """
ALTER TABLE cycles ADD COLUMN unseen jsonb;
CREATE TABLE cycle_cuts (
    cycle_on date PRIMARY KEY,
    began_at timestamptz NOT NULL,
    ends jsonb,
    ends_read_at timestamptz
);
COMMENT ON TABLE cycle_cuts IS
    'When the cycle of a Friday began, and where the topics ended: [topic, partition, next offset].';
"""


def upgrade() -> None:
    """Add the column and the table."""
    run(CYCLES)
