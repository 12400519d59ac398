"""What an auditor sees of the history of an item: nothing of a matter of which they need not know."""

import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from services.workqueue.acts.files import levels_of
from services.workqueue.acts.reach import demand_known
from services.workqueue.store import items as item_store
from shared.customs.calendar import legal_date
from shared.db.seals import SealedLine
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity

_LEVELLED = frozenset({"files", "item_notes"})


async def sight_of_history(
    tx: Transaction, subject: str, caller: Identity, now: datetime
) -> tuple[bool, Callable[[SealedLine], str | None]]:
    """Whether a subject is a sensitive matter, and why a line of it is withheld from the caller.

    Raises `NotFound` for a matter of which they need not know.
    """
    try:
        item_id = UUID(subject)
    except ValueError:
        return False, lambda _: None
    found = await item_store.find_items(tx.connection, [item_id])
    if not found:
        return False, lambda _: None
    (item,) = found
    demand_known(caller, item)
    levels = levels_of(item, caller, legal_date(now))

    def withheld(line: SealedLine) -> str | None:
        if line.source == "compartment_reads" and (item.knowers is None or caller.subject not in item.knowers):
            return "Who read what for law enforcement is for few."
        if line.source in _LEVELLED and json.loads(line.text).get("level") not in levels:
            return "It is for law enforcement alone."
        return None

    return item.knowers is not None, withheld
