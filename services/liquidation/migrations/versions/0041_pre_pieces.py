"""In new installations the history that grows most is in pieces by its key; tables that hold rows stay as they are."""

from shared.db.platform_migrations import part_where_empty

revision = "0041_pre_pieces"
down_revision = "0040_pre_rows_by_number"


def upgrade() -> None:
    """Put what holds nothing into pieces."""
    part_where_empty("entry_versions", "entry_number")
    part_where_empty("legal_events", "entry_number")
