"""Notes on items, and who read what of the law-enforcement compartment."""

from shared.db.platform_migrations import run, seal

revision = "0032_pre_notes"
down_revision = "0031_pre_redactions"

TABLES = """
CREATE TABLE item_notes (
    note_id uuid PRIMARY KEY,
    item_id uuid NOT NULL,
    level text NOT NULL,
    text text NOT NULL,
    written_at timestamptz NOT NULL,
    written_by text NOT NULL,
    written_by_name text NOT NULL,
    acting_for text,
    authority text NOT NULL,
    redacts uuid,
    redacts_sha256 bytea
);
CREATE INDEX item_notes_of_item ON item_notes (item_id, written_at, note_id);
COMMENT ON TABLE item_notes IS
    'Notes on items at three levels; a redacted copy names its original and the hash of what that says.';

CREATE TABLE compartment_reads (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id uuid NOT NULL,
    what text NOT NULL,
    read_at timestamptz NOT NULL,
    read_by text NOT NULL,
    read_by_name text NOT NULL,
    acting_for text
);
CREATE INDEX compartment_reads_of_item ON compartment_reads (item_id, number);
COMMENT ON TABLE compartment_reads IS
    'Who read what of the law-enforcement compartment, and when: a line for each answer that was given.';
"""


def upgrade() -> None:
    """Both are under seal from their first line; so is from now on who was named on a matter."""
    run(TABLES)
    seal("item_notes", "item_id")
    seal("compartment_reads", "item_id")
    seal("need_to_know", "item_id")
