"""In any order, repeated and cut into batches anyhow, parties and delegations end as their newest versions say."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import MetaData, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.domain.law import LAW
from services.liquidation.handlers.handler import LiquidationHandler
from services.notifications.handlers.handler import MailRules, NotificationsHandler
from services.workqueue.handlers.handler import handle as handle_work
from shared.bus.consumer import Handler
from shared.contracts.envelope import Event
from shared.customs.parties import Contact, Delegation, Party
from shared.db.transaction import reading, transaction
from shared.parties.store import (
    contacts_for,
    delegated_in_force,
    find_party,
    read_delegation,
    read_party,
)
from shared.parties.tables import party_tables
from shared.runtime.clock import FixedClock
from tests.support.databases import emptied
from tests.support.parties import AT, delegation, party, told

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

FIRST = date(2026, 3, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(8)]
PARTIES = ("filer:B76", "agent:1001", "counsel:2001")
IMPORTERS = ("07-345678900", "08-345678900")
SCOPES = ("see", "respond", "protest", "all")

HANDLERS: dict[str, Handler] = {
    "workqueue": handle_work,
    "liquidation": LiquidationHandler(LAW.cycle, LAW, FixedClock(AT)),
    "notifications": NotificationsHandler(
        FixedClock(AT), MailRules("centerline.example", timedelta(days=30), timedelta(hours=24), "http://queue")
    ),
}

a_day = st.sampled_from(DAYS)
maybe_a_day = st.none() | a_day


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Party], list[Delegation], list[Event[Any]]]:
    """Every version that there was of some parties and delegations, and the events that tell them.

    Each version is told once at least: by itself, or with a version of its party that may be an old one.
    """
    parties: list[Party] = []
    delegations: list[Delegation] = []
    events: list[Event[Any]] = []
    for number in draw(st.sets(st.sampled_from(PARTIES), min_size=1).map(sorted)):
        versions = [
            party(
                number,
                version,
                *draw(
                    st.lists(
                        st.builds(
                            Contact,
                            st.sampled_from(["all", "protest"]),
                            st.just(f"DESK {version}"),
                            st.none() | st.just(f"desk{version}@party.example"),
                            st.just("555-0100"),
                            maybe_a_day,
                        ),
                        max_size=2,
                    )
                ),
                closed_on=draw(st.none() | st.none() | a_day),
            )
            for version in range(1, draw(st.integers(1, 3)) + 1)
        ]
        parties += versions
        events += [told(version) for version in versions]
        for position in range(draw(st.integers(0, 3))):
            first = draw(a_day)
            granted = delegation(
                f"{number}-{position}",
                1,
                number,
                draw(st.sampled_from(IMPORTERS)),
                draw(st.sets(st.sampled_from(SCOPES), min_size=1).map(sorted)),
                from_on=first,
                to_on=draw(st.none() | st.dates(first, DAYS[-1])),
            )
            states = [granted]
            for revoked_on in draw(st.lists(a_day, max_size=2).map(lambda days: sorted(days, reverse=True))):
                states.append(
                    Delegation(
                        granted.delegation_id,
                        len(states) + 1,
                        number,
                        granted.importer_number,
                        granted.scopes,
                        first,
                        granted.to_on,
                        revoked_on,
                    )
                )
            delegations += states
            events += [told(draw(st.sampled_from(versions)), state) for state in states]
    return parties, delegations, events


@st.composite
def retold(draw: st.DrawFn) -> tuple[list[Party], list[Delegation], list[list[Event[Any]]]]:
    """A story shuffled, with repeats, cut into batches."""
    parties, delegations, events = draw(stories())
    repeats = draw(st.lists(st.sampled_from(events), max_size=5))
    rest = list(draw(st.permutations([*events, *repeats])))
    batches = []
    while rest:
        size = draw(st.integers(1, len(rest)))
        batches.append(rest[:size])
        rest = rest[size:]
    return parties, delegations, batches


def days_of(item: Delegation, holder: Party) -> set[date]:
    """The days on which a delegation has force, told day by day."""
    last = item.to_on or DAYS[-1]
    days = {day for day in DAYS if item.from_on <= day <= last}
    for end in (item.revoked_on, holder.closed_on):
        if end is not None:
            days -= {day for day in DAYS if day >= end}
    return days


@pytest.mark.parametrize("service", HANDLERS)
async def test_newest_versions_stand_whatever_the_order(service_engine: MakeEngine, service: str) -> None:
    engine = await service_engine(service)

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(retold())
    async def compare(case: tuple[list[Party], list[Delegation], list[list[Event[Any]]]]) -> None:
        parties, delegations, batches = case
        await tell(engine, HANDLERS[service], batches)
        newest = {each.party_id: each for each in sorted(parties, key=lambda each: each.version)}
        standing = {each.delegation_id: each for each in sorted(delegations, key=lambda each: each.version)}
        kept_parties, kept_delegations = await contents(engine)
        assert kept_parties == newest
        assert kept_delegations == standing
        async with reading(engine) as connection:
            for number, known in newest.items():
                assert await find_party(connection, number) == known
            found = await contacts_for(connection, PARTIES, "protest")
            assert found == {number: each for number, known in newest.items() if (each := expected_contact(known))}
            for day in (DAYS[0] - timedelta(days=1), *DAYS):
                expected: dict[str, set[str]] = {}
                for each in standing.values():
                    if day in days_of(each, newest[each.party_id]):
                        for scope in each.scopes:
                            expected.setdefault(scope, set()).add(each.importer_number)
                given = await delegated_in_force(connection, [*PARTIES, "agent:9999"], day)
                assert given == expected
                for importer in IMPORTERS:
                    of_one = await delegated_in_force(connection, PARTIES, day, importer_number=importer)
                    assert of_one == {scope: {importer} for scope, numbers in expected.items() if importer in numbers}

    await run_inside(compare)


def expected_contact(known: Party) -> Contact | None:
    """By sorting: contacts for protests first, then those for every process."""
    ordered = sorted(known.contacts, key=lambda contact: contact.process == "all")
    return ordered[0] if ordered else None


async def tell(engine: AsyncEngine, handler: Handler, batches: Sequence[Sequence[Event[Any]]]) -> None:
    await emptied(engine)
    for batch in batches:
        async with transaction(engine) as tx:
            assert list(await handler(tx, batch)) == []


async def contents(engine: AsyncEngine) -> tuple[dict[str, Party], dict[str, Delegation]]:
    tables = party_tables(MetaData())
    async with reading(engine) as connection:
        parties = [read_party(row) for row in (await connection.execute(select(tables.parties))).mappings()]
        delegations = [
            read_delegation(row) for row in (await connection.execute(select(tables.delegations))).mappings()
        ]
    return {each.party_id: each for each in parties}, {each.delegation_id: each for each in delegations}


async def run_inside(compare: Callable[[], Any]) -> None:
    """Run hypothesis, which is synchronous, in a thread, and its examples in this loop, where the engine lives."""
    loop = asyncio.get_running_loop()
    inner = compare.hypothesis.inner_test  # type: ignore[attr-defined]

    def run_example(*args: Any, **kwargs: Any) -> None:
        asyncio.run_coroutine_threadsafe(inner(*args, **kwargs), loop).result()

    compare.hypothesis.inner_test = run_example  # type: ignore[attr-defined]
    await asyncio.to_thread(compare)
