"""Seals of history."""

from shared.db.platform_migrations import create_platform_tables_v4, seal

revision = "0016_pre_seals"
down_revision = "0015_pre_files"


def upgrade() -> None:
    """What is there is sealed by the first runs of the job."""
    create_platform_tables_v4()
    seal("account_changes", "importer_number")
    seal("account_family_changes", "family")
    seal("assignments", "importer_number")
    seal("appeal_steps", "appeal_number")
    seal("criteria_changes", "criterion_id")
    seal("delegation_acts", "delegation_id")
    seal("directory_changes", "code")
    seal("moves", "number")
    seal("party_changes", "party_id")
    seal("rule_changes", "reference")
    seal("tariff_map_changes", "version")
