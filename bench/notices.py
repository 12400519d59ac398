"""Notices from their events until a mail server or a receiver has them, beside the bare loops of aiosmtplib and httpx.

Both floors hand over the bytes that the product did, over as many connections, to the same server, and keep nothing.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiosmtplib
import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.sinks import Sinks
from services.notifications.acts.hooking import WebhookSender
from services.notifications.acts.secrecy import encrypt_secret
from services.notifications.acts.sending import Sender, SendingRules
from services.notifications.domain.webhooks import Secret, Webhook
from services.notifications.handlers.handler import MailRules, NotificationsHandler
from services.notifications.store.webhooks import write_webhook
from shared.contracts.envelope import Event
from shared.db import bulk
from shared.db.transaction import transaction
from shared.mail.message import build_message
from shared.mail.protocol import Mail, WriteDown
from shared.mail.smtp import SmtpMailer
from shared.runtime.clock import SystemClock
from shared.runtime.encryption import Cipher
from shared.runtime.ids import event_id
from shared.runtime.together import together
from shared.webhooks.client import Answer, WebhookClient
from shared.webhooks.signature import fresh_secret
from tests.support.events import entry_number
from tests.support.recorded import recorded

_AT_ONCE = 8
"""Connections of the mailer, and receivers of calls, each of which gets its calls one after the other."""
_BATCH = 1000
_SENDER = "Centerline <notices@centerline.example>"
_BASE_URL = "https://bulletin.example"
_HOST = "centerline.example"
_LEFT = "SELECT count(*) AS n FROM deliveries WHERE state = 'queued' AND lane <> 3"
_CALLS_LEFT = "SELECT count(*) AS n FROM deliveries WHERE state = 'queued' AND lane = 3"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Seconds for as many mails or calls: by the product, and by the bare loop."""

    many: int
    seconds: float
    floor_seconds: float


class KeepingMailer(SmtpMailer):
    """The product's mailer, which keeps for the floor what it sent; a mail that was not begun in time comes again."""

    def __init__(self, url: str) -> None:
        super().__init__(url, _SENDER, step_seconds=10, accept_seconds=60)
        self.mails: dict[str, Mail] = {}

    async def send(self, mails: Sequence[Mail], write_down: WriteDown, /) -> None:
        self.mails |= {mail.message_id: mail for mail in mails}
        await super().send(mails, write_down)


class KeepingClient(WebhookClient):
    """The product's client, which keeps what it sent for the floor."""

    def __init__(self) -> None:
        super().__init__(allow_private=True, timeout_seconds=30)
        self.calls: list[tuple[str, dict[str, str], bytes]] = []

    async def post(self, url: str, headers: Any, body: bytes) -> Answer:
        self.calls.append((url, dict(headers), body))
        return await super().post(url, headers, body)


async def measure_mails(engine: AsyncEngine, sinks: Sinks, many: int) -> HandedOver:
    """Liquidations, each with its courtesy notice and its posting, until the mail server has taken every mail."""
    events = _liquidations(many)
    await apply_events(engine, _accounts())
    mailer = KeepingMailer(f"smtp://127.0.0.1:{sinks.smtp}")
    rules = SendingRules(timedelta(minutes=1), timedelta(hours=24), _BASE_URL)
    sender = Sender(engine, mailer, SystemClock(), rules)
    began = time.perf_counter()
    await apply_events(engine, events)
    while await _count(engine, _LEFT):
        await sender.run()
    seconds = time.perf_counter() - began
    messages = [(mail.to, build_message(mail, _SENDER)) for mail in mailer.mails.values()]
    return HandedOver(len(messages), seconds, await _bare_mails(sinks, messages))


async def measure_calls(engine: AsyncEngine, sinks: Sinks, many: int) -> HandedOver:
    """Calls that wait for eight receivers, until each has taken its own."""
    cipher = Cipher("webhook", "k" * 32)
    async with transaction(engine) as tx:
        for number in range(_AT_ONCE):
            await write_webhook(tx, _webhook(number, sinks, cipher))
    await apply_events(engine, [*_accounts(), *_liquidations(many)])
    client = KeepingClient()
    sender = WebhookSender(engine, client, cipher, SystemClock(), _BASE_URL)
    began = time.perf_counter()
    while await _count(engine, _CALLS_LEFT):
        await sender.run()
    seconds = time.perf_counter() - began
    await client.close()
    return HandedOver(len(client.calls), seconds, await _bare_calls(client.calls))


async def _bare_mails(sinks: Sinks, messages: Sequence[tuple[str, bytes]]) -> float:
    """aiosmtplib and nothing else."""
    waiting = iter(messages)

    async def work() -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=sinks.smtp)
        await client.connect()
        for to, message in waiting:
            await client.sendmail("notices@centerline.example", [to], message)
        client.close()

    return await _take_time(work)


async def _bare_calls(calls: Sequence[tuple[str, dict[str, str], bytes]]) -> float:
    """httpx and nothing else."""
    waiting = iter(calls)
    async with httpx.AsyncClient(trust_env=False) as client:

        async def work() -> None:
            for url, headers, body in waiting:
                (await client.post(url, headers=headers, content=body)).raise_for_status()

        return await _take_time(work)


async def _take_time(work: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await together(*(work() for _ in range(_AT_ONCE)))
    return time.perf_counter() - began


async def apply_events(engine: AsyncEngine, events: Sequence[Event[Any]]) -> None:
    """Let the handler apply events as a consumer does, a batch in each transaction."""
    handler = NotificationsHandler(
        SystemClock(), MailRules(_HOST, timedelta(days=30), timedelta(hours=24), "http://queue")
    )
    for begin in range(0, len(events), _BATCH):
        async with transaction(engine) as tx:
            await handler(tx, events[begin : begin + _BATCH])


async def _count(engine: AsyncEngine, statement: str) -> int:
    async with transaction(engine) as tx:
        (row,) = await bulk.fetch(tx, statement)
    many: int = row["n"]
    return many


def _importers() -> Iterable[str]:
    return (f"07-{number:07d}00" for number in range(_AT_ONCE))


def _accounts() -> list[Event[Any]]:
    return [
        recorded("routing/account-without-center", id=f"account-{importer}", importer_number=importer, sequence=1)
        for importer in _importers()
    ]


def _liquidations(many: int) -> list[Event[Any]]:
    """So many entries liquidated as entered, of eight importers."""
    importers = list(_importers())
    return [
        recorded(
            "liquidation/liquidated-as-entered",
            id=f"liquidated-{number}",
            entry_number=entry_number(number),
            importer_number=importers[number % _AT_ONCE],
        )
        for number in range(many)
    ]


def _webhook(number: int, sinks: Sinks, cipher: Cipher) -> Webhook:
    return Webhook(
        webhook_id=UUID(event_id("webhook", "bench", str(number))),
        recipient=list(_importers())[number],
        url=f"http://127.0.0.1:{sinks.http}/hooks/{number}",
        kinds=(),
        secrets=(Secret(encrypt_secret(cipher, fresh_secret()), None),),
        state="active",
        failing_since=None,
        off_reason=None,
        created_by="bench",
        created_at=SystemClock().now(),
    )
