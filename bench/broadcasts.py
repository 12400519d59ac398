"""A broadcast to 100,000 recipients: planned, begun as fast as can be, and sent at a bounded rate for a while.

The floor inserts as many notices, deliveries and ledger lines out of the product's own, in a statement for each table.
"""

import resource
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.sinks import Sinks
from services.notifications.acts.broadcasting import Broadcaster
from services.notifications.acts.sending import Sender, SendingRules
from services.notifications.domain.broadcasts import Broadcast, Content
from services.notifications.domain.lanes import Allowance
from services.notifications.domain.segments import Segment
from services.notifications.domain.subscriptions import Links
from services.notifications.store import audiences, broadcasts
from shared.db import bulk
from shared.db.transaction import transaction
from shared.mail.smtp import SmtpMailer
from shared.runtime.clock import SystemClock

CENTER: Final = "CEE007"
_HOST: Final = "centerline.example"
_UNBOUNDED: Final = 1_000_000
_TABLES: Final = ("notices", "deliveries", "delivery_events")
_ACCOUNTS: Final = """
INSERT INTO importers (importer_number, name, email, sequence)
SELECT '10-' || to_char(n, 'FM0000000') || '00', 'SYNTHETIC IMPORTER ' || n, 'trade@i' || n || '.example', 1
FROM generate_series(1, $1::integer) n
"""
_FACTS: Final = """
INSERT INTO account_facts (importer_number, sequence, center, effective_on, programs, size)
SELECT importer_number, 1, $1, '2025-01-01', '["CTPAT"]', 'small' FROM importers
"""
_GOODS: Final = """
INSERT INTO traits (recipient, kind, value, last_on)
SELECT importer_number, 'heading', '8471' || n, $1::date FROM importers, generate_series(10, 19) n
"""
_LEFT: Final = "SELECT count(*) AS n FROM deliveries WHERE state = 'sent'"


@dataclass(frozen=True, slots=True)
class MeasuredBroadcast:
    """Seconds of each part, mails that went out in `sent_seconds`, and the most memory that the process had."""

    recipients: int
    count_seconds: float
    plan_seconds: float
    begin_seconds: float
    floor_seconds: float
    sent: int
    sent_seconds: float
    peak_mb: float


async def measure_broadcast(
    engine: AsyncEngine, sinks: Sinks, recipients: int, per_second: int, seconds: float
) -> MeasuredBroadcast:
    """Two broadcasts to the same importers: one begun without a bound, one sent at the rate."""
    now = datetime.now(UTC)
    async with transaction(engine) as tx:
        await bulk.execute(tx, _ACCOUNTS, recipients)
        await bulk.execute(tx, _FACTS, CENTER)
        await bulk.execute(tx, _GOODS, now.date())
        await bulk.execute(tx, "ANALYZE importers, account_facts, traits")
    first, second = (_broadcast(number, now) for number in (1, 2))
    async with transaction(engine) as tx:
        await broadcasts.write_broadcast(tx, first)
        began = time.perf_counter()
        counted = await audiences.count_audience(tx, first, now.date())
        count_seconds = time.perf_counter() - began
    assert sum(row.recipients for row in counted) == recipients
    began = time.perf_counter()
    async with transaction(engine) as tx:
        await audiences.plan_recipients(tx, first, now.date())
        await broadcasts.change_broadcast(tx, replace(first, planned_at=now), with_content=False)
    plan_seconds = time.perf_counter() - began
    began = time.perf_counter()
    unbounded = Allowance(_UNBOUNDED)
    while await Broadcaster(engine, SystemClock(), _HOST, unbounded, _UNBOUNDED).run():
        pass
    begin_seconds = time.perf_counter() - began
    floor_seconds = await _floor(engine)
    async with transaction(engine) as tx:
        # What was begun unbounded would be sent as well.
        await bulk.execute(tx, "UPDATE deliveries SET state = 'withdrawn', next_try_at = NULL WHERE state = 'queued'")
        await broadcasts.write_broadcast(tx, second)
        await audiences.plan_recipients(tx, second, now.date())
        await broadcasts.change_broadcast(tx, replace(second, planned_at=now), with_content=False)
    mailer = SmtpMailer(
        f"smtp://127.0.0.1:{sinks.smtp}", "Centerline <notices@centerline.example>", step_seconds=10, accept_seconds=60
    )
    links = Links("https://bulletin.example", (b"k" * 32,))
    rules = SendingRules(timedelta(minutes=1), timedelta(hours=24), "https://bulletin.example", links=links)
    allowance, mails = Allowance(per_second), Allowance(None)
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        await Broadcaster(engine, SystemClock(), _HOST, allowance, per_second).run()
        await Sender(engine, mailer, SystemClock(), rules, allowance=mails).run()
    sent_seconds = time.perf_counter() - began
    async with transaction(engine) as tx:
        (row,) = await bulk.fetch(tx, _LEFT)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return MeasuredBroadcast(
        recipients, count_seconds, plan_seconds, begin_seconds, floor_seconds, row["n"], sent_seconds, peak_mb
    )


async def _floor(engine: AsyncEngine) -> float:
    """As many rows into tables of the same form, with the same indexes."""
    async with transaction(engine) as tx:
        for table in _TABLES:
            await bulk.execute(tx, f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
        began = time.perf_counter()
        for table in _TABLES:
            await bulk.execute(tx, f"INSERT INTO floor_{table} SELECT * FROM {table}")
    return time.perf_counter() - began


def _broadcast(number: int, now: datetime) -> Broadcast:
    return Broadcast(
        broadcast_id=UUID(int=number),
        content=Content(
            center=CENTER,
            nature="bulletin",
            segment=Segment(("importer",), ("84-85",), ("CTPAT",), ("small",)),
            subject="SYNTHETIC: serial numbers of computers",
            text="SYNTHETIC: name the serial numbers with the first request.\n" * 10,
            subject_es=None,
            text_es=None,
            effective_on=None,
            is_public=True,
        ),
        state="sending",
        revision=1,
        corrects=None,
        drafted_by="bench",
        drafted_at=now,
        released_by="another",
        released_at=now,
        planned_at=None,
        ended_at=None,
    )
