"""Parties and what importers delegated to them, as routing says it."""

from shared.parties.migrations import create_party_tables_v1

revision = "0008_pre_parties"
down_revision = "0007_pre_job_runs"


def upgrade() -> None:
    """Create the tables; parties come with their events."""
    create_party_tables_v1()
