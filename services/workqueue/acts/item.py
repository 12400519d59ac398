"""What every act on an item begins and ends with: lock it for the caller, write it with its history, publish that."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.reach import demand_work
from services.workqueue.domain.decision import Outcome
from services.workqueue.domain.item import Item, NotAllowed, Note
from services.workqueue.publishing import SOURCE, work_item_changed
from services.workqueue.store import items as item_store
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import no_such
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity


async def lock_item(tx: Transaction, item_id: UUID, caller: Identity, now: datetime) -> tuple[Item, str]:
    """The item, locked for the transaction, and the row of authority by which the caller works on it.

    Raises `NotFound` when there is none or it is another Center's, `Forbidden` when the caller does not work on it, or
    claims an acting authority that nobody released.
    """
    item = (await item_store.lock_items(tx, [item_id])).get(item_id)
    if item is None:
        raise no_such(f"item {item_id}")
    row = demand_work(caller, item, legal_date(now))
    await demand_acting(tx, caller, now)
    return item, row


async def write_item(tx: Transaction, item: Item, notes: Sequence[Note], outcome: Outcome | None = None) -> None:
    """Write a locked item after an act on it; `outcome` is that of the act which completed it."""
    await item_store.write_items(tx, [item])
    await tell(tx, [(item, note) for note in notes], outcome)


async def tell(tx: Transaction, lines: Sequence[tuple[Item, Note]], outcome: Outcome | None = None) -> None:
    """Add lines to the history of items, and publish each; of a law-enforcement-sensitive one nothing leaves here."""
    await item_store.append_notes(tx, lines)
    await outbox.add(
        tx, SOURCE, [work_item_changed(item, note, outcome) for item, note in lines if item.knowers is None]
    )


@contextmanager
def refusals() -> Iterator[None]:
    """Say what the item's state does not allow as `Conflict`."""
    try:
        yield
    except NotAllowed as refusal:
        raise Conflict(refusal.detail, rule="item-state", code=refusal.code, remedy=refusal.remedy) from refusal
