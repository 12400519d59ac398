"""Webhooks, with the log of what went to each."""

from shared.db.platform_migrations import run

revision = "0007_pre_webhooks"
down_revision = "0006_pre_every_notice"

CHANGES = """
CREATE TABLE webhooks (
    webhook_id uuid PRIMARY KEY,
    recipient text NOT NULL,
    url text NOT NULL,
    kinds jsonb NOT NULL,
    secrets jsonb NOT NULL,
    state text NOT NULL,
    failing_since timestamptz,
    off_reason text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX webhooks_recipient ON webhooks (recipient, webhook_id);
COMMENT ON TABLE webhooks IS 'Where a recipient''s notices go as calls, signed with its secrets.';

CREATE INDEX deliveries_webhook ON deliveries (channel, queued_at, notice_id)
    WHERE channel <> 'email' AND channel <> 'bulletin';
"""


def upgrade() -> None:
    """Nobody has one yet."""
    run(CHANGES)
