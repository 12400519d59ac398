"""Selection criteria as data, what they hit, what reviews found, and medians of unit values."""

from shared.db.platform_migrations import run

revision = "0007_pre_selection"
down_revision = "0006_pre_directory_and_maps"

TABLES = """
CREATE TABLE criteria (
    criterion_id text NOT NULL,
    revision integer NOT NULL,
    position integer NOT NULL,
    state text NOT NULL,
    definition jsonb NOT NULL,
    shadow_from date,
    live_from date,
    retired_on date,
    live_requested_by text,
    live_requested_for text,
    PRIMARY KEY (criterion_id, revision)
);
COMMENT ON TABLE criteria IS
    'Selection criteria by revision, with the first day of each state; retired_on is the first day without it.';

CREATE TABLE criteria_changes (
    criterion_id text NOT NULL,
    sequence integer NOT NULL,
    revision integer NOT NULL,
    act text NOT NULL,
    reason text NOT NULL,
    effective_on date,
    definition jsonb,
    changed_by text NOT NULL,
    acting_for text,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (criterion_id, sequence)
);
COMMENT ON TABLE criteria_changes IS 'Every act on a criterion: who, when, why. Only added to.';

CREATE TABLE criterion_hits (
    entry_number text NOT NULL,
    version integer NOT NULL,
    criterion_id text NOT NULL,
    revision integer NOT NULL,
    mode text NOT NULL,
    entry_date date NOT NULL,
    PRIMARY KEY (entry_number, version, criterion_id, revision)
);
CREATE INDEX criterion_hits_criterion ON criterion_hits (criterion_id, entry_date);
COMMENT ON TABLE criterion_hits IS
    'Which criteria each version of an entry met: live, shadow (on trial), or floor (drawn at random).';

CREATE TABLE review_outcomes (
    decision_id text PRIMARY KEY,
    entry_number text NOT NULL,
    process text NOT NULL,
    outcome text NOT NULL,
    effect_cents bigint NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE INDEX review_outcomes_entry ON review_outcomes (entry_number);
COMMENT ON TABLE review_outcomes IS
    'What reviews decided, with the effect on duty and fees: positive is an increase, negative a refund.';

CREATE TABLE unit_value_versions (
    as_of date PRIMARY KEY,
    effective_on date NOT NULL,
    minimum_sample integer NOT NULL,
    medians integer NOT NULL,
    computed_by text NOT NULL,
    acting_for text,
    computed_at timestamptz NOT NULL
);
COMMENT ON TABLE unit_value_versions IS
    'Versions of the rolling medians: over the twelve months that end on as_of, used from effective_on.';

CREATE TABLE unit_values (
    as_of date NOT NULL,
    hts text NOT NULL,
    unit text NOT NULL,
    median_usd numeric NOT NULL,
    sample_size integer NOT NULL,
    PRIMARY KEY (as_of, hts, unit)
);
COMMENT ON TABLE unit_values IS 'Median value in dollars per unit of each tariff number, by version.';

ALTER TABLE routing_decisions ADD COLUMN units jsonb NOT NULL DEFAULT '[]';
CREATE INDEX routing_decisions_entry_date ON routing_decisions USING brin (entry_date);
"""

# The criteria of the product's first release, live since ever: decisions of all days before rest on them.
FIRST_CRITERIA = """
INSERT INTO criteria (criterion_id, revision, position, state, definition, live_from) VALUES
('case-on-line', 1, 1, 'live', '
    {"title": "A line names an antidumping or countervailing case.",
     "owner": "office-of-trade",
     "lane": "enforcement",
     "processes": ["ad-cvd"],
     "instruction": "Check case number, deposit rate and scope, and suspend liquidation where the order says so.",
     "sampling_basis_points": 10000,
     "spares_trusted": false,
     "what": {"has_case": true}}'::jsonb, '0001-01-01'),
('quota-entry', 1, 2, 'live', '
    {"title": "The entry type is subject to quota.",
     "owner": "office-of-trade",
     "lane": "document-review",
     "processes": ["quota"],
     "instruction": "Check the quantity against the quota and the rate that was claimed.",
     "sampling_basis_points": 10000,
     "spares_trusted": false,
     "what": {"is_quota": true}}'::jsonb, '0001-01-01'),
('large-preference', 1, 3, 'live', '
    {"title": "A preference is claimed on a line worth $100,000 or more.",
     "owner": "office-of-trade",
     "lane": "document-review",
     "processes": ["preference"],
     "instruction": "Check that the claim is supported: origin, certification, direct shipment where it is asked for.",
     "sampling_basis_points": 10000,
     "spares_trusted": true,
     "what": {"preference": "any"},
     "how_much": {"line_value_at_least_cents": 10000000}}'::jsonb, '0001-01-01'),
('high-value', 1, 4, 'live', '
    {"title": "The entry is worth $1,000,000 or more.",
     "owner": "office-of-trade",
     "lane": "document-review",
     "processes": ["entry-summary-review"],
     "instruction": "Check classification and value of the lines that carry most of the value.",
     "sampling_basis_points": 10000,
     "spares_trusted": true,
     "how_much": {"entry_value_at_least_cents": 100000000}}'::jsonb, '0001-01-01'),
('importer-unknown', 1, 5, 'live', '
    {"title": "The importer has no account yet.",
     "owner": "office-of-trade",
     "lane": "document-review",
     "processes": ["entry-summary-review"],
     "instruction": "Check who the importer is and whether an account should be opened.",
     "sampling_basis_points": 10000,
     "spares_trusted": false,
     "who": {"without_account": true}}'::jsonb, '0001-01-01');

INSERT INTO criteria_changes
    (criterion_id, sequence, revision, act, reason, effective_on, definition, changed_by, recorded_at)
SELECT criterion_id, 1, revision, 'shipped', 'The criteria that the product starts with.', live_from, definition,
    'centerline', timestamptz '2026-01-01 00:00:00+00'
FROM criteria;
"""


def upgrade() -> None:
    """Create the tables and keep the criteria that were built in."""
    run(TABLES)
    run(FIRST_CRITERIA)
