"""Who is told beside the importer: filers, sureties, agents, by their contacts and by what was delegated to them."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.recipients import PROCESS_OF_KIND
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import deliveries
from shared.contracts.envelope import Event
from shared.customs.parties import Contact
from shared.db.engine import create_engine
from shared.db.transaction import reading
from shared.mail.protocol import Fate, Outcome
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.together import together
from tests.integration.notifications.builders import (
    IMPORTER,
    NOW,
    MakeEngine,
    ScriptedMailer,
    account_assigned,
    apply,
    client_of,
    entry_changed,
    protest_filed,
    request_issued,
    rows,
    sender_of,
)
from tests.support.events import entry_number
from tests.support.invariants import find_violations
from tests.support.parties import delegation, party, told

DESK = Contact("all", "ENTRY DESK", "entries@broker.example")
PAYMENTS = Contact("payment", "PAYMENTS", "payments@broker.example")
PHONE = Contact("payment", "BY PHONE", None, "555-0100")
NUMBER = entry_number(700_001)
AGENT = party("agent:1001", 1, Contact("all", "AGENT DESK", "desk@agent.example"))


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


def liquidated(name: str | None = None) -> Event[Any]:
    return entry_changed(NUMBER, "liquidated", name=name)


async def mailed(engine: AsyncEngine, now: FixedClock | None = None) -> dict[str, set[str]]:
    """Send everything; gives the addresses by kind of notice."""
    mailer = ScriptedMailer(lambda mail: Outcome(Fate.SENT))
    await sender_of(engine, mailer, now or FixedClock(NOW)).run()
    violations = await find_violations(engine, INVARIANTS)
    assert not any(violations.values()), violations
    found: dict[str, set[str]] = {}
    for mail in mailer.mails:
        found.setdefault(mail.message_id[1:5], set()).add(mail.to)
    return found


async def states(engine: AsyncEngine) -> dict[str, tuple[str, str | None]]:
    """State and error of the courtesy notice by recipient."""
    return {
        row.recipient_role: (row.state, row.last_error) for row in await rows(engine, deliveries) if row.kind == "N-09"
    }


def test_every_kind_of_notice_has_a_process() -> None:
    assert PROCESS_OF_KIND.keys() == CATALOGUE.keys()


async def test_unknown_parties_change_nothing(engine: AsyncEngine) -> None:
    begun = await apply(engine, [account_assigned(center=None), liquidated()])
    assert {(item.data.recipient_role, item.data.recipient) for item in begun} == {("importer", None), ("public", None)}
    assert await mailed(engine) == {"N-09": {"trade@importer.example"}}


async def test_known_filer_is_told_at_its_contact_and_the_importer_as_ever(engine: AsyncEngine) -> None:
    begun = await apply(engine, [account_assigned(center=None), told(party("filer:B76", 1, DESK)), liquidated()])
    assert ("filer", "filer:B76") in {(item.data.recipient_role, item.data.recipient) for item in begun}
    assert await mailed(engine) == {"N-09": {"trade@importer.example", "entries@broker.example"}}


async def test_contact_of_the_process_is_asked_first_and_one_without_address_passed_over(engine: AsyncEngine) -> None:
    await apply(engine, [account_assigned(center=None), told(party("filer:B76", 1, DESK, PHONE, PAYMENTS))])
    await apply(engine, [liquidated("liquidated-with-increase")])
    found = await mailed(engine)
    assert found["N-34"] == {"trade@importer.example", "payments@broker.example"}
    assert found["N-09"] == {"trade@importer.example", "entries@broker.example"}


async def test_change_of_filer_leaves_the_importer_told(engine: AsyncEngine) -> None:
    closed = party("filer:B76", 2, DESK, closed_on=date(2026, 3, 1))
    await apply(engine, [account_assigned(center=None), told(closed), told(party("filer:XYZ", 1, PAYMENTS))])
    await apply(engine, [liquidated()])
    assert await mailed(engine) == {"N-09": {"trade@importer.example"}}
    assert (await states(engine))["filer:B76"] == ("no-address", "the party has been closed since 2026-03-01")


async def test_surety_is_told_of_what_it_may_see_but_no_demand_is_mailed(engine: AsyncEngine) -> None:
    surety = told(party("surety:036", 1, Contact("all", "BOND DESK", "bonds@surety.example")))
    acts = [
        entry_changed(NUMBER, "extended", sequence=1),
        entry_changed(NUMBER, "rescheduled", sequence=2),
        entry_changed(NUMBER, "surety-billed", sequence=3),
    ]
    await apply(engine, [account_assigned(center=None), surety, *acts])
    assert await mailed(engine) == {
        "N-10": {"trade@importer.example", "bonds@surety.example"},
        "N-14": {"trade@importer.example"},
        "N-36": {"trade@importer.example"},
    }


@pytest.mark.parametrize(
    ("scopes", "kinds"),
    [
        (["see"], {"N-03", "N-09", "N-16"}),
        (["all"], {"N-03", "N-09", "N-16"}),
        (["protest"], {"N-09", "N-16"}),
        (["respond"], {"N-03"}),
        (["refund"], set()),
        (["sign-bonds"], set()),
    ],
)
async def test_agent_is_told_of_what_was_delegated_to_it(
    engine: AsyncEngine, scopes: Sequence[str], kinds: set[str]
) -> None:
    await apply(engine, [account_assigned(center=None), told(AGENT, delegation(scopes=scopes))])
    await apply(engine, [liquidated(), request_issued(), protest_filed()])
    found = await mailed(engine)
    assert {kind for kind, addresses in found.items() if "desk@agent.example" in addresses} == kinds
    assert all("trade@importer.example" in addresses for addresses in found.values())


@pytest.mark.parametrize(
    ("days", "is_told"),
    [
        ({"from_on": date(2026, 3, 6)}, True),
        ({"from_on": date(2026, 3, 7)}, False),
        ({"to_on": date(2026, 3, 6)}, True),
        ({"to_on": date(2026, 3, 5)}, False),
    ],
)
async def test_first_and_last_day_of_a_delegation_are_told(
    engine: AsyncEngine, days: dict[str, date], is_told: bool
) -> None:
    await apply(engine, [account_assigned(center=None), told(AGENT, delegation(**days)), liquidated()])
    assert ("desk@agent.example" in (await mailed(engine))["N-09"]) is is_told


async def test_revoked_delegation_is_told_nothing_though_the_notice_was_on_its_way(engine: AsyncEngine) -> None:
    await apply(engine, [account_assigned(center=None), told(AGENT, delegation()), liquidated()])
    await apply(engine, [told(AGENT, delegation(version=2, revoked_on=date(2026, 3, 6)))])
    assert await mailed(engine) == {"N-09": {"trade@importer.example"}}
    assert (await states(engine))["agent:1001"] == ("no-address", "the importer revoked the delegation")


async def test_revocation_to_come_does_not_silence_yet(engine: AsyncEngine) -> None:
    planned = delegation(version=2, revoked_on=date(2026, 3, 7))
    await apply(engine, [account_assigned(center=None), told(AGENT, planned), liquidated()])
    assert "desk@agent.example" in (await mailed(engine))["N-09"]


async def test_delegation_of_another_importer_tells_nothing(engine: AsyncEngine) -> None:
    other = delegation(importer_number="08-345678900")
    await apply(engine, [account_assigned(center=None), told(AGENT, other), liquidated()])
    assert await mailed(engine) == {"N-09": {"trade@importer.example"}}


async def test_filer_that_also_holds_a_delegation_is_told_once(engine: AsyncEngine) -> None:
    both = told(party("filer:B76", 1, DESK), delegation(party_id="filer:B76"))
    await apply(engine, [account_assigned(center=None), both, liquidated()])
    assert [row.recipient_role for row in await rows(engine, deliveries) if row.kind == "N-09"] == [
        "filer:B76",
        "importer",
    ]


@pytest.mark.parametrize(("hours", "is_told"), [(23, True), (24, False)])
async def test_party_whose_events_were_overtaken_is_told_within_the_grace(
    engine: AsyncEngine, hours: int, is_told: bool
) -> None:
    await apply(engine, [account_assigned(center=None), liquidated()])
    clock = FixedClock(NOW)
    assert await mailed(engine, clock) == {"N-09": {"trade@importer.example"}}
    late = clock.advance(timedelta(hours=hours))
    begun = await apply(engine, [told(party("filer:B76", 1, DESK)), told(AGENT, delegation())], now=late)
    assert len(begun) == (2 if is_told else 0)
    again = await apply(engine, [told(party("filer:B76", 1, DESK)), told(AGENT, delegation())], now=late)
    assert list(again) == []
    expected = {"N-09": {"entries@broker.example", "desk@agent.example"}} if is_told else {}
    assert await mailed(engine, clock) == expected


async def test_address_that_becomes_known_brings_the_notice_back(engine: AsyncEngine) -> None:
    await apply(engine, [account_assigned(center=None), told(party("filer:B76", 1)), liquidated()])
    await mailed(engine)
    assert (await states(engine))["filer:B76"] == ("no-address", "the party names no e-mail address")
    (back,) = await apply(engine, [told(party("filer:B76", 2, DESK))])
    assert (back.data.state, back.data.recipient, back.data.sequence) == ("queued", "filer:B76", 3)
    assert await mailed(engine) == {"N-09": {"entries@broker.example"}}


async def test_importers_account_that_changes_wakes_no_party(engine: AsyncEngine) -> None:
    events = [account_assigned(center=None, contact_email=None), told(party("filer:B76", 1)), liquidated()]
    await apply(engine, events)
    await mailed(engine)
    woken = await apply(engine, [account_assigned(sequence=2, center=None)])
    assert [item.data.recipient_role for item in woken] == ["importer"]


async def test_notice_and_party_that_are_written_at_once_find_each_other(engine: AsyncEngine) -> None:
    filers = [f"F{position:02d}" for position in range(20)]
    numbers = [entry_number(710_000, filer) for filer in filers]
    await apply(engine, [account_assigned(center=None)])
    url = engine.url.render_as_string(hide_password=False)
    other = create_engine(url, application="tests", pool_size=1)
    for number, filer in zip(numbers, filers, strict=True):
        notice = entry_changed(number, "liquidated")
        await together(apply(engine, [notice]), apply(other, [told(party(f"filer:{filer}", 1, DESK))]))
    await other.dispose()
    recipients = [row.recipient_role for row in await rows(engine, deliveries) if row.kind == "N-09"]
    assert sorted(recipients) == sorted([*(f"filer:{filer}" for filer in filers), *["importer"] * 20])


async def test_outsiders_see_deliveries_to_themselves_and_not_whom_else_the_importer_lets_act(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    await apply(engine, [account_assigned(center=None), told(party("filer:B76", 1, DESK)), liquidated()])
    await apply(engine, [told(AGENT, delegation())])
    async with reading(engine) as connection:
        number = await connection.scalar(text("SELECT notice_id FROM notices WHERE kind = 'N-09'"))
    broker = Identity("bro", "Bro", frozenset({RoleName.BROKER}), filer_code="B76")
    holder = Identity("imp", "Imp", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
    seen = {}
    for who in (broker, holder):
        async with client_of(engine, tmp_path, who) as client:
            answer = (await client.get(f"/notices/{number}")).json()
        seen[who.subject] = [(each["recipient_role"], each["recipient"]) for each in answer["deliveries"]]
    assert seen == {
        "bro": [("filer", "filer:B76"), ("importer", None)],
        "imp": [("agent", "agent:1001"), ("filer", "filer:B76"), ("importer", None)],
    }
