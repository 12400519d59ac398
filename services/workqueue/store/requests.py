"""Requests for information and notices of action, as they were issued."""

from collections.abc import Iterable
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.filing import Asked
from services.workqueue.domain.item import Item, Person
from services.workqueue.domain.request import IssuedRequest
from services.workqueue.store.tables import requests
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = (
    "request_id",
    "form",
    "entry_numbers",
    "questions",
    "issued_on",
    "due_on",
    "issued_by",
    "issued_by_name",
    "acting_for",
    "issued_at",
    "authority",
)

_LOCK_IDS = """
SELECT pg_advisory_xact_lock(hashtextextended('request:' || id, 0))
FROM (SELECT id FROM unnest($1::text[]) AS given(id) ORDER BY id) AS sorted
"""
_LOAD_ASKED = """
SELECT r.request_id, r.item_id, r.importer_number, r.entry_numbers ->> 0 AS entry_number, i.protest_number,
       i.filing_number
FROM requests r JOIN items i ON i.item_id = r.item_id WHERE r.request_id = ANY($1::uuid[])
"""


async def write_request(tx: Transaction, item: Item, issued: IssuedRequest) -> None:
    """Keep a request or notice of an item."""
    row = (
        item.item_id,
        item.importer_number,
        item.center,
        issued.request_id,
        issued.form,
        orjson.dumps(issued.entry_numbers).decode(),
        orjson.dumps(issued.questions).decode(),
        issued.issued_on,
        issued.due_on,
        issued.by.subject,
        issued.by.name,
        issued.by.acting_for,
        issued.at,
        issued.authority,
    )
    await bulk.insert(tx, requests, ("item_id", "importer_number", "center", *_COLUMNS), [row])


async def lock_ids(tx: Transaction, request_ids: Iterable[UUID]) -> None:
    """Hold the ids of requests until the transaction ends, whether they are issued yet or not.

    So whoever issues a request and whoever hears of an answer to it cannot miss each other. Held before any row.
    """
    numbers = sorted(map(str, set(request_ids)))
    if numbers:
        await bulk.fetch(tx, _LOCK_IDS, numbers)


async def load_asked(tx: Transaction, request_ids: Iterable[UUID]) -> dict[UUID, Asked]:
    """Those of the requests that were issued, by id, each with the matter of the item that it came from."""
    numbers = sorted(set(request_ids))
    rows = await bulk.fetch(tx, _LOAD_ASKED, numbers) if numbers else ()
    return {row["request_id"]: Asked(*row) for row in rows}


async def find_requests(connection: AsyncConnection, item_id: UUID) -> list[IssuedRequest]:
    """Requests and notices issued in the course of an item, oldest first."""
    query = select(*(requests.c[name] for name in _COLUMNS)).where(requests.c.item_id == item_id)
    rows = await connection.execute(query.order_by(requests.c.issued_at, requests.c.request_id))
    return [_request(row) for row in rows]


def _request(row: bulk.Row) -> IssuedRequest:
    request_id, form, entry_numbers, questions, issued_on, due_on, subject, name, acting_for, at, authority = row
    return IssuedRequest(
        request_id=request_id,
        form=form,
        entry_numbers=tuple(entry_numbers),
        questions=tuple(questions),
        issued_on=issued_on,
        due_on=due_on,
        by=Person(subject, name, acting_for),
        at=at,
        authority=authority,
    )
