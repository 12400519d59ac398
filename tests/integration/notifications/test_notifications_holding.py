"""Mails that may wait: quiet hours and digests that were asked for, the rate of a domain, each in the ledger."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts.bounces import Bounces
from services.notifications.acts.sending import Sender, SendingRules
from services.notifications.domain.addresses import MailAddresses
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import deliveries
from shared.mail.protocol import Fate, Mail, Outcome
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from tests.integration.notifications.builders import (
    IMPORTER,
    MakeEngine,
    ScriptedMailer,
    account_assigned,
    apply,
    client_of,
    entry_changed,
    request_issued,
    rows,
)
from tests.support.events import entry_number
from tests.support.invariants import find_violations

NIGHT = datetime(2026, 3, 7, 3, 30, tzinfo=UTC)  # 22:30 of 6 March in New York
MORNING = datetime(2026, 3, 7, 12, tzinfo=UTC)  # 7:00
OWNER = Identity("pat", "Pat", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
ADDRESSES = MailAddresses(bounce_host="bounces.example", bounce_secret=b"s" * 32)
QUIET = {"quiet_hours": {"since": "21:00", "to": "07:00"}}
DAILY = {"digest": "daily"}


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NIGHT)


@pytest.fixture
async def api(engine: AsyncEngine, tmp_path: Path, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(engine, tmp_path, OWNER, clock.now()) as api:
        yield api


async def ask(api: httpx.AsyncClient, **asked: Any) -> httpx.Response:
    return await api.put("/preferences", json={"recipient": IMPORTER} | asked)


async def tell(engine: AsyncEngine, clock: FixedClock, courtesies: int = 3) -> None:
    """A CBP 28, which is statutory, and courtesy notices of liquidation, which are not."""
    liquidated = [entry_changed(entry_number(number)) for number in range(courtesies)]
    await apply(engine, [account_assigned(center=None), request_issued(), *liquidated], clock.now())


async def send(engine: AsyncEngine, clock: FixedClock, domain_per_minute: int | None = None) -> list[Mail]:
    mailer = ScriptedMailer(lambda mail: Outcome(Fate.SENT))
    rules = SendingRules(
        timedelta(minutes=1),
        timedelta(hours=24),
        "https://bulletin.example",
        addresses=ADDRESSES,
        domain_per_minute=domain_per_minute,
    )
    await Sender(engine, mailer, clock, rules).run()
    found = await find_violations(engine, INVARIANTS)
    assert not any(found.values()), found
    return mailer.mails


async def ledger(api: httpx.AsyncClient, kind: str = "N-09") -> list[list[tuple[str, str | None]]]:
    """Event and detail of the lines of the mail of each notice."""
    notices = (await api.get("/notices", params={"kind": kind})).json()["items"]
    details = [(await api.get(f"/notices/{notice['notice_id']}")).json() for notice in notices]
    mails = [each for detail in details for each in detail["deliveries"] if each["channel"] == "email"]
    return [[(line["event"], line["detail"]) for line in mail["ledger"]] for mail in mails]


async def test_quiet_hours_hold_what_may_wait_until_morning_and_nothing_statutory(
    engine: AsyncEngine, clock: FixedClock, api: httpx.AsyncClient
) -> None:
    assert (await ask(api, **QUIET)).json()["quiet_hours"] == {"since": "21:00:00", "to": "07:00:00"}
    await tell(engine, clock, courtesies=1)
    assert [mail.message_id[1:5] for mail in await send(engine, clock)] == ["N-03"]
    clock.advance(MORNING - NIGHT - timedelta(seconds=1))
    assert await send(engine, clock) == []
    clock.advance(timedelta(seconds=1))
    assert [mail.message_id[1:5] for mail in await send(engine, clock)] == ["N-09"]
    assert await ledger(api) == [
        [("queued", None), ("held", "quiet-hours, until 2026-03-07 12:00 UTC"), ("sent", None)]
    ]


async def test_a_digest_tells_a_days_notices_in_one_mail_and_nothing_statutory(
    engine: AsyncEngine, clock: FixedClock, api: httpx.AsyncClient
) -> None:
    assert (await ask(api, **DAILY)).status_code == 200
    await tell(engine, clock)
    assert [mail.message_id[1:5] for mail in await send(engine, clock)] == ["N-03"]
    held = {row.held_for for row in await rows(engine, deliveries) if row.kind == "N-09" and row.channel == "email"}
    assert held == {"digest"}
    clock.advance(MORNING - NIGHT + timedelta(hours=1))
    (digest,) = await send(engine, clock)
    assert digest.subject == "3 notices"
    assert digest.text.count("Courtesy notice of liquidation: entry") == 3
    for lines in await ledger(api):
        assert [event for event, _ in lines] == ["queued", "held", "sent"]
        assert lines[-1][1] == f"in {digest.message_id}"
    assert {row.held_for for row in await rows(engine, deliveries)} == {None}


async def test_a_digest_that_comes_back_leads_each_of_its_notices_to_the_second_contact(
    engine: AsyncEngine, clock: FixedClock, api: httpx.AsyncClient
) -> None:
    await ask(api, second_email="second@importer.example", **DAILY)
    await tell(engine, clock)
    await send(engine, clock)
    clock.advance(MORNING - NIGHT + timedelta(hours=1))
    (digest,) = await send(engine, clock)
    report = (
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
        b"Reporting-MTA: dns; mail.example\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    bounces = Bounces(engine, clock, ADDRESSES)
    assert await bounces.take(digest.return_path or "", report)
    assert not await bounces.take(digest.return_path or "", report)
    again = await send(engine, clock)
    assert sorted(mail.message_id[1:5] for mail in again) == ["N-09"] * 3
    assert {mail.to for mail in again} == {"second@importer.example"}


async def test_one_notice_alone_is_no_digest(engine: AsyncEngine, clock: FixedClock, api: httpx.AsyncClient) -> None:
    await ask(api, **DAILY)
    await tell(engine, clock, courtesies=1)
    await send(engine, clock)
    clock.advance(MORNING - NIGHT + timedelta(hours=1))
    assert [mail.message_id[1:5] for mail in await send(engine, clock)] == ["N-09"]


async def test_a_domain_gets_no_more_in_a_minute_than_its_rate_and_all_that_is_statutory(
    engine: AsyncEngine, clock: FixedClock, api: httpx.AsyncClient
) -> None:
    await tell(engine, clock, courtesies=5)
    kinds = [[mail.message_id[1:5] for mail in await send(engine, clock, domain_per_minute=2)]]
    for _ in range(2):
        clock.advance(timedelta(minutes=1))
        kinds.append([mail.message_id[1:5] for mail in await send(engine, clock, domain_per_minute=2)])
    assert [sorted(each) for each in kinds] == [["N-03", "N-09", "N-09"], ["N-09", "N-09"], ["N-09"]]
    lines = sorted(detail or "" for each in await ledger(api) for event, detail in each if event == "held")
    assert lines == ["rate, until 2026-03-07 03:31 UTC"] * 2 + ["rate, until 2026-03-07 03:32 UTC"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"quiet_hours": {"since": "21:00", "to": "21:00"}},
        {"quiet_hours": {"since": "21:00Z", "to": "07:00"}},
        {"digest": "never"},
    ],
)
async def test_what_cannot_be_asked_for_is_refused(api: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    assert (await ask(api, **wrong)).status_code == 422
