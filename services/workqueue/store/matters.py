"""Matters as they were opened, and the acts on the processes of items in the order in which they were done."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.item import Person
from services.workqueue.domain.matter import KeptAct, Opening
from services.workqueue.store.tables.matters import item_acts, matters
from shared.db import bulk
from shared.db.transaction import Transaction

_OPENING = (
    "title",
    "entry_numbers",
    "port",
    "linked_item",
    "opened_by",
    "opened_by_name",
    "acting_for",
    "authority",
)
ACT_COLUMNS = (
    "number",
    "act",
    "at",
    "done_by",
    "done_by_name",
    "acting_for",
    "fields",
    "reasons",
    "stage",
    "authority",
)
_LOAD_ACTS = f"""
SELECT item_id, {", ".join(ACT_COLUMNS)}, opened FROM item_acts WHERE item_id = ANY($1::uuid[]) ORDER BY item_id, number
"""


async def write_opening(tx: Transaction, item_id: UUID, opening: Opening) -> None:
    """Keep what a matter was opened with."""
    by = opening.by
    row = (
        item_id,
        opening.title,
        orjson.dumps(opening.entry_numbers).decode(),
        opening.port,
        opening.linked_item,
        by.subject,
        by.name,
        by.acting_for,
        opening.authority,
    )
    await bulk.insert(tx, matters, ("item_id", *_OPENING), [row])


async def write_entries(tx: Transaction, item_id: UUID, entry_numbers: Sequence[str]) -> None:
    """Write which entries a matter that is locked is about."""
    statement = "UPDATE matters SET entry_numbers = $2::jsonb WHERE item_id = $1"
    await bulk.execute(tx, statement, item_id, orjson.dumps(list(entry_numbers)).decode())


async def copy_acts(tx: Transaction, from_item: UUID, to_item: UUID) -> None:
    """Give a matter that was split off everything that was done until then: it stands where the other does."""
    columns = ", ".join((*ACT_COLUMNS, "opened"))
    statement = f"INSERT INTO item_acts (item_id, {columns}) SELECT $2, {columns} FROM item_acts WHERE item_id = $1"
    await bulk.execute(tx, statement, from_item, to_item)


async def write_act(tx: Transaction, item_id: UUID, done: KeptAct) -> None:
    """Keep one more act on an item that is locked."""
    await bulk.insert(tx, item_acts, ("item_id", *ACT_COLUMNS, "opened"), [(item_id, *act_cells(done), done.opened)])


async def load_acts(tx: Transaction, item_ids: Collection[UUID]) -> dict[UUID, list[KeptAct]]:
    """Every act on the processes of items, by item, the first first."""
    found: defaultdict[UUID, list[KeptAct]] = defaultdict(list)
    for item_id, *act in await bulk.fetch(tx, _LOAD_ACTS, sorted(item_ids)) if item_ids else ():
        found[item_id].append(kept_act(*act))
    return found


async def find_opening(connection: AsyncConnection, item_id: UUID) -> Opening | None:
    """What a matter was opened with; None where the item is none."""
    query = select(*(matters.c[name] for name in _OPENING)).where(matters.c.item_id == item_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    title, entry_numbers, port, linked_item, subject, name, acting_for, authority = row
    return Opening(title, tuple(entry_numbers), port, linked_item, Person(subject, name, acting_for), authority)


async def list_linked(connection: AsyncConnection, item_id: UUID) -> list[UUID]:
    """The matters that were opened from an item."""
    query = select(matters.c.item_id).where(matters.c.linked_item == item_id)
    return list((await connection.execute(query)).scalars())


async def list_acts(connection: AsyncConnection, item_id: UUID) -> list[KeptAct]:
    """Every act on the process of an item, the first first."""
    columns = (item_acts.c[name] for name in (*ACT_COLUMNS, "opened"))
    query = select(*columns).where(item_acts.c.item_id == item_id)
    rows = await connection.execute(query.order_by(item_acts.c.number))
    return [kept_act(*row) for row in rows]


def act_cells(done: KeptAct) -> tuple[Any, ...]:
    """An act as a row of `ACT_COLUMNS`, whatever it is on."""
    return (
        done.number,
        done.act,
        done.at,
        done.by.subject,
        done.by.name,
        done.by.acting_for,
        orjson.dumps(dict(done.fields)).decode(),
        orjson.dumps([dict(reason) for reason in done.reasons]).decode(),
        done.stage,
        done.authority,
    )


def kept_act(
    number: int,
    act: str,
    at: datetime,
    subject: str,
    name: str,
    acting_for: str | None,
    fields: Mapping[str, Any],
    reasons: Sequence[Mapping[str, str | None]],
    stage: str,
    authority: str,
    opened: UUID | None = None,
) -> KeptAct:
    """An act from its `ACT_COLUMNS`, on an item with what it opened."""
    person = Person(subject, name, acting_for)
    return KeptAct(number, act, at, person, fields, tuple(reasons), stage, authority, opened)
