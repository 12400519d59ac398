"""The life of an item: the event that opens it, its claim by somebody, its decision; beside bare statements for each.

The floor writes what a queue with history and events must at least: the items, lines and events of a batch in three
statements, the claim of `bench.claims`, and an end that changes the row and writes its line, its event and a decision
in one statement.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.claims import CENTERS, FLOOR_CLAIM, LEASE, make_floor_tables
from services.workqueue.acts.claim import WorkWanted, claim_next_alone
from services.workqueue.acts.decision import complete
from services.workqueue.domain.decision import Finding, Reason
from services.workqueue.domain.request import NOTICE_OVER_CENTS
from services.workqueue.handlers.handler import handle
from services.workqueue.publishing import SOURCE
from shared.bus import outbox
from shared.contracts.envelope import Event
from shared.db import bulk
from shared.db.transaction import alone, transaction
from shared.runtime.clock import SystemClock
from shared.runtime.identity import Identity, RoleName
from tests.support.events import entry_number
from tests.support.recorded import recorded

_BATCH = 1000
_DIVISION = "enforcement"
_REASON = Reason("as-entered", "The entry is right as it was filed.", None, None)
_FINDING = Finding("no-change", 0, 0, (), (_REASON,), ())
_DECISIONS = """
CREATE TABLE floor_decisions (
    item_id uuid PRIMARY KEY, outcome text NOT NULL, reasons jsonb NOT NULL, at timestamptz NOT NULL,
    actor text NOT NULL
)
"""
_NUMBERED = "generate_series($1::integer, $2::integer) AS n"
_OPENED = (
    f"""INSERT INTO floor_items
        SELECT md5(n::text)::uuid, 'B76' || lpad(n::text, 8, '0'), ($3::text[])[1 + n % cardinality($3)], '{_DIVISION}',
               '2026-06-03', 1, now(), 'open', NULL, NULL, 0 FROM {_NUMBERED}""",
    f"INSERT INTO floor_history SELECT md5(n::text)::uuid, 0, 'opened', now(), 'events' FROM {_NUMBERED}",
    f"""INSERT INTO floor_outbox (topic, key, value)
        SELECT 'work-item-changed', md5(n::text), convert_to(json_build_object(
            'item_id', md5(n::text)::uuid, 'entry_number', 'B76' || lpad(n::text, 8, '0'), 'change', 'opened',
            'center', ($3::text[])[1 + n % cardinality($3)])::text, 'UTF8') FROM {_NUMBERED}""",
)
_ENDED = """
WITH ended AS (
    UPDATE floor_items SET state = 'completed', holder = NULL, lease_until = NULL
    WHERE item_id = $1 AND token = $2 RETURNING item_id, entry_number, center, token),
noted AS (INSERT INTO floor_history SELECT item_id, token + 1, 'completed', $3, $4 FROM ended),
decided AS (INSERT INTO floor_decisions SELECT item_id, 'no-change', '[]', $3, $4 FROM ended),
told AS (
    INSERT INTO floor_outbox (topic, key, value)
    SELECT 'work-item-changed', item_id::text, convert_to(json_build_object(
        'item_id', item_id, 'entry_number', entry_number, 'center', center, 'change', 'completed', 'at', $3,
        'actor', $4)::text, 'UTF8') FROM ended)
SELECT 1 FROM ended
"""

Live = Callable[[int], Awaitable[bool]]
"""Claims the next item as the client of this number and ends it; tells whether there was one."""


@dataclass(frozen=True, slots=True)
class Lives:
    """Seconds for as many lives: by the product, and by the bare statements."""

    items: int
    seconds: float
    floor_seconds: float


async def measure_lives(engine: AsyncEngine, items: int, clients: int) -> Lives:
    """Open so many items by events, then let the clients claim and decide them one after the other until none is left.

    Raises ValueError when not each was decided once.
    """
    events = [
        recorded(
            "routing/entry-of-account-for-ad-cvd",
            entry_number=entry_number(number + 1),
            center=_center(number, clients),
        )
        for number in range(items)
    ]
    await make_floor_tables(engine)
    async with engine.begin() as connection:
        await connection.execute(text(_DECISIONS))
    seconds = await _time(_open_by_events(engine, events), _live_in_product(engine, clients), clients, items)
    floor = await _time(_open_bare(engine, items, clients), _live_bare(engine, clients), clients, items)
    return Lives(items, seconds, floor)


async def _time(opened: Awaitable[None], live: Live, clients: int, items: int) -> float:
    lived = 0

    async def work(client: int) -> None:
        nonlocal lived
        while await live(client):
            lived += 1

    began = time.perf_counter()
    await opened
    async with asyncio.TaskGroup() as group:
        for client in range(clients):
            group.create_task(work(client))
    took = time.perf_counter() - began
    if lived != items:
        raise ValueError(f"{lived} of {items} items were decided")
    return took


async def _open_by_events(engine: AsyncEngine, events: Sequence[Event[Any]]) -> None:
    for first in range(0, len(events), _BATCH):
        async with transaction(engine) as tx:
            await outbox.add(tx, SOURCE, await handle(tx, events[first : first + _BATCH]))


def _center(number: int, clients: int) -> str:
    return CENTERS[number % min(len(CENTERS), clients)]


def _live_in_product(engine: AsyncEngine, clients: int) -> Live:
    clock = SystemClock()

    async def live(client: int) -> bool:
        who = Identity(
            f"user-{client}",
            f"User {client}",
            frozenset({RoleName.IMPORT_SPECIALIST}),
            centers=frozenset({_center(client, clients)}),
            divisions=frozenset({_DIVISION}),
        )
        claimed = await claim_next_alone(engine, who, clock.now(), LEASE, WorkWanted())
        if claimed is None:
            return False
        item, _ = claimed
        async with transaction(engine) as tx:
            await complete(
                tx, item.item_id, who, item.token, _FINDING, clock.now(), notice_over_cents=NOTICE_OVER_CENTS
            )
        return True

    return live


async def _open_bare(engine: AsyncEngine, items: int, clients: int) -> None:
    centers = list(CENTERS[:clients])
    for first in range(0, items, _BATCH):
        async with transaction(engine) as tx:
            for statement in _OPENED:
                named = (centers,) if "$3" in statement else ()
                await bulk.execute(tx, statement, first, min(first + _BATCH, items) - 1, *named)


def _live_bare(engine: AsyncEngine, clients: int) -> Live:
    clock = SystemClock()

    async def live(client: int) -> bool:
        async with alone(engine) as single:
            now, who = clock.now(), f"user-{client}"
            center = _center(client, clients)
            claimed = await bulk.fetch(single, FLOOR_CLAIM, center, _DIVISION, who, now + LEASE, now)
            if not claimed:
                return False
            await bulk.fetch(single, _ENDED, claimed[0]["item_id"], claimed[0]["token"], clock.now(), who)
        return True

    return live
