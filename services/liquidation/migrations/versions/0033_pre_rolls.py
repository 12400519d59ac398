"""Programs that take entries by themselves: rolls, answers of importers, facts that come after the posting."""

from shared.db.platform_migrations import run, seal

revision = "0033_pre_rolls"
down_revision = "0032_pre_partitions"

TABLES = """
ALTER TABLE program_revisions ADD COLUMN enrolled_to text NOT NULL DEFAULT '', ADD COLUMN enrolled_at timestamptz;
ALTER TABLE program_trials ADD COLUMN likely_cents bigint;
ALTER TABLE declared_entries ADD COLUMN answer text, ADD COLUMN answered_at timestamptz,
    ADD COLUMN offered_at timestamptz;

CREATE TABLE program_answers (
    program text NOT NULL,
    entry_number text NOT NULL,
    number integer NOT NULL,
    answer text NOT NULL,
    explanation text,
    answered_at timestamptz NOT NULL,
    answered_by text NOT NULL,
    answered_for text,
    authority text NOT NULL,
    PRIMARY KEY (program, entry_number, number)
);
COMMENT ON TABLE program_answers IS
    'What importers said to entries that a program took by itself: accept, decline, contest; the last stands.';

CREATE TABLE program_after_facts (
    program text NOT NULL,
    entry_number text NOT NULL,
    code text NOT NULL,
    declaration_id text NOT NULL,
    team text NOT NULL,
    removed_cents bigint NOT NULL,
    owed_cents bigint NOT NULL,
    found_at timestamptz NOT NULL,
    gone_at timestamptz,
    settled_at timestamptz,
    settled_by text,
    settled_for text,
    settlement text,
    PRIMARY KEY (program, entry_number, code)
);
CREATE INDEX program_after_facts_open ON program_after_facts (program, team, code)
    WHERE settled_at IS NULL AND gone_at IS NULL;
COMMENT ON TABLE program_after_facts IS
    'What came to be known of entries after they were posted: nothing is rewritten, a team is told.';
"""


def upgrade() -> None:
    """Nothing of before is on a roll."""
    run(TABLES)
    seal("program_answers", "program")
