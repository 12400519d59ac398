"""What notices say in the codes of CATAIR UC, for filers' software."""

from shared.db.platform_migrations import run

revision = "0014_pre_status_records"
down_revision = "0013_pre_reconciliations"

TABLE = """
CREATE TABLE status_records (
    ordinal bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notice_id uuid NOT NULL,
    filer_code text,
    disposition text NOT NULL,
    reason text,
    source text NOT NULL
);
CREATE INDEX status_records_filer ON status_records (filer_code, ordinal);
COMMENT ON TABLE status_records IS
    'What notices say in the codes of CATAIR UC, in the order in which it became known. Only added to.';
"""


def upgrade() -> None:
    """Notices of before have no records: the feed begins with this release."""
    run(TABLE)
