"""Days that start a clock and that no summary carries, as people record them."""

from shared.db.platform_migrations import run

revision = "0008_pre_clock_facts"
down_revision = "0007_pre_cycle_money"

TABLES = """
CREATE TABLE clock_facts (
    entry_number text NOT NULL,
    revision integer NOT NULL,
    final_withdrawal_on date,
    reconciliation_due_on date,
    designated_imports jsonb NOT NULL DEFAULT '[]',
    deposited_on date,
    waived_on date,
    entry_basis text,
    entry_filed_on date,
    presented_on date,
    withdrawn_on date,
    explanation text NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    recorded_for text,
    PRIMARY KEY (entry_number, revision)
);
COMMENT ON TABLE clock_facts IS
    'Days that start a clock and that no summary carries, as people recorded them; the highest revision holds.';
"""


def upgrade() -> None:
    """Create the table."""
    run(TABLES)
