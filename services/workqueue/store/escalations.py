"""Clocks that have come so far that somebody is told, and whom was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.clocks import PROTEST_DECIDE, REVIEW_CUTOFF
from services.workqueue.domain.compartment import Knower
from services.workqueue.domain.due import DEEMED, LEVELS
from services.workqueue.store.filters import known_to
from services.workqueue.store.tables.items import items
from services.workqueue.store.tables.transfers import escalations
from shared.db import bulk
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

NEAREST = "nearest"
"""The nearest clock of a matter or filing, which has a name of its own among its clocks."""
_LEVEL = (
    "CASE WHEN $1 >= due_on THEN 100 "
    + "".join(
        f"WHEN $1 > began_on AND 100 * ($1 - began_on) >= {level} * (due_on - began_on) THEN {level} "
        for level, _ in reversed(LEVELS[:-1])
    )
    + "ELSE 0 END"
)
# What has run so far is asked of the days themselves, each time anew; only what was told stands written.
FIND_REACHED = f"""
SELECT item_id, clock, kind, began_on, due_on, level, told FROM (
    SELECT of_item.*, {_LEVEL} AS level, coalesce((
        SELECT max(t.level) FROM escalations t
        WHERE t.item_id = of_item.item_id AND t.clock = of_item.clock AND t.due_on = of_item.due_on), 0) AS told
    FROM (
        SELECT i.item_id, c.clock, c.kind, c.due_on, (i.opened_at AT TIME ZONE 'America/New_York')::date AS began_on
        FROM items i LEFT JOIN entries e ON e.entry_number = i.entry_number AND i.kind = 'review'
        CROSS JOIN LATERAL (VALUES
            (CASE i.kind WHEN 'protest' THEN '{PROTEST_DECIDE}' WHEN 'review' THEN '{REVIEW_CUTOFF}'
                         WHEN 'consultation' THEN '{REVIEW_CUTOFF}' ELSE '{NEAREST}' END,
             CASE i.kind WHEN 'protest' THEN 'statutory' WHEN 'review' THEN 'policy'
                         WHEN 'consultation' THEN 'policy' END,
             i.due_on),
            ('{DEEMED}', 'statutory', e.deemed_on)) AS c(clock, kind, due_on)
        WHERE i.state IN ('open', 'claimed') AND c.due_on IS NOT NULL
          AND ($2::uuid IS NULL OR i.item_id > $2)
          AND NOT (c.clock = '{REVIEW_CUTOFF}' AND coalesce(i.set_days @? '$[*] ? (@.paused_on != null)', false))
          AND 2 * ($1 - (i.opened_at AT TIME ZONE 'America/New_York')::date)
              >= c.due_on - (i.opened_at AT TIME ZONE 'America/New_York')::date
    ) AS of_item) AS reached
WHERE level > told
ORDER BY item_id, clock LIMIT $3
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


class Reached(NamedTuple):
    """A clock that has come to a level nobody was told of; `kind` is None where the item's process says it.

    `told` is the highest level of which somebody was told for that day, 0 when none was.
    """

    item_id: UUID
    clock: str
    kind: str | None
    began_on: date
    due_on: date
    level: int
    told: int


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


async def find_reached(tx: Transaction, today: date, after: UUID | None, limit: int) -> list[Reached]:
    """Clocks of unfinished items behind one that have come to a level of which nobody was told for that day."""
    return [Reached(*row) for row in await bulk.fetch(tx, FIND_REACHED, today, after, limit)]


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
