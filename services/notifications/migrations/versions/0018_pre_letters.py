"""Letters on paper: where they go, batches for a print shop, proof of mailing."""

from shared.db.platform_migrations import run, seal

revision = "0018_pre_letters"
down_revision = "0017_pre_counted_gaps"

TABLES = """
ALTER TABLE importers ADD COLUMN postal_address jsonb, ADD COLUMN revision integer NOT NULL DEFAULT 0;

CREATE TABLE letter_batches (
    batch_id uuid PRIMARY KEY,
    center text,
    state text NOT NULL,
    is_scheduled boolean NOT NULL,
    opened_on date NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    authority text NOT NULL,
    ready_at timestamptz,
    letters integer NOT NULL DEFAULT 0,
    pages integer NOT NULL DEFAULT 0,
    set_aside integer NOT NULL DEFAULT 0,
    manifest_sha256 bytea,
    archive_sha256 bytea,
    archive_bytes bigint
);
CREATE INDEX letter_batches_opened ON letter_batches (opened_at, batch_id);
CREATE UNIQUE INDEX letter_batches_making ON letter_batches (coalesce(center, '')) WHERE state = 'making';
COMMENT ON TABLE letter_batches IS 'Batches of letters for a print shop, one at a time for each Center.';

CREATE TABLE letters (
    notice_id uuid NOT NULL,
    recipient_role text NOT NULL,
    batch_id uuid NOT NULL,
    position integer NOT NULL,
    language text NOT NULL,
    address jsonb NOT NULL,
    pages integer NOT NULL,
    size_bytes integer NOT NULL,
    sha256 bytea NOT NULL,
    typeset_at timestamptz NOT NULL,
    PRIMARY KEY (notice_id, recipient_role),
    CONSTRAINT letters_in_batch UNIQUE (batch_id, position)
);
COMMENT ON TABLE letters IS 'Letters as they went to the print shop, each in one batch. Only added to.';

CREATE TABLE letters_set_aside (
    notice_id uuid NOT NULL,
    recipient_role text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    account integer,
    set_aside_at timestamptz NOT NULL,
    PRIMARY KEY (notice_id, recipient_role)
);
COMMENT ON TABLE letters_set_aside IS
    'Letters that wait and could go into no batch, with why; account is the version of it that was looked at.';

CREATE TABLE letter_proofs (
    notice_id uuid NOT NULL,
    recipient_role text NOT NULL,
    act text NOT NULL,
    done_on date NOT NULL,
    batch_id uuid,
    carrier text,
    mail_class text,
    certified_number text,
    reason text,
    noted_by text NOT NULL,
    acting_for text,
    authority text NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (notice_id, recipient_role, act)
);
COMMENT ON TABLE letter_proofs IS
    'Proof of what the post did with letters: mailed on a day, returned on one. Only added to.';
"""


def upgrade() -> None:
    """No postal address is known yet, and nothing is in a batch."""
    run(TABLES)
    seal("letters", "notice_id")
    seal("letter_proofs", "notice_id")
