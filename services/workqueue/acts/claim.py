"""Claims: take an item, keep it, give it back, and open it again when its lease has run out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.workqueue.acts.item import lock_item, refusals, tell, write_item
from services.workqueue.acts.reach import person_of, work_queues
from services.workqueue.domain import claim as rules
from services.workqueue.domain.item import Item
from services.workqueue.store import claims as claim_store
from services.workqueue.store import items as item_store
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction
from shared.runtime.identity import Identity
from shared.runtime.slices import work_through

_EXPIRE_AT_ONCE: Final = 500


async def claim_next(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    lease: timedelta,
    *,
    center: str | None,
    division: str | None,
    process: str | None,
) -> Item | None:
    """Give the caller the first item of their queues, or of those named; None when there is none.

    Claims whose lease has run out come last: they are opened when nothing else is open. Raises `Forbidden` for a
    Center or division that the caller's token does not name.
    """
    centers, divisions = work_queues(caller, center, division, process, legal_date(now))
    person = person_of(caller)

    async def take() -> Item | None:
        return await claim_store.claim_next(
            tx,
            person,
            lease_until=now + lease,
            centers=centers,
            divisions=divisions,
            process=process,
        )

    item = await take()
    if item is None and await _expire(tx, now, centers, divisions):
        item = await take()
    if item is not None:
        await tell(tx, [(item, rules.note_of_claim(item, person, now))])
    return item


async def claim(tx: Transaction, item_id: UUID, caller: Identity, now: datetime, lease: timedelta) -> Item:
    """Give the caller this item; raises `Conflict` while it is another's, or finished."""
    item, _ = await lock_item(tx, item_id, caller, now)
    with refusals():
        item, notes = rules.claim(item, person_of(caller), now, lease)
    await write_item(tx, item, notes)
    return item


async def keep(tx: Transaction, item_id: UUID, caller: Identity, token: int, now: datetime, lease: timedelta) -> Item:
    """Begin the lease of the caller's claim anew; raises `Conflict` for a token that is not the newest."""
    item, _ = await lock_item(tx, item_id, caller, now)
    with refusals():
        item = rules.keep(item, person_of(caller), token, now, lease)
    await item_store.write_items(tx, [item])
    return item


async def release(tx: Transaction, item_id: UUID, caller: Identity, token: int, now: datetime) -> Item:
    """Give the item back to its queue; raises `Conflict` for a token that is not the newest."""
    item, _ = await lock_item(tx, item_id, caller, now)
    with refusals():
        item, notes = rules.release(item, person_of(caller), token, now)
    await write_item(tx, item, notes)
    return item


async def expire_leases(database: Connections, now: datetime) -> int:
    """Open the items whose lease has run out; gives how many."""

    async def find_expired(tx: Transaction, _: UUID | None, left_out: Sequence[str]) -> Sequence[UUID]:
        return await claim_store.find_expired(tx, now, left_out, _EXPIRE_AT_ONCE)

    async def expire(tx: Transaction, item_ids: Sequence[UUID]) -> int:
        return await _open(tx, await claim_store.lock_expired(tx, now, _EXPIRE_AT_ONCE, among=item_ids))

    return await work_through(database, find_expired, expire)


async def _expire(
    tx: Transaction, now: datetime, centers: Sequence[str] | None, divisions: Sequence[str] | None
) -> int:
    locked = await claim_store.lock_expired(tx, now, _EXPIRE_AT_ONCE, centers=centers, divisions=divisions)
    return await _open(tx, locked)


async def _open(tx: Transaction, locked: Sequence[Item]) -> int:
    expired = [rules.expire(item) for item in locked]
    await item_store.write_items(tx, [item for item, _ in expired])
    await tell(tx, [(item, note) for item, notes in expired for note in notes])
    return len(expired)
