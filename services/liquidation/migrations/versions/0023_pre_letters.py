"""What became of a CBP 28 or 29: it is closed by its answer or its end, and its day moves with more time."""

from shared.db.platform_migrations import run

revision = "0023_pre_letters"
down_revision = "0022_pre_files"

LETTERS = """
CREATE TABLE letters (
    request_id text PRIMARY KEY,
    item_id text NOT NULL,
    sequence integer NOT NULL,
    due_on date,
    closing_sequence integer,
    closed_on date,
    closed_as text
);
COMMENT ON TABLE letters IS
    'What became of requests and notices: the day of the newest change, and the first change that closed each.';
COMMENT ON TABLE information_requests IS
    'Requests for information (CBP 28) and notices of action (CBP 29) by entry; open until answered or ended.';
"""


def upgrade() -> None:
    """Create the table."""
    run(LETTERS)
