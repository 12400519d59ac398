"""Files are attached to appeals."""

from shared.files.migrations import create_file_table_v1

revision = "0015_pre_files"
down_revision = "0014_pre_goods"


def upgrade() -> None:
    """The table of files."""
    create_file_table_v1()
