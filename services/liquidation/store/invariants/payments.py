"""What must always hold of payments of programs: each refund in one, totals to the cent, nothing paid twice."""

from typing import Final

from services.liquidation.store.voided_postings import POSTED
from services.liquidation.store.walks import PAYMENTS
from shared.runtime.invariants import QueryInvariant

PAYMENT_INVARIANTS: Final = (
    QueryInvariant(
        "payments-hold-refunds-of-their-payee",
        "A payment holds refunds of its own program and importer alone; each refund of a program is in one at most.",
        f"""
        SELECT m.payment AS key, m.payment || ': ' || m.refund_number FROM payment_refunds m
        LEFT JOIN payments y ON y.payment = m.payment LEFT JOIN refunds r ON r.refund_number = m.refund_number
        LEFT JOIN {POSTED} p ON p.entry_number = m.entry_number AND p.program = y.program AND p.act_key = r.act_key
        WHERE AMONG(m.payment) AND (p.act_key IS NULL
            OR m.entry_number IS DISTINCT FROM r.entry_number OR y.importer_number IS DISTINCT FROM r.importer_number)
        """,
        PAYMENTS,
    ),
    QueryInvariant(
        "payment-totals-are-those-of-its-refunds",
        "What was paid with a payment is what its refunds come to, with interest for delay and what was set off of"
        " those that later acts replaced, less what was set off.",
        """
        SELECT y.payment AS key, y.payment || ': ' || y.refund_cents + y.delay_cents || ', its refunds '
            || coalesce(paid.cents, 0) || ', set off ' || coalesce(applied.cents, 0)
        FROM payments y LEFT JOIN LATERAL (
            SELECT sum(CASE r.state WHEN 'paid' THEN r.refund_cents + r.delay_cents ELSE s.cents END) AS cents,
                count(*) FILTER (WHERE r.state = 'paid') AS refunds
            FROM payment_refunds m JOIN refunds r ON r.refund_number = m.refund_number
            LEFT JOIN LATERAL (SELECT sum(s.cents) AS cents FROM payment_settlements s
                WHERE s.refund_number = m.refund_number) AS s ON true
            WHERE m.payment = y.payment
        ) AS paid ON true LEFT JOIN LATERAL (
            SELECT sum(o.cents) AS cents FROM payment_offsets o WHERE o.payment = y.payment AND o.state = 'applied'
        ) AS applied ON true
        WHERE AMONG(y.payment) AND y.state = 'paid' AND (
            y.refund_cents + y.delay_cents <> coalesce(paid.cents, 0) OR y.refunds <> paid.refunds
            OR y.offset_cents <> coalesce(applied.cents, 0) OR y.offset_cents > y.refund_cents + y.delay_cents)
        """,
        PAYMENTS,
    ),
    QueryInvariant(
        "refunds-of-payments-stand-as-they-do",
        "A refund that is paid with a payment is paid exactly when the payment is, unless a later act took its place.",
        """
        SELECT m.payment AS key, r.refund_number || ': ' || r.state || ', payment ' || y.state
        FROM payment_refunds m JOIN payments y ON y.payment = m.payment
        JOIN refunds r ON r.refund_number = m.refund_number
        WHERE AMONG(m.payment) AND r.state <> 'replaced' AND (
            (r.state = 'paid') <> (y.state = 'paid') OR (r.state = 'certified') <> (y.state = 'certified'))
        """,
        PAYMENTS,
    ),
    QueryInvariant(
        "payments-are-paid-by-two",
        "A payment that was paid was certified by somebody else.",
        """
        SELECT y.payment AS key, y.payment FROM payments y
        WHERE AMONG(y.payment) AND y.state = 'paid'
            AND (y.certified_by IS NULL OR y.paid_by IN (y.certified_by, y.certified_for))
        """,
        PAYMENTS,
    ),
    QueryInvariant(
        "payment-set-offs-are-paid-on-their-bills",
        "What was set off against a payment is a payment on its bill, of the same amount.",
        """
        SELECT o.payment AS key, o.payment || ' ' || o.bill_number FROM payment_offsets o
        LEFT JOIN bill_payments b ON b.bill_number = o.bill_number AND b.number = o.bill_payment
        WHERE AMONG(o.payment) AND o.state = 'applied' AND o.cents IS DISTINCT FROM b.cents
        """,
        PAYMENTS,
    ),
    QueryInvariant(
        "payment-set-offs-are-laid-on-refunds",
        "What was set off against a payment is what was settled of its refunds, of none more than it, and a payment"
        " never comes to less than nothing.",
        """
        SELECT y.payment AS key, y.payment || ': applied ' || applied.cents || ', settled ' || settled.cents
        FROM payments y CROSS JOIN LATERAL (
            SELECT coalesce(sum(o.cents), 0) AS cents FROM payment_offsets o
            WHERE o.payment = y.payment AND o.state = 'applied'
        ) AS applied CROSS JOIN LATERAL (
            SELECT coalesce(sum(s.cents), 0) AS cents FROM payment_settlements s WHERE s.payment = y.payment
        ) AS settled
        WHERE AMONG(y.payment) AND (applied.cents <> settled.cents
            OR y.refund_cents + y.delay_cents - y.offset_cents < 0
            OR EXISTS (SELECT FROM payment_settlements s JOIN refunds r ON r.refund_number = s.refund_number
                WHERE s.payment = y.payment GROUP BY s.refund_number, r.refund_cents
                HAVING sum(s.cents) > r.refund_cents))
        """,
        PAYMENTS,
    ),
)
