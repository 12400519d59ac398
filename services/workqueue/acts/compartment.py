"""Who needs to know of a law-enforcement-sensitive matter: named by somebody who knows, for a reason; taken back."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.reach import demand_known, person_of, seen
from services.workqueue.domain.compartment import CompartmentRead, NeedToKnow
from services.workqueue.domain.item import Item
from services.workqueue.store import compartment as store
from services.workqueue.store import items as item_store
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.access import demand, no_such
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity

LISTED: Final = "list"
"""What is read of a matter that stands in a list."""
_LISTED_ONCE_IN: Final = timedelta(hours=1)


async def name_person(
    tx: Transaction, item_id: UUID, caller: Identity, now: datetime, *, subject: str, reason: str
) -> list[NeedToKnow]:
    """Name somebody on a matter; gives everybody who is or was named. Who is named already stays so.

    Raises `NotFound` for a matter of which the caller need not know, `Refused` for one that is not sensitive.
    """
    item = await _lock(tx, item_id, caller, now)
    assert item.knowers is not None
    if subject not in item.knowers:
        by = person_of(caller)
        await store.add(tx, item_id, NeedToKnow(subject, now, reason, by.subject, by.name))
        await item_store.write_items(tx, [replace(item, knowers=tuple(sorted({*item.knowers, subject})))])
    return await store.list_named(tx.connection, item_id)


async def remove_person(
    tx: Transaction, item_id: UUID, caller: Identity, now: datetime, *, subject: str
) -> list[NeedToKnow]:
    """Take somebody off a matter; gives everybody who is or was named.

    Raises what `name_person` raises, and `Conflict` for who holds it, and for the last who is named.
    """
    item = await _lock(tx, item_id, caller, now)
    assert item.knowers is not None
    left = tuple(each for each in item.knowers if each != subject)
    if subject == item.holder or not left:
        raise Conflict(
            "Whoever holds the matter, and the last who is named on it, stays named.",
            rule="need-to-know",
            code="stays-named",
            remedy="Release it, or name somebody else first.",
        )
    if left != item.knowers:
        await store.remove(tx, item_id, subject, person_of(caller).subject, now)
        assigned = None if item.assigned_to == subject else item.assigned_to
        await item_store.write_items(tx, [replace(item, knowers=left, assigned_to=assigned)])
    return await store.list_named(tx.connection, item_id)


async def note_reads(
    database: Connections,
    item_ids: Collection[UUID],
    caller: Identity,
    what: str,
    now: datetime,
    *,
    is_any: bool = False,
) -> None:
    """Write down that the caller reads this of those items that are law-enforcement-sensitive, before they are shown.

    An answer whose line cannot be written is not given. A list is noted once an hour, since pages ask for theirs
    again and again. `is_any`: what is read is sensitive, whatever the item.
    """
    if not item_ids:
        return
    person = person_of(caller)
    read = CompartmentRead(what, now, person.subject, person.name, person.acting_for)
    since = now - _LISTED_ONCE_IN if what == LISTED else None
    async with transaction(database) as tx:
        await store.note_reads(tx, item_ids, read, is_any=is_any, unless_since=since)


async def _lock(tx: Transaction, item_id: UUID, caller: Identity, now: datetime) -> Item:
    item, what = (await item_store.lock_items(tx, [item_id])).get(item_id), f"item {item_id}"
    if item is None:
        raise no_such(what)
    demand_known(caller, item)
    demand(caller, "item.act", legal_date(now), seen(item), what, sight=seen(item))
    await demand_acting(tx, caller, now)
    if item.knowers is None:
        raise Refused(
            "The matter is not law-enforcement-sensitive: whoever reaches it may know of it.",
            rule="need-to-know",
            code="not-sensitive",
            remedy="Name nobody.",
        )
    return item
