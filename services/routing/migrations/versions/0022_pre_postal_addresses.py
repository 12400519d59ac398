"""Where letters to an account go."""

from shared.db.platform_migrations import run

revision = "0022_pre_postal_addresses"
down_revision = "0021_pre_admissions"


def upgrade() -> None:
    """Nobody has said one yet: it is not known."""
    run("ALTER TABLE accounts ADD COLUMN postal_address jsonb;")
