"""Requests for a refund end in the same verdicts, and entries in the same record, whatever the order of events."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.program_enrolling import enrol_known
from services.liquidation.acts.program_judging import judge_again, judge_declared
from services.liquidation.api.program_models import templates
from services.liquidation.domain.law import LAW
from services.liquidation.store import programs as store
from services.liquidation.store.invariants.programs import PROGRAM_INVARIANTS
from services.liquidation.store.programs import Program, Revision
from services.liquidation.store.tables.programs import declared_entries, program_after_facts
from services.liquidation.store.tables.records import entries
from shared.contracts.envelope import Event
from shared.contracts.post_entry import FilingKind
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from tests.integration.liquidation.builders import apply, post_entry, rows
from tests.support.events import decoded, entry_body, entry_number, line, released_body
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
NOW = datetime(2026, 5, 4, 13, tzinfo=UTC)
ORDERS = 8


async def put_in_force(engine: AsyncEngine, definition: dict[str, Any]) -> None:
    """A program released by a stroke, for tests of what it judges."""
    code = definition["program"]
    async with transaction(engine) as tx:
        await store.write_program(tx, Program(code, None, 0, NOW, "kim"))
        revision = Revision(code, 1, 1, "confirmed", definition, "a test", NOW, "kim")
        await store.write_revision(tx, revision)
        await store.release_revision(tx, revision, NOW)


def events_of(number: str, place: int, draw: Random) -> list[Event[Any]]:
    """A summary with three corrections around the receipt, declarations by two people, and claims beside them."""

    def body(version: int, duty: str, hts: str = "99030124") -> dict[str, Any]:
        tariffs = [
            {"hts": "8471300100", "value_usd": 1000, "duty_usd": "0.00"},
            {"hts": hts, "value_usd": 0, "duty_usd": duty},
        ]
        days = {"entry_date": "2026-02-10", "import_date": "2026-02-09", "paid_on": "2026-02-20"}
        given = entry_body(number, version=version, lines=[line(tariffs=tariffs)], **days)
        return given if version == 1 else given | {"reasons": ["H06"]}

    def correction(version: int, duty: str, at: str, hts: str = "99030124") -> Event[Any]:
        return decoded("entry-corrected", body(version, duty, hts), id=f"{number}-{version}", time=at)

    def declaration(name: str, received: str, **changes: Any) -> Event[Any]:
        asked = {"program": "ieepa-2026", "certified": True}
        return post_entry(
            "refund-declaration", f"{name}-{place}", [number], received_at=received, body=asked, **changes
        )

    first = body(1, "100.00", draw.choice(("99030124", "99038815")))
    claims = [
        post_entry("reconciliation", f"R-{place}", [number]),
        post_entry("drawback-claim", f"B-{place}", [number]),
    ]
    return [
        decoded("entry-filed", first, id=f"{number}-1", time="2026-02-10T19:00:00Z"),
        decoded("entry-released", released_body(number, "2026-02-11T09:00:00Z"), id=f"{number}-r"),
        correction(2, "90.00", "2026-04-01T10:00:00Z", draw.choice(("99030124", "99038815"))),
        correction(3, "80.00", "2026-04-21T10:00:00Z"),
        correction(4, "70.00", "2026-04-28T10:00:00Z"),
        declaration("D", "2026-04-20T13:00:00Z"),
        declaration("E", "2026-04-22T13:00:00Z", filed_by={"role": "broker", "id": "B76", "name": "SYNTHETIC"}),
        declaration("F", "2026-04-19T20:00:00Z"),
        *draw.sample(claims, draw.randint(0, 1)),
    ]


async def test_any_order_of_events_gives_the_same_verdicts(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    await put_in_force(engine, templates()[0])
    for story in range(3):
        outcomes = set()
        for order in range(ORDERS):
            number, place = entry_number(), story * 1_000 + order
            events = events_of(number, place, Random(story))
            await apply_in_parts(engine, events, order)
            outcomes.add(await _outcome_of(engine, number))
        assert len(outcomes) == 1, (story, outcomes)
    clock = FixedClock(NOW)
    await judge_declared(engine, clock, LAW.cycle, LAW)
    # Nothing was left for the job: verdicts stand in the transaction of the fact.
    assert await judge_again(engine, clock, LAW.cycle, LAW) == 0
    found = await find_violations(engine, PROGRAM_INVARIANTS)
    assert not any(found.values()), found


@pytest.mark.parametrize("intake", ["automatic", "offered"])
async def test_any_order_of_events_gives_the_same_verdicts_of_what_a_program_takes_by_itself(
    service_engine: MakeEngine, intake: str
) -> None:
    engine = await service_engine("liquidation")
    model = templates()[0]
    locks = model["corrections"] | {"lock": intake == "offered"}
    await put_in_force(engine, model | {"intake": intake, "corrections": locks})
    clock = FixedClock(NOW)
    found = set()
    for story in range(3):
        outcomes = set()
        for order in range(ORDERS):
            number, place = entry_number(), story * 1_000 + order
            events = [each for each in events_of(number, place, Random(story)) if not is_declaration(each)]
            await apply_in_parts(engine, events, order)
            outcomes.add(await _outcome_of(engine, number))
        assert len(outcomes) == 1, (story, outcomes)
        found |= outcomes
    # Whoever is on a roll got there with the fact: nothing was left for the jobs.
    assert await enrol_known(engine, clock, LAW.cycle, LAW) == 0
    assert await judge_again(engine, clock, LAW.cycle, LAW) == 0
    assert {len(each[3:]) for each in found} == {1}
    wrong = await find_violations(engine, PROGRAM_INVARIANTS)
    assert not any(wrong.values()), wrong


async def test_any_order_of_events_after_the_posting_gives_the_same_facts_of_after(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    await put_in_force(engine, templates()[0])
    told: set[str] = set()
    for story in range(3):
        outcomes = set()
        for order in range(ORDERS):
            number, place = entry_number(), story * 1_000 + order
            filed, _, *later = events_of(number, place, Random(story + 2))
            before = [each for each in later if is_declaration(each)]
            await apply(engine, [filed], now=NOW)
            await apply(engine, before, now=NOW)
            async with transaction(engine) as tx:
                posted = text("UPDATE declared_entries SET state = 'posted' WHERE entry_number = :n AND state = 'due'")
                await tx.connection.execute(posted, {"n": number})
            claim = post_entry("drawback-claim", f"C-{place}", [number])
            await apply_in_parts(engine, [*(each for each in later if not is_declaration(each)), claim], order)
            facts = [each for each in await rows(engine, program_after_facts) if each.entry_number == number]
            standing = [(each.code, each.removed_cents, each.owed_cents) for each in facts if each.gone_at is None]
            outcomes.add((*sorted(standing), await _outcome_of(engine, number)))
            told |= {code for code, _, _ in standing}
        assert len(outcomes) == 1, (story, outcomes)
    assert "drawback-designated" in told


def is_declaration(event: Event[Any]) -> bool:
    return getattr(event.data, "kind", None) is FilingKind.REFUND_DECLARATION


async def apply_in_parts(engine: AsyncEngine, events: list[Event[Any]], order: int) -> None:
    """Events in an order of their own, in batches of drawn sizes."""
    Random(order).shuffle(events)
    while events:
        size = Random(order + len(events)).randint(1, 4)
        await apply(engine, events[:size], now=NOW)
        events = events[size:]


async def _outcome_of(engine: AsyncEngine, number: str) -> tuple[Any, ...]:
    declared = [each for each in await rows(engine, declared_entries) if each.entry_number == number]
    (entry,) = [each for each in await rows(engine, entries) if each.entry_number == number]
    return (
        entry.version,
        entry.duty_cents,
        entry.state,
        *sorted(
            (
                each.declaration_id[0],
                each.state,
                each.code,
                each.cohort,
                each.removed_cents,
                tuple(each.notes),
                str(each.locked_from),
                (each.earlier or "-")[0],
            )
            for each in declared
        ),
    )
