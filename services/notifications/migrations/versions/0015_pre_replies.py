"""What parties replied to notices."""

from shared.db.platform_migrations import run

revision = "0015_pre_replies"
down_revision = "0014_pre_status_records"

TABLE = """
CREATE TABLE replies (
    filing_number text PRIMARY KEY,
    notice_id uuid NOT NULL,
    text text NOT NULL,
    files jsonb NOT NULL,
    replied_by text NOT NULL,
    replied_by_name text NOT NULL,
    acting_for text,
    replied_at timestamptz NOT NULL
);
CREATE INDEX replies_notice ON replies (notice_id, replied_at);
COMMENT ON TABLE replies IS 'What parties replied to notices, by the filing that each became. Only added to.';
"""


def upgrade() -> None:
    """Nothing was replied yet."""
    run(TABLE)
