"""How often a webhook was turned off by itself, by which the notice of each time is told apart."""

from shared.db.platform_migrations import run

revision = "0010_pre_times_off"
down_revision = "0009_pre_kept_secrets"


def upgrade() -> None:
    """Whose receivers are off already was not told, and is not now."""
    run("ALTER TABLE webhooks ADD COLUMN times_off integer NOT NULL DEFAULT 0")
