"""Who may see the files of an item, and who may add to them: staff that work here, and the party that it is put to."""

from dataclasses import replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.reach import demand_known, matter_for_work, seen
from services.workqueue.domain.item import Item
from services.workqueue.domain.note import (
    LAW_ENFORCEMENT_LEVELS,
    PARTY_LEVELS,
    SENSITIVE_LEVELS,
    STAFF_LEVELS,
    NoteLevel,
)
from services.workqueue.store import items as item_store
from services.workqueue.store import quality as quality_store
from services.workqueue.store import requests as request_store
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.files import store as file_store
from shared.runtime.access import Matter, demand, demand_sight, is_staff, no_such, reach_of
from shared.runtime.identity import Identity

PapersOf = Literal["item-file", "item-note"]


async def demand_files(tx: Transaction, item_id: UUID, caller: Identity, now: datetime, *, adds: bool) -> str:
    """The row of authority by which the caller adds a file to the item; of who only reads, an empty text.

    Raises what `demand_papers` raises.
    """
    return (await demand_papers(tx, item_id, caller, now, subject="item-file", adds=adds))[1]


async def demand_papers(
    tx: Transaction, item_id: UUID, caller: Identity, now: datetime, *, subject: PapersOf, adds: bool
) -> tuple[Item, str]:
    """The item, with the row of authority by which the caller adds to its files or notes; to read, an empty text.

    A party knows of an item when it was asked about it, or when its own filing or protest is what the item answers: of
    all others it learns nothing here. Raises `NotFound` where the caller may see none of the item, `Forbidden` where
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
        own = replace(own, named=sight.named)
        row = demand(caller, f"{subject}.add", on, own, what, sight=sight)
        if is_staff(caller):
            await demand_acting(tx, caller, now)
        return item, row
    demand_sight(caller, subject, on, sight, what)
    return item, ""


def levels_of(item: Item, caller: Identity, on: date) -> tuple[NoteLevel, ...]:
    """The levels of files and notes on the item that the caller may read and write, the one first that is meant when
    none is named. Whoever knows of a law-enforcement-sensitive matter reads all on it, and nothing there is for a
    party; of other items only those whom a row of the table names read what is for law enforcement.
    """
    if not is_staff(caller):
        return PARTY_LEVELS
    if item.knowers is not None:
        return SENSITIVE_LEVELS
    if reach_of(caller, "law-enforcement.read", on).covers(seen(item)):
        return LAW_ENFORCEMENT_LEVELS
    return STAFF_LEVELS


async def file_levels(tx: Transaction, item_id: UUID, caller: Identity, now: datetime) -> tuple[NoteLevel, ...]:
    """`levels_of` for an item that is there; who reviews it a second time sees what is for parties alone."""
    (item,) = await item_store.find_items(tx.connection, [item_id])
    if await quality_store.find_blind(tx.connection, [item_id], caller.subject):
        return PARTY_LEVELS
    return levels_of(item, caller, legal_date(now))


async def find_level(tx: Transaction, item_id: UUID, file_id: UUID) -> NoteLevel | None:
    """The level of a file of an item; None when there is none."""
    found = await file_store.find_file(tx.connection, "item", str(item_id), file_id, levels=LAW_ENFORCEMENT_LEVELS)
    return None if found is None else found.level


def _of_parties(matter: Matter, item: Item, *, is_put_to_party: bool) -> Matter:
    """Whose the files are: of the Center as the item is, of a party only where the item is put to it."""
    is_filed = is_put_to_party and item.kind != "filing" and item.entry_number is not None
    return Matter(
        importer_number=item.importer_number if is_put_to_party else None,
        centers=matter.centers,
        division=matter.division,
        filer_code=item.entry_number[:3] if is_filed and item.entry_number is not None else None,
        named=matter.named,
    )
