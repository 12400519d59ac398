"""Decisions say what they change by accounting class, where the Center knows it."""

from shared.db.platform_migrations import run

revision = "0003_pre_classes"
down_revision = "0002_pre_filings_and_moves"


def upgrade() -> None:
    """Decisions made before name no class."""
    run("ALTER TABLE decisions ADD COLUMN by_class jsonb NOT NULL DEFAULT '[]';")
