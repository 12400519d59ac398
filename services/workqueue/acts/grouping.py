"""Matters split in two and joined into one: nothing that was done is lost, and no clock stops or begins anew."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.clock import list_clocks
from services.workqueue.acts.following import follow_item
from services.workqueue.acts.item import refusals, tell
from services.workqueue.acts.reach import demand_free, matter_for_work, person_of, seen
from services.workqueue.domain import claim as rules
from services.workqueue.domain.fact import Fact, in_order, of_item
from services.workqueue.domain.item import WAITING, Item
from services.workqueue.domain.matter import Opening
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.domain.transfer import demand_in_hand
from services.workqueue.store import facts as fact_store
from services.workqueue.store import items as item_store
from services.workqueue.store import matters as store
from shared.customs.calendar import legal_date
from shared.db.idempotency import key_reused
from shared.db.transaction import Transaction
from shared.runtime.access import demand, no_such
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id


async def split(
    tx: Transaction,
    caller: Identity,
    item_id: UUID,
    now: datetime,
    *,
    key: str,
    title: str,
    entry_numbers: Sequence[str],
    reason: str,
) -> Item:
    """Take some entries of a matter into another of the same process: it stands where the first does, with its days.

    What it has heard so far the part has heard too. Raises `Conflict` for what is no matter, has ended, is at a port or
    waits for a letter, whose answer is that of one matter, `Refused` unless the entries are some of its own.
    """
    items = await item_store.lock_items(tx, [item_id])
    item, opening, authority = await _load(tx, caller, items.get(item_id), item_id, now)
    part = tuple(dict.fromkeys(entry_numbers))
    rest = tuple(each for each in opening.entry_numbers if each not in part)
    if not part or not rest or not set(part) <= set(opening.entry_numbers):
        raise Refused(
            f"The matter is about {', '.join(opening.entry_numbers) or 'no entry'}.",
            rule="split-entries",
            code="split-entries",
            remedy="Name some of its entries, and leave it some.",
        )
    heard = await _heard(tx, item)
    person = person_of(caller)
    new_id = UUID(event_id("split", caller.subject, key))
    if await item_store.lock_items(tx, [new_id]):
        raise key_reused()
    new = replace(
        item,
        item_id=new_id,
        entry_number=part[0],
        state="open",
        holder=None,
        holder_name=None,
        lease_until=None,
        assigned_to=None,
    )
    new, opened = rules.open_matter(new, person, now)
    opened = tuple(replace(note, reasons=(_reason("split-from", reason, item_id),)) for note in opened)
    item, marked = rules.mark(item, "split", person, now, _reason("split", reason, new_id))
    told = [new_id] if item.entry_number in rest else [new_id, item_id]
    item = replace(item, entry_number=item.entry_number if item.entry_number in rest else rest[0])
    await item_store.create_items(tx, [new], [])
    await store.write_opening(tx, new_id, Opening(title, part, opening.port, item_id, person, authority))
    await store.copy_acts(tx, item_id, new_id)
    await fact_store.write_facts(tx, [replace(fact, subject=of_item(each)) for each in told for fact in heard])
    await store.write_entries(tx, item_id, rest)
    await item_store.write_items(tx, [item])
    await tell(tx, [(item, marked), *((new, note) for note in opened)])
    return new


async def join(
    tx: Transaction, caller: Identity, lead_id: UUID, item_ids: Sequence[UUID], reason: str, now: datetime
) -> Item:
    """End matters by taking them into one of the same process, importer and Center, which gets their entries.

    Raises `Conflict` unless they fit and are open, while one waits for a letter, and when one is due before the lead,
    or by law where the lead is not: neither a day nor an answer is lost by joining.
    """
    others = sorted(set(item_ids) - {lead_id})
    items = await item_store.lock_items(tx, [lead_id, *others])
    lead, opening, _ = await _load(tx, caller, items.get(lead_id), lead_id, now)
    entries = dict.fromkeys(opening.entry_numbers)
    days = {each.clock: each.due_on for each in await list_clocks(tx.connection, lead)}
    person, ended = person_of(caller), []
    for other_id in others:
        other, other_opening, _ = await _load(tx, caller, items.get(other_id), other_id, now)
        await _heard(tx, other)
        same = all(getattr(other, name) == getattr(lead, name) for name in ("process", "importer_number", "center"))
        of_law = [each for each in await list_clocks(tx.connection, other) if each.kind == "statutory"]
        is_sooner = any(days.get(each.clock, date.max) > each.due_on for each in of_law)
        if not same or is_sooner or (other.due_on or date.max) < (lead.due_on or date.max):
            raise Conflict(
                f"{other_id} is of another process, importer or Center, or due before {lead_id}.",
                rule="join",
                code="joins-not",
                remedy="Join them into the one that is due first.",
            )
        with refusals():
            other, note = rules.mark(other, "joined", person, now, _reason("joined", reason, lead_id))
        ended.append((replace(other, holder=None, holder_name=None, lease_until=None, assigned_to=None), note))
        entries |= dict.fromkeys(other_opening.entry_numbers)
    text = f"{len(ended)} matters were joined into it. {reason}"
    lead, marked = rules.mark(lead, "acted", person, now, {"code": "joined", "text": text, "fact": str(len(ended))})
    await store.write_entries(tx, lead_id, list(entries))
    await item_store.write_items(tx, [lead, *(item for item, _ in ended)])
    await tell(tx, [(lead, marked), *ended])
    return lead


async def _load(
    tx: Transaction, caller: Identity, item: Item | None, item_id: UUID, now: datetime
) -> tuple[Item, Opening, str]:
    if item is None:
        raise no_such(f"item {item_id}")
    what = f"item {item_id}"
    demand_free(caller, item)
    row = demand(caller, "item.group", legal_date(now), matter_for_work(item), what, sight=seen(item))
    await demand_acting(tx, caller, now)
    opening = await store.find_opening(tx.connection, item_id)
    if opening is None or item.kind != "matter":
        raise Conflict(
            f"{item_id} was opened by an event.",
            rule="matters-only",
            code="no-matter",
            remedy="Only matters that people opened are split and joined.",
        )
    if item.state not in WAITING:
        raise Conflict(f"The matter is {item.state}.", rule="item-state", code="item-ended", remedy="Read its history.")
    with refusals():
        demand_in_hand(item)
    return item, opening, row


async def _heard(tx: Transaction, item: Item) -> list[Fact]:
    """What has moved a matter so far, and what became of its letters; raises `Conflict` while it waits for one."""
    process = PROCESSES[item.process]
    followed, facts = await follow_item(tx, item, process)
    if followed.awaits is not None:
        raise Conflict(
            f"The matter waits for the letter {followed.awaits}.",
            rule="split-entries",
            code="letter-is-out",
            remedy="Split or join it when the letter is answered, or withdraw the letter.",
        )
    own = (fact for fact in facts if fact.subject == of_item(item.item_id))
    return in_order([*own, *(fact for fact, _, _ in followed.events)])


def _reason(code: str, text: str, other: UUID) -> dict[str, str | None]:
    return {"code": code, "text": text, "fact": str(other)}
