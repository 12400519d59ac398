"""The earliest plausible end of the period, by which CBP acts and is alarmed, beside the one that governs."""

from shared.db.platform_migrations import run

revision = "0013_pre_act_by"
down_revision = "0012_pre_claims"


def upgrade() -> None:
    """Null: it is the deemed date. Of entries on record it follows when they are derived anew."""
    run("""
        ALTER TABLE entries ADD COLUMN act_by date;
        DROP INDEX entries_expiring;
        CREATE INDEX entries_expiring ON entries (least(act_by, deemed_on))
            INCLUDE (act_by, deemed_on, lane, deemed_rule, is_informal, extended_months, entry_number)
            WHERE liquidated_on IS NULL AND NOT is_suspended;
    """)
