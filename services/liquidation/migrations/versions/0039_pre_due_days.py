"""From when a request can be posted and by when, how a run goes through its ranges, and requests to reverse."""

from shared.db.platform_migrations import run

revision = "0039_pre_due_days"
down_revision = "0038_pre_settlements"

COLUMNS = """
ALTER TABLE declared_entries ADD COLUMN due_on date, ADD COLUMN act_by date, ADD COLUMN looked_on date;
ALTER TABLE program_run_parts ADD COLUMN walk text NOT NULL DEFAULT 'numbers', ADD COLUMN began_at timestamptz,
    ADD COLUMN posted bigint NOT NULL DEFAULT 0;
ALTER TABLE program_postings ADD COLUMN reversal_request integer;
ALTER TABLE program_voided_postings ADD COLUMN reversal_request integer;
CREATE INDEX declared_entries_first ON declared_entries (program, coalesce(act_by, 'infinity'::date), entry_number)
    INCLUDE (due_on, looked_on) WHERE state = 'due';
CREATE INDEX declared_entries_ready ON declared_entries
    (program, coalesce(greatest(due_on, looked_on + 1), '-infinity'::date), entry_number) WHERE state = 'due';
DROP INDEX program_postings_reversal;
CREATE INDEX program_postings_reversal ON program_postings (program, reversal, entry_number)
    WHERE reversal IN ('asked', 'confirmed');
"""
TABLE = """
CREATE TABLE program_reversals (
    program text NOT NULL,
    request integer NOT NULL,
    state text NOT NULL,
    by text NOT NULL,
    reason text NOT NULL,
    court_ordered_on date,
    is_in_suit boolean,
    court_number text,
    entries bigint NOT NULL,
    removed_cents bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    asked_by text NOT NULL,
    asked_for text,
    settled_at timestamptz,
    settled_by text,
    settled_for text,
    why text,
    PRIMARY KEY (program, request)
);
COMMENT ON TABLE program_reversals IS
    'What was asked to be reversed of a program, each request by itself: confirmed by another person, or withdrawn.';
"""
# What is asked for and not confirmed becomes one request of whoever asked last, as one confirmation took all of it.
KNOWN = """
INSERT INTO program_reversals (program, request, state, by, reason, entries, removed_cents, asked_at, asked_by,
    asked_for)
SELECT p.program, 1, 'asked', min(p.reversal_by), min(p.reversal_reason), count(*), sum(p.removed_cents),
    max(p.reversal_asked_at), last.actor, last.acting_for
FROM program_postings p CROSS JOIN LATERAL (
    SELECT e.actor, e.acting_for FROM program_events e WHERE e.program = p.program AND e.change = 'reversal-asked'
    ORDER BY e.number DESC LIMIT 1) AS last
WHERE p.reversal = 'asked' GROUP BY p.program, last.actor, last.acting_for;
UPDATE program_postings p SET reversal_request = 1 FROM program_reversals r
WHERE p.reversal = 'asked' AND r.program = p.program;
"""


def upgrade() -> None:
    """Days are written as requests are judged again; until then a run looks at each of them."""
    run(COLUMNS)
    run(TABLE)
    run(KNOWN)
