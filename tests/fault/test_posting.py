"""Posting killed anywhere, on both buses, and the money of 100,000 entries reckoned again without the product."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, getcontext
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.mass_change import POSTED_ON, cents_of, fill_posting, number_of, open_posting, settle
from services.liquidation.acts.program_posting import post_programs
from services.liquidation.acts.program_proofs import seal_run
from services.liquidation.app import SERVICE
from services.liquidation.domain.money.settings import POLICY
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Bus, TopicPartition, TopicSpec
from shared.db.transaction import reading, transaction
from shared.runtime.clock import FixedClock
from tests.support.databases import TestDatabases
from tests.support.digest import table_contents

ROOT: Final = Path(__file__).resolve().parents[2]
TOPIC: Final = "entry-changed"
KILLED: Final = 1_000
RECKONED: Final = 100_000
WORKER: Final = """
import asyncio, sys
from bench.mass_change import POSTED_ON
from services.liquidation.acts.program_posting import post_chunk
from services.liquidation.domain.money.settings import POLICY
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.bus.relay import Relay
from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics

async def main(url, kind, address):
    engine = create_engine(url, application="tests", pool_size=4)
    bus = KafkaBus(address) if kind == "kafka" else PostgresBus(address)
    stopping = Stopping()
    relay = Relay(bus=bus, engine=engine, service="liquidation", metrics=Metrics.create(),
                  outbox_filled=asyncio.Event(), batch=100)
    relaying = asyncio.create_task(relay.run(stopping))
    done = True
    while done is not None:
        async with transaction(engine) as tx:
            done = await post_chunk(tx, "ieepa-2026", POSTED_ON, POLICY, parts=3, chunk=50)
        print("chunk", flush=True)
    print("posted", flush=True)
    while True:
        async with transaction(engine) as tx:
            waits = await bulk.fetch(tx, "SELECT FROM outbox LIMIT 1")
        if not waits:
            break
        await asyncio.sleep(0.05)
    print("published", flush=True)
    await relaying

asyncio.run(main(*sys.argv[1:]))
"""

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


async def say(engine: AsyncEngine) -> Mapping[str, Any]:
    """What the tables of a database hold, with the root of the run."""
    async with transaction(engine) as tx:
        root = await seal_run(tx, "ieepa-2026", 1)
    contents: dict[str, Any] = dict(await table_contents(engine, SERVICE))
    contents.pop("program_run_parts")  # how far each worker came, in how many chunks
    return contents | {"root": root}


async def read_since(bus: Bus, starts: Mapping[TopicPartition, int]) -> dict[str, str]:
    """The entry of each event that was published since, by its id: what came twice counts once."""
    places = dict(starts)

    async def load(partitions: Any) -> Mapping[TopicPartition, int]:
        return {at: places.get(at, 0) for at in partitions}

    ends = await bus.end_offsets([TOPIC])
    subscription = await bus.subscribe(f"reader-{random.random()}", [TOPIC], load)
    seen: dict[str, str] = {}
    while any(places.get(at, 0) < end for at, end in ends.items()):
        for part in await subscription.poll(5_000, 1.0):
            for record in part.records:
                told = orjson.loads(record.value or b"{}")
                seen[told["id"]] = told["data"]["entry_number"]
            places[part.at] = part.end
    await subscription.close()
    return seen


async def go_on(url: str, kind: str, address: str, *, chunks: int, seconds: float) -> bool:
    """Let a worker post and publish, killed so long after so many chunks; gives whether all was published by then."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, url, kind, address, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert worker.stdout is not None
    said: list[str] = []
    try:
        while said.count("chunk") < chunks and "published" not in said:
            line = await asyncio.wait_for(worker.stdout.readline(), 120)
            assert line, "the worker ended by itself"
            said.append(line.decode().strip())
        await asyncio.sleep(seconds)
    finally:
        if worker.returncode is None:
            os.kill(worker.pid, signal.SIGKILL)
        await worker.wait()
    return "published" in said


@pytest.mark.verify
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
async def test_edge_25_posting_that_is_killed_anywhere_leaves_what_one_pass_does(
    kind: str, request: pytest.FixtureRequest, databases: TestDatabases, service_engine: MakeEngine
) -> None:
    """SIGKILL at random moments of posting and publishing: same tables and root, each event once by its id."""
    if kind == "kafka":
        request.getfixturevalue("kafka_turn")
        address = request.getfixturevalue("kafka")
    else:
        address = await databases.empty()
    bus: Bus = KafkaBus(address) if kind == "kafka" else PostgresBus(address)
    await bus.ensure_topics([TopicSpec(TOPIC, 4, 3_600_000)])
    starts = await bus.end_offsets([TOPIC])
    undisturbed, killed = await service_engine("liquidation"), await service_engine("liquidation")
    for engine in (undisturbed, killed):
        await open_posting(engine)
        await fill_posting(engine, 1, KILLED)
    await post_programs(undisturbed, FixedClock(POSTED_ON), POLICY)
    url, draw, kills = killed.url.render_as_string(hide_password=False), random.Random(7), 0
    while not await go_on(url, kind, address, chunks=draw.randint(1, 4), seconds=draw.random() * 0.3):
        kills += 1
        assert kills < 40
    assert kills >= 4
    assert await say(killed) == await say(undisturbed)
    seen = await read_since(bus, starts)
    await bus.close()
    posted = [number_of(serial) for serial in range(1, KILLED + 1) if serial % 100 < 90]
    mine = sorted(number for number in seen.values() if number in set(posted))
    assert mine == sorted(posted)


# Rates of 26 USC 6621 for what CBP owes a corporation, by quarter, as they were published: written down here once more.
CORPORATE: Final = {date(2026, 1, 1): Decimal("0.06"), date(2026, 4, 1): Decimal("0.05")}


def reckon(cents: int, paid_on: date, until: date) -> int:
    """Interest day by day, compounded, without anything of the product; half a cent is rounded up."""
    getcontext().prec = 50
    amount, day = Decimal(cents), paid_on
    while day < until:
        day += timedelta(days=1)
        rate = next(rate for start, rate in sorted(CORPORATE.items(), reverse=True) if start <= day)
        amount *= 1 + rate / 365
    return int((amount - cents).quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.verify
@pytest.mark.timeout(1800)
async def test_the_money_of_100_000_entries_is_what_it_comes_to_by_hand(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    await open_posting(engine)
    await fill_posting(engine, 1, RECKONED)
    await settle(engine)
    until = POSTED_ON.date()
    growth = {day: Decimal(reckon(10**30, date(2026, 2, 10) + timedelta(days=day), until)) for day in range(10)}
    assert await post_programs(engine, FixedClock(POSTED_ON), POLICY, parts=2) == RECKONED * 9 // 10
    interest = {
        serial: int((cents_of(serial) * growth[serial % 10] / 10**30).quantize(Decimal(1), ROUND_HALF_UP))
        for serial in range(1, RECKONED + 1)
        if serial % 100 < 90
    }
    async with reading(engine) as connection:
        rows = list(
            await connection.execute(
                text(
                    "SELECT p.entry_number, p.removed_cents, p.interest_cents, p.refund_cents, f.refund_cents AS owed,"
                    " f.interest_cents AS with_interest, a.total_cents, e.effect_duty_cents"
                    " FROM program_postings p JOIN refunds f USING (entry_number, act_key)"
                    " JOIN assessments a USING (entry_number, act_key) JOIN entries e USING (entry_number)"
                )
            )
        )
        (run,) = list(await connection.execute(text("SELECT * FROM program_runs")))
    found = {row.entry_number: row for row in rows}
    assert len(found) == len(interest)
    for serial, bears in interest.items():
        row, cents = found[number_of(serial)], cents_of(serial)
        assert (row.removed_cents, row.interest_cents, row.refund_cents) == (cents, bears, cents + bears), serial
        assert (row.owed, row.with_interest, row.total_cents) == (cents + bears, bears, -cents - bears), serial
        assert row.effect_duty_cents == -cents, serial
    assert (run.set_based, run.careful) == (RECKONED * 8 // 10, RECKONED // 10)
    assert run.refund_cents == sum(cents_of(serial) + bears for serial, bears in interest.items())
