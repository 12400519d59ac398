"""Whom a broadcast is for: the one statement agrees with each recipient judged alone, on worlds drawn at random."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.domain.segments import Segment, bounds_of, document_of, segment_of
from services.notifications.store.audiences import (
    AccountFact,
    Trait,
    plan_recipients,
    write_account_facts,
    write_traits,
)
from services.notifications.store.importers import Importer, write_importers
from services.notifications.store.subscriptions import write_subscription
from services.notifications.store.tables import broadcast_recipients
from shared.db.transaction import transaction
from tests.integration.notifications.builders import NOW, rows
from tests.unit.notifications.community import broadcast_of

ON = date(2026, 3, 6)
CENTERS = ("CEE005", "CEE007")
HEADINGS = ("847130", "850440", "870323")
COUNTRIES = ("CN", "MX")


@dataclass
class Account:
    """An importer as a world has it; None is not known."""

    number: str
    email: str | None
    center: str | None
    is_known: bool
    programs: tuple[str, ...] | None
    size: str | None
    headings: set[str] = field(default_factory=set)
    old_headings: set[str] = field(default_factory=set)
    is_partly: bool = False
    countries: set[str] = field(default_factory=set)
    is_on: bool | None = None


def draw(random: Random, serial: int) -> Account:
    goods = {each for each in HEADINGS if random.random() < 0.4}
    return Account(
        number=f"20-{serial:07}00",
        email=random.choice([f"a@i{serial}.example", None, "not an address"]),
        center=random.choice([*CENTERS, None]),
        is_known=random.random() < 0.8,
        programs=random.choice([None, (), ("CTPAT",), ("CTPAT", "FAST")]),
        size=random.choice([None, "small", "large"]),
        headings=goods,
        old_headings={each for each in HEADINGS if each not in goods and random.random() < 0.2},
        is_partly=bool(goods) and random.random() < 0.3,
        countries={each for each in COUNTRIES if random.random() < 0.4},
        is_on=random.choice([None, None, True, False]),
    )


def draw_segment(random: Random) -> Segment:
    def some(*values: str) -> tuple[Any, ...]:
        return tuple(value for value in values if random.random() < 0.3)

    return Segment(
        ("importer",), some("84-85", "8703", "850440"), some("CTPAT", "FAST"), some("small"), some("CN", "TW")
    )


def judge(account: Account, segment: Segment) -> str | None:
    """By words, one account: its standing, None when it is out."""
    known: list[bool | None] = [account.center == "CEE007" if account.is_known else None]
    if segment.tariff:
        hit = any(first <= each <= last for each in account.headings for first, last in map(bounds_of, segment.tariff))
        known.append(True if hit else None if not account.headings or account.is_partly else False)
    if segment.programs:
        programs = account.programs if account.is_known else None
        known.append(None if programs is None else bool(set(programs) & set(segment.programs)))
    if segment.sizes:
        size = account.size if account.is_known else None
        known.append(None if size is None else size in segment.sizes)
    if segment.countries:
        known.append(bool(account.countries & set(segment.countries)) if account.countries else None)
    is_in = False if False in known else None if None in known else True
    reached = "reached" if account.email is not None and "@" in account.email else "no-address"
    if is_in:
        return "unsubscribed" if account.is_on is False else reached
    if account.is_on:
        return reached
    return "unknown" if is_in is None else None


async def test_the_statement_judges_everybody_as_each_is_judged_alone(
    service_engine: Callable[[str], Awaitable[AsyncEngine]],
) -> None:
    random = Random(19)
    accounts = [draw(random, serial) for serial in range(150)]
    engine = await service_engine("notifications")
    async with transaction(engine) as tx:
        await write_importers(tx, [Importer(each.number, "SYNTHETIC", each.email, 1) for each in accounts])
        facts = [
            AccountFact(each.number, 1, each.center, date(2025, 1, 1), each.programs, each.size)
            for each in accounts
            if each.is_known
        ]
        later = [
            AccountFact(each.number, 2, "CEE001", date(2027, 1, 1), (), None) for each in accounts if each.is_known
        ]
        await write_account_facts(tx, [*facts, *later])
        shown = [(Trait(each.number, "heading", value), ON) for each in accounts for value in each.headings]
        shown += [
            (Trait(each.number, "heading", value), date(2025, 2, 1)) for each in accounts for value in each.old_headings
        ]
        shown += [(Trait(each.number, "country", value), ON) for each in accounts for value in each.countries]
        shown += [(Trait(each.number, "heading-partly", ""), ON) for each in accounts if each.is_partly]
        await write_traits(tx, shown)
        for each in accounts:
            if each.is_on is not None:
                await write_subscription(
                    tx, each.number, "broadcasts", "CEE007", is_on=each.is_on, way="api", by="pat", now=NOW
                )
    for number in range(25):
        segment = draw_segment(random)
        assert segment_of(document_of(segment)) == segment
        broadcast = broadcast_of(segment=segment)
        async with transaction(engine) as tx:
            await tx.connection.execute(text("DELETE FROM broadcast_recipients"))
            await plan_recipients(tx, broadcast, ON)
        found = {row.recipient: row.standing for row in await rows(engine, broadcast_recipients)}
        expected = {each.number: judge(each, segment) for each in accounts}
        assert found == {name: standing for name, standing in expected.items() if standing is not None}, (
            number,
            segment,
        )
        assert all(row.broadcast_id == UUID(int=7) for row in await rows(engine, broadcast_recipients))
