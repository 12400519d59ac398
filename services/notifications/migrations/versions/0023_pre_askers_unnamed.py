"""Published answers say what the asker is, and no longer by which name it was known."""

from shared.db.platform_migrations import run

revision = "0023_pre_askers_unnamed"
down_revision = "0022_pre_partitions"

UNNAMED = """
UPDATE questions SET published = jsonb_set(published, '{asked_by}', to_jsonb(
    CASE split_part(asker, ':', 1) WHEN 'filer' THEN 'a filer' WHEN 'surety' THEN 'a surety'
        WHEN 'agent' THEN 'an agent' WHEN 'counsel' THEN 'counsel' ELSE 'an importer' END))
WHERE published ->> 'asked_by' IS NOT NULL;
"""


def upgrade() -> None:
    """What was published with a name has it no more."""
    run(UNNAMED)
