"""Protests keep every act that ended the work on them or opened it again, because a voided denial opens it again."""

from shared.db.platform_migrations import run

revision = "0004_pre_reopened_protests"
down_revision = "0003_pre_classes"


def upgrade() -> None:
    """Protests that were settled before keep none; `settled_as` and `settled_at` say it."""
    run("ALTER TABLE protests ADD COLUMN turnings jsonb NOT NULL DEFAULT '[]';")
