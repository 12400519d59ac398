"""Files are attached to items."""

from shared.files.migrations import create_file_table_v1

revision = "0018_pre_files"
down_revision = "0017_pre_findings"


def upgrade() -> None:
    """The table of files."""
    create_file_table_v1()
