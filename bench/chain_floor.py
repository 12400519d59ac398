"""The floor of the whole chain: bare consumers in a process for each service, over the topics that the service reads.

Each polls, parses and copies one row for each event, and nothing else; the derived topics hold what a chain has
published before. The rate is in entries a second: of all that the four read, until the last has read its share.
"""

import asyncio
import json
import sys
import time
from typing import Any

import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import Column, MetaData, Table, Text, text

from bench.routing import BATCH, Measured
from cli.catalogue import SERVICES, all_topics
from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.transaction import transaction

_FLOOR = Table(
    "floor_events",
    MetaData(),
    Column("topic", Text),
    Column("key", Text),
    Column("event_id", Text),
    Column("source", Text),
    Column("time", Text),
)
_COLUMNS = tuple(column.name for column in _FLOOR.columns)


async def measure_chain_floor(bootstrap: str, database_url: str, entries: int) -> Measured:
    """Read all that the services read, each in a process of its own; `database_url` is one for all of them.

    Time before the first record is not counted: a running service has its connections.
    """
    engine = create_engine(database_url, application="bench")
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS floor_events"))
        await connection.run_sync(_FLOOR.create)
    await engine.dispose()
    readers = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.chain_floor",
            bootstrap,
            database_url,
            *service.topics,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for service in SERVICES
    ]
    for reader in readers:
        assert reader.stdout is not None
        await reader.stdout.readline()
    began = time.perf_counter()
    for reader in readers:
        assert reader.stdin is not None
        reader.stdin.write(b"go\n")
    ends = [await reader.wait() for reader in readers]
    seconds = time.perf_counter() - began
    if any(ends):
        raise RuntimeError(f"a reader of the floor ended with {ends}")
    return Measured(entries, seconds)


async def _read(bootstrap: str, database_url: str, topics: list[str]) -> None:
    engine = create_engine(database_url, application="bench")
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest", fetch_max_wait_ms=100
    )
    await consumer.start()
    try:
        partitions = [
            TopicPartition(spec.name, number)
            for spec in all_topics()
            if spec.name in topics
            for number in range(spec.partitions)
        ]
        consumer.assign(partitions)
        waiting = {partition: end for partition, end in (await consumer.end_offsets(partitions)).items() if end}
        async with transaction(engine):
            pass
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        while waiting:
            fetched = await consumer.getmany(timeout_ms=500, max_records=BATCH)
            rows = [_row(message.topic, message.value) for found in fetched.values() for message in found]
            async with transaction(engine) as tx:
                await bulk.copy(tx, _FLOOR, _COLUMNS, rows)
            for partition in fetched.keys() & waiting.keys():
                if await consumer.position(partition) >= waiting[partition]:
                    del waiting[partition]
    finally:
        await consumer.stop()
        await engine.dispose()


def _row(topic: str, value: bytes) -> tuple[Any, ...]:
    event = json.loads(value)
    return (topic, event["subject"], event["id"], event["source"], event["time"])


if __name__ == "__main__":
    uvloop.run(_read(sys.argv[1], sys.argv[2], sys.argv[3:]))
