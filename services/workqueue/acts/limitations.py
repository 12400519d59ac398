"""The limitation watch: until when suit can be brought on each matter, by its acts, for all that a caller may know."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.workqueue.domain import due
from services.workqueue.domain.compartment import Knower
from services.workqueue.domain.fact import subjects_of
from services.workqueue.domain.filter import Filter
from services.workqueue.domain.item import WAITING, Item
from services.workqueue.domain.matter import stand_of
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.store import facts as fact_store
from services.workqueue.store import items as item_store
from services.workqueue.store import matters as matter_store
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

WATCHED: Final = ("cear", "commercial-fraud", "liquidated-damages-penalty")
_LIMITATIONS: Final = frozenset({"limitation", "fraud-limitation", "waived-limitation"})
_WATCHES: Final = frozenset({"waiver-watch", "fraud-waiver-watch"})
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Watched:
    """A matter with the day on which suit is barred, None while it is not known, and the day to consider a waiver."""

    item: Item
    limitation_on: date | None
    waiver_watch_on: date | None


async def list_watched(tx: Transaction, reach: Reach, knower: Knower, centers: tuple[str, ...]) -> list[Watched]:
    """Every open matter under a limitation, however many: days follow from acts, so many matters in each statement.

    By the day of limitation, the first first; those whose day is not known lead, for no clock warns of them.
    """
    wanted = Filter(centers=centers, processes=WATCHED, states=WAITING)
    found: list[Watched] = []
    items = await item_store.list_part(tx.connection, reach, knower, wanted, after=None, limit=_AT_ONCE)
    while items:
        found += await _watch(tx, items)
        last = items[-1].item_id
        items = await item_store.list_part(tx.connection, reach, knower, wanted, after=last, limit=_AT_ONCE)
    return sorted(found, key=lambda each: (each.limitation_on or date.min, each.item.opened_at, each.item.item_id))


async def _watch(tx: Transaction, items: list[Item]) -> list[Watched]:
    ids = [item.item_id for item in items]
    acts = await matter_store.load_acts(tx, ids)
    filed_on = await fact_store.find_filed_on(tx, items)
    subjects = {item.item_id: subjects_of(item, filed_on.get(item.item_id)) for item in items}
    heard = await fact_store.load_facts(tx, [each for own in subjects.values() for each in own])
    found = []
    for item in items:
        process = PROCESSES[item.process]
        facts = [fact for subject in subjects[item.item_id] for fact in heard.get(subject, ())]
        standing = stand_of(process, item, acts.get(item.item_id, []), facts)
        clocks = due.clocks_of(item, {}, process, list(standing.clocks.values()))
        limitations = [each.due_on for each in clocks if each.clock in _LIMITATIONS]
        watches = [each.due_on for each in clocks if each.clock in _WATCHES]
        found.append(Watched(item, min(limitations, default=None), min(watches, default=None)))
    return found
