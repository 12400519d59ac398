"""Protests in bulk by criteria: selections, their samples, and what became of each protest."""

from shared.db.platform_migrations import run, seal

revision = "0028_pre_protest_selections"
down_revision = "0027_pre_rates_of_cases"

TABLES = """
CREATE TABLE protest_selections (
    selection_id uuid PRIMARY KEY,
    criteria jsonb NOT NULL,
    act jsonb NOT NULL,
    reason text NOT NULL,
    sample integer NOT NULL,
    tolerated integer NOT NULL,
    seed text NOT NULL,
    asked_by jsonb NOT NULL,
    signature text NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL,
    protests integer NOT NULL,
    is_cut boolean NOT NULL,
    foreseen integer NOT NULL,
    stake_cents bigint NOT NULL,
    stake_unknown integer NOT NULL,
    change_cents bigint NOT NULL,
    needs_second boolean NOT NULL,
    begun_by text,
    begun_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX protest_selections_going ON protest_selections (asked_at) WHERE state IN ('looking', 'running');
COMMENT ON TABLE protest_selections IS
    'One act on the protests that criteria gave, with who asked for it and who began it.';

CREATE TABLE selected_protests (
    selection_id uuid NOT NULL,
    number integer NOT NULL,
    filing_number text NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    is_looked_at boolean NOT NULL,
    code text,
    says text,
    stake_cents bigint,
    change_cents bigint NOT NULL,
    at timestamptz,
    PRIMARY KEY (selection_id, number)
);
CREATE INDEX selected_protests_pending ON selected_protests (selection_id, number) WHERE state = 'pending'::text;
COMMENT ON TABLE selected_protests IS 'What became of each protest of a selection, written with the act itself.';

CREATE TABLE selection_draws (
    selection_id uuid PRIMARY KEY,
    seed text NOT NULL,
    candidates integer NOT NULL,
    numbers integer[] NOT NULL,
    drawn_at timestamptz NOT NULL
);
COMMENT ON TABLE selection_draws IS 'The sample of a selection, drawn once under its seed.';

CREATE TABLE selection_looks (
    selection_id uuid NOT NULL,
    number integer NOT NULL,
    verdict text NOT NULL,
    says text NOT NULL,
    looked_by text NOT NULL,
    looked_at timestamptz NOT NULL,
    PRIMARY KEY (selection_id, number)
);
COMMENT ON TABLE selection_looks IS
    'What an officer found who looked at a protest of the sample of a selection.';
"""


def upgrade() -> None:
    """What was drawn and what was found is under seal from its first line."""
    run(TABLES)
    seal("selection_draws", "selection_id")
    seal("selection_looks", "selection_id")
