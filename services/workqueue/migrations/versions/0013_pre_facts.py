"""What the legal record says is kept as the processes of items follow it."""

from shared.db.platform_migrations import run

revision = "0013_pre_facts"
down_revision = "0012_pre_matters"

FACTS = """
CREATE TABLE heard_facts (
    subject text NOT NULL,
    event_id text NOT NULL,
    topic text NOT NULL,
    word text NOT NULL,
    at timestamptz NOT NULL,
    sequence integer NOT NULL,
    fields jsonb NOT NULL,
    PRIMARY KEY (subject, event_id)
);
COMMENT ON TABLE heard_facts IS
    'Events that the processes of items follow, by the entry, protest or importer that they are about.';
"""


def upgrade() -> None:
    """Add the table."""
    run(FACTS)
