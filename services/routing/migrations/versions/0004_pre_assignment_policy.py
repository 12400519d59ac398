"""Import activity, the assignment policy in versions, and proposals; assignments say what they rested on."""

from shared.db.platform_migrations import run

revision = "0004_pre_assignment_policy"
down_revision = "0003_pre_accounts"

STATEMENTS = """
CREATE TABLE import_activity (
    importer_number text NOT NULL,
    month date NOT NULL,
    hts6 text NOT NULL,
    lines bigint NOT NULL,
    goods bigint NOT NULL,
    value_usd bigint NOT NULL,
    PRIMARY KEY (importer_number, month, hts6)
);
COMMENT ON TABLE import_activity IS
    'Lines, goods and value by importer, month of entry and subheading, of the standing version of each entry.';

CREATE TABLE assignment_policies (
    version text PRIMARY KEY,
    effective_on date,
    document jsonb NOT NULL,
    reason text NOT NULL,
    proposed_by text NOT NULL,
    proposed_acting_for text,
    recorded_at timestamptz NOT NULL,
    confirmed_by text,
    confirmed_acting_for text,
    confirmed_at timestamptz,
    confirmed_reason text
);
CREATE UNIQUE INDEX assignment_policies_effective_on ON assignment_policies (effective_on);
COMMENT ON TABLE assignment_policies IS
    'Proposed and confirmed versions of the assignment policy, each in force from its first day.';

CREATE TABLE assignment_proposals (
    proposal_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    importer_number text NOT NULL,
    family text,
    month date NOT NULL,
    as_of date NOT NULL,
    present_center text,
    proposed_center text NOT NULL,
    runner_up text,
    margin_basis_points integer NOT NULL,
    policy_version text NOT NULL,
    map_version text NOT NULL,
    figures jsonb NOT NULL,
    reasons jsonb NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL,
    proposed_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    decided_by text,
    decided_acting_for text,
    decided_at timestamptz,
    decided_center text,
    ground text,
    reason text,
    effective_on date
);
CREATE UNIQUE INDEX assignment_proposals_month ON assignment_proposals (importer_number, policy_version, month)
    WHERE state <> 'superseded';
CREATE UNIQUE INDEX assignment_proposals_open ON assignment_proposals (importer_number) WHERE state = 'open';
CREATE INDEX assignment_proposals_state ON assignment_proposals (state, proposal_id);
COMMENT ON TABLE assignment_proposals IS
    'Centers proposed for accounts from the figures, and what people decided on them.';

ALTER TABLE assignments
    ADD COLUMN policy_version text,
    ADD COLUMN map_version text,
    ADD COLUMN figures jsonb,
    ADD COLUMN runner_up text,
    ADD COLUMN margin_basis_points integer,
    ADD COLUMN confirmed_by text,
    ADD COLUMN ground text;
"""


def upgrade() -> None:
    """Create the tables, add the columns."""
    run(STATEMENTS)
