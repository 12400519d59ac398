"""Entries name the surety on their bond, for the notices that it gets."""

from shared.db.platform_migrations import run

revision = "0030_pre_sureties"
down_revision = "0029_pre_escalation_days"

SURETIES = "ALTER TABLE entries ADD COLUMN surety_code text;"


def upgrade() -> None:
    """The surety is known with the next act of the legal record on each entry."""
    run(SURETIES)
