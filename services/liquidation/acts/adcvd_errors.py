"""Rates that messages name, and what is said of errors of AD/CVD at liquidation."""

from datetime import datetime
from uuid import UUID

from services.liquidation.domain.adcvd_errors import InstructedRate
from services.liquidation.store import adcvd_errors as store
from services.liquidation.store.adcvd_errors import Explanation
from services.liquidation.store.sight import find_matter
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, take_turn
from shared.runtime.access import Matter, demand, judge, no_such, refusal_of
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id


async def record_rate(tx: Transaction, caller: Identity, now: datetime, rate: InstructedRate, key: str) -> UUID:
    """Keep a rate that a message names; raises `Forbidden` for who may not instruct."""
    permission = judge(caller, "instruction.confirm", legal_date(now), Matter())
    if permission.row_id is None:
        raise refusal_of(permission)
    rate_id = UUID(event_id("instructed-rate", caller.subject, key))
    await store.write_rate(tx, rate_id, rate, made_by=caller.signature, made_at=now, authority=permission.row_id)
    return rate_id


async def explain(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    entry_number: str,
    *,
    line_number: int,
    case_number: str,
    explanation: str,
) -> Explanation:
    """Keep what is said of a case on a line.

    Raises `NotFound` for an entry that the caller may not read, `Refused` for a case under which the line is not.
    """
    matter = await find_matter(tx.connection, entry_number)
    what = f"entry {entry_number} in liquidation"
    if matter is None:
        raise no_such(what)
    authority = demand(caller, "deemed-case.close", legal_date(now), matter, what)
    if not await store.has_case(tx.connection, entry_number, line_number, case_number):
        raise Refused(
            f"Line {line_number} of entry {entry_number} is not under case {case_number}.",
            rule="adcvd-errors",
            code="no-such-line",
            remedy="Name line and case as GET /adcvd-errors lists them.",
        )
    await take_turn(tx, f"explanations of {entry_number}")
    before = await store.list_explanations(tx.connection, [entry_number])
    of_case = [each for each in before if (each.line_number, each.case_number) == (line_number, case_number)]
    said = Explanation(entry_number, line_number, case_number, len(of_case) + 1, explanation, caller.signature, now)
    await store.write_explanation(tx, said, authority)
    return said
