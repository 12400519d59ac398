"""Claims of entries that have no row yet; the record leaves room for what is written into a row later."""

from shared.db.platform_migrations import run

revision = "0021_pre_entry_claims"
down_revision = "0020_pre_entry_lists"

CLAIMS = """
CREATE TABLE entry_claims (entry_number text PRIMARY KEY);
COMMENT ON TABLE entry_claims IS
    'Numbers whose row of entries is being made: held within a transaction, gone when it ends.';
"""
# A release soon changes columns that no index has: with room in its page, a row is written beside itself, indexes stay.
ROOM = """
ALTER TABLE entries SET (fillfactor = 50);
DROP INDEX entries_open_importer;
"""


def upgrade() -> None:
    """Create the table, leave room, and drop the index that `entries_importer_period` covers."""
    run(CLAIMS)
    run(ROOM)
