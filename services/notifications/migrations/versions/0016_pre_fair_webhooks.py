"""Receivers are served in turn, each from a queue of its own; what parties replied and the codes are sealed too."""

from shared.db.platform_migrations import run, seal

revision = "0016_pre_fair_webhooks"
down_revision = "0015_pre_replies"

CHANGES = """
ALTER TABLE webhooks ADD COLUMN paused_until timestamptz, ADD COLUMN called_at timestamptz;
CREATE INDEX deliveries_calls ON deliveries (channel, next_try_at) WHERE state = 'queued' AND lane = 3;
"""


def upgrade() -> None:
    """No receiver is paused and all have the same turn; calls that were put off come when they would have."""
    run(CHANGES)
    seal("replies", "notice_id")
    seal("status_records", "notice_id")
