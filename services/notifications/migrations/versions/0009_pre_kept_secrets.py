"""Secrets of webhooks leave the answers that are kept for calls which are sent again."""

from shared.db.platform_migrations import run

revision = "0009_pre_kept_secrets"
down_revision = "0008_pre_immutable_bulletin"

CHANGES = """
UPDATE idempotency_keys SET response = response || jsonb_build_object('secret', NULL, 'secret_note',
    'The secret is shown once, in the first answer to this call; POST /webhooks/{webhook_id}/rotate gives a new one.')
WHERE response ? 'secret';
"""


def upgrade() -> None:
    """The secrets in the webhooks themselves are sealed by the job `seal-webhook-secrets`, which has the key."""
    run(CHANGES)
