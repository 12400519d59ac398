"""Sending what is due, on a real database: once, with retries, to a folder and to a mail server."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.domain.delivery import BACKOFF, State
from services.notifications.store import deliveries as store
from services.notifications.store.deliveries import Settlement
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import deliveries
from services.notifications.store.tables.deliveries import delivery_events
from shared.db import bulk, set_aside
from shared.db.transaction import reading, transaction
from shared.mail.folder import FolderMailer
from shared.mail.protocol import Fate, Outcome
from shared.mail.smtp import SmtpMailer
from shared.runtime.clock import FixedClock
from shared.runtime.slices import JobSession
from shared.runtime.together import together
from tests.integration.notifications.builders import (
    NOW,
    MakeEngine,
    ScriptedMailer,
    account_assigned,
    apply,
    entry_changed,
    rows,
    sender_of,
)
from tests.support.events import entry_number
from tests.support.invariants import find_violations

SENT = Outcome(Fate.SENT)
_REFUSING = """
CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cannot be written'; END $$
"""
_REFUSED = "CREATE TRIGGER refuse BEFORE UPDATE ON deliveries FOR EACH ROW"
_IS_SENT = "NEW.state = 'sent'"


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


async def emails(engine: AsyncEngine) -> list[Any]:
    return [row for row in await rows(engine, deliveries) if row.channel == "email"]


def smtp(port: int) -> SmtpMailer:
    sender = "Centerline <notices@centerline.example>"
    return SmtpMailer(f"smtp://127.0.0.1:{port}", sender, step_seconds=10, accept_seconds=10)


async def published(engine: AsyncEngine) -> int:
    async with reading(engine) as connection:
        count: int = (await connection.execute(text("SELECT count(*) FROM outbox"))).scalar_one()
    return count


async def test_a_mail_is_sent_once_and_its_delivery_says_so(engine: AsyncEngine, clock: FixedClock) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed()])
    mailer = ScriptedMailer(lambda mail: SENT)
    sender = sender_of(engine, mailer, clock)
    await sender.run()
    clock.advance(timedelta(days=2))
    await sender.run()
    (mail,) = mailer.mails
    (row,) = await emails(engine)
    assert (row.state, row.attempts, row.sent_to, row.sequence) == ("sent", 1, "trade@importer.example", 2)
    assert (mail.to, mail.message_id) == ("trade@importer.example", row.message_id)
    assert [line.event for line in await rows(engine, delivery_events) if line.channel == "email"] == ["queued", "sent"]
    assert await published(engine) == 1


async def test_an_unknown_importer_is_waited_for_and_its_account_wakes_the_notice(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    await apply(engine, [entry_changed()])
    mailer = ScriptedMailer(lambda mail: SENT)
    sender = sender_of(engine, mailer, clock)
    await sender.run()
    (row,) = await emails(engine)
    assert (row.state, row.is_waiting, row.attempts) == ("queued", True, 0)
    assert row.next_try_at == NOW + timedelta(hours=24)
    await apply(engine, [account_assigned(center=None)], now=clock.advance(timedelta(hours=1)))
    await sender.run()
    (row,) = await emails(engine)
    assert (row.state, row.is_waiting) == ("sent", False)


async def test_an_importer_that_stays_unknown_has_no_address_after_the_grace(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    await apply(engine, [entry_changed()])
    mailer = ScriptedMailer(lambda mail: SENT)
    sender = sender_of(engine, mailer, clock)
    await sender.run()
    clock.advance(timedelta(hours=24))
    await sender.run()
    (row,) = await emails(engine)
    assert (row.state, mailer.mails) == ("no-address", [])


@pytest.mark.parametrize("address", [None, "no address", "a@b.example\nBcc: c@d.example"])
async def test_an_account_without_usable_address_settles_at_once_until_it_gets_one(
    engine: AsyncEngine, clock: FixedClock, address: str | None
) -> None:
    await apply(engine, [account_assigned(center=None, contact_email=address), entry_changed()])
    mailer = ScriptedMailer(lambda mail: SENT)
    sender = sender_of(engine, mailer, clock)
    await sender.run()
    assert [(row.state, row.attempts) for row in await emails(engine)] == [("no-address", 0)]
    (back,) = await apply(engine, [account_assigned(sequence=2, center=None)])
    assert (back.data.state, back.data.sequence) == ("queued", 3)
    await sender.run()
    (row,) = await emails(engine)
    assert (row.state, row.sequence, len(mailer.mails)) == ("sent", 4, 1)


@pytest.mark.parametrize("known", [True, False])
async def test_an_address_that_arrives_while_a_notice_is_being_given_up_is_used(
    engine: AsyncEngine, clock: FixedClock, known: bool
) -> None:
    before = [account_assigned(center=None, contact_email=None)] if known else []
    await apply(engine, [*before, entry_changed()])
    async with transaction(engine) as tx:
        (held,) = await store.claim_due(tx, clock.now(), timedelta(minutes=1), 10)
    await apply(engine, [account_assigned(sequence=2, center=None)])
    async with transaction(engine) as tx:
        given_up = store.Settlement(held, State.NO_ADDRESS, "no-address", 0, error="none")
        assert await store.settle(tx, [given_up], clock.now()) == []
        await store.wait_for_address(tx, [(held, clock.now() + timedelta(hours=24))])
    mailer = ScriptedMailer(lambda mail: SENT)
    clock.advance(timedelta(minutes=1))
    await sender_of(engine, mailer, clock).run()
    assert ([row.state for row in await emails(engine)], len(mailer.mails)) == (["sent"], 1)


async def test_an_address_that_comes_too_late_brings_nothing_back(engine: AsyncEngine, clock: FixedClock) -> None:
    await apply(engine, [account_assigned(center=None, contact_email=None), entry_changed()])
    mailer = ScriptedMailer(lambda mail: SENT)
    await sender_of(engine, mailer, clock).run()
    late = clock.advance(timedelta(days=31))
    assert await apply(engine, [account_assigned(sequence=2, center=None)], now=late) == []
    assert [row.state for row in await emails(engine)] == ["no-address"]


async def test_failures_are_tried_again_later_and_bounce_in_the_end(engine: AsyncEngine, clock: FixedClock) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed()])
    mailer = ScriptedMailer(lambda mail: Outcome(Fate.DEFERRED, "450 busy"))
    sender = sender_of(engine, mailer, clock)
    for pause in BACKOFF:
        await sender.run()
        await sender.run()
        clock.advance(pause)
    await sender.run()
    (row,) = await emails(engine)
    assert (row.state, row.attempts, row.last_error) == ("bounced", len(BACKOFF) + 1, "450 busy")
    assert len(mailer.mails) == len(BACKOFF) + 1
    events = [line.event for line in await rows(engine, delivery_events) if line.channel == "email"]
    assert events == ["queued", *["failed"] * len(BACKOFF), "bounced"]
    assert await published(engine) == 1


async def test_a_refused_recipient_bounces_at_once(engine: AsyncEngine, clock: FixedClock) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed()])
    await sender_of(engine, ScriptedMailer(lambda mail: Outcome(Fate.REFUSED, "550 unknown")), clock).run()
    assert [(row.state, row.last_error) for row in await emails(engine)] == [("bounced", "550 unknown")]


async def test_a_server_that_is_away_costs_no_try(engine: AsyncEngine, clock: FixedClock) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed()])
    answers = [Outcome(Fate.AWAY, "refused"), SENT]
    sender = sender_of(engine, ScriptedMailer(lambda mail: answers.pop(0)), clock)
    await sender.run()
    assert [(row.state, row.attempts, row.sequence) for row in await emails(engine)] == [("queued", 0, 1)]
    clock.advance(timedelta(seconds=15))
    await sender.run()
    assert [(row.state, row.attempts, row.sequence) for row in await emails(engine)] == [("sent", 1, 2)]


async def test_a_mail_that_its_batch_had_no_time_for_goes_with_the_next_and_costs_no_try(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed()])
    answers = [Outcome(Fate.LEFT), Outcome(Fate.LEFT), SENT]
    mailer = ScriptedMailer(lambda _: answers.pop(0))
    await sender_of(engine, mailer, clock).run()
    (row,) = await emails(engine)
    assert (row.state, row.attempts, len(mailer.mails)) == ("sent", 1, 3)


async def test_what_a_dead_sender_held_is_sent_after_its_lease(engine: AsyncEngine, clock: FixedClock) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed()])
    async with transaction(engine) as tx:
        (held,) = await store.claim_due(tx, clock.now(), timedelta(minutes=1), 10)
    mailer = ScriptedMailer(lambda mail: SENT)
    sender = sender_of(engine, mailer, clock)
    await sender.run()
    assert mailer.mails == []
    clock.advance(timedelta(minutes=1))
    await sender.run()
    assert len(mailer.mails) == 1
    # The dead one comes back with its result: the claim is no longer its own.
    late = store.Settlement(held, State.SENT, "sent", 1, sent_to="x@y.example")
    async with transaction(engine) as tx:
        assert await store.settle(tx, [late], clock.now()) == []


async def test_two_senders_share_the_queue_without_overlap(engine: AsyncEngine, clock: FixedClock) -> None:
    await apply(engine, [account_assigned(center=None), *(entry_changed() for _ in range(200))])
    mailers = [ScriptedMailer(lambda mail: SENT, batch=7) for _ in range(4)]
    await together(*(sender_of(engine, mailer, clock).run() for mailer in mailers))
    sent = [mail.message_id for mailer in mailers for mail in mailer.mails]
    assert len(sent) == len(set(sent)) == 200
    assert {row.state for row in await emails(engine)} == {"sent"}


async def test_ten_thousand_mails_reach_the_folder_and_a_repeat_adds_none(
    engine: AsyncEngine, clock: FixedClock, tmp_path: Path
) -> None:
    await apply(engine, [account_assigned(center=None), *(entry_changed() for _ in range(10_000))])
    mailer = FolderMailer(tmp_path / "mail", "Centerline <notices@centerline.example>")
    sender = sender_of(engine, mailer, clock)
    while await sender.send_batch():
        pass
    files = list((tmp_path / "mail").iterdir())
    assert len(files) == 10_000
    before = files[0].read_bytes()
    async with transaction(engine) as tx:  # as if the process had died before the results were committed
        await tx.connection.execute(text("DELETE FROM delivery_events WHERE event = 'sent'"))
        await tx.connection.execute(
            text(
                "UPDATE deliveries SET state = 'queued', sequence = 1, next_try_at = queued_at WHERE channel = 'email'"
            )
        )
    await sender.send_batch()
    assert len(list((tmp_path / "mail").iterdir())) == 10_000
    assert files[0].read_bytes() == before
    message = email.message_from_bytes(before, policy=email.policy.default)
    assert message["To"] == "trade@importer.example"
    assert message["Subject"].startswith("Courtesy notice of liquidation: entry B76")


async def test_all_invariants_hold_after_sending_and_find_what_is_broken(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    await apply(engine, [account_assigned(), *(entry_changed() for _ in range(20))])
    await sender_of(engine, ScriptedMailer(lambda mail: SENT), clock).run()
    found = await find_violations(engine, INVARIANTS)
    assert found == {invariant.name: [] for invariant in INVARIANTS}
    first = "(SELECT min(notice_id::text)::uuid FROM notices WHERE kind = '{}')"
    last = "(SELECT max(notice_id::text)::uuid FROM notices WHERE kind = '{}')"
    damage = (
        "ALTER TABLE bulletin_postings DISABLE TRIGGER bulletin_is_immutable",
        "DELETE FROM notices WHERE notice_id = " + first.format("N-13"),
        "DELETE FROM bulletin_postings WHERE notice_id = " + last.format("N-13"),
        "UPDATE deliveries SET state = 'bounced' WHERE notice_id = " + first.format("N-01"),
        "DELETE FROM deliveries WHERE notice_id = " + first.format("N-09"),
    )
    async with transaction(engine) as tx:
        for statement in damage:
            await tx.connection.execute(text(statement))
    found = await find_violations(engine, INVARIANTS)
    mismatches = sorted(line.partition(": ")[2] for line in found["bulletin-courtesy-mismatch"])
    assert mismatches == ["courtesy notice without official notice", "official notice not on the bulletin"]
    assert len(found["ledger-agrees"]) == 1
    assert len(found["notice-delivered"]) == 1


class Postbox:
    """A mail server's behaviour: refuses some recipients for good, one for now, and keeps the rest."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("unknown"):
            return "550 no such mailbox"
        if address.startswith("busy"):
            return "450 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
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


async def test_mail_goes_through_smtp_and_each_answer_finds_its_delivery(
    engine: AsyncEngine, clock: FixedClock, mail_server: tuple[Postbox, int]
) -> None:
    postbox, port = mail_server
    names = {"07-345678900": "good", "08-345678900": "unknown", "09-345678900": "busy"}
    accounts = [
        account_assigned(importer, center=None, contact_email=f"{name}@importer.example")
        for importer, name in names.items()
    ]
    acts = [entry_changed(importer_number=importer) for importer in names for _ in range(20)]
    await apply(engine, [*accounts, *acts])
    sender = sender_of(engine, smtp(port), clock)
    await sender.run()
    by_state = {(names[row.importer_number], row.state, row.attempts) for row in await emails(engine)}
    assert by_state == {("good", "sent", 1), ("unknown", "bounced", 1), ("busy", "queued", 1)}
    assert len({message["Message-ID"] for message in postbox.messages}) == len(postbox.messages) == 20
    message = postbox.messages[0]
    assert message["From"] == "Centerline <notices@centerline.example>"
    assert "Courtesy notice of liquidation" in message.get_body(("plain",)).get_content()
    assert "<h1>Courtesy notice of liquidation" in message.get_body(("html",)).get_content()


async def test_a_mail_server_that_cannot_be_reached_leaves_everything_queued(
    engine: AsyncEngine, clock: FixedClock, mail_server: tuple[Postbox, int], unused_tcp_port: int
) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed()])
    await sender_of(engine, smtp(unused_tcp_port), clock).run()
    (row,) = await emails(engine)
    assert (row.state, row.attempts, row.next_try_at) == ("queued", 0, NOW + timedelta(seconds=15))
    assert "Connect" in row.last_error


async def test_mail_whose_result_cannot_be_written_is_not_sent_again(engine: AsyncEngine, clock: FixedClock) -> None:
    numbers = [entry_number(900_010 + serial) for serial in range(3)]
    await apply(engine, [account_assigned(center=None), *(entry_changed(number=number) for number in numbers)])
    async with transaction(engine) as tx:
        query = "SELECT notice_id FROM notices WHERE entry_number = $1 AND kind = 'N-09'"
        (notice,) = await bulk.fetch(tx, query, numbers[1])
        await bulk.execute(tx, _REFUSING)
        await bulk.execute(tx, f"{_REFUSED} WHEN (NEW.notice_id = '{notice[0]}' AND {_IS_SENT}) EXECUTE FUNCTION no()")
    mailer, unsettled = ScriptedMailer(lambda mail: SENT), list[Settlement]()

    async def send() -> list[str]:
        await sender_of(JobSession("send-mail", engine, clock), mailer, clock, unsettled).run()
        return sorted(row.state for row in await emails(engine))

    for pause in (timedelta(minutes=5), timedelta(days=1), timedelta(days=1)):
        assert await send() == ["queued", "sent", "sent"]
        clock.advance(pause)
    async with transaction(engine) as tx:
        await bulk.execute(tx, "DROP TRIGGER refuse ON deliveries")
    assert await send() == ["sent"] * 3
    assert (len(mailer.mails), unsettled) == (3, [])


async def test_notice_that_cannot_be_put_into_words_is_set_aside_and_the_others_are_sent(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    numbers = [entry_number(900_010 + serial) for serial in range(4)]
    await apply(engine, [account_assigned(center=None), *(entry_changed(number=number) for number in numbers)])
    async with transaction(engine) as tx:
        await bulk.execute(tx, "UPDATE notices SET kind = 'N-99' WHERE entry_number = $1 AND kind = 'N-09'", numbers[2])
    mailer = ScriptedMailer(lambda mail: SENT)
    for _ in range(3):
        await sender_of(JobSession("send-mail", engine, clock), mailer, clock).run()
        clock.advance(timedelta(minutes=5))  # longer than a lease
    assert len(mailer.mails) == 3
    async with transaction(engine) as tx:
        (row,) = await set_aside.list_rows(tx, job="send-mail", limit=10)
    assert (row.attempts, row.error.partition(":")[0]) == (1, "KeyError")
    assert sorted(row.state for row in await emails(engine)) == ["queued", "sent", "sent", "sent"]
    async with transaction(engine) as tx:
        await bulk.execute(tx, "UPDATE notices SET kind = 'N-09' WHERE kind = 'N-99'")
    clock.advance(timedelta(days=1))
    await sender_of(JobSession("send-mail", engine, clock), mailer, clock).run()
    assert [row.state for row in await emails(engine)] == ["sent"] * 4
    async with transaction(engine) as tx:
        assert await set_aside.list_rows(tx, job="send-mail", limit=10) == []
