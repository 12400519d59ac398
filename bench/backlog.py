"""Urgent mails behind the bulk of a cycle: how long each waits, and how fast the bulk goes meanwhile."""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.notices import apply_events
from bench.sinks import Sinks
from services.notifications.acts.sending import Sender, SendingRules
from shared.contracts.envelope import Event
from shared.db import bulk
from shared.db.transaction import alone, transaction
from shared.mail.smtp import SmtpMailer
from shared.runtime.clock import SystemClock
from tests.support.events import entry_number
from tests.support.recorded import recorded

_DOMAINS: Final = 64
_EVERY_SECONDS: Final = 3.0
_DOMAIN_PER_MINUTE: Final = 600
_SENT: Final = "SELECT count(*) AS n FROM deliveries WHERE channel = 'email' AND kind = $1 AND state = 'sent'"
_IS_SENT: Final = """
SELECT 1 FROM deliveries d JOIN notices n USING (notice_id)
WHERE n.subject = $1 AND d.channel = 'email' AND d.state = 'sent' LIMIT 1
"""
# One liquidation has come by event; the others are the same notice about other entries, each with its mail.
_MULTIPLY: Final = (
    "CREATE TEMP TABLE made ON COMMIT DROP AS SELECT gen_random_uuid() AS notice_id, entry_number,"
    " lpad((n % $2::integer)::text, 2, '0') || '-345678900' AS importer_number"
    " FROM unnest($1::text[]) WITH ORDINALITY AS e(entry_number, n)",
    "INSERT INTO notices SELECT (jsonb_populate_record(t, to_jsonb(m) || jsonb_build_object('subject', m.entry_number,"
    " 'entry_numbers', jsonb_build_array(m.entry_number)))).* FROM notices t, made m WHERE t.kind = 'N-09'",
    "INSERT INTO deliveries SELECT (jsonb_populate_record(t, to_jsonb(m) || jsonb_build_object('message_id',"
    " '<N-09.' || m.notice_id || '.importer@centerline.example>'))).* FROM deliveries t, made m"
    " WHERE t.kind = 'N-09' AND t.channel = 'email' AND t.recipient_role = 'importer'",
    "INSERT INTO delivery_events (notice_id, channel, recipient_role, sequence, event, at)"
    " SELECT m.notice_id, 'email', 'importer', 1, 'queued', now() FROM made m",
)


@dataclass(frozen=True, slots=True)
class Waited:
    """How long the slowest urgent mail took from its event to the server's yes, of how many; and the bulk meanwhile."""

    urgent: int
    longest_seconds: float
    bulk: int
    seconds: float


async def measure_urgent(engine: AsyncEngine, sinks: Sinks, waiting: int, per_second: int, seconds: float) -> Waited:
    """So many courtesy notices wait; every three seconds an importer is asked for information."""
    await apply_events(engine, [*_accounts(), recorded("liquidation/liquidated-as-entered")])
    async with transaction(engine) as tx:
        make, *inserts = _MULTIPLY
        await bulk.execute(tx, make, [entry_number(number) for number in range(waiting)], _DOMAINS)
        for statement in inserts:
            await bulk.execute(tx, statement)
    async with alone(engine) as connection:
        await connection.driver.execute("VACUUM ANALYZE notices, deliveries, delivery_events")
    mailer = SmtpMailer(
        f"smtp://127.0.0.1:{sinks.smtp}", "notices@centerline.example", step_seconds=10, accept_seconds=60
    )
    rules = SendingRules(
        timedelta(minutes=1),
        timedelta(hours=24),
        "https://bulletin.example",
        bulk_per_second=per_second,
        domain_per_minute=_DOMAIN_PER_MINUTE,
    )
    sender = Sender(engine, mailer, SystemClock(), rules)
    ended = asyncio.Event()

    async def send() -> None:
        while not ended.is_set():
            await sender.run()

    waits: list[float] = []
    before, began = await _count(engine, "N-09"), time.perf_counter()
    async with asyncio.TaskGroup() as group:  # a sender that fails ends the measurement
        group.create_task(send())
        while (taken := time.perf_counter() - began) < seconds:
            waits.append(await _ask(engine, len(waits)))
            await asyncio.sleep(_EVERY_SECONDS)
        after = await _count(engine, "N-09")
        ended.set()
    return Waited(len(waits), max(waits), after - before, taken)


async def _ask(engine: AsyncEngine, number: int) -> float:
    """Seconds from the event of a CBP 28 until its mail was taken, and the ledger says so."""
    request, began = f"urgent-{number}", time.perf_counter()
    await apply_events(engine, [recorded("workqueue/request-for-information", id=request, request_id=request)])
    while True:
        if await _fetch(engine, _IS_SENT, request):
            break
        await asyncio.sleep(0.05)
    return time.perf_counter() - began


async def _count(engine: AsyncEngine, kind: str) -> int:
    (row,) = await _fetch(engine, _SENT, kind)
    many: int = row["n"]
    return many


async def _fetch(engine: AsyncEngine, statement: str, *values: Any) -> list[Any]:
    async with transaction(engine) as tx:
        return list(await bulk.fetch(tx, statement, *values))


def _accounts() -> list[Event[Any]]:
    """Importers, each with mail at a domain of its own."""
    return [
        recorded(
            "routing/account-without-center",
            id=f"account-{number}",
            importer_number=f"{number:02d}-345678900",
            contact_email=f"trade@importer-{number}.example",
            sequence=1,
        )
        for number in range(_DOMAINS)
    ]
