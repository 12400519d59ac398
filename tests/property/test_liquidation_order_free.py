"""Liquidation ends in the same record, and publishes the same events, whatever the order, repeats and batches."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from shared.contracts import lean
from shared.contracts.envelope import Event
from shared.contracts.registry import TOPICS
from tests.integration.liquidation.builders import (
    apply,
    assigned,
    cycle,
    digest,
    post_entry,
    published,
    review_decided,
    routed,
)
from tests.support.events import decoded, entry_body, entry_number, line, released_body
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

CASE = [{"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "10.00"}]
TYPES = ("01", "03", "06", "11", "21", "23")
REFUSED = TOPICS["event-refused"].event_type
RECORDED_AT = datetime(2026, 3, 24, 15, tzinfo=UTC)  # what is posted has the day on which it is recorded


def of_one_entry(serial: int) -> list[Event[Any]]:
    """Everything that can come on one entry: corrections, a wrong importer, releases, routing, decisions, a protest."""
    number, kind = entry_number(7_000_000 + serial), TYPES[serial % len(TYPES)]
    paid_on = None if serial % 2 else "2026-03-12"

    def body(version: int, **changes: Any) -> dict[str, Any]:
        return entry_body(number, version=version, entry_type=kind, paid_on=paid_on, **changes)

    def correction(version: int, **changes: Any) -> Event[Any]:
        data = body(version, reasons=["H06"], **changes)
        return decoded("entry-corrected", data, id=f"{number}-v{version}", time=f"2026-03-1{version}T10:00:00Z")

    def release(day: int) -> Event[Any]:
        data = released_body(number, f"2026-03-0{day}T09:00:00Z")
        return decoded("entry-released", data, id=f"{number}-released-{day}")

    return [
        decoded("entry-filed", body(1), id=f"{number}-v1"),
        correction(2, lines=[line(value_usd=2000 + serial)]),
        correction(3, lines=[line(cases=CASE if serial % 3 == 0 else [])]),
        correction(4, importer_number="12-345678900"),
        release(3),
        release(4),
        routed(number, 1, "CEE007", id=f"{number}-routed-1"),
        routed(number, 2, "CEE003", id=f"{number}-routed-2"),
        review_decided(number, "increase", "10.00", decision_id=f"{number}-d1", decided_at="2026-03-21T15:00:00Z"),
        review_decided(number, "refund", "-4.00", decision_id=f"{number}-d2", decided_at="2026-03-20T15:00:00Z"),
        review_decided(number, "refund", "-1.00", decision_id=f"{number}-d3", item_id="item-2"),
        post_entry("protest", f"P-{number}", [number], received_at="2027-02-01T15:00:00Z"),
    ]


def contradictions(serial: int) -> list[Event[Any]]:
    """Three events that claim to be version 1 of one entry."""
    number = entry_number(8_000_000 + serial)
    return [
        decoded(
            "entry-filed",
            entry_body(number, lines=[line(value_usd=1000 + hour)]),
            id=f"{number}-{hour}",
            time=f"2026-03-02T{hour}:00:00Z",
        )
        for hour in (10, 11, 12)
    ]


async def run(engine: AsyncEngine, events: list[Event[Any]], random: Random | None) -> None:
    """In order and in one batch; or repeated, shuffled and cut into batches at random."""
    given_order = list(events)
    if random is not None:
        given_order += random.sample(given_order, len(given_order) // 3)
        random.shuffle(given_order)
    while given_order:
        size = len(given_order) if random is None else random.randint(1, 12)
        await apply(engine, given_order[:size], now=RECORDED_AT)
        del given_order[:size]


async def outbox_of(engine: AsyncEngine, contradicted: set[str]) -> dict[str, str | bytes]:
    """What was published by id. A contradicted version may have been announced before the earlier event came.

    Of what went back to a filer the code counts: the words are of what was known when it was told, once.
    """
    return {
        event.id: event.data.code if event.type == REFUSED else lean.encode(event)
        for event in await published(engine)
        if event.subject not in contradicted
    }


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), serials=st.sets(st.integers(0, 40), min_size=1, max_size=4))
async def test_any_order_repetition_and_batching_gives_the_same_record(
    service_engine: MakeEngine, seed: int, serials: set[int]
) -> None:
    events = [event for serial in sorted(serials) for event in of_one_entry(serial)]
    contradicting = [event for serial in sorted(serials) for event in contradictions(serial)]
    accounts = [assigned(1, "CEE007"), assigned(2, None), assigned(3, "CEE003")]
    clean, shuffled = await service_engine("liquidation"), await service_engine("liquidation")
    everything = [*events, *contradicting, *accounts]
    await run(clean, everything, None)
    await run(shuffled, everything, Random(seed))
    contradicted = {event.subject for event in contradicting}
    assert await digest(clean) == await digest(shuffled)
    assert await outbox_of(clean, contradicted) == await outbox_of(shuffled, contradicted)
    for friday in (date(2026, 3, 27), date(2027, 1, 15), date(2027, 3, 5)):
        assert (await cycle(clean, friday)).liquidated == (await cycle(shuffled, friday)).liquidated
    assert await digest(clean) == await digest(shuffled)
    for engine in (clean, shuffled):
        found = await find_violations(engine, RECORD_INVARIANTS)
        assert not any(found.values()), found
    await clean.dispose()
    await shuffled.dispose()
