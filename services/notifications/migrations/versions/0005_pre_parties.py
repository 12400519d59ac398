"""Parties as recipients beside the importer."""

from shared.db.platform_migrations import run
from shared.parties.migrations import create_party_tables_v1

revision = "0005_pre_parties"
down_revision = "0004_pre_job_runs"

# Deliveries to a party are few among those without address; the index of the importers does not find them.
INDEX = """
CREATE INDEX deliveries_unaddressed_party ON deliveries (recipient_role)
    WHERE state = 'no-address' AND recipient_role <> 'importer';
"""


def upgrade() -> None:
    """Create the tables; deliveries made before go to importers and the public."""
    create_party_tables_v1()
    run(INDEX)
