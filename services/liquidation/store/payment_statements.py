"""The lines of a payment's statement: each refund with its entry, and what is small and disregarded beside them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.liquidation.store.payments import PaymentRow
from services.liquidation.store.voided_postings import POSTED
from shared.db import bulk
from shared.db.transaction import Transaction

SLICE: Final = 2_000
"""Lines that are read at a time: a statement of a million holds no more than these."""

# A refund that a later act replaced is owed no more: its line has what was set off of it, interest first.
_LINES: Final = f"""
SELECT m.entry_number, p.declaration_id, p.cohort, r.liquidated_on, p.headings,
    CASE WHEN gone THEN least(settled.cents - of_interest, p.removed_cents) ELSE p.removed_cents END AS removed_cents,
    CASE WHEN gone THEN of_interest ELSE r.interest_cents + coalesce(r.delay_cents, 0) END AS interest_cents,
    0::bigint AS disregarded_cents, m.refund_number,
    CASE WHEN gone THEN settled.cents ELSE r.refund_cents + coalesce(r.delay_cents, 0) END AS owed_cents, p.leaf,
    settled.cents AS settled_cents, r.replaced_by
FROM payment_refunds m JOIN refunds r ON r.refund_number = m.refund_number
JOIN {POSTED} p ON p.entry_number = m.entry_number AND p.program = $2 AND p.act_key = r.act_key
CROSS JOIN LATERAL (SELECT r.state = 'replaced' AS gone) AS is_gone
CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.cents), 0)::bigint AS cents FROM payment_settlements s
    WHERE s.refund_number = m.refund_number
) AS settled
CROSS JOIN LATERAL (SELECT least(settled.cents, greatest(r.interest_cents, 0)) AS of_interest) AS placed
WHERE m.payment = $1 AND m.entry_number > $3 ORDER BY m.entry_number LIMIT $4
"""
_SETTLED: Final = """
SELECT coalesce(sum(cents), 0)::bigint AS cents FROM payment_settlements WHERE payment = $1
"""
# What came to less than 20 dollars has no refund (19 CFR 159.6): it stands on the first statement of its day.
_DISREGARDED: Final = """
SELECT p.entry_number, p.declaration_id, p.cohort, p.liquidated_on, p.headings, p.removed_cents,
    -a.interest_change_cents AS interest_cents, p.removed_cents - a.interest_change_cents AS disregarded_cents,
    NULL::text AS refund_number, 0::bigint AS owed_cents, p.leaf, 0::bigint AS settled_cents,
    NULL::text AS replaced_by
FROM program_postings p JOIN assessments a ON a.entry_number = p.entry_number AND a.act_key = p.act_key
WHERE p.importer_number = $1 AND p.program = $2 AND p.posted_on = $3 AND p.entry_number > $4
    AND p.outcome = 'no-change' AND a.is_disregarded ORDER BY p.entry_number LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a statement; cents. `disregarded_cents` is not refunded, `owed_cents` is, with interest and delay.

    `settled_cents` is what was set off of it. Of a refund that a later act replaced (`replaced_by`, the key of the act)
    nothing more than that is owed.
    """

    entry_number: str
    declaration_id: str
    cohort: str
    liquidated_on: date
    headings: Sequence[str]
    removed_cents: int
    interest_cents: int
    disregarded_cents: int
    refund_number: str | None
    owed_cents: int
    leaf: bytes
    settled_cents: int
    replaced_by: str | None

    @property
    def other_cents(self) -> int:
        """What the same act changed beside what the program removed, or took up of an act before it."""
        return self.owed_cents + self.disregarded_cents - self.removed_cents - self.interest_cents


async def sum_settled(tx: Transaction, payment: str) -> int:
    """What was set off of all refunds of a payment, those that later acts replaced among them; cents."""
    (found,) = await bulk.fetch(tx, _SETTLED, payment)
    cents: int = found["cents"]
    return cents


async def read_lines(tx: Transaction, row: PaymentRow) -> AsyncIterator[StatementLine]:
    """The lines in order of entry, a slice of them at a time."""
    after = ""
    has_disregarded = row.ordinal == 1 and row.payee_number == row.importer_number
    while True:
        lines = await bulk.fetch(tx, _LINES, row.payment, row.program, after, SLICE)
        beside = (
            await bulk.fetch(tx, _DISREGARDED, row.importer_number, row.program, row.posted_on, after, SLICE)
            if has_disregarded
            else []
        )
        found = sorted((*lines, *beside), key=lambda each: str(each["entry_number"]))
        for each in found[:SLICE]:
            yield StatementLine(**dict(each))
        if len(found) < SLICE:
            return
        after = found[:SLICE][-1]["entry_number"]
