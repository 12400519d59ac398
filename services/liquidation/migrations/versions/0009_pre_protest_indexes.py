"""Indexes of protests by state, by lead, by the code of their filer and by surety."""

from shared.db.platform_migrations import run

revision = "0009_pre_protest_indexes"
down_revision = "0008_pre_clock_facts"

INDEXES = """
CREATE INDEX protests_state ON protests (state, filing_number);
CREATE INDEX protests_lead ON protests (lead_protest) WHERE lead_protest IS NOT NULL;
CREATE INDEX protests_filer_code ON protests (left(entries ->> 0, 3), filing_number);
CREATE INDEX protests_surety ON protests ((filed_by ->> 'id'), filing_number) WHERE filed_by ->> 'role' = 'surety';
"""


def upgrade() -> None:
    """Create them."""
    run(INDEXES)
