"""A process of notifications that is killed between sending and writing down: all is sent again, under the same ids."""

import asyncio
import email
import email.policy
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts.hooking import WebhookSender
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import deliveries
from services.notifications.store.tables.deliveries import delivery_events
from shared.mail.smtp import SmtpMailer
from shared.runtime.clock import FixedClock
from shared.runtime.encryption import Cipher
from shared.runtime.identity import Identity, RoleName
from shared.webhooks.client import WebhookClient
from tests.integration.notifications.builders import (
    IMPORTER,
    MakeEngine,
    account_assigned,
    apply,
    client_of,
    request_issued,
    rows,
    sender_of,
)
from tests.support.databases import TestDatabases
from tests.support.invariants import find_violations
from tests.support.product import ROOT, TOKEN_SECRET, clean_environment
from tests.support.receiver import Receiver

pytestmark = pytest.mark.timeout(180)

OWNER = Identity("pat", "Pat", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
KEY = "k" * 32
WRITERS = "SELECT count(*) FROM pg_locks WHERE relation = 'deliveries'::regclass AND NOT granted"


@dataclass
class Postbox:
    """A mail server that keeps the ids of the mails it took, and says so once it may."""

    barrier: asyncio.Barrier | None
    may_answer: asyncio.Event
    ids: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  of aiosmtpd
        assert isinstance(envelope.content, bytes)
        self.ids.append(str(email.message_from_bytes(envelope.content, policy=email.policy.default)["Message-ID"]))
        await meet(self.barrier, self.may_answer)
        return "250 OK"


async def meet(barrier: asyncio.Barrier | None, may_answer: asyncio.Event) -> None:
    """Let the others know that it came, and wait for the word."""
    if not may_answer.is_set():
        assert barrier is not None
        await barrier.wait()
    await may_answer.wait()


@contextmanager
def a_process(
    engine: AsyncEngine, bus: str, smtp_port: int, log: Path, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A real process of the service that does its jobs (mails, webhooks, letters), and nothing else."""
    variables = {
        "CENTERLINE_DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "CENTERLINE_BUS_DATABASE_URL": bus,
        "CENTERLINE_ENV": "development",
        "CENTERLINE_TOKEN_SECRET": TOKEN_SECRET,
        "CENTERLINE_ROLES": "scheduler",
        "CENTERLINE_PORT": "0",
        "CENTERLINE_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "CENTERLINE_WEBHOOK_ALLOW_PRIVATE": "true",
        "CENTERLINE_WEBHOOK_KEY": KEY,
        "CENTERLINE_WEBHOOK_SECONDS": "60",
        **more,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.notifications"],
            cwd=ROOT,
            env=clean_environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def test_what_a_killed_process_had_sent_and_not_written_down_is_sent_again_under_the_same_ids(
    service_engine: MakeEngine, databases: TestDatabases, tmp_path: Path
) -> None:
    engine, now = await service_engine("notifications"), datetime.now(UTC)
    came, may_answer = asyncio.Barrier(3), asyncio.Event()
    postbox = Postbox(came, may_answer)
    receiver = Receiver(may_answer=lambda: meet(came, may_answer))
    await receiver.open()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(postbox), "127.0.0.1", 0)
    smtp_port = server.sockets[0].getsockname()[1]
    async with client_of(engine, tmp_path, OWNER, now, webhook_allow_private=True, webhook_key=KEY) as api:
        given = {"recipient": IMPORTER, "url": receiver.url}
        assert (await api.post("/webhooks", json=given, headers={"Idempotency-Key": "first"})).status_code == 201
    await apply(engine, [account_assigned(center=None), request_issued()], now)

    bus = await databases.empty()
    with a_process(engine, bus, smtp_port, tmp_path / "log") as process:
        async with asyncio.timeout(90):
            await came.wait()  # the mail and the call are there, and neither has an answer
            async with engine.begin() as connection:
                await connection.execute(text("LOCK TABLE deliveries IN SHARE MODE"))
                may_answer.set()
                while await connection.scalar(text(WRITERS)) != 2:
                    await asyncio.sleep(0)  # both have their answer when both wait to write it down
                process.kill()
                process.wait()
    assert {(row.channel[:7], row.state) for row in await rows(engine, deliveries)} == {
        ("email", "queued"),
        ("webhook", "queued"),
    }
    assert {line.event for line in await rows(engine, delivery_events)} == {"queued"}

    later = FixedClock(now + timedelta(hours=2))  # its claims have ended
    mailer = SmtpMailer(f"smtp://127.0.0.1:{smtp_port}", "notices@c.example", step_seconds=5, accept_seconds=5)
    await sender_of(engine, mailer, later).run()
    client = WebhookClient(allow_private=True, timeout_seconds=5)
    await WebhookSender(engine, client, Cipher("webhook", KEY), later, "https://bulletin.example").run()
    await client.close()
    await receiver.close()
    server.close()
    await server.wait_closed()
    for ids in (postbox.ids, receiver.ids):
        assert len(ids) == 2
        assert len(set(ids)) == 1
    assert {(row.channel[:7], row.state) for row in await rows(engine, deliveries)} == {
        ("email", "sent"),
        ("webhook", "delivered"),
    }
    found = await find_violations(engine, INVARIANTS)
    assert not any(found.values()), found
