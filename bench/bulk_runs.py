"""An act on many items beside its floor: one bare UPDATE, one INSERT of history and one of events for as many rows."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.workqueue.acts import bulk as acts
from services.workqueue.acts.staff import write_member
from services.workqueue.domain.bulk import Limits
from services.workqueue.domain.filter import Filter
from services.workqueue.domain.staff import Member
from shared.db.transaction import transaction
from shared.runtime.identity import Identity, RoleName

_NOW = datetime(2026, 3, 2, 19, tzinfo=UTC)
_ROLES = frozenset({RoleName.CENTER_DIRECTOR})
_FIRST = Identity("dan", "Dan", _ROLES, centers=frozenset({"CEE007"}))
_SECOND = Identity("sue", "Sue", _ROLES, centers=frozenset({"CEE007"}))
_LIMITS = Limits(1_000, 10_000_000)
_FILL = """
INSERT INTO items (item_id, kind, process, importer_number, center, division, priority, opened_at, due_on, state, token,
                   acts, value_usd, stage)
SELECT gen_random_uuid(), 'matter', 'inquiry', '07-345678900', 'CEE007', 'enforcement', 1,
       '2026-01-01'::timestamptz + n * interval '1 second', '2026-06-03', 'open', 0, 0, 10, 'received'
FROM generate_series(1, CAST(:count AS integer)) AS n
"""
_FLOOR = (
    "UPDATE items SET assigned_to = 'lee', acts = acts + 1",
    """INSERT INTO item_events (item_id, change_key, sequence, change, state, at, actor, actor_name, reasons)
       SELECT item_id, 'floor', 1, 'assigned', 'open', now(), 'dan', 'Dan', '[]' FROM items""",
    """INSERT INTO outbox (topic, key, value)
       SELECT 'work-item-changed', item_id::text, convert_to(json_build_object(
           'item_id', item_id, 'center', center, 'process', process, 'change', 'assigned')::text, 'UTF8')
       FROM items""",
)


@dataclass(frozen=True, slots=True)
class BulkRun:
    """Seconds for as many items: looked at, done, and the bare statements."""

    items: int
    looked_seconds: float
    seconds: float
    floor_seconds: float


async def measure_bulk_run(engine: AsyncEngine, items: int) -> BulkRun:
    """Assign so many items to one person: the preview, the run, and the floor on the same rows."""
    async with engine.begin() as connection:
        await connection.execute(text(_FILL), {"count": items})
    async with transaction(engine) as tx:
        await write_member(tx, _FIRST, Member("kim", "Kim", "CEE007", None, minutes_a_day=360), None, _NOW)
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE items"))
    began = time.perf_counter()
    async with transaction(engine) as tx:
        run = await acts.ask(
            tx,
            _FIRST,
            _NOW,
            _LIMITS,
            key="bench",
            act="assign",
            parameters={"to": "kim"},
            query="state=open",
            wanted=Filter(states=("open",)),
            reason="A measurement.",
        )
    await acts.go_on(engine, _NOW, _LIMITS)
    looked = time.perf_counter() - began
    async with transaction(engine) as tx:
        await acts.begin(tx, _SECOND, run.run_id, _NOW)
    began = time.perf_counter()
    done = await acts.go_on(engine, _NOW, _LIMITS)
    seconds = time.perf_counter() - began
    if done != items:
        raise ValueError(f"{done} of {items} items were done")
    began = time.perf_counter()
    async with engine.begin() as connection:
        for statement in _FLOOR:
            await connection.execute(text(statement))
    return BulkRun(items, looked, seconds, time.perf_counter() - began)
