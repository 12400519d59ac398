"""Indexes by which entries of an importer, Center, filer, surety, or all are listed in order of their days."""

from shared.db.platform_migrations import run

revision = "0020_pre_entry_lists"
down_revision = "0019_pre_cycle_unseen"

INDEXES = """
CREATE INDEX entries_importer_period ON entries (importer_number, deemed_on, entry_number);
CREATE INDEX entries_center_period ON entries (center, deemed_on, entry_number);
CREATE INDEX entries_center_open ON entries (center, deemed_on, entry_number) WHERE liquidated_on IS NULL;
CREATE INDEX entries_filer_period ON entries (left(entry_number, 3), deemed_on, entry_number);
CREATE INDEX entries_surety_period ON entries (surety_code, deemed_on, entry_number);
CREATE INDEX entries_period ON entries (deemed_on, entry_number);
CREATE INDEX entries_day ON entries (entry_date, entry_number);
"""


def upgrade() -> None:
    """Create them."""
    run(INDEXES)
