"""A year of sample entries: cycles as time passes and cycles run afterwards end in the same record."""

import gzip
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.customs.calendar import end_of_legal_day
from tests.integration.liquidation.builders import apply, cycle, digest
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

SAMPLE = Path(__file__).parents[3] / "samples" / "events.jsonl.gz"
FRIDAYS = [date(2025, 10, 3) + timedelta(days=7 * week) for week in range(60)]


@pytest.fixture(scope="module")
def sample() -> list[Event[Any]]:
    events = []
    for each in map(orjson.loads, gzip.decompress(SAMPLE.read_bytes()).splitlines()):
        event = decode(each["topic"], each["key"].encode(), orjson.dumps(each["event"]), {}, 524_288)
        assert not isinstance(event, Rejection), event
        events.append(event)
    return events


async def run_live(engine: AsyncEngine, events: list[Event[Any]]) -> None:
    for friday in FRIDAYS:
        end = end_of_legal_day(friday)
        due = [event for event in events if end_of_legal_day(friday - timedelta(days=7)) < event.time <= end]
        await apply(engine, due)
        await cycle(engine, friday)


async def run_afterwards(engine: AsyncEngine, events: list[Event[Any]]) -> None:
    shuffled = list(events)
    Random(7).shuffle(shuffled)
    for start in range(0, len(shuffled), 2000):
        await apply(engine, shuffled[start : start + 2000])
    for friday in FRIDAYS:
        await cycle(engine, friday)


async def test_cycles_run_after_the_fact_give_what_cycles_gave_as_time_passed(
    service_engine: MakeEngine, sample: list[Event[Any]]
) -> None:
    last = end_of_legal_day(FRIDAYS[-1])
    first = end_of_legal_day(FRIDAYS[0] - timedelta(days=7))
    events = [event for event in sample if first < event.time <= last]
    live, afterwards = await service_engine("liquidation"), await service_engine("liquidation")
    await run_live(live, events)
    await run_afterwards(afterwards, events)
    # A correction that comes after its entry was liquidated is not announced; loaded before the cycle, it was.
    announced = ("is_announced", "legal_events")
    left, right = await digest(live, without=announced), await digest(afterwards, without=announced)
    assert left.keys() == right.keys()
    for table, contents in left.items():
        assert contents == right[table], table
    assert sum("'liquidated'" in row for row in left["entries"]) > 1000
    for engine in (live, afterwards):
        found = await find_violations(engine, RECORD_INVARIANTS)
        assert not any(found.values()), found
