"""How many gaps a day has is kept beside those that are named."""

from shared.db.platform_migrations import run

revision = "0017_pre_counted_gaps"
down_revision = "0016_pre_fair_webhooks"


def upgrade() -> None:
    """What was written before names all gaps."""
    run("ALTER TABLE reconciliations ADD COLUMN missing integer;")
