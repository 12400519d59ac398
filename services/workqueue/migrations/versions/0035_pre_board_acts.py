"""Comparable matters of the enforcement board are found without reading the acts of all matters."""

from shared.db.platform_migrations import run

revision = "0035_pre_board_acts"
down_revision = "0034_pre_bulk_samples"

INDEX = """
CREATE INDEX item_acts_board ON item_acts (act, item_id)
    WHERE act = ANY (ARRAY['dispose'::text, 'screen'::text, 'screen-as-fraud'::text]);
"""


def upgrade() -> None:
    """Who acts on a matter meanwhile waits: in a quiet hour where there are many millions of acts."""
    run(INDEX)
