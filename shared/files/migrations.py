"""The steps that create the table of files; run by a migration of each service that takes them, never edited."""

from shared.db.platform_migrations import run, seal

V1 = """
CREATE TABLE files (
    file_id uuid PRIMARY KEY,
    subject text NOT NULL,
    subject_id text NOT NULL,
    level text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    added_at timestamptz NOT NULL,
    added_by text NOT NULL,
    added_by_name text NOT NULL,
    acting_for text,
    is_by_party boolean NOT NULL,
    authority text NOT NULL,
    scan text NOT NULL,
    scan_detail text,
    scanned_at timestamptz
);
CREATE INDEX files_subject ON files (subject, subject_id, added_at, file_id);
CREATE INDEX files_sha256 ON files (sha256);
CREATE INDEX files_unscanned ON files (file_id) WHERE scan = ANY (ARRAY['received'::text, 'not-scanned'::text]);
COMMENT ON TABLE files IS 'Files on matters; their bytes lie in the store of files, under their SHA-256.';
"""

V2 = """
ALTER TABLE files ADD COLUMN redacts uuid, ADD COLUMN redacts_sha256 bytea;
"""


def create_file_table_v1() -> None:
    """Files as they were first kept."""
    run(V1)


def upgrade_file_table_v2() -> None:
    """Redacted copies name their original, and rows of files are under seal but for their scan."""
    run(V2)
    seal("files", "subject_id")
