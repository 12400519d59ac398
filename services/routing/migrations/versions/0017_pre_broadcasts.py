"""Bulletins that a Center sends to its importers."""

from shared.db.platform_migrations import run

revision = "0017_pre_broadcasts"
down_revision = "0016_pre_seals"

TABLE = """
CREATE TABLE broadcasts (
    broadcast_id text PRIMARY KEY,
    center text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    effective_on date,
    program text,
    hts text,
    importers integer NOT NULL,
    issued_by text NOT NULL,
    acting_for text,
    issued_at timestamptz NOT NULL
);
CREATE INDEX broadcasts_issued_at ON broadcasts (issued_at, broadcast_id);
COMMENT ON TABLE broadcasts IS 'Bulletins of the Centers to a segment of their importers. Only added to.';
"""


def upgrade() -> None:
    """Create the table; nothing was sent yet."""
    run(TABLE)
