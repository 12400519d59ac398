"""Whom a broadcast was for is paged by an ordinal: a cursor with the importer number in it told what is masked."""

from shared.db.platform_migrations import run

revision = "0024_pre_recipient_ordinals"
down_revision = "0023_pre_askers_unnamed"

ORDINALS = """
ALTER TABLE broadcast_recipients ADD COLUMN ordinal bigint GENERATED ALWAYS AS IDENTITY;
CREATE INDEX broadcast_recipients_ordinal ON broadcast_recipients (broadcast_id, ordinal);
"""


def upgrade() -> None:
    """Rows that are there are numbered as they lie, which is nearly the order of their names."""
    run(ORDINALS)
