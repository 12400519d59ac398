"""Requests for information and notices of action, as they were issued."""

from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

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
