"""Digests of blocks of a run's leaves; reports of programs, kept whole as they were made, and who signed them."""

from shared.db.platform_migrations import run, seal

revision = "0036_pre_proofs"
down_revision = "0035_pre_payments"

TABLES = """
CREATE TABLE program_run_blocks (
    program text NOT NULL,
    run integer NOT NULL,
    block integer NOT NULL,
    first_number text NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (program, run, block)
);
CREATE INDEX program_run_blocks_first ON program_run_blocks (program, run, first_number);
COMMENT ON TABLE program_run_blocks IS
    'Digests of 1,024 leaves each of a run, in order of entry number: a path to the root needs one block and these.';

CREATE TABLE program_reports (
    program text NOT NULL,
    as_of date NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    made_for text,
    sha256 bytea NOT NULL,
    document text NOT NULL,
    rows_csv text NOT NULL,
    PRIMARY KEY (program, as_of)
);
COMMENT ON TABLE program_reports IS
    'Reports of programs to a court, each made once for a day and kept whole: the same bytes whenever it is asked for.';

CREATE TABLE program_report_signatures (
    program text NOT NULL,
    as_of date NOT NULL,
    number integer NOT NULL,
    sha256 bytea NOT NULL,
    signed_at timestamptz NOT NULL,
    signed_by text NOT NULL,
    signed_for text,
    authority text NOT NULL,
    PRIMARY KEY (program, as_of, number)
);
COMMENT ON TABLE program_report_signatures IS 'Who signed a report of a program, and its digest as it was signed.';
"""


def upgrade() -> None:
    """Nothing of before has a root or a report."""
    run(TABLES)
    seal("program_report_signatures", "program")
