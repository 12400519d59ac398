"""What people read: items, their history, queues and figures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.item import Kind
from services.workqueue.store.tables import decisions, entries, filings, importers, item_events, items, requests

ORDER = (items.c.due_order, items.c.priority, items.c.opened_at, items.c.item_id)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items to show; None means any. `sees` are the Centers of the caller, None for all."""

    sees: Collection[str] | None = None
    center: str | None = None
    division: str | None = None
    process: str | None = None
    kind: Kind | None = None
    state: str | None = None
    importer_number: str | None = None
    due_before: date | None = None
    entry_number: str | None = None
    filing_number: str | None = None


async def list_items(
    connection: AsyncConnection, wanted: Filter, *, after: Sequence[Any] | None, limit: int
) -> list[Any]:
    """Items in the order of the queue: due first, unknown last; then priority; then age."""
    return list(await connection.execute(select_page(wanted, after=after, limit=limit)))


def select_page(wanted: Filter, *, after: Sequence[Any] | None, limit: int) -> Select[Any]:
    """The query of `list_items`.

    Items of an entry include the filings that name it, wherever in their list; a Center sees the advice it asked for.
    """
    query = _narrow(_select_items(), wanted)
    if wanted.sees is not None:
        sees = sorted(wanted.sees)
        query = query.where(or_(items.c.center.in_(sees), items.c.asking_center.in_(sees)))
    if wanted.entry_number is not None:
        entry = func.jsonb_build_array(wanted.entry_number)
        naming = select(filings.c.filing_number).where(filings.c.entry_numbers.contains(entry))
        is_named = items.c.filing_number == any_(func.array(naming.scalar_subquery()))
        query = query.where(or_(items.c.entry_number == wanted.entry_number, is_named))
    if wanted.due_before is not None:
        query = query.where(items.c.due_on < wanted.due_before)
    if after is not None:
        query = query.where(tuple_(*ORDER) > tuple_(*after))
    return query.order_by(*ORDER).limit(limit)


async def find_item(connection: AsyncConnection, item_id: UUID) -> Any | None:
    """One item, or None."""
    return (await connection.execute(_select_items().where(items.c.item_id == item_id))).one_or_none()


async def find_filing_entries(connection: AsyncConnection, filing_number: str) -> list[str]:
    """The entries that a filing names, in its order."""
    query = select(filings.c.entry_numbers).where(filings.c.filing_number == filing_number)
    return list((await connection.execute(query)).scalar_one())


async def find_history(connection: AsyncConnection, item_id: UUID) -> list[Any]:
    """An item's history, ending with the line that tells its state (`Note` says how lines rank)."""
    query = select(item_events).where(item_events.c.item_id == item_id)
    rank = (item_events.c.sequence, item_events.c.at.desc(), item_events.c.change_key.collate("C").desc())
    return list(await connection.execute(query.order_by(*rank)))


async def find_decision(connection: AsyncConnection, item_id: UUID) -> Any | None:
    """What completed the item, or None."""
    return (await connection.execute(select(decisions).where(decisions.c.item_id == item_id))).one_or_none()


async def find_requests(connection: AsyncConnection, item_id: UUID) -> list[Any]:
    """Requests and notices issued in the course of an item, oldest first."""
    query = select(requests).where(requests.c.item_id == item_id)
    return list(await connection.execute(query.order_by(requests.c.issued_at, requests.c.request_id)))


async def count_queues(connection: AsyncConnection, wanted: Filter) -> list[Any]:
    """Open and claimed items by queue, with the age of the oldest and the next due date."""
    is_open = items.c.state == "open"
    query = select(
        items.c.center,
        items.c.division,
        items.c.process,
        func.count().filter(is_open).label("open"),
        func.count().filter(items.c.state == "claimed").label("claimed"),
        func.min(items.c.opened_at).label("oldest_opened_at"),
        func.min(items.c.due_on).label("next_due_on"),
    ).where(items.c.state.in_(["open", "claimed"]))
    queue = (items.c.center, items.c.division, items.c.process)
    if wanted.sees is not None:
        query = query.where(items.c.center.in_(sorted(wanted.sees)))
    return list(await connection.execute(_narrow(query, wanted).group_by(*queue).order_by(*queue)))


async def count_items(connection: AsyncConnection) -> list[Any]:
    """Items by queue and state."""
    by = (items.c.center, items.c.division, items.c.process, items.c.state)
    return list(await connection.execute(select(*by, func.count().label("items")).group_by(*by).order_by(*by)))


def _select_items() -> Select[Any]:
    return (
        select(
            items,
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
        .join(decisions, decisions.c.item_id == items.c.item_id, isouter=True)
        .join(filings, filings.c.filing_number == items.c.filing_number, isouter=True)
    )


def _narrow(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.kind is not None:
        query = query.where(_is_of(wanted.kind))
    for column, value in (
        (items.c.center, wanted.center),
        (items.c.division, wanted.division),
        (items.c.process, wanted.process),
        (items.c.state, wanted.state),
        (items.c.importer_number, wanted.importer_number),
        (items.c.filing_number, wanted.filing_number),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


def _is_of(kind: Kind) -> ColumnElement[bool]:
    """The condition that `kind_of` in `domain/item.py` is, on the columns."""
    is_protest, is_filing = items.c.protest_number.is_not(None), items.c.filing_number.is_not(None)
    is_consultation = items.c.asking_center.is_not(None)
    match kind:
        case "protest":
            return is_protest
        case "filing":
            return is_filing
        case "consultation":
            return is_consultation
        case "review":
            return and_(~is_protest, ~is_filing, ~is_consultation)
        case _:
            assert_never(kind)
