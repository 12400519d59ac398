"""Acts on many items: which, and what became of each."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Boolean, Select, Text, func, insert, literal, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.bulk import MOST_ITEMS, Check, Result, Run, RunState
from services.workqueue.domain.compartment import Knower
from services.workqueue.domain.filter import Filter
from services.workqueue.store.filters import narrowed
from services.workqueue.store.tables.bulk_runs import bulk_checks, bulk_items, bulk_runs
from services.workqueue.store.tables.items import QUEUE_ORDER, items
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_COLUMNS = tuple(each.name for each in fields(Run))
_JSON = frozenset({"parameters", "asked_by"})
_RESULT = tuple(each.name for each in fields(Result))
_SELECTED = f"SELECT {', '.join(_COLUMNS)} FROM bulk_runs"
_LOCK = f"{_SELECTED} WHERE run_id = $1 FOR UPDATE"
_GOING = f"{_SELECTED} WHERE state IN ('looking', 'running') ORDER BY asked_at"
_UNSEEN = """
SELECT number, item_id FROM bulk_items WHERE run_id = $1 AND number > $2 AND state = 'pending' ORDER BY number LIMIT $3
"""
_WRITE = """
UPDATE bulk_items SET state = given.state, code = given.code, says = given.says, at = $5
FROM unnest($2::integer[], $3::text[], $4::text[], $6::text[]) AS given(number, state, code, says)
WHERE bulk_items.run_id = $1 AND bulk_items.number = given.number AND bulk_items.state = 'pending'
"""
_FORESEE = """
UPDATE bulk_items SET code = given.code, says = given.says, is_looked_at = true
FROM unnest($2::integer[], $3::text[], $4::text[]) AS given(number, code, says)
WHERE bulk_items.run_id = $1 AND bulk_items.number = given.number
"""
# The rule of shared/customs/sampling.py in SQL: a hundred thousand numbers stay where they are.
_SAMPLE = """
SELECT drawn.number, drawn.item_id, c.verdict, c.says, c.checked_by, c.checked_at FROM (
    SELECT b.number, b.item_id FROM bulk_items b WHERE b.run_id = :run_id AND b.code IS NULL
    ORDER BY sha256(convert_to(CAST(:seed AS text) || '/' || b.number, 'UTF8')), b.number LIMIT :size
) AS drawn LEFT JOIN bulk_checks c ON c.run_id = :run_id AND c.number = drawn.number
ORDER BY drawn.number
"""
_CHECKED = """
SELECT c.number, b.item_id, c.verdict, c.says, c.checked_by, c.checked_at
FROM bulk_checks c JOIN bulk_items b ON b.run_id = c.run_id AND b.number = c.number
WHERE c.run_id = :run_id ORDER BY c.number
"""
_COUNT = """
SELECT count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'done') AS done,
       count(*) FILTER (WHERE state = 'refused') AS refused FROM bulk_items WHERE run_id = $1
"""
_SUM = """
SELECT count(*) FILTER (WHERE b.code IS NOT NULL) AS foreseen,
       coalesce(sum(i.value_usd) FILTER (WHERE b.code IS NULL), 0)::bigint AS value_usd
FROM bulk_items b JOIN items i USING (item_id) WHERE b.run_id = $1
"""


class Progress(NamedTuple):
    """How many items of a run are to be done, were done, were refused."""

    pending: int
    done: int
    refused: int


async def write_run(tx: Transaction, run: Run) -> None:
    """Write a run that is new, or locked."""
    row = tuple(orjson.dumps(getattr(run, name)).decode() if name in _JSON else getattr(run, name) for name in _COLUMNS)
    replaced = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
    await bulk.insert(tx, bulk_runs, _COLUMNS, [row], on_conflict=f"(run_id) DO UPDATE SET {replaced}")


async def freeze_items(tx: Transaction, run_id: UUID, reach: Reach, knower: Knower, wanted: Filter) -> int:
    """Keep which items a filter gives now, up to one more than may be, in the order of the queue; gives how many.

    Without law-enforcement-sensitive matters, whoever asks.
    """
    order = [items.c[name] for name in QUEUE_ORDER]
    found = narrowed(select(items.c.item_id, *order[:-1]), reach, knower, wanted).where(items.c.knowers.is_(None))
    part = found.order_by(*order).limit(MOST_ITEMS + 1).subquery()
    number = func.row_number().over(order_by=[part.c[name] for name in QUEUE_ORDER])
    rows = select(
        literal(run_id, bulk_items.c.run_id.type),
        number,
        part.c.item_id,
        literal("pending", Text),
        literal(False, Boolean),
    )
    names = ["run_id", "number", "item_id", "state", "is_looked_at"]
    result = await tx.connection.execute(insert(bulk_items).from_select(names, rows))
    return int(result.rowcount)


async def cut(tx: Transaction, run_id: UUID) -> None:
    """Leave out what is more than a run may have."""
    await bulk.execute(tx, "DELETE FROM bulk_items WHERE run_id = $1 AND number > $2", run_id, MOST_ITEMS)


async def lock_run(tx: Transaction, run_id: UUID) -> Run | None:
    """A run, locked for this transaction."""
    rows = await bulk.fetch(tx, _LOCK, run_id)
    return Run(*rows[0]) if rows else None


async def find_run(connection: AsyncConnection, run_id: UUID) -> Run | None:
    """A run by its id."""
    query = select(*(bulk_runs.c[name] for name in _COLUMNS)).where(bulk_runs.c.run_id == run_id)
    row = (await connection.execute(query)).one_or_none()
    return Run(*row) if row is not None else None


async def list_going(tx: Transaction) -> list[Run]:
    """Runs whose items are to be looked at or done, the oldest first."""
    return [Run(*row) for row in await bulk.fetch(tx, _GOING)]


async def list_runs(
    connection: AsyncConnection,
    signature: str,
    reach: Reach,
    *,
    state: RunState | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Run]:
    """Runs of a person, and of people all of whose Centers are reached, the newest first."""
    query = select_runs(signature, reach, state=state, after=after, limit=limit)
    return [Run(*row) for row in await connection.execute(query)]


def select_runs(
    signature: str, reach: Reach, *, state: RunState | None, after: tuple[datetime, UUID] | None, limit: int
) -> Select[Any]:
    """The query of `list_runs`."""
    query = select(*(bulk_runs.c[name] for name in _COLUMNS))
    if not reach.is_national:
        in_reach = bulk_runs.c.asked_by["centers"].contained_by(func.jsonb_build_array(*sorted(reach.centers)))
        query = query.where(or_(bulk_runs.c.signature == signature, in_reach))
    if state is not None:
        query = query.where(bulk_runs.c.state == state)
    place = tuple_(bulk_runs.c.asked_at, bulk_runs.c.run_id)
    if after is not None:
        query = query.where(place < after)
    return query.order_by(bulk_runs.c.asked_at.desc(), bulk_runs.c.run_id.desc()).limit(limit)


async def next_pending(tx: Transaction, run_id: UUID, after: int, limit: int) -> list[tuple[int, UUID]]:
    """The next items of a run that are to be done, by number."""
    return [(row["number"], row["item_id"]) for row in await bulk.fetch(tx, _UNSEEN, run_id, after, limit)]


async def write_foreseen(tx: Transaction, run_id: UUID, found: Sequence[tuple[int, str | None, str | None]]) -> None:
    """Keep what would be said of items as they stand: number, code and sentence of the refusal, None for none."""
    numbers, codes, says = ([row[place] for row in found] for place in range(3))
    await bulk.execute(tx, _FORESEE, run_id, numbers, codes, says)


async def write_results(
    tx: Transaction, run_id: UUID, found: Sequence[tuple[int, str, str | None, str | None]], at: datetime
) -> None:
    """Keep what became of items: number, state, code and sentence of a refusal."""
    numbers, states, codes, says = ([row[place] for row in found] for place in range(4))
    await bulk.execute(tx, _WRITE, run_id, numbers, states, codes, at, says)


async def count_results(tx: Transaction, run_id: UUID) -> Progress:
    """How far a run has come."""
    return Progress(*(await bulk.fetch(tx, _COUNT, run_id))[0])


async def sum_foreseen(tx: Transaction, run_id: UUID) -> tuple[int, int]:
    """How many items would be refused, and what the others are worth."""
    row = (await bulk.fetch(tx, _SUM, run_id))[0]
    return row["foreseen"], row["value_usd"]


async def list_sample(connection: AsyncConnection, run: Run) -> list[Check]:
    """The items of a run that are looked at before it begins: drawn by hash from those that would not be refused.

    Of a run that has begun those that were looked at, whatever became of them or of others in it.
    """
    if run.begun_at is not None:
        return [Check(*row) for row in await connection.execute(text(_CHECKED), {"run_id": run.run_id})]
    size = run.parameters.get("sample") or 0
    rows = await connection.execute(text(_SAMPLE), {"run_id": run.run_id, "seed": run.seed, "size": size})
    return [Check(*row) for row in rows]


async def write_check(tx: Transaction, run_id: UUID, check: Check) -> bool:
    """Keep what was found on an item of the sample; False when somebody looked at it before."""
    names = ("run_id", "number", "verdict", "says", "checked_by", "checked_at")
    row = (run_id, check.number, check.verdict, check.says, check.checked_by, check.checked_at)
    kept = await bulk.insert(
        tx, bulk_checks, names, [row], on_conflict="(run_id, number) DO NOTHING", returning="number"
    )
    return bool(kept)


async def list_refusals(connection: AsyncConnection, run_id: UUID) -> list[tuple[str, int]]:
    """The codes of what was or would be refused, with how many, the most first."""
    count = func.count()
    query = select(bulk_items.c.code, count).where(bulk_items.c.run_id == run_id, bulk_items.c.code.is_not(None))
    rows = await connection.execute(query.group_by(bulk_items.c.code).order_by(count.desc(), bulk_items.c.code))
    return [(code, found) for code, found in rows]


async def list_results(
    connection: AsyncConnection, run_id: UUID, *, state: str | None, after: int, limit: int
) -> list[Result]:
    """Items of a run by number, with what became of them; None means any state."""
    query: Any = (
        select(*((bulk_items if name in bulk_items.c else items).c[name] for name in _RESULT))
        .join_from(bulk_items, items, items.c.item_id == bulk_items.c.item_id)
        .where(bulk_items.c.run_id == run_id, bulk_items.c.number > after)
    )
    if state is not None:
        query = query.where(bulk_items.c.state == state)
    rows = await connection.execute(query.order_by(bulk_items.c.number).limit(limit))
    return [Result(*row) for row in rows]
