"""A program's entries posted, published and noticed at once: three databases, one process, two cores."""

import asyncio
import time
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.mass_change import POSTED_ON, fill_posting, open_posting, settle
from cli.catalogue import all_topics
from services.liquidation.acts.program_posting import post_programs
from services.liquidation.domain.money.settings import POLICY
from services.notifications.app import SERVICE as NOTIFICATIONS
from shared.bus import offsets
from shared.bus.consumer import Consumer
from shared.bus.postgres import PostgresBus
from shared.bus.relay import Relay
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.events import consumer_settings
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.settings import load_settings
from shared.runtime.together import together


@dataclass(frozen=True, slots=True)
class ChainMeasured:
    """How many entries went through the chain in so many seconds, and how many of them stand on the bulletin."""

    posted: int
    on_bulletin: int
    seconds: float


async def measure_posting_chain(
    liquidation: AsyncEngine, notifications: AsyncEngine, urls: tuple[str, str], count: int
) -> ChainMeasured:
    """Post so many entries while the relay publishes and notifications reads, until all has arrived.

    `urls` are those of the database of notifications and of the bus.
    """
    await open_posting(liquidation)
    await fill_posting(liquidation, 1, count)
    await settle(liquidation)
    clock, stopping, metrics = FixedClock(POSTED_ON), Stopping(), Metrics.create()
    bus = PostgresBus(urls[1])
    await bus.ensure_topics(all_topics())
    settings = load_settings(
        NOTIFICATIONS.settings,
        database_url=urls[0],
        bus="postgres",
        bus_database_url=urls[1],
        env="development",
        token_secret="0" * 32,
    )
    platform = Platform(settings, notifications, bus, clock, metrics)
    parts = NOTIFICATIONS.build(platform)
    assert parts.handler is not None
    filled = asyncio.Event()
    relay = Relay(bus=bus, engine=liquidation, service="liquidation", metrics=metrics, outbox_filled=filled)
    consumer = Consumer(
        bus=bus,
        engine=notifications,
        handler=parts.handler,
        settings=consumer_settings(NOTIFICATIONS, settings),
        clock=clock,
        metrics=metrics,
        outbox_filled=asyncio.Event(),
        answer=parts.answer,
    )

    async def post_and_wait() -> ChainMeasured:
        began = time.perf_counter()
        posted = await post_programs(liquidation, clock, POLICY)
        filled.set()
        while not await _has_arrived(liquidation, notifications, bus):  # noqa: ASYNC110 - it arrives in databases
            await asyncio.sleep(0.2)
        seconds = time.perf_counter() - began
        stopping.set()
        async with transaction(notifications) as tx:
            (row,) = await bulk.fetch(tx, "SELECT count(DISTINCT entry_number) AS entries FROM bulletin_postings")
        return ChainMeasured(posted, int(row["entries"]), seconds)

    measured, _, _ = await together(post_and_wait(), relay.run(stopping), consumer.run(stopping))
    await bus.close()
    return measured


async def _has_arrived(liquidation: AsyncEngine, notifications: AsyncEngine, bus: PostgresBus) -> bool:
    async with transaction(liquidation) as tx:
        (row,) = await bulk.fetch(tx, "SELECT EXISTS (SELECT FROM outbox) AS waits")
    if row["waits"]:
        return False
    ends = dict(await bus.end_offsets(list(NOTIFICATIONS.topics)))
    async with transaction(notifications) as tx:
        places = await offsets.load(tx, NOTIFICATIONS.name, ends)
    return all(places[at] >= end for at, end in ends.items())
