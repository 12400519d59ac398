"""Cases of deemed liquidation, closed by people."""

from dataclasses import replace
from datetime import datetime

from services.liquidation.store import deemed_cases as store
from services.liquidation.store.deemed_cases import DeemedCase
from services.liquidation.store.sight import matter_of
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, no_such
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity


def matter_of_case(case: DeemedCase) -> Matter:
    """Whose the case is: its entry's."""
    return matter_of(case.entry_number, case.importer_number, None, case.center)


def no_case(entry_number: str) -> NotFound:
    """There is no such case that the caller may read; to be raised."""
    return no_such(_what(entry_number))


def _what(entry_number: str) -> str:
    return f"case of a deemed liquidation of {entry_number}"


async def close_deemed_case(
    tx: Transaction, now: datetime, entry_number: str, meant: IfMatch, reason: str, caller: Identity
) -> DeemedCase:
    """Close the case of an entry that was deemed liquidated, with the reason; raises `Conflict` when it is closed."""
    case = await store.find_deemed_case(tx.connection, entry_number, lock=True)
    if case is None:
        raise no_case(entry_number)
    what = _what(entry_number)
    authority = demand(caller, "deemed-case.close", legal_date(now), matter_of_case(case), what)
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
        authority=authority,
    )
    await store.close_deemed_case(tx, closed)
    return closed
