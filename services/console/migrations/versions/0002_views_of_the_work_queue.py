"""Views of the queue are kept by the work queue."""

from shared.db.platform_migrations import run

revision = "0002_views_of_the_work_queue"
down_revision = "0001_pre_first_release"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forget the views of the console: the work queue keeps them with their counts and for roles."""
    run("DROP TABLE views")
