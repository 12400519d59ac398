"""Payments of programs: refunds of one payee and posting day together, set-off, the payee that an importer names."""

from shared.db.platform_migrations import run, seal

revision = "0035_pre_payments"
down_revision = "0034_pre_postings"

TABLES = """
ALTER TABLE importer_refund_accounts ADD COLUMN designee_number text;
CREATE INDEX program_postings_payee ON program_postings (program, run, importer_number);

CREATE TABLE payments (
    payment text PRIMARY KEY,
    program text NOT NULL,
    importer_number text NOT NULL,
    payee_number text NOT NULL,
    posted_on date NOT NULL,
    ordinal integer NOT NULL,
    part integer NOT NULL,
    revision integer NOT NULL,
    events integer NOT NULL,
    state text NOT NULL,
    way text NOT NULL,
    missing jsonb NOT NULL,
    reason text NOT NULL,
    closed_at timestamptz NOT NULL,
    checked_on date NOT NULL,
    refunds bigint NOT NULL,
    removed_cents bigint NOT NULL,
    interest_cents bigint NOT NULL,
    refund_cents bigint NOT NULL,
    delay_cents bigint NOT NULL,
    offset_cents bigint NOT NULL,
    certified_on date,
    certified_by text,
    certified_for text,
    paid_on date,
    paid_by text,
    paid_for text,
    returned_on date,
    UNIQUE (program, importer_number, payee_number, posted_on, ordinal)
);
CREATE INDEX payments_program ON payments (program, payment);
CREATE INDEX payments_importer ON payments (importer_number, payment);
CREATE INDEX payments_open ON payments (checked_on, payment) WHERE state IN ('waiting', 'ready', 'returned');
COMMENT ON TABLE payments IS
    'Payments of programs: the refunds of one program to one payee of one posting day, and how far each has come.';

CREATE TABLE payment_refunds (
    refund_number text PRIMARY KEY,
    payment text NOT NULL,
    entry_number text NOT NULL
);
CREATE INDEX payment_refunds_payment ON payment_refunds (payment, entry_number);
COMMENT ON TABLE payment_refunds IS 'Which refunds are paid with which payment; a refund is in one at most.';

CREATE TABLE payment_offsets (
    payment text NOT NULL,
    bill_number text NOT NULL,
    entry_number text NOT NULL,
    told_on date NOT NULL,
    apply_from date NOT NULL,
    told_cents bigint NOT NULL,
    state text NOT NULL,
    cents bigint NOT NULL,
    settled_on date,
    bill_payment integer,
    why text,
    PRIMARY KEY (payment, bill_number)
);
CREATE UNIQUE INDEX payment_offsets_open ON payment_offsets (bill_number) WHERE state IN ('intended', 'certified');
COMMENT ON TABLE payment_offsets IS
    'What of a payment is set off against which bill: intended and told, certified, applied, or released and why.';

CREATE TABLE payment_events (
    payment text NOT NULL,
    number integer NOT NULL,
    part integer NOT NULL,
    change text NOT NULL,
    at timestamptz NOT NULL,
    occurred_on date NOT NULL,
    cents bigint NOT NULL,
    detail text NOT NULL,
    actor text,
    acting_for text,
    authority text,
    PRIMARY KEY (payment, number)
);
COMMENT ON TABLE payment_events IS 'What was done with payments, by people and by the law, only added to.';

CREATE TABLE payment_closings (
    program text NOT NULL,
    run integer NOT NULL,
    reached text NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (program, run)
);
COMMENT ON TABLE payment_closings IS 'Posting days whose refunds go into payments, and to which importer they have.';

CREATE TABLE payment_latecomers (
    refund_number text PRIMARY KEY,
    program text NOT NULL,
    importer_number text NOT NULL,
    opened_on date NOT NULL
);
CREATE INDEX payment_latecomers_day ON payment_latecomers (opened_on, importer_number);
COMMENT ON TABLE payment_latecomers IS
    'Refunds of programs whose amount became known after the posting, until they are in a payment.';
"""


def upgrade() -> None:
    """No payment was made before."""
    run(TABLES)
    seal("payment_events", "payment")
