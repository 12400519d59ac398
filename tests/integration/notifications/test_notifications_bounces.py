"""What comes back: by SMTP with TLS, for the delivery that its address names; then a second contact, then a letter."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts.bounces import Bounces
from services.notifications.acts.sending import Sender, SendingRules
from services.notifications.domain.addresses import MailAddresses
from services.notifications.domain.kind import Lane
from services.notifications.store.deliveries import count_unreached
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import deliveries
from services.notifications.store.tables.deliveries import delivery_events
from shared.db import bulk
from shared.db.transaction import reading, transaction
from shared.mail.inbound import InboundMail
from shared.mail.message import build_message
from shared.mail.protocol import Fate, Mail, Outcome, WriteDown
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Stopping
from tests.integration.notifications.builders import (
    IMPORTER,
    NOW,
    MakeEngine,
    ScriptedMailer,
    account_assigned,
    apply,
    client_of,
    entry_changed,
    request_issued,
    rows,
    sender_of,
)
from tests.support.certificates import server_and_client
from tests.support.invariants import find_violations

ADDRESSES = MailAddresses(
    team="team-{center}@trade.example",
    list_host="centerline.example",
    bounce_host="bounces.example",
    bounce_secret=b"s" * 32,
)
OWNER = Identity("pat", "Pat", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
STAFF = Identity("kim", "Kim", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE005"}))


def report(action: str, status: str = "5.1.1", words: str = "smtp; 550 no such mailbox") -> bytes:
    """A delivery status notification as RFC 3464 has it in its appendix, with the fields that matter here."""
    lines = (
        "From: MAILER-DAEMON@mail.importer.example",
        "Subject: Returned mail",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "",
        "Your mail could not be delivered.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mail.importer.example",
        "",
        "Final-Recipient: rfc822; trade@importer.example",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: {words}",
        "",
        "--b--",
        "",
    )
    return "\r\n".join(lines).encode()


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def mails_of(mailer: ScriptedMailer, address: str) -> list[Mail]:
    return [mail for mail in mailer.mails if mail.to == address]


async def send(engine: AsyncEngine, mailer: ScriptedMailer, clock: FixedClock) -> None:
    rules = SendingRules(timedelta(minutes=1), timedelta(hours=24), "https://bulletin.example", ADDRESSES)
    await Sender(engine, mailer, clock, rules).run()


@pytest.fixture
async def mailer(engine: AsyncEngine, clock: FixedClock, tmp_path: Path) -> ScriptedMailer:
    """A request was mailed to the importer, which asked for a second contact."""
    await apply(engine, [account_assigned(center=None), request_issued()])
    async with client_of(engine, tmp_path, OWNER) as api:
        asked = {"recipient": IMPORTER, "second_email": "second@importer.example"}
        assert (await api.put("/preferences", json=asked)).status_code == 200
    mailer = ScriptedMailer(lambda _: Outcome(Fate.SENT))
    await send(engine, mailer, clock)
    return mailer


async def states(engine: AsyncEngine) -> dict[str, str]:
    return {row.channel: row.state for row in await rows(engine, deliveries)}


@pytest.fixture
async def inbound(engine: AsyncEngine, clock: FixedClock, tmp_path: Path) -> AsyncIterator[aiosmtplib.SMTP]:
    """A client of the server that takes bounces, over TLS."""
    bounces = Bounces(engine, clock, ADDRESSES)
    server_tls, client_tls = server_and_client(tmp_path)
    server = InboundMail("localhost", 0, is_known=bounces.is_known, take=bounces.take, tls=server_tls)
    server.listening = asyncio.get_running_loop().create_future()
    stopping = Stopping()
    running = asyncio.create_task(server.run(stopping))
    port = await server.listening
    async with aiosmtplib.SMTP(hostname="localhost", port=port, start_tls=True, tls_context=client_tls) as client:
        yield client
    stopping.set()
    await running


async def test_a_mail_names_the_team_its_list_and_an_address_of_its_own_for_bounces(mailer: ScriptedMailer) -> None:
    (mail,) = mailer.mails
    assert mail.reply_to == "team-cee005@trade.example"
    written = build_message(mail, "Centerline <notices@centerline.example>")
    assert b"\r\nReply-To: team-cee005@trade.example\r\n" in written
    assert b"\r\nList-Id: <n-03.notices.centerline.example>\r\n" in written
    assert mail.return_path is not None
    assert mail.return_path.endswith("@bounces.example")
    assert len(mail.return_path.partition("@")[0]) <= 64  # RFC 5321, 4.5.3.1.1


async def test_a_bounce_goes_to_the_second_contact_and_then_to_the_mail_room(
    engine: AsyncEngine, mailer: ScriptedMailer, clock: FixedClock, inbound: aiosmtplib.SMTP, tmp_path: Path
) -> None:
    (first,) = mailer.mails
    assert first.return_path is not None
    await inbound.sendmail("", first.return_path, report("failed"))
    assert await states(engine) == {"email": "bounced", "email-second": "queued"}
    await send(engine, mailer, clock)
    (second,) = mails_of(mailer, "second@importer.example")
    assert second.message_id != first.message_id
    assert second.return_path is not None
    await inbound.sendmail("", second.return_path, report("failed", "5.2.2", "smtp; 552 mailbox full"))
    assert await states(engine) == {"email": "bounced", "email-second": "bounced", "mail": "queued"}
    async with client_of(engine, tmp_path, STAFF) as api:
        (letter,) = (await api.get("/letters")).json()["items"]
        too_early = await api.post(f"/notices/{letter['notice_id']}/mailed", json={"mailed_on": "2026-03-01"})
        assert too_early.status_code == 422
        done = await api.post(f"/notices/{letter['notice_id']}/mailed", json={"mailed_on": "2026-03-05"})
        assert done.status_code == 204, done.text
        again = await api.post(f"/notices/{letter['notice_id']}/mailed", json={"mailed_on": "2026-03-05"})
        assert again.status_code == 409
        assert (await api.get("/letters")).json()["items"] == []
    ledger = [(line.channel, line.event, line.detail) for line in await rows(engine, delivery_events)]
    assert ("email", "bounced", "5.1.1 smtp; 550 no such mailbox") in ledger
    assert ("mail", "sent", "mailed on 2026-03-05 by kim") in ledger
    found = await find_violations(engine, INVARIANTS)
    assert {name for name, violations in found.items() if violations} == set()


async def test_a_second_contact_that_is_taken_back_stops_no_letter(
    engine: AsyncEngine, mailer: ScriptedMailer, clock: FixedClock, inbound: aiosmtplib.SMTP, tmp_path: Path
) -> None:
    (mail,) = mailer.mails
    assert mail.return_path is not None
    await inbound.sendmail("", mail.return_path, report("failed"))
    async with client_of(engine, tmp_path, OWNER) as api:
        assert (await api.put("/preferences", json={"recipient": IMPORTER})).status_code == 200
    await send(engine, mailer, clock)
    assert await states(engine) == {"email": "bounced", "email-second": "no-address", "mail": "queued"}
    assert mailer.mails == [mail]


async def test_who_has_no_first_address_is_told_at_the_second_and_at_the_first_when_there_is_one(
    engine: AsyncEngine, clock: FixedClock, tmp_path: Path
) -> None:
    await apply(engine, [account_assigned(center=None, contact_email=None), request_issued()])
    async with client_of(engine, tmp_path, OWNER) as api:
        asked = {"recipient": IMPORTER, "second_email": "second@importer.example"}
        assert (await api.put("/preferences", json=asked)).status_code == 200
    mailer = ScriptedMailer(lambda _: Outcome(Fate.SENT))
    for _ in range(2):  # that there is no first address, then the mail to the second
        await send(engine, mailer, clock)
    assert [mail.to for mail in mailer.mails] == ["second@importer.example"]
    assert await states(engine) == {"email": "no-address", "email-second": "sent"}
    await apply(engine, [account_assigned(sequence=2, center=None)])
    await send(engine, mailer, clock)
    assert [mail.to for mail in mailer.mails] == ["second@importer.example", "trade@importer.example"]


async def test_a_report_that_comes_again_and_one_that_says_nothing_change_nothing(
    engine: AsyncEngine, mailer: ScriptedMailer, inbound: aiosmtplib.SMTP
) -> None:
    (mail,) = mailer.mails
    assert mail.return_path is not None
    for told in (report("delayed"), b"Subject: I am away\r\n\r\nUntil Monday.", b"\xff\x00 not a mail"):
        await inbound.sendmail("", mail.return_path, told)
    assert await states(engine) == {"email": "sent"}
    await inbound.sendmail("", mail.return_path, report("delivered", "2.0.0", "smtp; 250 OK"))
    assert await states(engine) == {"email": "delivered"}
    for _ in range(2):
        await inbound.sendmail("", mail.return_path, report("failed"))
    assert [line.event for line in await rows(engine, delivery_events)] == [
        "queued",
        "sent",
        "delivered",
        "bounced",
        "queued",
    ]


async def test_a_report_that_is_sooner_than_the_result_of_its_mail_is_put_off(
    engine: AsyncEngine, clock: FixedClock, inbound: aiosmtplib.SMTP
) -> None:
    await apply(engine, [account_assigned(center=None), request_issued()])
    (delivery,) = await rows(engine, deliveries)
    address = ADDRESSES.return_path(delivery.notice_id, delivery.channel, delivery.recipient_role)
    assert address is not None
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await inbound.sendmail("", address, report("failed"))
    assert refused.value.code == 451
    await send(engine, ScriptedMailer(lambda _: Outcome(Fate.SENT)), clock)
    await inbound.sendmail("", address, report("failed"))
    assert await states(engine) == {"email": "bounced", "mail": "queued"}


async def test_an_address_that_nobody_made_is_refused_or_finds_nothing(
    engine: AsyncEngine, mailer: ScriptedMailer, inbound: aiosmtplib.SMTP
) -> None:
    (mail,) = mailer.mails
    assert mail.return_path is not None
    for address in ("postmaster@bounces.example", mail.return_path.replace("bounces.example", "other.example")):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await inbound.sendmail("", address, report("failed"))
    forged = mail.return_path.replace("@", "")[:35] + "0" * 20 + "@bounces.example"
    await inbound.sendmail("", forged, report("failed"))
    assert await states(engine) == {"email": "sent"}


async def test_nothing_is_taken_without_tls(
    engine: AsyncEngine, clock: FixedClock, mailer: ScriptedMailer, tmp_path: Path
) -> None:
    bounces = Bounces(engine, clock, ADDRESSES)
    tls, _ = server_and_client(tmp_path)
    server = InboundMail("localhost", 0, is_known=bounces.is_known, take=bounces.take, tls=tls)
    server.listening = asyncio.get_running_loop().create_future()
    stopping = Stopping()
    running = asyncio.create_task(server.run(stopping))
    client = aiosmtplib.SMTP(hostname="localhost", port=await server.listening, start_tls=False)
    await client.connect()
    assert mailer.mails[0].return_path is not None
    with pytest.raises(aiosmtplib.SMTPException):
        await client.sendmail("", mailer.mails[0].return_path, report("failed"))
    client.close()
    stopping.set()
    await running
    assert await states(engine) == {"email": "sent"}


async def test_a_courtesy_notice_that_bounces_makes_no_letter(engine: AsyncEngine, clock: FixedClock) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed()])
    await send(engine, ScriptedMailer(lambda _: Outcome(Fate.REFUSED, "550 no such mailbox")), clock)
    assert await states(engine) == {"bulletin": "posted", "email": "bounced"}


@pytest.mark.parametrize("account", [[account_assigned(center=None, contact_email=None)], []], ids=["bare", "unknown"])
async def test_an_importer_without_an_address_gets_a_letter_and_the_mail_when_one_is_known(
    engine: AsyncEngine, clock: FixedClock, account: list[Any]
) -> None:
    await apply(engine, [*account, request_issued(), entry_changed()], clock.now())
    mailer = ScriptedMailer(lambda _: Outcome(Fate.SENT))
    clock.advance(timedelta(hours=25))  # longer than an unknown account is waited for
    await send(engine, mailer, clock)
    ways = {(row.kind, row.channel): row.state for row in await rows(engine, deliveries)}
    courtesy = {("N-09", "email"): "no-address", ("N-13", "bulletin"): "posted"}
    assert ways == {("N-03", "email"): "no-address", ("N-03", "mail"): "queued", **courtesy}
    async with reading(engine) as connection:
        assert await count_unreached(connection) == (2, 1)
    await apply(engine, [account_assigned(sequence=2, center=None)], clock.now())
    await send(engine, mailer, clock)
    assert len(mailer.mails) == 2
    assert {row.state for row in await rows(engine, deliveries) if row.channel == "mail"} == {"queued"}
    found = await find_violations(engine, INVARIANTS)
    assert {name for name, violations in found.items() if violations} == set()


async def test_the_bulk_of_a_cycle_goes_out_at_its_rate_and_an_urgent_notice_before_it(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    acts: list[Any] = [entry_changed(importer_number=IMPORTER) for _ in range(300)]
    await apply(engine, [account_assigned(center=None), *acts])
    rules = SendingRules(timedelta(minutes=1), timedelta(hours=24), "https://bulletin.example", bulk_per_second=50)
    mailer = ScriptedMailer(lambda _: Outcome(Fate.SENT), batch=40)
    sender = Sender(engine, mailer, clock, rules)
    await sender.run()
    assert len(mailer.mails) == 50
    await apply(engine, [request_issued()], clock.now())
    clock.advance(timedelta(seconds=2))
    await sender.run()
    assert mailer.mails[50].subject.startswith("Request for information")
    assert len(mailer.mails) == 50 + 1 + 100
    clock.advance(timedelta(seconds=3))
    await sender.run()
    assert len(mailer.mails) == 301


async def test_an_urgent_mail_waits_for_no_batch_that_the_server_takes_its_time_over(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    urgent_sent = asyncio.Event()

    class SlowMailer(ScriptedMailer):
        """Takes the bulk of a cycle only when the urgent mail has been taken."""

        async def send(self, mails: Sequence[Mail], write_down: WriteDown, /) -> None:
            if mails[0].subject.startswith("Request for information"):
                await super().send(mails, write_down)
                urgent_sent.set()
                return
            await apply(engine, [request_issued()], clock.now())  # it comes while the batch is under way
            async with asyncio.timeout(60):
                await urgent_sent.wait()
            await super().send(mails, write_down)

    acts: list[Any] = [entry_changed(importer_number=IMPORTER) for _ in range(3)]
    await apply(engine, [account_assigned(center=None), *acts])
    mailer = SlowMailer(lambda _: Outcome(Fate.SENT))
    await sender_of(engine, mailer, clock).run()
    assert len(mailer.mails) == 4
    assert mailer.mails[0].subject.startswith("Request for information")
    assert {row.state for row in await rows(engine, deliveries) if row.channel == "email"} == {"sent"}


MANY = """
WITH one AS (SELECT n.* FROM notices n WHERE kind = 'N-09' LIMIT 1),
    many AS (SELECT gen_random_uuid() AS id, n FROM generate_series(1, $1::integer) AS n),
    told AS (
        INSERT INTO notices (notice_id, kind, subject, cause_sequence, version, importer_number, entry_number,
            entry_numbers, filer_code, issued_on, due_on, citation, if_nothing_is_done, body, caused_at)
        SELECT m.id, kind, subject, cause_sequence, version, importer_number, entry_number, entry_numbers, filer_code,
            issued_on, due_on, citation, if_nothing_is_done, body, caused_at
        FROM many m, one
    )
INSERT INTO deliveries (notice_id, channel, recipient_role, kind, importer_number, state, sequence, attempts,
    is_waiting, message_id, queued_at, next_try_at, lane)
SELECT m.id, 'email', 'importer', o.kind, o.importer_number, 'queued', 1, 0, false,
    '<N-09.' || m.id || '@centerline.example>', o.caused_at, o.caused_at, 2
FROM many m, one o
"""
_SENT = "SELECT lane, count(*) AS many FROM deliveries WHERE state = 'sent' AND channel = 'email' GROUP BY lane"


async def test_what_waits_of_a_large_cycle_goes_at_its_rate_and_each_urgent_notice_with_the_next_second(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed(importer_number=IMPORTER)])
    async with transaction(engine) as tx:
        await bulk.execute(tx, MANY, 20_000)
    rules = SendingRules(timedelta(minutes=1), timedelta(hours=24), "https://bulletin.example", bulk_per_second=100)
    mailer = ScriptedMailer(lambda _: Outcome(Fate.SENT), batch=50)
    sender = Sender(engine, mailer, clock, rules)
    for second in range(5):
        await apply(engine, [request_issued(request_id=f"request-{second}")], clock.now())
        while await sender.send_batch((Lane.URGENT,)) or await sender.send_batch():
            pass
        async with transaction(engine) as tx:
            sent = {row["lane"]: row["many"] for row in await bulk.fetch(tx, _SENT)}
        assert sent == {Lane.URGENT: second + 1, Lane.BULK: 100 * (second + 1)}
        clock.advance(timedelta(seconds=1))
