"""The outbox relay: publishes in the order of commit, one relay per service.

A crash between publishing and removing publishes the same events again; consumers recognise them by their ids.
What the bus refuses for good is set aside and holds up nothing behind it.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus import outbox
from shared.bus.outbox import OutboxRow
from shared.bus.protocol import Bus, Unpublishable
from shared.bus.traced import publishing
from shared.db.engine import TableMissing
from shared.db.transaction import ExclusiveSession, exclusive_session
from shared.runtime.errors import Transient
from shared.runtime.lifecycle import Stopping
from shared.runtime.metrics import Metrics

log = structlog.get_logger(__name__)

_SHORTEST, _LONGEST = 0.01, 0.25


class Relay:
    """Publishes a service's outbox while it holds the service's relay lock."""

    def __init__(
        self,
        *,
        bus: Bus,
        engine: AsyncEngine,
        service: str,
        metrics: Metrics,
        outbox_filled: asyncio.Event,
        batch: int = 1000,
    ) -> None:
        self._bus = bus
        self._engine = engine
        self._lock = f"{service}.relay"
        self._metrics = metrics
        self._outbox_filled = outbox_filled
        self._batch = batch

    async def run(self, stopping: Stopping) -> None:
        """Relay until told to stop; a standby tries for the lock twice a second."""
        pause = 0.5
        while not stopping.is_set():
            try:
                async with exclusive_session(self._engine, self._lock) as session:
                    if session is not None:
                        pause = 0.5
                        await self._relay(session, stopping)
            except (Transient, TableMissing) as error:
                log.warning("relay_paused", seconds=pause, error=str(error))
                pause = min(pause * 2, 5.0)
            await self._idle(0.0 if stopping.is_set() else pause)

    async def _relay(self, session: ExclusiveSession, stopping: Stopping) -> None:
        delay = _SHORTEST
        while True:
            published = await self._publish_some(session)
            if published == self._batch:
                continue
            if stopping.is_set():
                return
            # Other processes of the service fill the same outbox, so the event is only a hint to look sooner.
            delay = _SHORTEST if published else min(delay * 2, _LONGEST)
            await self._idle(delay)

    async def _publish_some(self, session: ExclusiveSession) -> int:
        async with session.transaction() as tx:
            rows = await outbox.next_rows(tx, self._batch)
        if not rows:
            self._metrics.outbox_depth.set(0)
            return 0
        refused = await self._publish(rows)
        published = [row for row in rows if row.id not in refused]
        async with session.transaction() as tx:
            await outbox.remove(tx, [row.id for row in published])
            if refused:
                await outbox.set_aside(tx, refused)
        for topic, count in Counter(row.message.topic for row in published).items():
            self._metrics.outbox_published_total.labels(topic=topic).inc(count)
        return len(rows)

    async def _publish(self, rows: Sequence[OutboxRow]) -> Mapping[int, str]:
        """Publish rows; gives why, by id, for those that the bus will never take."""
        try:
            with publishing(row.message for row in rows) as messages:
                await self._bus.publish(messages)
        except Unpublishable as error:
            log.error("outbox_set_aside", rows=len(error.reasons), error=str(error))
            return {rows[position].id: reason for position, reason in error.reasons.items()}
        return {}

    async def _idle(self, seconds: float) -> None:
        self._outbox_filled.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._outbox_filled.wait()
        except TimeoutError:
            return
