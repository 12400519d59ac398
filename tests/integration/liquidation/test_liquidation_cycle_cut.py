"""A cycle waits for what was published before it began, and says what it did not see: real bus, real consumer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycle_cuts import Upstream, run_after_reading, run_due_cycles
from services.liquidation.app import SERVICE
from services.liquidation.domain.cycle_cut import StandingLetters
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.handlers.handler import TOPICS, LiquidationHandler
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.cycles import CycleFigures
from services.liquidation.store.tables.records import entries
from shared.bus import dead_letters
from shared.bus.consumer import Consumer, ConsumerSettings
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Bus, Message, TopicSpec
from shared.contracts import lean
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness, Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.runtime.together import together
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import apply, rows
from tests.support.databases import TestDatabases
from tests.support.events import decoded, entry_body, entry_number
from tests.support.recorded import recorded, with_

FRIDAY = date(2027, 1, 15)  # the scheduled date of an entry of 2 March 2026
LIMIT = timedelta(minutes=10)
AWAY = PostgresBus("postgresql+asyncpg://unused")


@dataclass(slots=True)
class Office:
    """A bus, liquidation's database, its consumer, and the clock that stands on the Friday."""

    bus: Bus
    engine: AsyncEngine
    clock: FixedClock
    upstream: Upstream

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """The consumer runs for the block; what it has polled is finished at its end."""
        settings = ConsumerSettings(self.upstream.group, "urn:test", TOPICS, "test", max_wait_seconds=0.1)
        handler = LiquidationHandler(LAW.cycle, LAW, self.clock)
        consumer = Consumer(
            bus=self.bus,
            engine=self.engine,
            handler=handler,
            settings=settings,
            clock=self.clock,
            metrics=Metrics.create(),
        )
        stopping = Stopping()
        running = asyncio.create_task(consumer.run(stopping))
        try:
            yield
        finally:
            stopping.set()
            await running

    async def read_all(self) -> None:
        """Let the consumer apply all that has been published."""
        ends = await self.bus.end_offsets(TOPICS)
        async with self.reading(), asyncio.timeout(60):
            while not ends.items() <= (await self._places()).items():
                await asyncio.sleep(0.02)

    async def _places(self) -> dict[Any, int]:
        async with transaction(self.engine) as tx:
            found = await tx.connection.execute(text("SELECT topic, partition, next_offset FROM consumer_offsets"))
            read = {(row.topic, row.partition): row.next_offset for row in found}
        return {at: read.get((at.topic, at.partition), 0) for at in await self.bus.end_offsets(TOPICS)}

    async def file(self) -> str:
        number = entry_number()
        await apply(self.engine, [decoded("entry-filed", entry_body(number))])
        return number

    async def decide(self, number: str) -> None:
        """Publish a review decision of the week before: an increase of 500 dollars."""
        decided = with_(
            recorded("workqueue/decided-increase"),
            decision_id=uuid4().hex,
            entry_number=number,
            effect={"duty_usd": "500.00", "fees_usd": "0.00"},
            decided_at="2027-01-08T15:00:00Z",
            time="2027-01-08T15:00:00Z",
        )
        await self.bus.publish([Message("review-decided", number.encode(), lean.encode(decided))])

    async def run(self) -> CycleFigures | None:
        """What the schedule does, once."""
        return await run_due_cycles(self.engine, self.upstream, self.clock, POLICY)


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
async def office(
    request: pytest.FixtureRequest,
    databases: TestDatabases,
    service_engine: Callable[[str], Awaitable[AsyncEngine]],
) -> AsyncIterator[Office]:
    bus: Bus
    if request.param == "kafka":
        request.getfixturevalue("kafka_turn")
        bus = KafkaBus(request.getfixturevalue("kafka"))
    else:
        bus = PostgresBus(await databases.empty())
    await bus.ensure_topics([TopicSpec(name, 4, 3_600_000) for name in TOPICS])
    engine = await service_engine("liquidation")
    group = f"liquidation-{uuid4().hex[:8]}"
    async with engine.begin() as connection:
        # A shared broker holds what earlier tests sent: begin at its end.
        await connection.execute(
            text("INSERT INTO consumer_offsets (group_name, topic, partition, next_offset) VALUES (:g, :t, :p, :o)"),
            [
                {"g": group, "t": at.topic, "p": at.partition, "o": end}
                for at, end in (await bus.end_offsets(TOPICS)).items()
            ],
        )
    clock = FixedClock(datetime(2027, 1, 15, 18, tzinfo=UTC))
    yield Office(bus, engine, clock, Upstream(bus, group, TOPICS, LIMIT))
    await bus.close()


async def test_decision_published_before_the_cycle_began_is_applied_before_it_runs(office: Office) -> None:
    number = await office.file()
    await office.decide(number)
    assert await office.run() is None
    async with office.reading(), asyncio.timeout(60):
        while (figures := await office.run()) is None:  # the clock stands: no limit ends this
            await asyncio.sleep(0.02)
    assert (figures.liquidated, figures.with_decision, figures.unseen.state) == (1, 1, "nothing")
    (row,) = await rows(office.engine, entries)
    assert (row.liquidation_kind, row.effect_duty_cents) == ("increase", 50_000)


async def test_cycle_does_not_wait_for_what_was_published_after_it_began(office: Office) -> None:
    first, second = await office.file(), await office.file()
    await office.decide(first)
    assert await office.run() is None
    await office.read_all()
    await office.decide(second)
    figures = await office.run()
    assert figures is not None
    assert (figures.liquidated, figures.with_decision, figures.unseen.state) == (2, 1, "nothing")


async def test_cycle_of_a_stopped_consumer_runs_after_the_limit_and_lists_what_it_did_not_see(office: Office) -> None:
    numbers = [await office.file() for _ in range(3)]
    for number in numbers:
        await office.decide(number)
    began_at = office.clock.now()
    assert await office.run() is None
    office.clock.advance(LIMIT - timedelta(seconds=1))
    assert await office.run() is None
    office.clock.advance(timedelta(seconds=1))
    figures = await office.run()
    assert figures is not None
    assert (figures.liquidated, figures.with_decision) == (3, 0)
    assert (figures.unseen.state, figures.unseen.as_of, figures.unseen.letters) == ("some", began_at, ())
    assert {each.topic for each in figures.unseen.unread} == {"review-decided"}
    assert sum(each.events for each in figures.unseen.unread) == 3


async def test_dead_letters_that_stand_are_not_waited_for_and_are_told(office: Office) -> None:
    await office.file()
    await office.bus.publish([Message("review-decided", b"B7603245278", b"no JSON")])
    await office.read_all()
    figures = await office.run()
    assert figures is not None
    assert (figures.unseen.state, figures.unseen.unread) == ("some", ())
    assert figures.unseen.letters == (StandingLetters("review-decided", 1),)
    async with transaction(office.engine) as tx:
        (letter,) = await dead_letters.listing(tx, state="parked", reason=None, after=0, limit=10)
        await dead_letters.discard(tx, [letter["id"]])
    office.clock.advance(timedelta(days=7))
    later = await office.run()
    assert later is not None
    assert (later.unseen.state, later.unseen.letters) == ("nothing", ())


async def test_bus_that_is_away_is_waited_for_and_told_as_unknown(office: Office) -> None:
    await office.file()
    office.upstream = replace(office.upstream, bus=AWAY)
    assert await office.run() is None
    office.clock.advance(LIMIT)
    figures = await office.run()
    assert figures is not None
    assert (figures.liquidated, figures.unseen.state, figures.unseen.as_of) == (1, "unknown", None)


async def test_bus_that_comes_back_says_what_to_wait_for(office: Office) -> None:
    number = await office.file()
    office.upstream = replace(office.upstream, bus=AWAY)
    assert await office.run() is None
    office.upstream = replace(office.upstream, bus=office.bus)
    await office.decide(number)
    assert await office.run() is None
    await office.read_all()
    figures = await office.run()
    assert figures is not None
    assert (figures.with_decision, figures.unseen.state) == (1, "nothing")


async def test_cycle_that_nobody_came_back_to_begins_anew(office: Office) -> None:
    number = await office.file()
    await office.decide(number)
    assert await office.run() is None
    await office.read_all()
    other = await office.file()
    await office.decide(other)
    office.clock.advance(2 * LIMIT)
    assert await office.run() is None  # what the first call waited for is read, what came since is not
    await office.read_all()
    figures = await office.run()
    assert figures is not None
    assert (figures.with_decision, figures.unseen.as_of) == (2, office.clock.now())


async def test_two_callers_at_once_begin_the_cycle_once(office: Office) -> None:
    await office.decide(await office.file())

    async def call() -> str:
        with pytest.raises(Conflict) as refused:
            await run_after_reading(
                office.engine,
                office.upstream,
                office.clock.now(),
                FRIDAY,
                "tests",
                needs_cut_sheet=False,
                policy=POLICY,
                despite_unread=False,
            )
        return refused.value.code

    assert await together(*(call() for _ in range(3))) == ["cycle-waits"] * 3
    await office.read_all()
    results = await together(*(office.run() for _ in range(3)))
    assert {figures.with_decision for figures in results if figures is not None} == {1}


async def test_cycle_by_hand_is_refused_while_it_waits_and_may_run_all_the_same(office: Office) -> None:
    await office.decide(await office.file())
    settings = LiquidationSettings(
        database_url="postgresql://unused", bus_database_url="postgresql://unused", token_secret="s" * 32
    )
    platform = Platform(settings, office.engine, office.bus, office.clock, Metrics.create())
    app = build_app(SERVICE, platform, SERVICE.build(platform), Readiness())
    app.state.upstream = office.upstream
    identity = Identity("olu", "Olu", frozenset({RoleName.OPERATOR, RoleName.LIQUIDATION_SPECIALIST}))
    headers = {"Authorization": f"Bearer {issue_development_token(settings, identity, office.clock.now())}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://liquidation", headers=headers
    ) as client:
        refused = await client.post("/cycles", json={"date": str(FRIDAY)})
        assert (refused.status_code, refused.json()["code"]) == (409, "cycle-waits")
        assert "1 event published before it began" in refused.json()["detail"]
        assert "2027-01-15T18:10:00+00:00" in refused.json()["remedy"]
        ran = await client.post("/cycles", json={"date": str(FRIDAY), "despite_unread": True})
        assert ran.status_code == 200
        unseen = ran.json()["unseen"]
        (partition,) = unseen.pop("unread")
        assert unseen == {
            "state": "some",
            "as_of": "2027-01-15T18:00:00Z",
            "events": 1,
            "letters": 0,
            "dead_letters": [],
        }
        assert (partition["topic"], partition["events"]) == ("review-decided", 1)
        assert (await client.post("/cycles", json={"date": str(FRIDAY)})).json() == ran.json()
        await office.read_all()
        office.clock.advance(timedelta(days=7))
        headers = {"Authorization": f"Bearer {issue_development_token(settings, identity, office.clock.now())}"}
        client.headers.update(headers)
        later = await client.post("/cycles", json={"date": "2027-01-22"})
        listed = (await client.get("/cycles")).json()["items"]
        assert listed == [later.json(), ran.json()]
        assert later.json()["unseen"]["state"] == "nothing"
