"""The lines of a payment's statement: each refund with its entry, and what is small and disregarded beside them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.liquidation.store.payments import PaymentRow
from shared.db import bulk
from shared.db.transaction import Transaction

SLICE: Final = 2_000
"""Lines that are read at a time: a statement of a million holds no more than these."""

_LINES: Final = """
SELECT m.entry_number, p.declaration_id, p.cohort, r.liquidated_on, p.headings, p.removed_cents,
    r.interest_cents + coalesce(r.delay_cents, 0) AS interest_cents, 0::bigint AS disregarded_cents, m.refund_number,
    r.refund_cents + coalesce(r.delay_cents, 0) AS owed_cents, p.leaf
FROM payment_refunds m JOIN refunds r ON r.refund_number = m.refund_number
JOIN program_postings p ON p.entry_number = m.entry_number AND p.program = $2
WHERE m.payment = $1 AND m.entry_number > $3 AND r.state <> 'replaced' ORDER BY m.entry_number LIMIT $4
"""
# What came to less than 20 dollars has no refund (19 CFR 159.6): it stands on the first statement of its day.
_DISREGARDED: Final = """
SELECT p.entry_number, p.declaration_id, p.cohort, p.liquidated_on, p.headings, p.removed_cents,
    -a.interest_change_cents AS interest_cents, p.removed_cents - a.interest_change_cents AS disregarded_cents,
    NULL::text AS refund_number, 0::bigint AS owed_cents, p.leaf
FROM program_postings p JOIN assessments a ON a.entry_number = p.entry_number AND a.act_key = p.act_key
WHERE p.importer_number = $1 AND p.program = $2 AND p.posted_on = $3 AND p.entry_number > $4
    AND p.outcome = 'no-change' AND a.is_disregarded ORDER BY p.entry_number LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a statement; cents. `disregarded_cents` is not refunded, `owed_cents` is, with interest and delay."""

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
