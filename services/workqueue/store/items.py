"""Items and their history: locked and written by events and people, listed and read in the order of the queue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, and_, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.compartment import Knower
from services.workqueue.domain.decision import Outcome
from services.workqueue.domain.filing import WHOSE, Clock
from services.workqueue.domain.filter import MOST_COUNTED, Counted, Filter
from services.workqueue.domain.item import Goods, Item, Note, Person, SetDay
from services.workqueue.store.entries import RoutedBecause, find_routed
from services.workqueue.store.filings import clocks_of
from services.workqueue.store.filters import narrowed
from services.workqueue.store.tables import decisions, entries, filings, importers, items
from services.workqueue.store.tables.items import QUEUE_ORDER, item_events
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_ORDER = tuple(items.c[name] for name in QUEUE_ORDER)
ITEM_COLUMNS = (
    "item_id",
    "kind",
    "process",
    "entry_number",
    "protest_number",
    "importer_number",
    "center",
    "division",
    "priority",
    "value_usd",
    "opened_at",
    "due_on",
    "state",
    "holder",
    "holder_name",
    "token",
    "lease_until",
    "acts",
    "filing_number",
    "asking_center",
    "authority",
    "center_since",
    "center_basis",
    "center_fact",
    "stage",
    "stage_since",
    "waits_for",
    "assigned_to",
    "reopened_at",
    "transferred_from",
    "port",
    "at_port",
    "entry_type",
    "port_of_entry",
    "deemed_on",
    "also_asking",
    "set_days",
    "knowers",
    "goods",
)
SELECT_ITEMS = f"SELECT {', '.join(ITEM_COLUMNS)} FROM items"
_LOCK = f"""
{SELECT_ITEMS}
WHERE item_id IN (SELECT unnest($1::uuid[])
                  UNION SELECT item_id FROM items
                  WHERE entry_number = ANY($2::text[]) AND kind IN ('review', 'consultation'))
ORDER BY item_id FOR UPDATE
"""
_IDS_OF_FILINGS = "SELECT item_id FROM items WHERE filing_number = ANY($1::text[])"
_NOTE_COLUMNS = (
    "item_id",
    "change_key",
    "sequence",
    "change",
    "state",
    "at",
    "actor",
    "actor_name",
    "acting_for",
    "reasons",
)


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item with what a list shows beside it; what is None or empty is not of its kind, or not known.

    `due_order` is the place of `due_on` in the queue: unknown days come last. `duty_cents` is what was declared on the
    entry; `routed_because` are the reasons of the routing decision that stands for it.
    """

    item: Item
    due_order: date
    importer_name: str | None
    scheduled_on: date | None
    deemed_on: date | None
    outcome: Outcome | None
    filing_kind: str | None
    forwarded_from: str | None
    filing_clocks: tuple[Clock, ...]
    filing_entry_count: int | None
    duty_cents: int | None
    routed_because: tuple[Mapping[str, str | None], ...]


async def lock_items(
    tx: Transaction, item_ids: Iterable[UUID], *, entry_numbers: Iterable[str] = ()
) -> dict[UUID, Item]:
    """Items by id, and the reviews of these entries, each locked for this transaction."""
    rows = await bulk.fetch(tx, _LOCK, sorted(set(item_ids)), sorted(set(entry_numbers)))
    return {item.item_id: item for item in map(item_of, rows)}


async def find_ids_of_filings(tx: Transaction, filing_numbers: Iterable[str]) -> list[UUID]:
    """The items of these filings."""
    return [row["item_id"] for row in await bulk.fetch(tx, _IDS_OF_FILINGS, sorted(set(filing_numbers)))]


async def create_items(tx: Transaction, new: Sequence[Item], notes: Sequence[tuple[Item, Note]]) -> None:
    """Add items that nobody has made, whose ids are held, with their first lines."""
    await bulk.copy(tx, items, ITEM_COLUMNS, list(map(_cells, new)))
    lines: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in _note_rows(notes):
        lines.setdefault(row[:2], row)
    await bulk.copy(tx, item_events, _NOTE_COLUMNS, list(lines.values()))


async def write_items(tx: Transaction, changed: Sequence[Item], known: Mapping[UUID, Item] | None = None) -> None:
    """Write items that are locked: the columns that differ from what is known, all where that is not given."""
    columns = set(ITEM_COLUMNS)
    if known is not None:
        columns = {
            name
            for item in changed
            for name, value, before in zip(ITEM_COLUMNS, _values(item), _values(known[item.item_id]), strict=True)
            if value is not before and value != before
        }
    await bulk.update(tx, items, ("item_id",), ITEM_COLUMNS, columns, list(map(_cells, changed)))


async def append_notes(tx: Transaction, notes: Sequence[tuple[Item, Note]]) -> None:
    """Add lines to the history of items; a line that is there stays as it is."""
    await bulk.insert(tx, item_events, _NOTE_COLUMNS, _note_rows(notes), on_conflict="DO NOTHING")


def _note_rows(notes: Sequence[tuple[Item, Note]]) -> list[tuple[Any, ...]]:
    return [
        (
            item.item_id,
            note.key,
            note.sequence,
            note.change,
            note.state,
            note.at,
            note.by.subject,
            note.by.name,
            note.by.acting_for,
            orjson.dumps([dict(reason) for reason in note.reasons]).decode(),
        )
        for item, note in notes
    ]


async def list_items(
    connection: AsyncConnection,
    reach: Reach,
    knower: Knower,
    wanted: Filter,
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> list[ListedItem]:
    """Items in the order of the queue: due first, unknown last; then priority; then age."""
    rows = list(await connection.execute(select_page(reach, knower, wanted, after=after, limit=limit)))
    return await _listed(connection, rows)


async def list_part(
    connection: AsyncConnection, reach: Reach, knower: Knower, wanted: Filter, *, after: UUID | None, limit: int
) -> list[Item]:
    """Items by their id, to go through all of them: so many after one."""
    query = narrowed(_select_items(), reach, knower, wanted)
    if after is not None:
        query = query.where(items.c.item_id > after)
    rows = await connection.execute(query.order_by(items.c.item_id).limit(limit))
    return [_one_listed(row, None).item for row in rows]


def select_page(
    reach: Reach, knower: Knower, wanted: Filter, *, after: Sequence[Any] | None, limit: int
) -> Select[Any]:
    """The query of `list_items`."""
    query = narrowed(_select_items(), reach, knower, wanted)
    if after is not None:
        query = query.where(tuple_(*_ORDER) > tuple_(*after))
    return query.order_by(*_ORDER).limit(limit)


async def count_items(connection: AsyncConnection, reach: Reach, knower: Knower, wanted: Filter) -> Counted:
    """How many items there are, exact up to `MOST_COUNTED`: no more rows than that are looked at."""
    found = int(await connection.scalar(select_count(reach, knower, wanted)) or 0)
    return Counted(min(found, MOST_COUNTED), found <= MOST_COUNTED)


def select_count(reach: Reach, knower: Knower, wanted: Filter) -> Select[Any]:
    """The query of `count_items`."""
    some = narrowed(select(items.c.item_id), reach, knower, wanted).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some)


async def find_item(connection: AsyncConnection, item_id: UUID) -> ListedItem | None:
    """One item, or None."""
    rows = list(await connection.execute(_select_items().where(items.c.item_id == item_id)))
    return next(iter(await _listed(connection, rows)), None)


async def find_items(connection: AsyncConnection, item_ids: Iterable[UUID]) -> list[Item]:
    """Items by id, those that there are, in the order in which they were opened."""
    columns = [items.c[name] for name in ITEM_COLUMNS]
    query = select(*columns).where(items.c.item_id.in_(sorted(set(item_ids))))
    return [item_of(row) for row in await connection.execute(query.order_by(items.c.opened_at, items.c.item_id))]


async def find_history(connection: AsyncConnection, item_id: UUID) -> list[Note]:
    """An item's history, ending with the line that tells its state (`Note` says how lines rank).

    Lines that say whose a filing is from now on come after its routing, as they were learned.
    """
    query = select(*(item_events.c[name] for name in _NOTE_COLUMNS[1:])).where(item_events.c.item_id == item_id)
    is_whose = item_events.c.change_key.startswith(WHOSE)
    learned_at = case((is_whose, item_events.c.at))
    key = item_events.c.change_key.collate("C")
    rank = (item_events.c.sequence, is_whose, learned_at, item_events.c.at.desc(), key.desc())
    return [_note(row) for row in await connection.execute(query.order_by(*rank))]


def item_of(row: bulk.Row) -> Item:
    """An item from its `ITEM_COLUMNS`."""
    *facts, also_asking, set_days, knowers, goods = row
    return Item(
        *(
            *facts,
            None if also_asking is None else tuple(also_asking),
            None if set_days is None else tuple(map(_set_day, set_days)),
            None if knowers is None else tuple(knowers),
            None if goods is None else tuple(Goods(**each) for each in goods),
        )
    )


def _set_day(document: Mapping[str, Any]) -> SetDay:
    days = {
        name: date.fromisoformat(document[name]) if document[name] is not None else None
        for name in ("instead_of", "due_on", "paused_on")
    }
    return SetDay(document["clock"], **days, pause=document["pause"], paused_days=document["paused_days"])


def _select_items() -> Select[Any]:
    return (
        select(
            *(items.c[name] for name in ITEM_COLUMNS),
            items.c.due_order,
            importers.c.name.label("importer_name"),
            entries.c.scheduled_on,
            entries.c.deemed_on,
            decisions.c.outcome,
            filings.c.kind.label("filing_kind"),
            filings.c.forwarded_from,
            filings.c.clocks.label("filing_clocks"),
            func.jsonb_array_length(filings.c.entry_numbers).label("filing_entry_count"),
        )
        .join(importers, importers.c.importer_number == items.c.importer_number, isouter=True)
        .join(entries, entries.c.entry_number == items.c.entry_number, isouter=True)
        .join(
            decisions,
            and_(decisions.c.item_id == items.c.item_id, decisions.c.refused_at.is_(None)),
            isouter=True,
        )
        .join(filings, filings.c.filing_number == items.c.filing_number, isouter=True)
    )


async def _listed(connection: AsyncConnection, rows: Sequence[bulk.Row]) -> list[ListedItem]:
    """Items with what stands beside them; why their entries were routed so is asked for once for all."""
    at = ITEM_COLUMNS.index("entry_number")
    routed = await find_routed(connection, {row[at] for row in rows if row[at] is not None})
    return [_one_listed(row, routed.get(row[at])) for row in rows]


def _one_listed(row: bulk.Row, routed: RoutedBecause | None) -> ListedItem:
    own, beside = row[: len(ITEM_COLUMNS)], row[len(ITEM_COLUMNS) :]
    due_order, importer_name, scheduled_on, deemed_on, *beside = beside
    outcome, filing_kind, forwarded_from, clocks, entry_count = beside
    return ListedItem(
        item=item_of(own),
        due_order=due_order,
        importer_name=importer_name,
        scheduled_on=scheduled_on,
        deemed_on=deemed_on,
        outcome=outcome,
        filing_kind=filing_kind,
        forwarded_from=forwarded_from,
        filing_clocks=clocks_of(clocks or ()),
        filing_entry_count=entry_count,
        duty_cents=routed.duty_cents if routed is not None else None,
        routed_because=routed.reasons if routed is not None else (),
    )


def _note(row: bulk.Row) -> Note:
    key, sequence, change, state, at, subject, name, acting_for, reasons = row
    return Note(key, sequence, change, state, at, Person(subject, name, acting_for), tuple(reasons))


_values = attrgetter(*ITEM_COLUMNS)
_facts_of = attrgetter(*ITEM_COLUMNS[:-4])


def _cells(item: Item) -> tuple[Any, ...]:
    """The item as a row of `ITEM_COLUMNS`, whose last are lists: who reads it too, days set, who is named, goods."""
    lists = (item.also_asking, item.set_days, item.knowers, item.goods)
    return *_facts_of(item), *map(_json, lists)


def _json(value: Any) -> str | None:
    return orjson.dumps(value).decode() if value is not None else None
