"""CBP's requests to importers (CBP 28, CBP 29): written by the event path, asked for by entry and by the radar.

A request, what becomes of it and the end of its item travel on different topics, so any may come first. The row of the
item is what all write under a lock, so that two batches at once cannot miss each other.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.facts import Origin
from services.liquidation.domain.information_request import Form, ItemChange, LetterChange
from services.liquidation.store.tables.requests import information_requests, letters, work_items
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
# A letter is closed by what becomes of it, and by the end of its item, whichever is first: nobody waits for an answer
# in a matter that has ended. The item may begin again, and the letter with it.
_STAND: Final = """
UPDATE information_requests r SET closed_on = s.closed_on, closed_as = s.closed_as, due_on = s.due_on
FROM (
    SELECT own.request_id, own.entry_number, coalesce(l.due_on, own.due_on) AS due_on,
        least(l.closed_on, given.closed_on) AS closed_on,
        CASE WHEN l.closed_on <= coalesce(given.closed_on, l.closed_on) THEN l.closed_as ELSE given.closed_as END
            AS closed_as
    FROM unnest($1::text[], $2::date[], $3::text[]) AS given(item_id, closed_on, closed_as)
    JOIN information_requests own USING (item_id) LEFT JOIN letters l USING (request_id)
) s
WHERE r.request_id = s.request_id AND r.entry_number = s.entry_number
    AND (r.closed_on, r.closed_as, r.due_on) IS DISTINCT FROM (s.closed_on, s.closed_as, s.due_on)
"""
_LOAD_LETTERS: Final = """
SELECT request_id, item_id, sequence, due_on, closing_sequence, closed_on, closed_as FROM letters
WHERE request_id = ANY($1::text[])
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


async def load_letters(tx: Transaction, request_ids: Collection[str]) -> dict[str, LetterChange]:
    """What is known of letters whose items are locked."""
    rows = await bulk.fetch(tx, _LOAD_LETTERS, sorted(request_ids)) if request_ids else ()
    return {row["request_id"]: LetterChange(*row) for row in rows}


async def write_letters(tx: Transaction, changed: Sequence[LetterChange]) -> None:
    """Write what became of letters whose items are locked."""
    columns = tuple(column.name for column in letters.columns)
    rows = [astuple(letter) for letter in changed]
    await bulk.insert(tx, letters, columns, rows, on_conflict=replace_row(letters, columns))


async def close_requests(tx: Transaction, items: Collection[ItemChange]) -> None:
    """Close and open the requests of these items as their letters, or else the items, say; move their days."""
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
