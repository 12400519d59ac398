"""Admissions to trusted-trader programs."""

from shared.db.platform_migrations import run

revision = "0021_pre_admissions"
down_revision = "0020_pre_recommendations"

TABLES = """
CREATE TABLE program_admissions (
    importer_number text NOT NULL,
    application text NOT NULL,
    program text NOT NULL,
    admitted_from date NOT NULL,
    admitted_by text NOT NULL,
    acting_for text,
    admitted_at timestamptz NOT NULL,
    PRIMARY KEY (importer_number, application)
);
COMMENT ON TABLE program_admissions IS
    'Admissions to trusted-trader programs, as the work queue told them; of importers without account too.';
"""


def upgrade() -> None:
    """One table."""
    run(TABLES)
