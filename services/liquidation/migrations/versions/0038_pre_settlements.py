"""What of each refund is settled by set-off, by what a payment was replaced, what of postings was voided."""

from shared.db.platform_migrations import run

revision = "0038_pre_settlements"
down_revision = "0037_pre_reversals"

TABLES = """
ALTER TABLE payments ADD COLUMN replaced_by jsonb;
DROP INDEX payments_open;
CREATE INDEX payments_open ON payments (checked_on, payment)
    WHERE state IN ('waiting', 'ready', 'certified', 'returned');

CREATE TABLE payment_settlements (
    refund_number text NOT NULL,
    part integer NOT NULL,
    payment text NOT NULL,
    entry_number text NOT NULL,
    settled_on date NOT NULL,
    cents bigint NOT NULL,
    PRIMARY KEY (refund_number, part)
);
CREATE INDEX payment_settlements_payment ON payment_settlements (payment);
CREATE INDEX payment_settlements_entry ON payment_settlements (entry_number);
COMMENT ON TABLE payment_settlements IS
    'What of each refund was settled by set-off against bills, with which part of its payment: it stays settled.';

CREATE TABLE program_voided_postings (LIKE program_postings);
ALTER TABLE program_voided_postings ADD COLUMN voided_on date NOT NULL, ADD PRIMARY KEY (program, run, entry_number);
CREATE INDEX program_voided_postings_entry ON program_voided_postings (entry_number, program);
COMMENT ON TABLE program_voided_postings IS
    'What a program posted by an act that has no effect in law: kept for its proof, while the entry is judged again.';
"""
# What was set off is taken from the refunds in order of entry, as the statements have it, of those that were paid with
# the part: ranges of cents of the set-offs and of the refunds, laid over each other.
KNOWN = """
WITH applied AS (
    SELECT o.payment, coalesce(nullif(substring(b.reference FROM '-([0-9]+)$'), '')::integer, 1) AS part,
        o.settled_on, sum(o.cents) AS cents
    FROM payment_offsets o JOIN bill_payments b ON b.bill_number = o.bill_number AND b.number = o.bill_payment
    WHERE o.state = 'applied' GROUP BY 1, 2, 3
), of_parts AS (
    SELECT applied.*, sum(cents) OVER (PARTITION BY payment ORDER BY part, settled_on) AS until FROM applied
), of_refunds AS (
    SELECT m.payment, m.refund_number, m.entry_number, r.refund_cents,
        sum(r.refund_cents) OVER (PARTITION BY m.payment ORDER BY m.entry_number, m.refund_number) AS until
    FROM payment_refunds m JOIN refunds r ON r.refund_number = m.refund_number
    WHERE m.payment IN (SELECT payment FROM applied) AND EXISTS (
        SELECT FROM money_acts a WHERE a.entry_number = m.entry_number AND a.refund_number = m.refund_number
            AND a.detail = 'refund ' || m.refund_number || ': paid with payment ' || m.payment)
)
INSERT INTO payment_settlements (refund_number, part, payment, entry_number, settled_on, cents)
SELECT r.refund_number, p.part, r.payment, r.entry_number, max(p.settled_on),
    sum(least(p.until, r.until) - greatest(p.until - p.cents, r.until - r.refund_cents))::bigint
FROM of_parts p JOIN of_refunds r ON r.payment = p.payment
WHERE least(p.until, r.until) > greatest(p.until - p.cents, r.until - r.refund_cents)
GROUP BY r.refund_number, p.part, r.payment, r.entry_number
"""


def upgrade() -> None:
    """Set-offs of before are laid on the refunds that were paid with them."""
    run(TABLES)
    run(KNOWN)
