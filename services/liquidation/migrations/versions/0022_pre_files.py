"""Files are attached to protests."""

from shared.files.migrations import create_file_table_v1

revision = "0022_pre_files"
down_revision = "0021_pre_entry_claims"


def upgrade() -> None:
    """The table of files."""
    create_file_table_v1()
