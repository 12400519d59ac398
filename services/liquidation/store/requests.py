"""CBP's requests to importers (CBP 28, CBP 29): written by the event path, asked for by entry and by the radar.

A request and the end of its item travel on different topics, so either may come first. The row of the item is what
both write under a lock, so that two batches at once cannot miss each other.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.facts import Origin
from services.liquidation.domain.information_request import Form, ItemChange
from services.liquidation.store.tables.requests import information_requests, work_items
from services.liquidation.store.upserts import keep_earliest, replace_row
from shared.db import bulk
from shared.db.reach import is_one_of
from shared.db.transaction import Transaction

_STUBS: Final = """
INSERT INTO work_items (item_id, sequence, change, state, event_id)
SELECT id, 0, 'routed', 'open', '' FROM unnest($1::text[]) AS given(id) ORDER BY id
ON CONFLICT DO NOTHING
"""
_LOCK: Final = """
SELECT item_id, sequence, change, state, ended_on, event_id FROM work_items
WHERE item_id = ANY($1::text[]) ORDER BY item_id FOR UPDATE
"""
_STAND: Final = """
UPDATE information_requests SET closed_on = given.closed_on, closed_as = given.closed_as
FROM unnest($1::text[], $2::date[], $3::text[]) AS given(item_id, closed_on, closed_as)
WHERE information_requests.item_id = given.item_id
    AND (information_requests.closed_on, information_requests.closed_as)
        IS DISTINCT FROM (given.closed_on, given.closed_as)
"""


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as it concerns one entry."""

    request_id: str
    entry_number: str
    form: Form
    item_id: str
    center: str
    issued_on: date
    due_on: date
    origin: Origin


@dataclass(frozen=True, slots=True)
class RequestOnEntry:
    """A request as it stands on one entry; open while `closed_on` is None."""

    request_id: str
    entry_number: str
    form: Form
    item_id: str
    center: str
    issued_on: date
    due_on: date
    closed_on: date | None
    closed_as: str | None


async def lock_items(tx: Transaction, item_ids: Collection[str]) -> dict[str, ItemChange]:
    """Where these items stand, held until the transaction ends; in order of id, so that writers cannot deadlock."""
    numbers = sorted(item_ids)
    await bulk.execute(tx, _STUBS, numbers)
    return {row["item_id"]: ItemChange(*row) for row in await bulk.fetch(tx, _LOCK, numbers)}


async def write_items(tx: Transaction, items: Sequence[ItemChange]) -> None:
    """Write where items stand that `lock_items` gave."""
    columns = tuple(column.name for column in work_items.columns)
    rows = [astuple(item) for item in items]
    await bulk.insert(tx, work_items, columns, rows, on_conflict=replace_row(work_items, columns))


async def write_requests(tx: Transaction, requests: Sequence[RequestRow]) -> None:
    """Write requests; of two events for one request and entry the earlier stands."""
    columns = (
        "request_id",
        "entry_number",
        "form",
        "item_id",
        "center",
        "issued_on",
        "due_on",
        "event_at",
        "event_source",
        "event_id",
    )
    values = [
        (
            row.request_id,
            row.entry_number,
            row.form,
            row.item_id,
            row.center,
            row.issued_on,
            row.due_on,
            row.origin.at,
            row.origin.source,
            row.origin.id,
        )
        for row in requests
    ]
    await bulk.insert(
        tx, information_requests, columns, values, on_conflict=keep_earliest(information_requests, columns)
    )


async def close_requests(tx: Transaction, items: Collection[ItemChange]) -> None:
    """Close the requests of items that ended, and open those of items that are called for again."""
    told = sorted(items, key=lambda item: item.item_id)
    closed_as = [item.state if item.ended_on is not None else None for item in told]
    await bulk.execute(tx, _STAND, [item.item_id for item in told], [item.ended_on for item in told], closed_as)


async def load_requests_on(
    connection: AsyncConnection, entry_numbers: Collection[str]
) -> dict[str, list[RequestOnEntry]]:
    """The requests that name each of these entries, open and closed, oldest first; entries without one are absent."""
    return await _list_requests(connection, is_one_of(information_requests.c.entry_number, entry_numbers))


async def list_open_requests(
    connection: AsyncConnection, entry_numbers: Collection[str]
) -> dict[str, list[RequestOnEntry]]:
    """The requests on these entries that are open, oldest first; entries without one are absent."""
    table = information_requests.c
    return await _list_requests(connection, table.entry_number.in_(entry_numbers) & table.closed_on.is_(None))


async def _list_requests(connection: AsyncConnection, which: ColumnElement[bool]) -> dict[str, list[RequestOnEntry]]:
    table = information_requests.c
    columns = [table[field.name] for field in fields(RequestOnEntry)]
    query = select(*columns).where(which).order_by(table.issued_on, table.request_id)
    found: defaultdict[str, list[RequestOnEntry]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.entry_number].append(RequestOnEntry(*row))
    return found
