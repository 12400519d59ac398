"""In new installations the history that grows most is in pieces by its key; tables that hold rows stay as they are."""

from shared.db.platform_migrations import part_where_empty

revision = "0026_pre_pieces"
down_revision = "0025_pre_rows_by_number"


def upgrade() -> None:
    """Put what holds nothing into pieces."""
    part_where_empty("routing_decisions", "entry_number")
