"""Whatever the order, repetition and batching of upstream events, the work queue ends in the same tables and events."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.workqueue.domain.filing import WHOSE
from services.workqueue.handlers.handler import handle
from services.workqueue.store.invariants import INVARIANTS
from services.workqueue.store.tables import entries, filings, importers, items, protests
from services.workqueue.store.tables.entries import routed_versions
from services.workqueue.store.tables.items import item_events
from shared.contracts.envelope import Event
from shared.db.transaction import reading, transaction
from tests.integration.workqueue.events import (
    assigned,
    consultation,
    filing_routed,
    legal_act,
    protest_act,
    routed,
)
from tests.support.databases import emptied
from tests.support.events import entry_number
from tests.support.invariants import find_violations

TABLES = (entries, routed_versions, importers, protests, filings, items, item_events)
ENTRIES = [entry_number(9_000_001), entry_number(9_000_002)]
PROTESTS = ["2704-27-100001", "2704-27-100002"]
FILINGS = ["PD-000001", "PD-000002"]

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

entry = st.sampled_from(ENTRIES)
processes = st.sets(st.sampled_from(["ad-cvd", "quota", "entry-summary-review"])).map(sorted).map(tuple)


@st.composite
def stories(draw: st.DrawFn) -> list[Event[Any]]:
    """What upstream may say of two entries, their importer, their protests and filings.

    An entry's versions, moves and a filing's routings may contradict each other; no other sequence is said twice.
    """
    told: list[Event[Any]] = []
    for number in ENTRIES:
        versions = draw(
            st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(0, 3), processes), max_size=4)
        )
        for at, (version, move, hour, called_for) in enumerate(versions):
            center = draw(st.sampled_from(["CEE001", "CEE007"]))
            told.append(
                routed(
                    number,
                    version,
                    called_for,
                    move=move,
                    center=center,
                    lane=draw(st.sampled_from(["document-review", "enforcement"])) if called_for else "no-review",
                    consultations=[
                        consultation(asked)
                        for asked in draw(st.sets(st.sampled_from(["CEE001", "CEE003"])).map(sorted))
                        if move or asked != center
                    ],
                    id=f"routed-{number}-{at}",
                    time=f"2026-03-0{version + move}T0{hour}:00:00Z",
                )
            )
        dates = draw(st.lists(st.sampled_from(["2027-01-15", "2027-01-22", None]), max_size=3))
        for sequence, day in enumerate(dates, 1):
            schedule = {"change": "suspended"} if day is None else {"change": "scheduled", "scheduled_on": day}
            told.append(legal_act(number, sequence, **schedule))
        if draw(st.booleans()):
            told.append(legal_act(number, 7, "liquidated"))
            told.append(legal_act(number, 8, "reliquidated"))
    for number in draw(st.sets(st.sampled_from(PROTESTS))):
        named = draw(st.one_of(st.none(), entry))
        told.append(protest_act(number, named))
        # A denial may be voided, and the protest decided again, more than once.
        last = draw(st.sampled_from(["decided", "withdrawn"]))
        changes = draw(
            st.sampled_from(
                [
                    [],
                    [last],
                    ["decided", "reopened"],
                    ["decided", "reopened", last],
                    ["changed", "decided", "changed", "reopened", "decided", "reopened", "changed", last],
                ]
            )
        )
        for sequence, change in enumerate(changes, 2):
            told.append(
                protest_act(
                    number,
                    named,
                    sequence,
                    change,
                    decide_by=f"2029-02-{sequence:02}",
                    time=f"2027-03-{sequence:02}T12:00:00Z",
                )
            )
    for number in draw(st.sets(st.sampled_from(FILINGS))):
        sequences = draw(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), min_size=1, max_size=3))
        for at, (sequence, hour) in enumerate(sequences):
            told.append(
                filing_routed(
                    number,
                    sequence,
                    id=f"filed-{number}-{at}",
                    time=f"2026-03-0{sequence}T0{hour}:00:00Z",
                    received_at=f"2026-03-01T0{draw(st.integers(0, 2))}:00:00Z",
                    kind=draw(st.sampled_from(["prior-disclosure", "internal-advice"])) if sequence == 1 else "",
                    center=draw(st.sampled_from(["CEE001", "PNDING"])) if sequence == 1 else "CEE003",
                    entry_numbers=draw(st.sets(entry).map(sorted)),
                )
            )
    centers = draw(st.lists(st.sampled_from(["CEE003", "CEE005", None]), max_size=3))
    told += [assigned(sequence, center) for sequence, center in enumerate(centers, 1)]
    return told


@st.composite
def retold(draw: st.DrawFn) -> tuple[list[Event[Any]], list[list[Event[Any]]]]:
    """A story, and the same one shuffled, with repeats, cut into batches elsewhere."""
    story = draw(stories())
    repeats = draw(st.lists(st.sampled_from(story), max_size=5)) if story else []
    shuffled = draw(st.permutations([*story, *repeats]))
    batches, rest = [], list(shuffled)
    while rest:
        size = draw(st.integers(1, len(rest)))
        batches.append(rest[:size])
        rest = rest[size:]
    return story, batches


def contradicting(*decisions: tuple[str, tuple[str, ...]]) -> tuple[list[Event[Any]], list[list[Event[Any]]]]:
    """Decisions (event id, processes) for one version of one entry, filed in the same second; retold backwards."""
    story = [
        routed(ENTRIES[0], 1, called_for, id=event_id, time="2026-03-01T00:00:00Z")
        for event_id, called_for in decisions
    ]
    return story, [[event] for event in reversed(story)]


async def tell(engine: AsyncEngine, batches: Sequence[Sequence[Event[Any]]]) -> tuple[dict[str, list[Any]], set[str]]:
    """Apply batches to empty tables; gives the tables' contents and the ids of what was published.

    Lines that say whose a filing is from now on depend on what was known before, as acts of people do (decision 036):
    of filings neither these lines, nor the count of acts, nor the rank of other lines, nor their events are given.
    """
    await emptied(engine)
    published: set[str] = set()
    for batch in batches:
        async with transaction(engine) as tx:
            told = await handle(tx, batch)
            published |= {event.id for event in told if getattr(event.data, "filing_number", None) is None}
    async with reading(engine) as connection:
        contents: dict[str, list[Any]] = {
            table.name: list(await connection.execute(select(table).order_by(*table.primary_key.columns)))
            for table in TABLES
        }
    of_filings = {row.item_id for row in contents["items"] if row.kind == "filing"}
    contents["items"] = [
        row._asdict() | ({"acts": None} if row.item_id in of_filings else {}) for row in contents["items"]
    ]
    contents["item_events"] = [
        (row.item_id, row.change_key) if row.item_id in of_filings else tuple(row)
        for row in contents["item_events"]
        if row.item_id not in of_filings or not row.change_key.startswith(WHOSE)
    ]
    return contents, published


def reopened(*order: int) -> tuple[list[Event[Any]], list[list[Event[Any]]]]:
    """A protest that is denied, reopened and denied again, told by the sequences of its acts in this order."""
    acts = [
        protest_act(PROTESTS[0], None, at, change, time=f"2027-03-0{at}T12:00:00Z")
        for at, change in enumerate(["filed", "decided", "reopened", "decided"], 1)
    ]
    return acts, [[acts[at - 1]] for at in order]


async def test_any_order_repetition_and_batching_gives_the_same(service_engine: MakeEngine) -> None:
    engine = await service_engine("workqueue")

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(retold())
    @example(contradicting(("a-1", ("quota",)), ("b-1", ()), ("c-1", ("quota",))))
    @example(reopened(4, 3, 2, 1))
    @example(reopened(1, 4, 2, 3))
    @example(reopened(3, 1, 4, 2, 3))
    @example(contradicting(("same-start-1", ("quota",)), ("same-start-2", ()), ("same-start-3", ("quota",))))
    async def compare(case: tuple[list[Event[Any]], list[list[Event[Any]]]]) -> None:
        story, batches = case
        contents, published = await tell(engine, [[event] for event in story])
        again, published_again = await tell(engine, batches)
        assert again == contents
        assert published_again == published
        violations = await find_violations(engine, INVARIANTS)
        assert not any(violations.values())

    await run_inside(compare)


async def run_inside(compare: Callable[[], Any]) -> None:
    """Run hypothesis, which is synchronous, in a thread, and its examples in this loop, where the engine lives."""
    loop = asyncio.get_running_loop()
    inner = compare.hypothesis.inner_test  # type: ignore[attr-defined]

    def run_example(*args: Any, **kwargs: Any) -> None:
        asyncio.run_coroutine_threadsafe(inner(*args, **kwargs), loop).result()

    compare.hypothesis.inner_test = run_example  # type: ignore[attr-defined]
    await asyncio.to_thread(compare)
