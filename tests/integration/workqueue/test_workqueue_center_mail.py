"""Mail to a Center's mailbox by a real SMTP client: an inquiry with the mail as its file, once, and nothing relayed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosmtplib
import pytest
from sqlalchemy import text

from services.workqueue.acts.center_mail import CenterMailbox
from services.workqueue.store.tables import items, matters
from shared.db.transaction import transaction
from shared.files.depot import Depot, open_depot
from shared.mail.inbound import InboundMail
from shared.runtime.lifecycle import Stopping
from tests.integration.workqueue.desk import Desk

HOST = "centers.example"
MAIL = b"""From: Al Synthetic <al@trade.example>\r
To: cee007@centers.example\r
Date: Mon, 2 Mar 2026 14:00:00 -0500\r
Subject: =?utf-8?q?Where_is_our_account=3F?=\r
Message-ID: <1@trade.example>\r
\r
Who has it?\r
"""


@pytest.fixture
def depot(desk: Desk, tmp_path: Path) -> Depot:
    return open_depot(desk.settings.model_copy(update={"files_url": tmp_path.as_uri()}))


@asynccontextmanager
async def mailbox(desk: Desk, depot: Depot) -> AsyncIterator[aiosmtplib.SMTP]:
    box = CenterMailbox(desk.engine, depot, desk.clock, HOST)
    server = InboundMail("127.0.0.1", 0, is_known=box.is_known, take=box.take, tls=None, most_bytes=100_000)
    server.listening = asyncio.get_running_loop().create_future()
    stopping = Stopping()
    running = asyncio.create_task(server.run(stopping))
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=await server.listening, start_tls=False) as client:
        yield client
    stopping.set()
    await running


async def send(client: aiosmtplib.SMTP, mail: bytes, to: str = f"cee007@{HOST}") -> int:
    """The status of the answer."""
    try:
        await client.sendmail("al@trade.example", [to], mail)
    except aiosmtplib.SMTPRecipientsRefused as refused:
        return refused.recipients[0].code
    except aiosmtplib.SMTPDataError as refused:
        return refused.code
    return 250


async def test_mail_opens_an_inquiry_of_its_center_with_itself_as_file(desk: Desk, depot: Depot) -> None:
    async with mailbox(desk, depot) as client:
        assert [await send(client, MAIL) for _ in range(2)] == [250, 250]
    (item,) = await desk.rows(items)
    (matter,) = await desk.rows(matters)
    assert (item.process, item.center, item.stage, item.importer_number) == ("inquiry", "CEE007", "received", None)
    assert (matter.title, matter.authority) == ("Where is our account? (al@trade.example)", "center-mail-received")
    assert item.due_on.isoformat() == "2026-03-04"  # two business days after Monday, 2 March
    listed = (await desk.call("GET", f"/items/{item.item_id}/files")).json()["items"]
    assert [(each["name"], each["kind"], each["level"]) for each in listed] == [("mail.eml", "email", "internal")]
    shown = (await desk.call("GET", f"/items/{item.item_id}")).json()
    assert shown["history"][0]["actor"] == "system:workqueue"


async def test_mail_that_bears_the_message_id_of_another_opens_an_inquiry_of_its_own(desk: Desk, depot: Depot) -> None:
    by_another_way = b"Received: from relay.example by mx.example\r\n" + MAIL
    async with mailbox(desk, depot) as client:
        for mail in (MAIL, by_another_way, MAIL.replace(b"Who has it?", b"Who has the other?")):
            assert await send(client, mail) == 250
    assert len(await desk.rows(items)) == 2


@pytest.mark.parametrize("to", [f"cee999@{HOST}", "cee007@other.example", f"kim@{HOST}"])
async def test_mail_for_what_is_no_center_is_refused_before_it_is_read(desk: Desk, depot: Depot, to: str) -> None:
    async with mailbox(desk, depot) as client:
        assert await send(client, MAIL, to) == 550
    assert await desk.rows(items) == []


@pytest.mark.parametrize("line", [b"Auto-Submitted: auto-replied\r\n", b"Precedence: bulk\r\n"])
async def test_automatic_mail_opens_nothing(desk: Desk, depot: Depot, line: bytes) -> None:
    async with mailbox(desk, depot) as client:
        assert await send(client, line + MAIL) == 250
    assert await desk.rows(items) == []


async def test_what_is_no_mail_is_refused_and_its_sender_told(desk: Desk, depot: Depot) -> None:
    async with mailbox(desk, depot) as client:
        assert await send(client, b"\x00\x01\x02 no headers at all\r\n") == 554
    assert await desk.rows(items) == []


async def test_mail_comes_again_while_there_is_no_store_for_it(desk: Desk) -> None:
    async with mailbox(desk, open_depot(desk.settings.model_copy(update={"files_url": None}))) as client:
        assert await send(client, MAIL) == 451
    assert await desk.rows(items) == []


async def test_mail_that_fails_unforeseen_comes_again(desk: Desk, depot: Depot) -> None:
    async with transaction(desk.engine) as tx:
        await tx.connection.execute(text("ALTER TABLE matters RENAME TO matters_away"))
    async with mailbox(desk, depot) as client:
        assert await send(client, MAIL) == 451
    async with transaction(desk.engine) as tx:
        await tx.connection.execute(text("ALTER TABLE matters_away RENAME TO matters"))
    async with mailbox(desk, depot) as client:
        assert await send(client, MAIL) == 250
    assert len(await desk.rows(items)) == 1
