"""Routing from Kafka to committed decisions, rows and outbox, beside the floor.

The floor reads the same events with aiokafka, parses their JSON and copies one row each into one table, in the same
process and the same batch size: what nobody who uses these tools can go below.
"""

import asyncio
import json
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer
from sqlalchemy import Column, Integer, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.handlers.handler import TOPICS, RoutingHandler
from services.routing.store.rulebook import RulesInForce
from shared.bus.consumer import Consumer, ConsumerSettings
from shared.bus.kafka import KafkaBus
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.clock import SystemClock
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.together import together

BATCH = 1000
MEMBERS = 2

_FLOOR = Table(
    "floor_entries",
    MetaData(),
    Column("entry_number", Text, primary_key=True),
    Column("version", Integer),
    Column("importer_number", Text),
    Column("entry_type", Text),
    Column("port_of_entry", Text),
    Column("entry_date", Text),
    Column("event_id", Text),
    Column("source", Text),
)
_COLUMNS = tuple(column.name for column in _FLOOR.columns)


@dataclass(frozen=True, slots=True)
class Measured:
    """Events and the seconds that they took."""

    events: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Events a second."""
        return self.events / self.seconds


async def measure_floor(bootstrap: str, engine: AsyncEngine, events: int) -> Measured:
    """Poll, parse, COPY into one table, commit; nothing else."""
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS floor_entries"))
        await connection.run_sync(_FLOOR.create)
    consumer = AIOKafkaConsumer(
        "entry-filed",
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
    )
    await consumer.start()
    try:
        began, done = time.perf_counter(), 0
        while done < events:
            fetched = await consumer.getmany(timeout_ms=500, max_records=BATCH)
            rows = [_floor_row(message.value) for messages in fetched.values() for message in messages]
            async with transaction(engine) as tx:
                await bulk.copy(tx, _FLOOR, _COLUMNS, rows)
            done += len(rows)
        return Measured(done, time.perf_counter() - began)
    finally:
        await consumer.stop()


async def measure_routing(bootstrap: str, engine: AsyncEngine, events: int) -> Measured:
    """The product's own consumer and handler, until every decision is committed."""
    bus = KafkaBus(bootstrap)
    settings = ConsumerSettings(f"bench-{uuid4().hex[:8]}", "urn:centerline:routing", TOPICS, "bench", BATCH)
    metrics = Metrics.create()
    members = [
        Consumer(
            bus=bus,
            engine=engine,
            handler=RoutingHandler(RulesInForce(100), metrics.conflicts_total),
            settings=settings,
            clock=SystemClock(),
            metrics=metrics,
        )
        for _ in range(MEMBERS)
    ]
    stopping = Stopping()
    began = time.perf_counter()
    running = asyncio.create_task(together(*(member.run(stopping) for member in members)))
    first: float | None = None
    while True:
        done = await _decided(engine)
        if done and first is None:
            first, already = time.perf_counter(), done
        if done >= events:
            break
        await asyncio.sleep(0.05)
    finished = time.perf_counter()
    stopping.set()
    await running
    await bus.close()
    # Joining the group takes seconds that a running service does not spend: count from the first commit.
    assert first is not None
    if done > already:
        return Measured(done - already, finished - first)
    return Measured(done, finished - began)


def memory_mib() -> float:
    """The most memory that this process has had resident, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _floor_row(value: bytes) -> Sequence[Any]:
    event = json.loads(value)
    data = event["data"]
    return (
        data["entry_number"],
        data["version"],
        data["importer_number"],
        data["entry_type"],
        data["port_of_entry"],
        data["entry_date"],
        event["id"],
        event["source"],
    )


async def _decided(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        # Offsets and decisions are one transaction, so the offsets tell how many decisions there are.
        return int(await connection.scalar(text("SELECT coalesce(sum(next_offset), 0) FROM consumer_offsets")) or 0)
