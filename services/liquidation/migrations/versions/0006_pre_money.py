"""Assessments, bills, payments, refunds, the payees' accounts, and what was done about them."""

from shared.db.platform_migrations import run

revision = "0006_pre_money"
down_revision = "0005_pre_protest_life"

TABLES = """
CREATE TABLE assessments (
    entry_number text NOT NULL,
    act_key text NOT NULL,
    ordinal integer NOT NULL,
    occasion text NOT NULL,
    liquidated_on date NOT NULL,
    assessed_on date NOT NULL,
    importer_number text NOT NULL,
    before jsonb NOT NULL,
    found jsonb NOT NULL,
    outcome text NOT NULL,
    rule text NOT NULL,
    change_cents bigint NOT NULL,
    interest_cents bigint,
    interest_change_cents bigint,
    total_cents bigint,
    segments jsonb NOT NULL,
    is_disregarded boolean NOT NULL,
    reason_code text,
    missing text,
    why text,
    foreseen text,
    required_on date,
    required_basis text NOT NULL,
    payee text,
    bill_number text,
    refund_number text,
    PRIMARY KEY (entry_number, act_key)
);
CREATE INDEX assessments_undetermined ON assessments (importer_number) WHERE outcome = 'undetermined';
COMMENT ON TABLE assessments IS
    'The money of each liquidation or reliquidation that changes some: by class, with interest, or what lacks.';

CREATE TABLE bills (
    bill_number text NOT NULL,
    entry_number text NOT NULL,
    act_key text NOT NULL,
    importer_number text NOT NULL,
    surety_code text,
    principal jsonb NOT NULL,
    interest_cents bigint NOT NULL,
    billed_cents bigint NOT NULL,
    liquidated_on date NOT NULL,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    state text NOT NULL,
    replaced_by text,
    stood_on date NOT NULL,
    open_cents bigint NOT NULL,
    delinquency_cents bigint NOT NULL,
    surplus_cents bigint NOT NULL,
    settled_on date,
    blocks jsonb NOT NULL,
    unknown_because text,
    noticed_through date NOT NULL,
    next_step_on date,
    PRIMARY KEY (bill_number)
);
CREATE INDEX bills_entry ON bills (entry_number);
CREATE INDEX bills_importer ON bills (importer_number, bill_number);
CREATE INDEX bills_stepping ON bills (next_step_on) WHERE next_step_on IS NOT NULL;
COMMENT ON TABLE bills IS
    'Bills: what was billed and how it stood on a day: open, delinquent, paid, or replaced by a later act.';

CREATE TABLE bill_payments (
    bill_number text NOT NULL,
    number integer NOT NULL,
    received_on date NOT NULL,
    cents bigint NOT NULL,
    payer text NOT NULL,
    reference text NOT NULL,
    recorded_by text NOT NULL,
    recorded_for text,
    PRIMARY KEY (bill_number, number)
);
COMMENT ON TABLE bill_payments IS
    'Payments on bills, only added to; the day of receipt counts.';

CREATE TABLE refunds (
    refund_number text NOT NULL,
    entry_number text NOT NULL,
    act_key text NOT NULL,
    importer_number text NOT NULL,
    surety_code text,
    principal jsonb NOT NULL,
    interest_cents bigint NOT NULL,
    refund_cents bigint NOT NULL,
    liquidated_on date NOT NULL,
    opened_on date NOT NULL,
    due_on date NOT NULL,
    revision integer NOT NULL,
    state text NOT NULL,
    way text NOT NULL,
    missing jsonb NOT NULL,
    reason text NOT NULL,
    replaced_by text,
    certified_on date,
    certified_by text,
    certified_for text,
    paid_on date,
    paid_by text,
    paid_for text,
    delay_cents bigint,
    delay_blocks jsonb NOT NULL,
    PRIMARY KEY (refund_number)
);
CREATE INDEX refunds_entry ON refunds (entry_number);
CREATE INDEX refunds_importer ON refunds (importer_number, refund_number);
COMMENT ON TABLE refunds IS
    'Refunds: waiting for enrollment, ready, certified, paid, or replaced by a later act.';

CREATE TABLE importer_refund_accounts (
    importer_number text NOT NULL,
    revision integer NOT NULL,
    effective_on date NOT NULL,
    is_corporation boolean,
    pays_monthly boolean,
    has_ach_enrollment boolean,
    has_valid_bank_data boolean,
    has_paper_waiver boolean NOT NULL,
    recorded_by text NOT NULL,
    recorded_for text,
    PRIMARY KEY (importer_number, revision)
);
COMMENT ON TABLE importer_refund_accounts IS
    'How an importer can be paid and which rate it gets, by revision; only added to, the highest stands.';

CREATE TABLE deposit_facts (
    entry_number text NOT NULL,
    revision integer NOT NULL,
    required_on date,
    claimed_on date,
    case_order_on date,
    recorded_by text NOT NULL,
    recorded_for text,
    PRIMARY KEY (entry_number, revision)
);
COMMENT ON TABLE deposit_facts IS
    'What the summary does not say of an entry''s deposit and interest needs, by revision; the highest stands.';

CREATE TABLE money_acts (
    entry_number text NOT NULL,
    event_key text NOT NULL,
    number integer NOT NULL,
    change text NOT NULL,
    occurred_on date NOT NULL,
    rule text NOT NULL,
    detail text NOT NULL,
    bill_number text,
    refund_number text,
    cents bigint,
    actor text,
    PRIMARY KEY (entry_number, event_key)
);
COMMENT ON TABLE money_acts IS
    'Notices, demands, payments and certifications on an entry''s bills and refunds, each once; only added to.';

CREATE INDEX entries_assessable ON entries (liquidation_posted_on, entry_number)
    WHERE effect_duty_cents <> 0 OR effect_fees_cents <> 0;
"""


def upgrade() -> None:
    """Create the tables."""
    run(TABLES)
