"""Payments of programs as notices: one for a payee and day, with the events that liquidation really publishes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts.reconciling import compare_day
from services.notifications.domain.reconciliation import RecordedAct
from services.notifications.handlers.handler import MailRules, NotificationsHandler
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import bulletin_postings, deliveries, notices
from shared.contracts.envelope import Event
from shared.customs.calendar import legal_date
from shared.db.transaction import reading, transaction
from shared.mail.protocol import Fate, Outcome
from shared.runtime.clock import FixedClock
from shared.runtime.invariants import check_all
from tests.integration.notifications.builders import (
    IMPORTER,
    MakeEngine,
    ScriptedMailer,
    account_assigned,
    apply,
    rows,
    sender_of,
)
from tests.support.recorded import recorded

POSTED_AT = datetime(2026, 9, 14, 17, tzinfo=UTC)
RULES = MailRules("centerline.example", timedelta(days=30), timedelta(hours=24), answers_at="http://queue")
LIFE = ("closed", "set-off-intended", "certified", "sent", "returned", "certified-again", "sent-again")


def of_payment(name: str) -> Event[Any]:
    return recorded(f"liquidation/payment-{name}")


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncIterator[AsyncEngine]:
    engine = await service_engine("notifications")
    await apply(engine, [account_assigned()])
    yield engine
    found = await check_all(lambda: reading(engine), INVARIANTS)
    assert not any(found.values()), found


async def kinds(engine: AsyncEngine) -> list[tuple[str, str | None]]:
    found = [each for each in await rows(engine, notices) if each.kind not in ("N-01", "N-13")]
    return sorted(((each.kind, each.variant) for each in found), key=str)


async def test_what_a_program_does_to_entries_is_posted_and_its_payee_gets_one_mail(engine: AsyncEngine) -> None:
    posted = [
        recorded("liquidation/liquidated-by-program", entry_number=number, id=number)
        for number in ("B7670100026", "B7670100034", "B7670100042")
    ]
    await apply(engine, [*posted, of_payment("closed")])
    assert await kinds(engine) == [("N-48", None)]
    assert len(await rows(engine, bulletin_postings)) == 3
    mailed = [each.kind for each in await rows(engine, deliveries) if each.channel == "email" and each.kind != "N-01"]
    assert mailed == ["N-48"]


async def test_a_refund_that_waits_is_told_with_its_payment_and_not_by_entry(engine: AsyncEngine) -> None:
    waiting = recorded("liquidation/liquidated-by-program-refund-waiting", importer_number=IMPORTER)
    await apply(engine, [waiting, of_payment("closed-waiting")])
    assert await kinds(engine) == [("N-48", "waiting")]
    (notice,) = [each for each in await rows(engine, notices) if each.kind == "N-48"]
    assert notice.body["missing"] == "ach-enrollment"
    assert notice.body["statement"] == f"/payments/{notice.subject}/statement.csv"


async def test_what_else_the_same_liquidations_changed_stands_beside_the_refund(engine: AsyncEngine) -> None:
    """The refund is of whole liquidations: who reads only what the program removed would not find the amount."""
    mixed = recorded("liquidation/payment-closed", payment="P000000009", id="mixed", other_usd="-200.00")
    await apply(engine, [of_payment("closed"), mixed])
    told = {each.subject: each.body.get("other_usd") for each in await rows(engine, notices) if each.kind == "N-48"}
    assert told == {"P000000009": "-200.00", of_payment("closed").data.payment: None}


async def test_the_life_of_a_payment_is_told_by_its_outer_steps(engine: AsyncEngine) -> None:
    for name in LIFE:
        await apply(engine, [of_payment(name)])
    assert await kinds(engine) == [
        ("N-43", None),
        ("N-44", "returned"),
        ("N-44", None),
        ("N-44", None),
        ("N-48", None),
    ]
    found = {each.kind: each for each in await rows(engine, notices) if each.variant is None}
    assert found["N-43"].due_on.isoformat() == "2026-10-14"
    assert found["N-43"].body["recorded"] == [["set_off", "B7670100018-B01: 1093.44"]]
    assert found["N-44"].body["remittance"].startswith("P000000001-0")


async def test_events_that_come_again_and_in_any_order_cause_each_notice_once(
    engine: AsyncEngine, service_engine: MakeEngine
) -> None:
    for name in (*LIFE, *LIFE):
        await apply(engine, [of_payment(name)])
    other = await service_engine("notifications")
    for name in reversed(LIFE):
        await apply(other, [of_payment(name)])
    await apply(other, [of_payment(name) for name in LIFE])
    expected = sorted(each.notice_id for each in await rows(engine, notices) if each.kind != "N-01")
    assert len(expected) == 5
    assert sorted(each.notice_id for each in await rows(other, notices)) == expected


async def test_a_batch_that_is_killed_leaves_nothing_and_tells_once_when_it_comes_again(engine: AsyncEngine) -> None:
    events = [of_payment("closed"), of_payment("sent")]
    with pytest.raises(RuntimeError, match="killed"):
        await _apply_and_be_killed(engine, events)
    assert await kinds(engine) == []
    await apply(engine, events)
    await apply(engine, events)
    assert await kinds(engine) == [("N-44", None), ("N-48", None)]
    mailer = ScriptedMailer(lambda _: Outcome(Fate.SENT))
    for _ in range(2):
        await sender_of(engine, mailer, FixedClock(POSTED_AT + timedelta(days=40))).run()
    told = [mail.message_id for mail in mailer.mails if mail.message_id.startswith("<N-4")]
    assert len(told) == len(set(told)) == 2


async def _apply_and_be_killed(engine: AsyncEngine, events: list[Event[Any]]) -> None:
    """All is written, and the process is gone before it commits."""
    async with transaction(engine) as tx:
        await NotificationsHandler(FixedClock(POSTED_AT), RULES)(tx, events)
        raise RuntimeError("killed")


async def test_a_declaration_is_told_to_its_importer_or_its_filer(engine: AsyncEngine) -> None:
    await apply(engine, [recorded("liquidation/declaration-of-an-importer")])
    await apply(engine, [recorded("liquidation/declaration-of-a-filer")])
    await apply(engine, [recorded("liquidation/declaration-of-an-importer")])
    assert await kinds(engine) == [("N-49", "payee-not-ready"), ("N-49", None)]
    by_variant = {each.variant: each for each in await rows(engine, notices) if each.kind == "N-49"}
    assert (by_variant[None].importer_number, by_variant[None].party_id) == (IMPORTER, None)
    assert by_variant[None].body["recorded"] == [["code", "no-heading: 1"]]
    assert by_variant["payee-not-ready"].party_id == "filer:B76"
    assert by_variant["payee-not-ready"].importer_number is None
    told = {(each.channel, each.recipient_role) for each in await rows(engine, deliveries) if each.kind == "N-49"}
    assert ("email", "importer") in told
    assert ("email", "filer:B76") in told


async def test_the_bulletin_lacks_no_courtesy_notice_of_what_a_program_did(engine: AsyncEngine) -> None:
    event = recorded("liquidation/liquidated-by-program")
    await apply(engine, [event])

    class Record:
        async def read(self, _: Any, /) -> AsyncIterator[list[RecordedAct]]:
            yield [RecordedAct(event.data.entry_number, event.data.sequence, event.data.change)]

    found = await compare_day(Record(), engine, legal_date(event.time))
    assert (found.acts, found.missing) == (1, 0)
