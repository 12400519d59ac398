"""Claims of the next item by many clients at once over many open items, beside their floor.

The floor is the least that a queue with history and events can do: one statement that takes the first open row of one
queue by SKIP LOCKED and writes a line and an event, on a connection that each client keeps, from a table with the one
index that this needs.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.workqueue.acts.claim import WorkWanted, claim_next_alone
from shared.db import bulk
from shared.db.transaction import alone
from shared.runtime.clock import SystemClock
from shared.runtime.identity import Identity, RoleName

CENTERS = tuple(f"CEE{number:03d}" for number in range(1, 11))
DIVISIONS = ("enforcement", "partnership", "validation-and-compliance")
LEASE = timedelta(minutes=30)
_CHUNK = 250_000

FILL = """
INSERT INTO items (item_id, kind, process, entry_number, importer_number, center, division, priority, opened_at, due_on,
                   state, token, acts, value_usd, center_since)
SELECT gen_random_uuid(), 'review', (ARRAY['ad-cvd', 'quota', 'entry-summary-review'])[1 + n % 3],
    'B76' || lpad(n::text, 8, '0'), '07-' || lpad((n % 40000)::text, 7, '0') || '00',
    'CEE' || lpad((1 + n % 10)::text, 3, '0'),
    (ARRAY['enforcement', 'partnership', 'validation-and-compliance'])[1 + n / 10 % 3], 1 + n % 4,
    '2026-01-01'::timestamptz + n * interval '1 second', '2026-06-03'::date + (n / 7 % 300)::integer, 'open', 0, 0,
    1000 + n % 100000, '2026-01-01'::timestamptz
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
"""
_FLOOR_TABLES = """
CREATE TABLE floor_items (
    item_id uuid PRIMARY KEY, entry_number text NOT NULL, center text NOT NULL, division text NOT NULL,
    due_on date NOT NULL, priority smallint NOT NULL, opened_at timestamptz NOT NULL, state text NOT NULL, holder text,
    lease_until timestamptz, token bigint NOT NULL
) WITH (fillfactor = 80);
CREATE TABLE floor_history (
    item_id uuid NOT NULL, number bigint NOT NULL, change text NOT NULL, at timestamptz NOT NULL, actor text NOT NULL,
    PRIMARY KEY (item_id, number)
);
CREATE TABLE floor_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, key text NOT NULL, value bytea NOT NULL
);
CREATE INDEX floor_items_next ON floor_items (center, division, due_on, priority, opened_at, item_id)
    WHERE state = 'open'
"""
_FILL_FLOOR = """
INSERT INTO floor_items
SELECT item_id, entry_number, center, division, due_on, priority, opened_at, state, holder, lease_until, token
FROM items
"""
FLOOR_CLAIM = """
WITH chosen AS MATERIALIZED (
    SELECT item_id FROM floor_items WHERE center = $1 AND division = $2 AND state = 'open'
    ORDER BY due_on, priority, opened_at, item_id LIMIT 1 FOR UPDATE SKIP LOCKED),
taken AS (
    UPDATE floor_items f SET state = 'claimed', holder = $3, lease_until = $4, token = f.token + 1
    FROM chosen WHERE f.item_id = chosen.item_id
    RETURNING f.item_id, f.entry_number, f.center, f.division, f.due_on, f.priority, f.opened_at, f.token),
noted AS (INSERT INTO floor_history SELECT item_id, token, 'claimed', $5, $3 FROM taken),
told AS (
    INSERT INTO floor_outbox (topic, key, value)
    SELECT 'work-item-changed', item_id::text, convert_to(json_build_object(
        'item_id', item_id, 'entry_number', entry_number, 'center', center, 'change', 'claimed', 'at', $5,
        'actor', $3)::text, 'UTF8') FROM taken)
SELECT * FROM taken
"""

Claim = Callable[[int], Awaitable[object]]
"""Makes one claim as the client of this number; gives what was claimed, or None."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims a second of all clients together, and how long one took, in milliseconds."""

    name: str
    per_second: float
    p50: float
    p99: float

    def __str__(self) -> str:
        return f"{self.name} {self.per_second:,.0f}/s, p50 {self.p50:.1f} and p99 {self.p99:.1f} ms"


async def fill_items(engine: AsyncEngine, count: int) -> None:
    """So many open items in the queues of ten Centers."""
    async with engine.begin() as connection:
        for first in range(1, count + 1, _CHUNK):
            await connection.execute(text(FILL), {"first": first, "last": min(count, first + _CHUNK - 1)})


async def fill(engine: AsyncEngine, count: int) -> None:
    """The same for the product and for the floor; as PostgreSQL would know them."""
    await fill_items(engine, count)
    await make_floor_tables(engine)
    async with engine.begin() as connection:
        await connection.execute(text(_FILL_FLOOR))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE items, offered_items, floor_items"))


async def make_floor_tables(engine: AsyncEngine) -> None:
    """The least that a queue with history and events keeps."""
    async with engine.begin() as connection:
        for statement in _FLOOR_TABLES.split(";"):
            await connection.execute(text(statement))


async def measure_claims_of_floor(engine: AsyncEngine, clients: int, seconds: float) -> Claims:
    """The bare statement."""
    lent = [alone(engine) for _ in range(clients)]
    held = [await each.__aenter__() for each in lent]
    clock = SystemClock()

    async def claim(client: int) -> object:
        now = clock.now()
        place = (CENTERS[client % 10], DIVISIONS[client % 3])
        rows = await bulk.fetch(held[client], FLOOR_CLAIM, *place, f"user-{client}", now + LEASE, now)
        return rows[0] if rows else None

    try:
        return await run("floor", claim, clients, seconds)
    finally:
        for each in lent:
            await each.__aexit__(None, None, None)


async def measure_claims_of_product(engine: AsyncEngine, clients: int, seconds: float) -> Claims:
    """The act behind POST /items/next, for specialists who work in all divisions of one Center each."""
    clock = SystemClock()
    people = [
        Identity(
            f"user-{client}",
            f"User {client}",
            frozenset({RoleName.IMPORT_SPECIALIST}),
            centers=frozenset({CENTERS[client % 10]}),
            divisions=frozenset(DIVISIONS),
        )
        for client in range(clients)
    ]

    async def claim(client: int) -> object:
        return await claim_next_alone(engine, people[client], clock.now(), LEASE, WorkWanted())

    return await run("Centerline", claim, clients, seconds)


async def run(name: str, claim: Claim, clients: int, seconds: float) -> Claims:
    """Let every client make one claim after the other for so long; a tenth of it before is not counted.

    Raises ValueError when there was nothing left to claim, or one thing was claimed twice.
    """
    taken: list[float] = []
    until = 0.0

    async def work(client: int) -> None:
        while (began := time.perf_counter()) < until:
            if await claim(client) is None:
                raise ValueError(f"{name} found nothing to claim")
            taken.append(time.perf_counter() - began)

    for length in (seconds / 10, seconds):
        taken.clear()
        began = time.perf_counter()
        until = began + length
        async with asyncio.TaskGroup() as group:
            for client in range(clients):
                group.create_task(work(client))
    took = time.perf_counter() - began
    cuts = quantiles(taken, n=100) if len(taken) > 1 else [taken[0]] * 99
    return Claims(name, len(taken) / took, cuts[49] * 1000, cuts[98] * 1000)
