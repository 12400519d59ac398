"""What must always hold of the work queue, each asked in one statement, a module for each subject."""

from typing import Final

from services.workqueue.store.invariants import claims, decisions, entries, filings, items, protests

INVARIANTS: Final = (
    *claims.INVARIANTS,
    *entries.INVARIANTS,
    *protests.INVARIANTS,
    *filings.INVARIANTS,
    *decisions.INVARIANTS,
    *items.INVARIANTS,
)
