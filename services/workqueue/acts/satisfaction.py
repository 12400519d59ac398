"""Satisfaction: asked of the importer when an inquiry or a visit of theirs has ended."""

from datetime import datetime
from uuid import UUID

from services.workqueue.domain.satisfaction import ASKED_AFTER, Answer
from services.workqueue.store import items as item_store
from services.workqueue.store import satisfaction as store
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, no_such, reach_of
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity


async def answer(
    tx: Transaction,
    item_id: UUID,
    caller: Identity,
    now: datetime,
    *,
    score: int,
    is_resolved: bool,
    comment: str | None,
) -> Answer:
    """Keep what a party says of a matter of theirs.

    Raises `NotFound` for what is not theirs, or is no inquiry or visit that has ended: a party learns of no other item;
    `Conflict` when it was answered before.
    """
    found = await item_store.find_items(tx.connection, [item_id])
    what = f"inquiry or visit {item_id} that has ended"
    if not found:
        raise no_such(what)
    (item,) = found
    is_asked = item.process in ASKED_AFTER and item.state == "completed" and item.knowers is None
    reach = reach_of(caller, "satisfaction.answer", legal_date(now))
    row = reach.row_for(Matter(item.importer_number)) if item.importer_number is not None else None
    if row is None or not is_asked or item.importer_number is None:
        raise no_such(what)
    given = Answer(
        item_id, item.process, item.center, item.importer_number, score, is_resolved, comment, caller.subject, now, row
    )
    if not await store.write_answer(tx, given):
        raise Conflict(
            "It was answered before.",
            rule="satisfaction",
            code="answered-before",
            remedy="Open an inquiry to say more.",
        )
    return given
