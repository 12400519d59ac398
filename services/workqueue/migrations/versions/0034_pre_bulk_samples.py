"""Samples of bulk runs, looked at by a person before the run begins."""

from shared.db.platform_migrations import run, seal

revision = "0034_pre_bulk_samples"
down_revision = "0033_pre_quality_boards"

TABLES = """
CREATE TABLE bulk_checks (
    run_id uuid NOT NULL,
    number integer NOT NULL,
    verdict text NOT NULL,
    says text NOT NULL,
    checked_by text NOT NULL,
    checked_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, number)
);
COMMENT ON TABLE bulk_checks IS
    'What a person found who looked at an item of the sample of a run, before it began.';
"""


def upgrade() -> None:
    """Runs that were asked for without a sample have none."""
    run(TABLES)
    seal("bulk_checks", "run_id")
