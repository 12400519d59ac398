"""An assessment keeps the day of the claim under 1520(d) that it follows from: interest runs from it."""

from shared.db.platform_migrations import run

revision = "0012_pre_claims"
down_revision = "0011_pre_reconciliation_flag"


def upgrade() -> None:
    """Assessments made before follow from no claim, or from the day that was recorded with the deposit."""
    run("ALTER TABLE assessments ADD COLUMN claimed_on date;")
