"""Events in any order, repeated and cut into batches anyhow, leave the same notices and publish the same events."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.handlers.handler import issue_notices
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import deliveries, importers, notices
from services.notifications.store.tables.bulletin import bulletin_postings
from services.notifications.store.tables.core import heard
from services.notifications.store.tables.deliveries import delivery_events
from shared.contracts.envelope import Event
from shared.customs.parties import Contact
from shared.db.transaction import reading
from shared.mail.protocol import Fate, Outcome
from shared.runtime.clock import FixedClock
from tests.integration.notifications.builders import (
    NOW,
    MakeEngine,
    ScriptedMailer,
    account_assigned,
    apply,
    entry_changed,
    protest_act,
    protest_filed,
    request_issued,
    rows,
    sender_of,
    work_item_changed,
)
from tests.support.events import entry_number
from tests.support.invariants import find_violations
from tests.support.parties import delegation, party, told

TABLES = (importers, heard.parties, heard.delegations, notices, bulletin_postings, deliveries, delivery_events)
IMPORTERS = ("07-345678900", "08-345678900", "123-45-6789")


def parties() -> list[Event[Any]]:
    """The filer and the surety of the entries, and an agent and counsel for whom an importer speaks."""
    desk = Contact("all", "DESK", "desk@party.example")
    bills = Contact("payment", "BILLS", "bills@party.example")
    agent, counsel = party("agent:1001", 1, desk, bills), party("counsel:2001", 1, desk)
    return [
        told(party("filer:B76", 1)),
        told(party("filer:B76", 2, desk, bills)),
        told(party("surety:036", 1, desk)),
        told(agent, delegation("d-1", party_id="agent:1001", importer_number=IMPORTERS[0], scopes=["see"])),
        told(agent, delegation("d-2", party_id="agent:1001", importer_number=IMPORTERS[2], to_on=date(2026, 2, 1))),
        told(counsel, delegation("d-3", party_id="counsel:2001", importer_number=IMPORTERS[0], scopes=["protest"])),
    ]


def history() -> list[Event[Any]]:
    """What happens to a few importers and their entries."""
    events: list[Event[Any]] = [protest_filed(), request_issued(), request_issued("CBP-29"), work_item_changed()]
    events += parties()
    acts_on_protest = ("refuse-further-review", "deny", "void-denial", "allow-in-part")
    events += [protest_act(act, sequence) for sequence, act in enumerate(acts_on_protest, start=2)]
    for position, importer in enumerate(IMPORTERS):
        email = None if position == 1 else f"trade{position}@importer.example"
        events += [
            account_assigned(importer, 1, contact_email=None),
            account_assigned(importer, 2, contact_email=email),
        ]
        for serial in range(6):
            number = entry_number(800_000 + 10 * position + serial)
            acts = (
                "scheduled",
                "suspended",
                "suspension-lifted",
                "extended",
                "rescheduled",
                "liquidated",
                "reliquidated",
            )
            events += [
                entry_changed(number, change, sequence=sequence, importer_number=importer)
                for sequence, change in enumerate(acts[: serial + 2], start=1)
            ]
        number = entry_number(850_000 + position)
        bill = {"bill_number": "B01", "bill_due_on": "2026-04-05"}
        events += [
            entry_changed(number, name="liquidated-with-increase", sequence=1, importer_number=importer, **bill),
            entry_changed(number, "bill-overdue", sequence=2, importer_number=importer, **bill),
            entry_changed(number, "surety-billed", sequence=3, importer_number=importer, **bill),
            entry_changed(number, "liquidation-voided", sequence=4, importer_number=importer),
            entry_changed(
                number,
                name="refund-determined",
                sequence=5,
                importer_number=importer,
                refund_number="R01",
            ),
        ]
    return events


def batches(events: Sequence[Event[Any]], random: Random) -> list[list[Event[Any]]]:
    cuts = sorted(random.sample(range(1, len(events)), 5))
    return [list(events[start:end]) for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True)]


async def contents(engine: AsyncEngine) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: [tuple(row) for row in await rows(engine, table)] for table in TABLES}


async def run(engine: AsyncEngine, groups: Sequence[Sequence[Event[Any]]]) -> set[str]:
    return {item.id for group in groups for item in await apply(engine, group)}


@pytest.mark.parametrize("seed", range(5))
async def test_order_and_repetition_change_nothing(service_engine: MakeEngine, seed: int) -> None:
    random = Random(seed)
    events = history()
    clean, shaken = await service_engine("notifications"), await service_engine("notifications")
    expected = await run(clean, [events])
    shuffled = [*events, *random.sample(events, len(events) // 2)]
    random.shuffle(shuffled)
    assert await run(shaken, batches(shuffled, random)) == expected
    assert await contents(shaken) == await contents(clean)


@pytest.mark.parametrize("seed", range(5))
async def test_sending_in_between_ends_in_the_same_state_and_sends_each_notice_once(
    service_engine: MakeEngine, seed: int
) -> None:
    random = Random(seed)
    events = history()
    ends, letters = [], []
    for groups in ([events], batches(random.sample(events, len(events)), random)):
        engine = await service_engine("notifications")
        clock = FixedClock(NOW)
        mailer = ScriptedMailer(lambda mail: Outcome(Fate.SENT), batch=7)
        sender = sender_of(engine, mailer, clock)
        for group in groups:
            await apply(engine, group, now=clock.now())
            await sender.run()
            clock.advance(timedelta(minutes=1))
        await sender.run()
        assert len({mail.message_id for mail in mailer.mails}) == len(mailer.mails)
        found = await find_violations(engine, INVARIANTS)
        assert not any(found.values()), found
        states = [(row.notice_id, row.channel, row.state, row.sent_to) for row in await rows(engine, deliveries)]
        ends.append(
            (
                [state for state in states if state[1] != "mail"],
                sorted((mail.message_id, mail.to) for mail in mailer.mails),
            )
        )
        letters.append({state for state in states if state[1] == "mail"})
        async with reading(engine) as connection:
            ids = list(await connection.scalars(text("SELECT convert_from(value, 'UTF8')::jsonb->>'id' FROM outbox")))
        assert len(set(ids)) == len(ids)
    assert ends[0] == ends[1]
    assert letters[0] <= letters[1]  # a letter goes to whom no address is known at the time, and stands


@given(st.permutations(history()), st.integers(0, 100))
def test_notices_follow_from_events_alone(events: list[Event[Any]], cut: int) -> None:
    whole = issue_notices(events)
    parts = issue_notices(events[:cut]) | issue_notices(events[cut:]) | issue_notices(events[:cut])
    assert parts == whole == issue_notices(history())
