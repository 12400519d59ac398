"""Who may see the files of an item, and who may add to them: staff that work here, and the party that it is put to."""

from datetime import datetime
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.reach import demand_known, matter_for_work, seen
from services.workqueue.domain.item import Item
from services.workqueue.store import items as item_store
from services.workqueue.store import requests as request_store
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, demand_sight, is_staff, no_such
from shared.runtime.identity import Identity


async def demand_files(tx: Transaction, item_id: UUID, caller: Identity, now: datetime, *, adds: bool) -> str:
    """The row of authority by which the caller adds a file to the item; of who only reads, an empty text.

    A party knows of an item when it was asked about it, or when its own filing or protest is what the item answers: of
    all others it learns nothing here. Raises `NotFound` where the caller may see no file of the item, `Forbidden` where
    they may add none, or staff claim an acting authority that nobody released.
    """
    listed = await item_store.find_item(tx.connection, item_id)
    if listed is None:
        raise no_such(f"item {item_id}")
    item, what, on = listed.item, f"item {item_id}", legal_date(now)
    demand_known(caller, item)
    is_put_to_party = item.kind in {"filing", "protest"} or await request_store.has_requests(tx.connection, item_id)
    sight = _of_parties(seen(item), item, is_put_to_party=is_put_to_party)
    if adds:
        own = _of_parties(matter_for_work(item), item, is_put_to_party=is_put_to_party)
        row = demand(caller, "item-file.add", on, own, what, sight=sight)
        if is_staff(caller):
            await demand_acting(tx, caller, now)
        return row
    demand_sight(caller, "item-file", on, sight, what)
    return ""


def _of_parties(matter: Matter, item: Item, *, is_put_to_party: bool) -> Matter:
    """Whose the files are: of the Center as the item is, of a party only where the item is put to it."""
    is_filed = is_put_to_party and item.kind != "filing" and item.entry_number is not None
    return Matter(
        importer_number=item.importer_number if is_put_to_party else None,
        centers=matter.centers,
        division=matter.division,
        filer_code=item.entry_number[:3] if is_filed and item.entry_number is not None else None,
    )
