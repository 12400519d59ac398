"""Clocks that have come so far that somebody is told, and whom was told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.compartment import Knower
from services.workqueue.store.filters import known_to
from services.workqueue.store.tables.items import items
from services.workqueue.store.tables.transfers import escalations
from shared.db import bulk
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

# Items leave the range as they are looked at: `escalates_on` is then the day of their next look.
FIND_TO_LOOK = """
SELECT item_id FROM items WHERE lasting_state = 'open' AND escalates_on <= $1 AND item_id <> ALL($2::text[]::uuid[])
ORDER BY escalates_on, item_id LIMIT $3
"""
_LOAD_TOLD = """
SELECT item_id, clock, due_on, max(level) AS level FROM escalations WHERE item_id = ANY($1::uuid[]) GROUP BY 1, 2, 3
"""
_WRITE_LOOKS = """
UPDATE items
SET looked_due_on = items.due_on, looked_deemed_on = items.deemed_on, looked_set_days = items.set_days,
    look_on = given.look_on
FROM unnest($1::uuid[], $2::date[]) AS given(item_id, look_on) WHERE items.item_id = given.item_id
"""
_COLUMNS = (
    "item_id",
    "clock",
    "due_on",
    "level",
    "kind",
    "began_on",
    "center",
    "division",
    "holder",
    "told",
    "at",
)


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who was told that a clock has come so far, and who held the item then."""

    item_id: UUID
    clock: str
    due_on: date
    level: int
    kind: str
    began_on: date
    center: str
    division: str
    holder: str | None
    told: tuple[str, ...]
    at: datetime


async def find_to_look(tx: Transaction, today: date, left_out: Sequence[str], limit: int) -> list[UUID]:
    """Unfinished items of which a clock may have come to another level by today, but for those left out."""
    return [row["item_id"] for row in await bulk.fetch(tx, FIND_TO_LOOK, today, list(left_out), limit)]


async def load_told(tx: Transaction, item_ids: Iterable[UUID]) -> dict[tuple[UUID, str, date], int]:
    """The highest level of which somebody was told, by item, clock and day."""
    rows = await bulk.fetch(tx, _LOAD_TOLD, sorted(item_ids))
    return {(item_id, clock, due_on): level for item_id, clock, due_on, level in rows}


async def write_looks(tx: Transaction, looks: Sequence[tuple[UUID, date]]) -> None:
    """Keep when to look at locked items again as long as their days stay as they are; `date.max` is never."""
    await bulk.execute(tx, _WRITE_LOOKS, *(list(column) for column in zip(*looks, strict=True)))


async def write_escalations(tx: Transaction, told: Sequence[Escalation]) -> None:
    """Keep what was told; the same told twice is one."""
    rows = [
        tuple(orjson.dumps(each.told).decode() if name == "told" else getattr(each, name) for name in _COLUMNS)
        for each in told
    ]
    await bulk.insert(tx, escalations, _COLUMNS, rows, on_conflict="DO NOTHING")


async def list_escalations(
    connection: AsyncConnection,
    reach: Reach,
    knower: Knower,
    *,
    center: str | None,
    told: str | None,
    level: int | None,
    item_id: UUID | None,
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[Escalation]:
    """What was told, the newest first, as far as the reach goes; None means any."""
    may_know = exists().where(items.c.item_id == escalations.c.item_id, known_to(knower))
    query = select(*(escalations.c[name] for name in _COLUMNS)).where(
        within(reach, centers=(escalations.c.center,), division=escalations.c.division), may_know
    )
    for column, value in (
        (escalations.c.center, center),
        (escalations.c.level, level),
        (escalations.c.item_id, item_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if told is not None:
        query = query.where(escalations.c.told.contains([told]))
    order = (escalations.c.at, escalations.c.item_id, escalations.c.clock, escalations.c.due_on, escalations.c.level)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in order)).limit(limit)
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in await connection.execute(query)]
    return [Escalation(**(row | {"told": tuple(row["told"])})) for row in rows]
