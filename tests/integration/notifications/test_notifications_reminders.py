"""Reminders as notices: told once, while they are true, to whoever has not turned them off."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.store.deliveries import count_unreached
from services.notifications.store.tables import deliveries, notices
from shared.contracts.envelope import Event
from shared.customs.parties import Contact
from shared.db.transaction import reading
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
    request_issued,
    rows,
    sender_of,
)
from tests.support.parties import delegation, party, told
from tests.support.recorded import recorded

DUE = date(2025, 5, 25)
OWNER = Identity("pat", "Pat", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
DISTANCES = {30: 14, 14: 7, 7: 1, 1: -1}


def at(days_before: int) -> datetime:
    return datetime(2025, 5, 25, 15, tzinfo=UTC) - timedelta(days=days_before)


def near(days_before: int = 14, **changes: Any) -> Event[Any]:
    """What liquidation says at a distance, on the day of that distance."""
    told_on, overtaken_on = DUE - timedelta(days=days_before), DUE - timedelta(days=DISTANCES[days_before])
    given = {"days_before": days_before, "told_on": told_on, "overtaken_on": overtaken_on} | changes
    return recorded("liquidation/day-comes-near", time=f"{told_on}T15:00:00Z", **given)


def withdrawn(days_before: int = 7) -> Event[Any]:
    """What liquidation says so many days before, an hour after it judged what is near."""
    return recorded("liquidation/near-day-withdrawn", time=f"{DUE - timedelta(days=days_before)}T16:00:00Z")


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    engine = await service_engine("notifications")
    await apply(engine, [account_assigned(center=None)], at(40))
    return engine


@pytest.fixture
async def api(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(engine, tmp_path, OWNER, at(14)) as api:
        yield api


async def send(engine: AsyncEngine, now: datetime) -> list[Mail]:
    mailer = ScriptedMailer(lambda _: Outcome(Fate.SENT))
    await sender_of(engine, mailer, FixedClock(now)).run()
    return mailer.mails


async def states(engine: AsyncEngine) -> list[tuple[str, str | None]]:
    return sorted((row.state, row.last_error) for row in await rows(engine, deliveries) if row.kind == "N-45")


async def test_reminder_names_the_day_and_what_happens_and_is_mailed_once_whatever_is_repeated(
    engine: AsyncEngine, api: httpx.AsyncClient
) -> None:
    await apply(engine, [near(), near()], at(14))
    (mail,) = await send(engine, at(14))
    assert mail.subject == "Reminder of a day that comes near: entry B7670090011"
    text = mail.text
    assert "What comes near: reply to CBP 28 due" in text
    assert "The day (safe day): 2025-05-25" in text
    assert "When the day passes: CBP may decide on what it has" in text
    assert "changes no day and no right" in " ".join(text.split())
    await apply(engine, [near()], at(13))
    assert await send(engine, at(13)) == []
    (notice,) = (await api.get("/notices", params={"kind": "N-45"})).json()["items"]
    assert (notice["due_on"], notice["has_legal_effect"]) == ("2025-05-25", False)


async def test_reminder_is_told_in_spanish_where_that_was_asked_for(
    engine: AsyncEngine, api: httpx.AsyncClient
) -> None:
    assert (await api.put("/preferences", json={"recipient": IMPORTER, "language": "es"})).status_code == 200
    await apply(engine, [near()], at(14))
    (mail,) = await send(engine, at(14))
    assert "Recordatorio de un plazo cercano" in mail.subject
    assert "El día (día seguro): 2025-05-25" in mail.text


async def test_recipient_turns_reminders_off_and_still_gets_what_the_law_has_told(
    engine: AsyncEngine, api: httpx.AsyncClient
) -> None:
    asked = await api.put("/preferences", json={"recipient": IMPORTER, "reminders": False})
    assert asked.json()["reminders"] is False
    await apply(engine, [near(), request_issued()], at(14))
    assert [mail.message_id[1:5] for mail in await send(engine, at(14))] == ["N-03"]
    assert await states(engine) == [("withdrawn", "the recipient turned reminders off")]
    # Another address brings back what had none, and no reminder with it.
    await apply(engine, [account_assigned(sequence=2, center=None, contact_email="other@importer.example")], at(14))
    assert await send(engine, at(14)) == []
    assert not [row for row in await rows(engine, deliveries) if row.kind == "N-45" and row.channel == "mail"]


async def test_each_recipient_turns_them_off_for_itself(engine: AsyncEngine, api: httpx.AsyncClient) -> None:
    contact = Contact("all", "SYNTHETIC DESK", "desk@agent.example", None, None)
    await apply(engine, [told(party("agent:1001", 1, contact), delegation(scopes=["see"], from_on=date(2025, 1, 1)))])
    await api.put("/preferences", json={"recipient": IMPORTER, "reminders": False})
    await apply(engine, [near()], at(14))
    assert [mail.to for mail in await send(engine, at(14))] == ["desk@agent.example"]


async def test_after_a_long_pause_only_the_nearest_reminder_that_is_still_true_goes_out(engine: AsyncEngine) -> None:
    await apply(engine, [near(30), near(14), near(7), near(1)], at(1))
    (mail,) = await send(engine, at(1))
    assert "Days before it: 1" in mail.text
    overtaken = ("withdrawn", "a nearer reminder took its place, or the day has passed")
    assert await states(engine) == [("sent", None), overtaken, overtaken, overtaken]


async def test_reminder_that_waited_past_its_day_is_not_sent(engine: AsyncEngine) -> None:
    await apply(engine, [near(1)], at(1))
    assert await send(engine, at(-1)) == []


@pytest.mark.parametrize("is_first", [True, False])
async def test_day_that_moved_or_was_met_before_its_reminder_went_out_is_not_told(
    engine: AsyncEngine, is_first: bool
) -> None:
    batches = [[withdrawn()], [near(7)]] if is_first else [[near(7)], [withdrawn()]]
    for batch in batches:
        await apply(engine, batch, at(7))
    assert await send(engine, at(7)) == []
    assert await states(engine) == [("withdrawn", "the day moved, was met, or its clock has ended")]


async def test_what_is_not_told_any_more_is_no_notice_without_an_address(engine: AsyncEngine) -> None:
    await apply(engine, [near(30), near(7), withdrawn()], at(7))
    await send(engine, at(7))
    async with reading(engine) as connection:
        assert (await count_unreached(connection)).without_address == 0


@pytest.mark.parametrize("is_first", [True, False])
async def test_day_that_stands_again_is_reminded_of_until_it_is_withdrawn_again(
    engine: AsyncEngine, is_first: bool
) -> None:
    batches = [[near(14), withdrawn(13)], [near(7)]]
    for batch in batches if is_first else batches[::-1]:
        await apply(engine, batch, at(7))
    (mail,) = await send(engine, at(7))
    assert "Days before it: 7" in mail.text
    again = recorded("liquidation/near-day-withdrawn", id="again", time=f"{DUE - timedelta(days=1)}T16:00:00Z")
    await apply(engine, [again, near(1), withdrawn(13)] if is_first else [near(1), withdrawn(13), again], at(1))
    assert await send(engine, at(1)) == []


async def test_day_of_another_clock_and_the_moved_day_are_told(engine: AsyncEngine) -> None:
    moved = {"due_on": DUE + timedelta(days=20), "overtaken_on": DUE}
    await apply(engine, [withdrawn(), near(7, **moved), near(7, clock="another@liquidation.centerline")], at(7))
    assert len(await send(engine, at(7))) == 2


ORDERS = st.permutations([near(30), near(14), near(7), near(1), withdrawn(), near(14), near(7, clock="other")])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=ORDERS, cuts=st.sets(st.integers(1, 6)))
async def test_order_and_repeats_of_events_change_nothing(
    service_engine: MakeEngine, order: list[Event[Any]], cuts: set[int]
) -> None:
    engine = await service_engine("notifications")
    await apply(engine, [account_assigned(center=None)], at(40))
    begins = [0, *sorted(cuts), len(order)]
    for first, last in pairwise(begins):
        await apply(engine, order[first:last], at(7))
    mails = await send(engine, at(7))
    # Withdrawn a week before, and told again on the last day: whichever was heard of first.
    assert sorted(line for mail in mails for line in mail.text.splitlines() if line.startswith("Days before it")) == [
        "Days before it: 1",
        "Days before it: 7",
    ]
    found = {(row.subject.partition(" ")[0], row.cause_sequence) for row in await rows(engine, notices)}
    assert len([each for each in found if each[0] == "other"]) == 1
    assert len(found) == 5
