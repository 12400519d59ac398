"""Cases of deemed liquidation, closed by people."""

from dataclasses import replace
from datetime import datetime

from services.liquidation.store import deemed_cases as store
from services.liquidation.store.deemed_cases import DeemedCase
from shared.db.transaction import Transaction
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity


async def close_deemed_case(
    tx: Transaction, now: datetime, entry_number: str, meant: IfMatch, reason: str, caller: Identity
) -> DeemedCase:
    """Close the case of an entry that was deemed liquidated, with the reason; raises `Conflict` when it is closed."""
    case = await store.find_deemed_case(tx.connection, entry_number, lock=True)
    if case is None:
        raise NotFound(f"There is no case of a deemed liquidation of {entry_number}.", remedy="GET /deemed-cases.")
    meant.check(case.revision)
    if case.state != "open":
        raise Conflict(
            f"The case of {entry_number} was closed by {case.closed_by}.",
            rule="liq-after-deemed",
            code="case-closed",
            remedy="Nothing more is needed.",
        )
    closed = replace(
        case,
        revision=case.revision + 1,
        state="closed",
        closed_at=now,
        closed_by=caller.signature,
        closed_because=reason,
    )
    await store.close_deemed_case(tx, closed)
    return closed
