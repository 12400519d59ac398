"""Jobs say how they ran, which rows they set aside, and how far they have come through what they check."""

from shared.db.platform_migrations import create_platform_tables_v3, run

revision = "0016_pre_job_runs"
down_revision = "0015_pre_bus_conflicts"

# What changed lately is found by when it was recorded. Older acts count as recorded now, and no row is rewritten.
CHANGES = """
ALTER TABLE legal_events ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX legal_events_recorded ON legal_events USING brin (recorded_at) WITH (autosummarize = on);
ALTER TABLE instructions ADD COLUMN went_round_at timestamptz;
CREATE INDEX entry_versions_recorded ON entry_versions USING brin (recorded_at) WITH (autosummarize = on);
"""


def upgrade() -> None:
    """Add the tables of scheduled jobs, when acts were recorded, and which instructions have gone through."""
    create_platform_tables_v3()
    run(CHANGES)
