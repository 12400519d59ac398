"""Rules that change while routing runs; decisions keep what they count for and what was selected."""

from shared.db.platform_migrations import run

revision = "0002_pre_rule_changes"
down_revision = "0001_pre_first_release"

STATEMENTS = """
CREATE TABLE rule_changes (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    reference text NOT NULL,
    changed_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE rule_changes IS
    'Every change of what decisions are made with: maps, criteria, policies, Centers. Only added to.';

CREATE TABLE entry_standings (
    entry_number text PRIMARY KEY,
    version integer NOT NULL,
    previous integer
);
COMMENT ON TABLE entry_standings IS
    'The highest version of each entry, which import activity counts, and the one that it took the place of.';
INSERT INTO entry_standings (entry_number, version)
SELECT entry_number, max(version) FROM routing_decisions GROUP BY entry_number;

ALTER TABLE routing_decisions
    ADD COLUMN goods jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN selection jsonb NOT NULL DEFAULT '{}';
"""


def upgrade() -> None:
    """Add the columns and the table."""
    run(STATEMENTS)
