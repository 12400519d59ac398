"""The life of protests: their entries, acts, decisions by line, and decisions on claims under 1520(d)."""

from shared.db.platform_migrations import run

revision = "0005_pre_protest_life"
down_revision = "0004_pre_cut_sheets"

TABLES = """
ALTER TABLE protests
    ADD COLUMN issue text NOT NULL DEFAULT '',
    ADD COLUMN timeliness text NOT NULL DEFAULT 'unknown',
    ADD COLUMN further_review_state text NOT NULL DEFAULT 'none',
    ADD COLUMN acts integer NOT NULL DEFAULT 0,
    ADD COLUMN lead_protest text,
    ADD COLUMN is_open boolean NOT NULL DEFAULT true,
    ADD COLUMN settled_on date,
    ADD COLUMN denied_on date,
    ADD COLUMN sue_by date,
    ADD COLUMN due_on date,
    ADD COLUMN due_rule text,
    ADD COLUMN law_acts_after date,
    ADD COLUMN defects jsonb NOT NULL DEFAULT '[]';
CREATE INDEX protests_importer ON protests (importer_number);
CREATE INDEX protests_issue ON protests (issue, filing_number);
CREATE INDEX protests_due ON protests (due_on, filing_number) WHERE is_open;
CREATE INDEX protests_overdue ON protests (decide_by) WHERE is_open;
CREATE INDEX protests_law_acts ON protests (law_acts_after) WHERE law_acts_after IS NOT NULL;
COMMENT ON TABLE protests IS 'Protests by their filing number, and where each stands after its acts.';

CREATE TABLE protest_entries (
    filing_number text NOT NULL,
    entry_number text NOT NULL,
    timeliness text NOT NULL,
    rule text NOT NULL,
    why text NOT NULL,
    decided_on date,
    protest_by date,
    arguable_by date,
    outcome text,
    PRIMARY KEY (filing_number, entry_number)
);
INSERT INTO protest_entries (filing_number, entry_number, timeliness, rule, why)
SELECT DISTINCT filing_number, named, 'unknown', 'protest-180', 'not judged yet'
FROM protests CROSS JOIN LATERAL jsonb_array_elements_text(entries) AS named;
CREATE INDEX protest_entries_entry ON protest_entries (entry_number);
CREATE INDEX protest_entries_unknown ON protest_entries (entry_number) WHERE timeliness = 'unknown';
COMMENT ON TABLE protest_entries IS
    'Each entry that a protest names: whether it came in time, counted from which day, and what was decided.';

CREATE TABLE protest_acts (
    filing_number text NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    acted_on date NOT NULL,
    acted_at timestamptz NOT NULL,
    actor text NOT NULL,
    acting_for text,
    rule text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    details jsonb NOT NULL,
    PRIMARY KEY (filing_number, number)
);
COMMENT ON TABLE protest_acts IS 'What was done on a protest, by people and by the law, only added to.';

CREATE TABLE protest_decisions (
    filing_number text NOT NULL,
    act_number integer NOT NULL,
    entry_number text NOT NULL,
    line_number integer NOT NULL,
    outcome text NOT NULL,
    reasons text NOT NULL,
    change_duty_cents bigint NOT NULL,
    change_fees_cents bigint NOT NULL,
    PRIMARY KEY (filing_number, act_number, entry_number, line_number)
);
COMMENT ON TABLE protest_decisions IS
    'What a signed decision says of each entry and line; line 0 is the whole entry.';

CREATE TABLE preference_claim_decisions (
    filing_number text PRIMARY KEY,
    outcome text NOT NULL,
    decided_on date NOT NULL,
    decided_at timestamptz NOT NULL,
    reasons text NOT NULL,
    change_duty_cents bigint NOT NULL,
    change_fees_cents bigint NOT NULL,
    decided_by text NOT NULL,
    decided_for text
);
COMMENT ON TABLE preference_claim_decisions IS
    'What was decided on claims under 19 USC 1520(d); the claims themselves are post-entry filings.';
"""


def upgrade() -> None:
    """Create them; protests that are known are judged by the next daily run."""
    run(TABLES)
