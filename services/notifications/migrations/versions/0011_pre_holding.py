"""What recipients ask for about the time of mails that may wait, and why a mail waits; digests."""

from shared.db.platform_migrations import run

revision = "0011_pre_holding"
down_revision = "0010_pre_times_off"

CHANGES = """
ALTER TABLE preferences ADD COLUMN quiet_since time, ADD COLUMN quiet_to time,
    ADD COLUMN time_zone text NOT NULL DEFAULT 'America/New_York', ADD COLUMN is_digest boolean NOT NULL DEFAULT false;
COMMENT ON TABLE preferences IS
    'By importer number or id of a party: a second language, a second contact, when what may wait is wanted.';
ALTER TABLE deliveries ADD COLUMN held_for text;
CREATE INDEX deliveries_digest ON deliveries (message_id) WHERE message_id LIKE '<digest.%';
"""


def upgrade() -> None:
    """Nobody has asked for anything yet: all goes out at once."""
    run(CHANGES)
