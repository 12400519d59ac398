"""A mail server that is slow, hangs or drops in the middle: what it accepted is recorded and not sent again."""

import asyncio
import email
import email.policy
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts.sending import Sender
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import deliveries
from services.notifications.store.tables.deliveries import delivery_events
from shared.mail.protocol import Mail, Outcome
from shared.mail.smtp import SmtpMailer
from shared.runtime.clock import FixedClock
from shared.runtime.errors import Transient
from tests.integration.notifications.builders import (
    NOW,
    MakeEngine,
    account_assigned,
    apply,
    entry_changed,
    rows,
    sender_of,
)
from tests.support.certificates import server_and_client
from tests.support.invariants import find_violations

BUSY = "421 too many connections"
Trouble = Callable[[SMTP], Awaitable[str]]
"""What the server does after it has taken a mail, instead of saying so; gives the answer."""


class Postbox:
    """A mail server's behaviour. `accepted` are the Message-IDs that it has taken, in order, answered or not."""

    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.troubles: dict[int, Trouble] = {}
        self.connections = 0
        self.connections_at_most = 100
        self.step_seconds = 0.0
        self.drops_recipients = 0
        self.is_tired = False

    async def handle_NOOP(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, arg: str
    ) -> str:
        return await drop(server) if self.is_tired else "250 OK"

    async def handle_EHLO(  # noqa: N802  the names that aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        if self.connections > self.connections_at_most:
            return [BUSY]
        await asyncio.sleep(self.step_seconds)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.step_seconds)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.step_seconds)
        if self.drops_recipients:
            self.drops_recipients -= 1
            return await drop(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.accepted.append(str(message["Message-ID"]))
        trouble = self.troubles.get(len(self.accepted))
        await asyncio.sleep(self.step_seconds)
        return await trouble(server) if trouble else "250 OK"


async def drop(server: SMTP) -> str:
    """The connection is gone before the answer is."""
    assert server.transport is not None
    server.transport.abort()
    return "250 OK"


async def hang(server: SMTP) -> str:
    """No answer, ever."""
    await asyncio.Event().wait()
    return "250 OK"


@pytest.fixture
async def mail_server() -> AsyncIterator[tuple[Postbox, int]]:
    postbox = Postbox()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(postbox, hostname="mail.example", enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    yield postbox, server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def smtp_sender(engine: AsyncEngine, clock: FixedClock, port: int, step: float = 1.0, accept: float = 1.0) -> Sender:
    mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", "notices@c.example", step_seconds=step, accept_seconds=accept)
    return sender_of(engine, mailer, clock)


async def queue(engine: AsyncEngine, mails: int) -> None:
    await apply(engine, [account_assigned(center=None), *(entry_changed() for _ in range(mails))])


async def ledger(engine: AsyncEngine) -> dict[str, list[str]]:
    """The lines of each mail's ledger by its Message-ID, after the first."""
    lines: dict[str, list[str]] = {
        row.message_id: [] for row in await rows(engine, deliveries) if row.channel == "email"
    }
    ids = {(row.notice_id, row.channel, row.recipient_role): row.message_id for row in await rows(engine, deliveries)}
    for line in await rows(engine, delivery_events):
        if line.channel == "email" and line.sequence > 1:
            lines[ids[line.notice_id, line.channel, line.recipient_role]].append(line.event)
    return lines


async def errors(engine: AsyncEngine) -> list[str]:
    return [row.last_error for row in await rows(engine, deliveries) if row.last_error is not None]


async def retry(sender: Sender, clock: FixedClock) -> None:
    """Whatever is tried again is due: the first two pauses, and the pause of a server that is away."""
    for pause in (timedelta(minutes=1), timedelta(minutes=5)):
        clock.advance(pause)
        await sender.run()


async def test_a_slow_server_gets_each_mail_once(
    engine: AsyncEngine, clock: FixedClock, mail_server: tuple[Postbox, int]
) -> None:
    postbox, port = mail_server
    postbox.step_seconds = 0.2  # four mails of three steps on each of eight connections: longer than any two steps may
    await queue(engine, 32)
    sender = smtp_sender(engine, clock, port)
    await sender.run()
    await retry(sender, clock)
    assert len(postbox.accepted) == len(set(postbox.accepted)) == 32
    assert await ledger(engine) == {mail: ["sent"] for mail in postbox.accepted}


@pytest.mark.parametrize("trouble", [hang, drop])
async def test_an_answer_that_is_lost_makes_one_mail_doubtful_and_no_other(
    engine: AsyncEngine, clock: FixedClock, mail_server: tuple[Postbox, int], trouble: Trouble
) -> None:
    postbox, port = mail_server
    postbox.troubles[20] = trouble
    await queue(engine, 32)
    sender = smtp_sender(engine, clock, port)
    await sender.run()
    doubtful = postbox.accepted[19]
    lines = await ledger(engine)
    assert len(postbox.accepted) == len(set(postbox.accepted)) == 32
    assert lines == {mail: ["failed"] if mail == doubtful else ["sent"] for mail in postbox.accepted}
    (why,) = await errors(engine)
    assert "it may have been accepted" in why
    await retry(sender, clock)
    # The one window that SMTP leaves: the same mail again, under the Message-ID by which a receiver knows it.
    assert Counter(postbox.accepted) == {mail: 2 if mail == doubtful else 1 for mail in lines}
    assert (await ledger(engine))[doubtful] == ["failed", "sent"]


async def test_a_connection_dropped_before_the_mail_is_handed_over_sends_nothing_twice(
    engine: AsyncEngine, clock: FixedClock, mail_server: tuple[Postbox, int]
) -> None:
    postbox, port = mail_server
    postbox.drops_recipients = 5
    await queue(engine, 32)
    sender = smtp_sender(engine, clock, port)
    await sender.run()
    lines = await ledger(engine)
    assert {mail for mail, events in lines.items() if events == ["sent"]} == set(postbox.accepted)
    assert not any("may have been accepted" in why for why in await errors(engine))
    await retry(sender, clock)
    assert Counter(postbox.accepted) == dict.fromkeys(lines, 1)
    assert all(events[-1] == "sent" for events in (await ledger(engine)).values())


async def test_a_sender_that_is_stopped_at_a_hanging_mail_has_recorded_those_before_it(
    engine: AsyncEngine, clock: FixedClock, mail_server: tuple[Postbox, int]
) -> None:
    postbox, port = mail_server
    postbox.connections_at_most = 1
    reached = asyncio.Event()

    async def hang_and_tell(server: SMTP) -> str:
        reached.set()
        return await hang(server)

    postbox.troubles[3] = hang_and_tell
    await queue(engine, 3)
    sending = asyncio.create_task(smtp_sender(engine, clock, port, step=60, accept=60).run())
    await reached.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    first, second, third = postbox.accepted
    assert await ledger(engine) == {first: ["sent"], second: ["sent"], third: []}


async def test_mails_accepted_while_the_database_is_away_are_recorded_when_it_is_back(
    engine: AsyncEngine, clock: FixedClock, mail_server: tuple[Postbox, int]
) -> None:
    postbox, port = mail_server
    waiting = "SELECT pid FROM pg_locks WHERE relation = 'deliveries'::regclass AND NOT granted"

    async def cut_the_database(server: SMTP) -> str:
        async with engine.begin() as connection:
            await connection.execute(text("LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE"))
            while not (pids := list(await connection.scalars(text(waiting)))):
                pass
            for pid in pids:
                await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        return "250 OK"

    postbox.troubles[4] = cut_the_database
    await queue(engine, 12)
    sender = smtp_sender(engine, clock, port)
    with pytest.raises(Transient):
        await sender.run()
    await retry(sender, clock)
    clock.advance(timedelta(days=1))
    await sender.run()
    assert Counter(postbox.accepted) == dict.fromkeys(await ledger(engine), 1)
    assert all(events == ["sent"] for events in (await ledger(engine)).values())
    found = await find_violations(engine, INVARIANTS)
    assert not any(found.values()), found


async def test_a_batch_keeps_its_claim_as_long_as_the_mail_server_may_take(
    engine: AsyncEngine, clock: FixedClock, mail_server: tuple[Postbox, int]
) -> None:
    postbox, port = mail_server
    arrived, may_answer = asyncio.Event(), asyncio.Event()

    async def wait(server: SMTP) -> str:
        arrived.set()
        await may_answer.wait()
        return "250 OK"

    postbox.troubles[1] = wait
    await queue(engine, 1)
    slow = asyncio.create_task(smtp_sender(engine, clock, port, step=60, accept=600).run())
    await arrived.wait()
    clock.advance(timedelta(seconds=599))  # nearly all that the server may take: a minute's lease alone is long over
    await smtp_sender(engine, clock, port).run()
    may_answer.set()
    await slow
    assert Counter(postbox.accepted) == dict.fromkeys(await ledger(engine), 1)


async def test_a_bug_in_writing_down_leaves_no_connection_behind(mail_server: tuple[Postbox, int]) -> None:
    _, port = mail_server
    mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", "notices@c.example", step_seconds=5, accept_seconds=5)
    kept: list[int] = []

    async def write_down(known: Sequence[tuple[int, Outcome]]) -> None:
        for position, _ in known:
            if position == 2:
                raise LookupError("a bug")
            kept.append(position)

    mails = [Mail(f"<{number}@c.example>", "a@b.example", "s", "t", "h", NOW) for number in range(16)]
    with pytest.raises(LookupError):
        await mailer.send(mails, write_down)
    assert sorted([*kept, 2]) == list(range(16))


async def test_batches_of_a_run_share_their_connections_and_none_is_left_open(
    engine: AsyncEngine, clock: FixedClock, mail_server: tuple[Postbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmtpMailer, "batch", 16)
    postbox, port = mail_server
    open_at_end = asyncio.all_tasks()
    await queue(engine, 80)
    await smtp_sender(engine, clock, port).run()
    assert len(postbox.accepted) == len(set(postbox.accepted)) == 80
    assert postbox.connections <= 16  # eight of the five batches, and those of the first look for urgent mail
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() <= open_at_end  # the server serves nobody any more


async def test_a_kept_connection_that_the_server_gave_up_costs_no_mail_its_try(
    engine: AsyncEngine, clock: FixedClock, mail_server: tuple[Postbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    postbox, port = mail_server
    mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", "notices@c.example", step_seconds=1, accept_seconds=1)
    sender = sender_of(engine, mailer, clock)
    await queue(engine, 8)
    assert not await sender.send_batch()
    postbox.is_tired = True  # it says goodbye to whatever was kept
    await queue(engine, 8)
    assert not await sender.send_batch()
    await mailer.rest()
    assert len(set(postbox.accepted)) == 16
    assert {tuple(lines) for lines in (await ledger(engine)).values()} == {("sent",)}
    assert {row.attempts for row in await rows(engine, deliveries) if row.channel == "email"} == {1}


@pytest.mark.parametrize(
    ("scheme", "offers", "is_trusted", "is_sent"),
    [
        ("smtp+starttls", "starttls", True, True),
        ("smtps", "tls", True, True),
        ("smtp+starttls", "starttls", False, False),
        ("smtps", "tls", False, False),
        ("smtp+starttls", "nothing", True, False),
    ],
)
async def test_mail_that_has_to_be_encrypted_goes_to_a_server_that_proves_itself_or_not_at_all(
    engine: AsyncEngine,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    offers: str,
    is_trusted: bool,
    is_sent: bool,
) -> None:
    server_tls, _ = server_and_client(tmp_path)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    postbox, starttls = Postbox(), server_tls if offers == "starttls" else None
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(postbox, hostname="localhost", tls_context=starttls, require_starttls=starttls is not None),
        "localhost",
        0,
        family=socket.AF_INET,
        ssl=server_tls if offers == "tls" else None,
    )
    await queue(engine, 3)
    url = f"{scheme}://localhost:{server.sockets[0].getsockname()[1]}"
    await sender_of(engine, SmtpMailer(url, "notices@c.example", step_seconds=2, accept_seconds=2), clock).run()
    server.close()
    await server.wait_closed()
    assert len(postbox.accepted) == (3 if is_sent else 0)
    states = {(row.state, row.attempts) for row in await rows(engine, deliveries) if row.channel == "email"}
    assert states == ({("sent", 1)} if is_sent else {("queued", 0)})
