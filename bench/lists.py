"""Lists, counts and searches over many items, each beside the tenth of a second that it may take."""

import time
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.claims import fill_items
from services.workqueue.domain.compartment import Knower
from services.workqueue.domain.filter import Filter, Span
from services.workqueue.store import items as store
from shared.customs.authority import Scope
from shared.db.transaction import reading
from shared.runtime.access import Reach

MAY_TAKE: Final = 0.1
_TRIES: Final = 3
_PAGE: Final = 51
_CENTER: Final = Reach(rows=((Scope.CENTER, "item.read/center"),), centers=frozenset({"CEE003"}))
_ANYBODY: Final = Knower("kim", frozenset())
_WAITING: Final = ("open", "claimed")
_TELL_TYPES = """
UPDATE items SET entry_type = CASE WHEN substr(entry_number, 8) < '010' THEN '23' ELSE '01' END,
    port_of_entry = lpad((1001 + abs(hashtext(entry_number)) % 300)::text, 4, '0')
"""
_FILL_WORDS = """
INSERT INTO item_events (item_id, change_key, sequence, change, state, at, actor, actor_name, reasons)
SELECT item_id, 'skipped:1', 1000001, 'skipped', 'open', opened_at, 'kim', 'Kim',
    jsonb_build_array(jsonb_build_object('code', 'other', 'text', 'Lot ' || entry_number || ' is at the laboratory.'))
FROM items
"""
FILTERS: Final = {
    "page of a Center": Filter(states=_WAITING),
    "rare type of entry": Filter(states=_WAITING, entry_types=("23",)),
    "port of entry, due in a week": Filter(
        states=_WAITING, ports_of_entry=("1007",), due_in=(Span(date(2026, 7, 6), date(2026, 7, 13)),)
    ),
    "search for a rare word": Filter(words="B7600000102"),
}


async def measure_lists(engine: AsyncEngine, items: int) -> dict[str, float]:
    """Seconds of the first page and the count of each filter together, the best of three, over so many open items."""
    await fill_items(engine, items)
    async with engine.begin() as connection:
        await connection.execute(text(_TELL_TYPES))
        await connection.execute(text(_FILL_WORDS))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE items, item_events"))
    return {name: min([await _ask(engine, wanted) for _ in range(_TRIES)]) for name, wanted in FILTERS.items()}


async def _ask(engine: AsyncEngine, wanted: Filter) -> float:
    began = time.perf_counter()
    async with reading(engine) as connection:
        found = await store.list_items(connection, _CENTER, _ANYBODY, wanted, after=None, limit=_PAGE)
        counted = await store.count_items(connection, _CENTER, _ANYBODY, wanted)
    if len(found) != min(counted.found, _PAGE):
        raise ValueError(f"{len(found)} items are listed of {counted.found}")
    return time.perf_counter() - began
