"""Which statements the hot paths of the services really run: events through the handlers, and claims of work."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.claims import CENTERS, DIVISIONS, fill_items
from services.workqueue.acts.claim import WorkWanted, claim_next, claim_next_alone
from shared.bus import inbox, offsets
from shared.bus.offsets import Move
from shared.bus.protocol import TopicPartition
from shared.contracts.envelope import Event
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import event_key
from tests.support.produced.recording import STORIES
from tests.support.produced.world import MakeEngine, Station

TOLD: Final = (
    "routing.tell_entries",
    "routing.tell_filings",
    "routing.tell_parties",
    "routing.tell_directory",
    "workqueue.tell_reviews",
    "workqueue.tell_filings",
    "workqueue.tell_ends",
    "workqueue.tell_admission",
    "liquidation.tell_days",
    "liquidation.tell_protests",
    "liquidation.tell_refusals",
    "liquidation.tell_near_days",
)
"""Stories that together make the handlers say every statement that all stories make them say."""

_PATH: Final[ContextVar[str | None]] = ContextVar("path", default=None)


@dataclass(slots=True)
class Recorded:
    """How often each statement of a service was run on its hot paths; COPY is named with its table."""

    by_service: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def note(self, statement: str) -> None:
        service = _PATH.get()
        if service is not None and not statement.startswith(("SET ", "SELECT pg_advisory", "SELECT set_config")):
            self.by_service[service][statement] += 1


@contextmanager
def _on_path_of(service: str) -> Iterator[None]:
    token = _PATH.set(service)
    try:
        yield
    finally:
        _PATH.reset(token)


async def record_hot_paths(make_engine: MakeEngine) -> Recorded:
    """Let the stories be told, each batch as the consumer applies it, and people claim; gives what was run."""
    recorded = Recorded()
    hear, take, call = Station.hear, Station.take_published, bulk.traced_call

    async def hear_as_consumer(station: Station, *events: Event[Any]) -> None:
        name = station.service.name
        with _on_path_of(name):
            async with transaction(station.engine) as tx:
                at = TopicPartition(events[0].id, 0)
                place = (await offsets.load(tx, name, [at]))[at]
                await offsets.advance(tx, name, [Move(at, place, place + 1)])
                keys = {event_key(each.source, each.id): b"digest" for each in events}
                await inbox.admit(tx, keys)
                await inbox.admit(tx, keys)
            await hear(station, *events)

    async def take_as_relay(station: Station) -> Any:
        with _on_path_of(station.service.name):
            return await take(station)

    def traced(statement: str) -> Any:
        recorded.note(statement)
        return call(statement)

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        recorded.note(statement)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Station, "hear", hear_as_consumer)
            patch.setattr(Station, "take_published", take_as_relay)
            patch.setattr(bulk, "traced_call", traced)
            for name in TOLD:
                await STORIES[name](make_engine)
            await _claim(await make_engine("workqueue"))
    finally:
        event.remove(Engine, "before_cursor_execute", before)
    return recorded


async def _claim(engine: AsyncEngine) -> None:
    await fill_items(engine, 100)
    clock, lease = FixedClock(datetime(2026, 6, 1, 17, tzinfo=UTC)), timedelta(minutes=30)
    who = Identity(
        "kim",
        "Kim Reyes",
        frozenset({RoleName.IMPORT_SPECIALIST}),
        centers=frozenset(CENTERS),
        divisions=frozenset(DIVISIONS),
    )
    with _on_path_of("workqueue"):
        assert await claim_next_alone(engine, who, clock.now(), lease, WorkWanted()) is not None
        assert await claim_next_alone(engine, who, clock.now(), lease, WorkWanted(process="quota")) is not None
        async with transaction(engine) as tx:
            assert await claim_next(tx, who, clock.now(), lease, WorkWanted(center=CENTERS[0])) is not None
        nothing = WorkWanted(process="no-such-process")
        assert await claim_next_alone(engine, who, clock.now(), lease, nothing) is None
