"""Runs of programs, what they posted of each entry, what is taken back, and the terms on which money is assessed."""

from shared.db.platform_migrations import run

revision = "0034_pre_postings"
down_revision = "0033_pre_rolls"

TABLES = """
ALTER TABLE programs ADD COLUMN standing text NOT NULL DEFAULT 'running', ADD COLUMN standing_since timestamptz;
ALTER TABLE assessments ADD COLUMN terms jsonb;

CREATE TABLE program_runs (
    program text NOT NULL,
    run integer NOT NULL,
    kind text NOT NULL,
    posted_on date NOT NULL,
    cycle_on date,
    revision integer NOT NULL,
    state text NOT NULL,
    set_based bigint NOT NULL DEFAULT 0,
    careful bigint NOT NULL DEFAULT 0,
    dropped bigint NOT NULL DEFAULT 0,
    undetermined bigint NOT NULL DEFAULT 0,
    removed_cents bigint NOT NULL DEFAULT 0,
    interest_cents bigint NOT NULL DEFAULT 0,
    refund_cents bigint NOT NULL DEFAULT 0,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    why text,
    leaves bigint,
    root bytea,
    PRIMARY KEY (program, run),
    UNIQUE NULLS NOT DISTINCT (program, posted_on, kind, cycle_on)
);
COMMENT ON TABLE program_runs IS
    'Posting days of programs: what was posted, in which lane, to how much money, and the root of its proofs.';

CREATE TABLE program_run_parts (
    program text NOT NULL,
    run integer NOT NULL,
    part integer NOT NULL,
    reached text NOT NULL,
    until_number text,
    is_done boolean NOT NULL,
    chunks integer NOT NULL DEFAULT 0,
    progressed_at timestamptz NOT NULL,
    PRIMARY KEY (program, run, part)
);
COMMENT ON TABLE program_run_parts IS
    'Ranges of entry numbers that one worker each goes through in a run, and how far it came.';

CREATE TABLE program_postings (
    entry_number text NOT NULL,
    program text NOT NULL,
    run integer NOT NULL,
    posted_on date NOT NULL,
    revision integer NOT NULL,
    version integer NOT NULL,
    declaration_id text NOT NULL,
    row_number integer NOT NULL,
    importer_number text NOT NULL,
    cohort text NOT NULL,
    act text NOT NULL,
    writer text NOT NULL,
    lane text NOT NULL,
    act_key text NOT NULL,
    sequence bigint NOT NULL,
    liquidated_on date NOT NULL,
    paid_on date,
    headings text[] NOT NULL,
    removed_cents bigint NOT NULL,
    outcome text NOT NULL,
    interest_cents bigint,
    refund_cents bigint,
    refund_number text,
    missing text,
    posted_at timestamptz NOT NULL,
    leaf bytea NOT NULL,
    reversal text,
    reversal_by text,
    reversal_asked_at timestamptz,
    reversal_reason text,
    reversed_key text,
    reversal_code text,
    PRIMARY KEY (entry_number, program)
);
CREATE INDEX program_postings_run ON program_postings (program, run, entry_number);
CREATE INDEX program_postings_importer ON program_postings (importer_number, program, entry_number);
CREATE INDEX program_postings_reversal ON program_postings (program, entry_number)
    WHERE reversal IN ('asked', 'confirmed');
COMMENT ON TABLE program_postings IS
    'What a program did to each entry: the act, its money, the digest of its proof, how it was undone.';
CREATE INDEX declared_entries_due ON declared_entries (program, entry_number) WHERE state = 'due';
"""


def upgrade() -> None:
    """Nothing of before was posted."""
    run(TABLES)
