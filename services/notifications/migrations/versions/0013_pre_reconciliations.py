"""What the comparison of the bulletin with the legal record found, by day."""

from shared.db.platform_migrations import run

revision = "0013_pre_reconciliations"
down_revision = "0012_pre_seals"

TABLE = """
CREATE TABLE reconciliations (
    day date PRIMARY KEY,
    acts integer NOT NULL,
    gaps jsonb NOT NULL,
    compared_at timestamptz NOT NULL
);
COMMENT ON TABLE reconciliations IS
    'Each day of the legal record beside the bulletin, as it was compared last: acts, and what is missing.';
"""


def upgrade() -> None:
    """No day was compared yet."""
    run(TABLE)
