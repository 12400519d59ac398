"""Items and their history: locked and written by events and people, listed and read in the order of the queue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.compartment import Knower
from services.workqueue.domain.decision import Outcome
from services.workqueue.domain.filing import WHOSE, Clock
from services.workqueue.domain.item import Goods, Item, Kind, Note, Person
from services.workqueue.store.figures import is_overdue
from services.workqueue.store.filings import clocks_of
from services.workqueue.store.tables import decisions, entries, filings, importers, items
from services.workqueue.store.tables.items import QUEUE_ORDER, item_events
from shared.db import bulk
from shared.db.reach import within
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


class Overdue(NamedTuple):
    """What counts as late: due before this day, or waiting for a Center since this instant or longer."""

    today: date
    cutoff: datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items to show: as far as the reach goes; None, and no states, mean any."""

    reach: Reach
    knower: Knower
    center: str | None = None
    division: str | None = None
    process: str | None = None
    kind: Kind | None = None
    states: Sequence[str] = ()
    holder: str | None = None
    importer_number: str | None = None
    due_before: date | None = None
    entry_number: str | None = None
    filing_number: str | None = None
    overdue: Overdue | None = None


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item with what a list shows beside it; what is None or empty is not of its kind, or not known.

    `due_order` is the place of `due_on` in the queue: unknown days come last.
    """

    item: Item
    due_order: date
    importer_name: str | None
    scheduled_on: date | None
    outcome: Outcome | None
    filing_kind: str | None
    forwarded_from: str | None
    filing_clocks: tuple[Clock, ...]
    filing_entry_count: int | None


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
            for name in ITEM_COLUMNS
            if getattr(item, name) != getattr(known[item.item_id], name)
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
    connection: AsyncConnection, wanted: Filter, *, after: Sequence[Any] | None, limit: int
) -> list[ListedItem]:
    """Items in the order of the queue: due first, unknown last; then priority; then age."""
    return [_listed(row) for row in await connection.execute(select_page(wanted, after=after, limit=limit))]


def known_to(knower: Knower) -> ColumnElement[bool]:
    """Whether somebody may learn of a row of `items` (`is_known`)."""
    named = items.c.knowers.has_any(cast([knower.subject], ARRAY(Text)))
    by_role = items.c.process.in_(sorted(knower.processes)) if knower.processes else false()
    return or_(items.c.knowers.is_(None), named, by_role)


def items_within(reach: Reach) -> ColumnElement[bool]:
    """Whether a row of `items` is reached; the Center that asked for advice has part in what holds it."""
    return within(
        reach,
        importer_number=items.c.importer_number,
        centers=(items.c.center, items.c.asking_center),
        division=items.c.division,
    )


def select_page(wanted: Filter, *, after: Sequence[Any] | None, limit: int) -> Select[Any]:
    """The query of `list_items`.

    Items of an entry include the filings that name it, wherever in their list; a Center sees the advice it asked for.
    """
    query = _select_items().where(items_within(wanted.reach), known_to(wanted.knower))
    for column, value in (
        (items.c.center, wanted.center),
        (items.c.division, wanted.division),
        (items.c.process, wanted.process),
        (items.c.kind, wanted.kind),
        (items.c.holder, wanted.holder),
        (items.c.importer_number, wanted.importer_number),
        (items.c.filing_number, wanted.filing_number),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.states:
        # As words in the statement: a plan for any states could not use the index of what waits.
        states: BindParameter[list[str]] = bindparam("states", wanted.states, expanding=True, literal_execute=True)
        query = query.where(items.c.state.in_(states))
    if wanted.entry_number is not None:
        entry = func.jsonb_build_array(wanted.entry_number)
        naming = select(filings.c.filing_number).where(filings.c.entry_numbers.contains(entry))
        is_named = items.c.filing_number == any_(func.array(naming.scalar_subquery()))
        query = query.where(or_(items.c.entry_number == wanted.entry_number, is_named))
    if wanted.overdue is not None:
        query = query.where(is_overdue(*wanted.overdue))
    if wanted.due_before is not None:
        query = query.where(items.c.due_on < wanted.due_before)
    if after is not None:
        query = query.where(tuple_(*_ORDER) > tuple_(*after))
    return query.order_by(*_ORDER).limit(limit)


async def find_item(connection: AsyncConnection, item_id: UUID) -> ListedItem | None:
    """One item, or None."""
    row = (await connection.execute(_select_items().where(items.c.item_id == item_id))).one_or_none()
    return _listed(row) if row is not None else None


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
    *facts, knowers, goods = row
    named = None if knowers is None else tuple(knowers)
    return Item(*(*facts, named, None if goods is None else tuple(Goods(**each) for each in goods)))


def _select_items() -> Select[Any]:
    return (
        select(
            *(items.c[name] for name in ITEM_COLUMNS),
            items.c.due_order,
            importers.c.name.label("importer_name"),
            entries.c.scheduled_on,
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


def _listed(row: bulk.Row) -> ListedItem:
    own, beside = row[: len(ITEM_COLUMNS)], row[len(ITEM_COLUMNS) :]
    due_order, importer_name, scheduled_on, outcome, filing_kind, forwarded_from, clocks, entry_count = beside
    return ListedItem(
        item=item_of(own),
        due_order=due_order,
        importer_name=importer_name,
        scheduled_on=scheduled_on,
        outcome=outcome,
        filing_kind=filing_kind,
        forwarded_from=forwarded_from,
        filing_clocks=clocks_of(clocks or ()),
        filing_entry_count=entry_count,
    )


def _note(row: bulk.Row) -> Note:
    key, sequence, change, state, at, subject, name, acting_for, reasons = row
    return Note(key, sequence, change, state, at, Person(subject, name, acting_for), tuple(reasons))


_facts_of = attrgetter(*(name for name in ITEM_COLUMNS if name not in ("knowers", "goods")))


def _cells(item: Item) -> tuple[Any, ...]:
    """The item as a row of `ITEM_COLUMNS`, whose last are who is named on it, and the goods."""
    knowers = orjson.dumps(item.knowers).decode() if item.knowers is not None else None
    return *_facts_of(item), knowers, orjson.dumps(item.goods).decode() if item.goods is not None else None
