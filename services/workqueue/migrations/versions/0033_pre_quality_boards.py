"""Second reviews of decisions, boards of enforcement and what their members do, satisfaction of parties."""

from shared.db.platform_migrations import run, seal

revision = "0033_pre_quality_boards"
down_revision = "0032_pre_notes"

TABLES = """
CREATE TABLE quality_plans (
    center text NOT NULL,
    version integer NOT NULL,
    floor_percent integer NOT NULL,
    by_criterion jsonb NOT NULL,
    by_officer jsonb NOT NULL,
    money_from_usd bigint,
    money_percent integer NOT NULL,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_by_name text NOT NULL,
    set_at timestamptz NOT NULL,
    authority text NOT NULL,
    PRIMARY KEY (center, version)
);
COMMENT ON TABLE quality_plans IS
    'How many decisions of a Center are reviewed a second time; the highest version stands.';

CREATE TABLE quality_samples (
    sample_id uuid PRIMARY KEY,
    decision_id uuid NOT NULL UNIQUE,
    item_id uuid NOT NULL,
    center text NOT NULL,
    stratum text NOT NULL,
    drawn_at timestamptz NOT NULL,
    state text NOT NULL,
    reviewer text,
    reviewer_name text,
    taken_at timestamptz,
    outcome text,
    reason text,
    done_at timestamptz
);
CREATE INDEX quality_samples_queue ON quality_samples (center, drawn_at, sample_id) WHERE state <> 'done';
CREATE INDEX quality_samples_done ON quality_samples (done_at) WHERE state = 'done';
CREATE INDEX quality_samples_reviewer ON quality_samples (item_id, reviewer) WHERE state = 'taken';
COMMENT ON TABLE quality_samples IS
    'Decisions that are reviewed a second time, blind, and what the second review found.';
CREATE INDEX decisions_decided_at ON decisions (decided_at);

CREATE TABLE boards (
    center text NOT NULL,
    version integer NOT NULL,
    quorum integer NOT NULL,
    members jsonb NOT NULL,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_by_name text NOT NULL,
    set_at timestamptz NOT NULL,
    authority text NOT NULL,
    PRIMARY KEY (center, version)
);
COMMENT ON TABLE boards IS 'Who sits on the enforcement board of a Center, and its quorum; the highest version stands.';

CREATE TABLE board_acts (
    item_id uuid NOT NULL,
    number integer NOT NULL,
    hearing integer NOT NULL,
    act text NOT NULL,
    member text NOT NULL,
    member_name text NOT NULL,
    at timestamptz NOT NULL,
    fields jsonb NOT NULL,
    authority text NOT NULL,
    PRIMARY KEY (item_id, number)
);
COMMENT ON TABLE board_acts IS 'What members of a board did in a matter: stood aside, saw comparable matters, voted.';

CREATE TABLE satisfaction_answers (
    item_id uuid PRIMARY KEY,
    process text NOT NULL,
    center text NOT NULL,
    importer_number text NOT NULL,
    score integer NOT NULL,
    is_resolved boolean NOT NULL,
    comment text,
    answered_by text NOT NULL,
    answered_at timestamptz NOT NULL,
    authority text NOT NULL
);
CREATE INDEX satisfaction_answered_at ON satisfaction_answers (answered_at);
COMMENT ON TABLE satisfaction_answers IS 'What parties said after an inquiry or a visit.';
"""


def upgrade() -> None:
    """Nothing is drawn before a plan is set, no board votes before it is set."""
    run(TABLES)
    seal("quality_plans", "center")
    seal("boards", "center")
    seal("board_acts", "item_id")
    seal("satisfaction_answers", "item_id")
