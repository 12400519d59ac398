"""A notice says which case of its kind it is: a denial or an allowance, a removal that leaves other suspensions."""

from shared.db.platform_migrations import run

revision = "0002_pre_variants"
down_revision = "0001_pre_first_release"


def upgrade() -> None:
    """Notices made before are of the plain case."""
    run("ALTER TABLE notices ADD COLUMN variant text;")
