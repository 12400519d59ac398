"""Criteria in force, hits, outcomes and unit values on a real database."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import orjson
from sqlalchemy import select as query
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.domain.criteria import Criterion, HowMuch, Where
from services.routing.domain.criteria_lifecycle import Revision
from services.routing.domain.outcomes import Performance, Week
from services.routing.domain.selection import Hit, Selection, first_criteria
from services.routing.store import criteria as store
from services.routing.store import outcomes
from services.routing.store import unit_values as unit_value_store
from services.routing.store.outcomes import Outcome, ReviewedShare
from services.routing.store.tables.criteria import criterion_hits
from services.routing.store.tables.decisions import routing_decisions
from services.routing.store.tables.outcomes import review_outcomes
from services.routing.store.unit_values import ComputedVersion, NewVersion
from shared.db import bulk
from shared.db.transaction import reading, transaction
from tests.support.events import FUTURE_WORD

Engine = Callable[[str], Awaitable[AsyncEngine]]

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 19, tzinfo=UTC)
CHEAP = Criterion(
    "cheap",
    1,
    "Cheap goods.",
    "owner",
    "document-review",
    ("quota",),
    "Look.",
    how_much=HowMuch(unit_value_below_pct=50),
)
PORT = replace(CHEAP, id="port", where=Where(ports=("2704",)), how_much=HowMuch())


async def decide(engine: AsyncEngine, number: str, *, version: int = 1, **changes: Any) -> None:
    """A decision as the event path writes it, as far as it matters here."""
    row = {
        "entry_number": number,
        "version": version,
        "importer_number": "07-345678900",
        "entry_date": DAY,
        "center": "CEE007",
        "basis": "tariff",
        "lane": "no-review",
        "decision": {"trusted_programs": []},
        "units": [],
        "content_digest": b"",
        "filed_at": NOW,
        "event_source": "urn:filer:B76",
        "event_id": number,
    } | changes
    async with transaction(engine) as tx:
        await tx.connection.execute(routing_decisions.insert(), [row])


async def hits_of(engine: AsyncEngine) -> set[tuple[Any, ...]]:
    async with reading(engine) as connection:
        return {tuple(row) for row in await connection.execute(query(criterion_hits))}


async def keep(engine: AsyncEngine, *revisions: Revision) -> None:
    async with transaction(engine) as tx:
        for revision in revisions:
            assert await store.write_revision(tx, revision)


async def timeline_of(engine: AsyncEngine) -> list[tuple[date, list[str], list[str], str]]:
    async with reading(engine) as connection:
        timeline = await store.load_timeline(connection, 0)
    shipped = {item.id for item in first_criteria(0).live}
    return [
        (
            day,
            [item.id for item in criteria.live if item.id not in shipped],
            [item.id for item in criteria.shadow],
            criteria.unit_values.version,
        )
        for day, criteria in timeline
    ]


async def test_new_database_selects_by_the_shipped_criteria_on_every_day(service_engine: Engine) -> None:
    engine = await service_engine("routing")
    async with reading(engine) as connection:
        timeline = await store.load_timeline(connection, 100)
    assert [(item.effective_on, item.value.version) for item in timeline] == [(date.min, first_criteria(100).version)]
    assert timeline[0].value.live == first_criteria(100).live


async def test_criteria_are_in_force_on_their_days_and_not_before(service_engine: Engine) -> None:
    engine = await service_engine("routing")
    on_trial = Revision(PORT, 6, "live", shadow_from=date(2026, 3, 3), live_from=date(2026, 4, 1))
    await keep(engine, on_trial, Revision(replace(PORT, id="draft"), 7))
    assert await timeline_of(engine) == [
        (date.min, [], [], "none"),
        (date(2026, 3, 3), [], ["port"], "none"),
        (date(2026, 4, 1), ["port"], [], "none"),
    ]


async def test_unit_values_are_used_from_their_day_by_criteria_that_ask(service_engine: Engine) -> None:
    engine = await service_engine("routing")
    for serial, value in enumerate([10, 20, 30, 40], start=1):
        await decide(
            engine, f"B760000000{serial}", units=[["6109100012", "DOZ", value, "2"], ["6109100012", "KG", 1, "8"]]
        )
    await decide(engine, "B7600000011", units=[["6109100012", "DOZ", 9999, "1"]], entry_date=date(2025, 3, 1))
    await decide(engine, "B7600000012", units=[["6109100012", "DOZ", 9999, "1"]])
    await decide(engine, "B7600000012", version=2, units=[["6109100012", "DOZ", 25, "2"]])
    async with transaction(engine) as tx:
        version = NewVersion(DAY, date(2026, 3, 10), 5)
        by: dict[str, Any] = {"computed_by": "kim", "acting_for": None, "now": NOW}
        assert await unit_value_store.compute(tx, version, date(2025, 3, 2), **by) == ComputedVersion(
            *version, medians=1, computed_by="kim", computed_at=NOW
        )
        assert await unit_value_store.compute(tx, version, date(2025, 3, 2), **by) is None
    await keep(engine, Revision(CHEAP, 6, "live", live_from=date(2026, 3, 3), retired_on=date(2026, 3, 20)))
    assert await timeline_of(engine) == [
        (date.min, [], [], "none"),
        (date(2026, 3, 3), ["cheap"], [], "none"),
        (date(2026, 3, 10), ["cheap"], [], "2026-03-02"),
        (date(2026, 3, 20), [], [], "none"),
    ]
    async with reading(engine) as connection:
        timeline = await store.load_timeline(connection, 0)
        (median,) = await unit_value_store.list_medians(connection, DAY, prefix="61", after=None, limit=10)
    assert timeline[2].value.unit_values.medians == {("6109100012", "DOZ"): Decimal("12.5")}
    assert (median.unit, median.sample_size) == ("DOZ", 5)


def selection(*hits: str, shadow: Sequence[str] = (), is_drawn: bool = False) -> Selection:
    return Selection(
        "document-review",
        (),
        (),
        tuple(Hit(name, 1) for name in hits),
        tuple(Hit(name, 1) for name in shadow),
        0,
        is_drawn,
    )


async def test_hits_of_a_version_that_is_decided_again_replace_the_old_ones(service_engine: Engine) -> None:
    engine = await service_engine("routing")
    both = store.hit_rows(selection("port", shadow=["cheap"], is_drawn=True), "B7603245278", 1, DAY)
    async with transaction(engine) as tx:
        await store.write_hits(tx, both, ())
        await store.write_hits(tx, store.hit_rows(selection("port"), "B7603245278", 2, DAY), ())
    assert {row[2:5] for row in await hits_of(engine) if row[1] == 1} == {
        ("port", 1, "live"),
        ("cheap", 1, "shadow"),
        ("random-floor", 0, "floor"),
    }
    async with transaction(engine) as tx:
        again = store.hit_rows(selection("cheap"), "B7603245278", 1, DAY)
        await store.write_hits(tx, again, {("B7603245278", 1)})
    assert {row[:5] for row in await hits_of(engine)} == {
        ("B7603245278", 1, "cheap", 1, "live"),
        ("B7603245278", 2, "port", 1, "live"),
    }


def outcome(identifier: str, number: str, result: str, cents: int = 0, process: str = "quota") -> Outcome:
    return Outcome(identifier, number, process, result, cents, NOW, {})


async def test_outcomes_are_the_same_in_any_order_and_repetition(service_engine: Engine) -> None:
    engine = await service_engine("routing")
    given = [
        outcome("d1", "B7603245278", "increase", 500),
        outcome("d1", "B7603245278", "refund", -500),
        outcome("d2", "B7603245286", "no-change"),
    ]
    seen = []
    for order in permutations([*given, given[0]]):
        async with transaction(engine) as tx:
            await bulk.execute(tx, "DELETE FROM review_outcomes")
            await outcomes.write(tx, order[:2])
            await outcomes.write(tx, order[2:])
        async with reading(engine) as connection:
            seen.append({tuple(row)[:6] for row in await connection.execute(query(review_outcomes))})
    assert seen[0] == {given[0][:6], given[2][:6]}
    assert all(rows == seen[0] for rows in seen)


async def test_performance_counts_entries_findings_and_money_of_the_processes_that_it_opened(
    service_engine: Engine,
) -> None:
    engine = await service_engine("routing")
    await keep(engine, Revision(PORT, 6, "live", live_from=date(2026, 1, 1)))
    numbers = [f"B76000000{serial:02d}" for serial in range(10)]
    for number in numbers:
        await decide(engine, number)
    async with transaction(engine) as tx:
        rows = [row for number in numbers[:4] for row in store.hit_rows(selection("port"), number, 1, DAY)]
        rows += store.hit_rows(selection("port"), numbers[0], 2, DAY)
        rows += store.hit_rows(selection("port"), numbers[5], 1, date(2026, 3, 9))
        rows += store.hit_rows(selection(shadow=["port"]), numbers[6], 1, DAY)
        rows += store.hit_rows(selection("port"), numbers[7], 1, date(2026, 5, 1))
        await store.write_hits(tx, rows, ())
        await outcomes.write(
            tx,
            [
                outcome("d0", numbers[0], "increase", 120_000),
                outcome("d1", numbers[1], "refund", -500),
                outcome("d2", numbers[2], "no-change"),
                outcome("d3", numbers[3], "refer"),
                outcome("d5", numbers[3], FUTURE_WORD),  # says nothing of whether the entry was as declared
                outcome("d4", numbers[2], "increase", 999, process="preference"),
                outcome("d6", numbers[6], "increase", 999),
            ],
        )
    async with reading(engine) as connection:
        measured = await outcomes.measure(connection, date(2026, 3, 1), date(2026, 3, 31), ["port", "unknown"])
    assert measured["unknown"] == Performance("unknown", 10)
    assert measured["port"] == Performance(
        "port",
        entries=10,
        hits=5,
        shadow_hits=1,
        reviewed=3,
        referred=1,
        findings=2,
        increase_cents=120_000,
        refund_cents=500,
        weeks=(Week(DAY, 4), Week(date(2026, 3, 9), 1)),
    )
    assert measured["port"].precision_basis_points == 6_666


async def test_what_was_found_although_the_criterion_was_wrong_is_not_its_finding(service_engine: Engine) -> None:
    engine = await service_engine("routing")
    await keep(engine, Revision(PORT, 6, "live", live_from=date(2026, 1, 1)))
    numbers = [f"B76000000{serial:02d}" for serial in range(3)]
    async with transaction(engine) as tx:
        await store.write_hits(
            tx, [row for number in numbers for row in store.hit_rows(selection("port"), number, 1, DAY)], ()
        )
        judged = [{"port": "right"}, {"port": "wrong", "another": "right"}, {}]
        decided = [outcome(f"d{at}", number, "increase", 100) for at, number in enumerate(numbers)]
        await outcomes.write(tx, [each._replace(judged=said) for each, said in zip(decided, judged, strict=True)])
    async with reading(engine) as connection:
        found = (await outcomes.measure(connection, DAY, DAY, ["port"]))["port"]
    assert (found.reviewed, found.findings, found.increase_cents) == (3, 2, 200)
    assert (found.found_right, found.found_wrong) == (1, 1)


async def test_every_decision_on_an_entry_drawn_at_random_tells_how_much_there_is_to_find(
    service_engine: Engine,
) -> None:
    engine = await service_engine("routing")
    await decide(engine, "B7603245278")
    async with transaction(engine) as tx:
        await store.write_hits(tx, store.hit_rows(selection(is_drawn=True), "B7603245278", 1, DAY), ())
        await outcomes.write(tx, [outcome("d1", "B7603245278", "reject", process="ad-cvd")])
    async with reading(engine) as connection:
        measured = await outcomes.measure(connection, DAY, DAY, ["random-floor"])
    assert (measured["random-floor"].hits, measured["random-floor"].findings) == (1, 1)


async def test_reviewed_shares_count_the_newest_version_of_trusted_accounts_and_of_others(
    service_engine: Engine,
) -> None:
    engine = await service_engine("routing")
    trusted = {"trusted_programs": ["CTPAT"]}
    await decide(engine, "B7600000001", decision=trusted)
    await decide(engine, "B7600000002", decision=trusted, lane="document-review")
    await decide(engine, "B7600000002", decision=trusted, version=2)
    await decide(engine, "B7600000003", decision={}, lane="enforcement")
    await decide(engine, "B7600000004", lane="document-review", entry_date=date(2026, 4, 1))
    async with reading(engine) as connection:
        shares = await outcomes.count_reviewed(connection, date(2026, 3, 1), date(2026, 4, 30))
    assert shares == [
        ReviewedShare("2026-03", False, 1, 1),
        ReviewedShare("2026-03", True, 2, 0),
        ReviewedShare("2026-04", False, 1, 1),
    ]


async def test_performance_of_a_criterion_uses_its_index(service_engine: Engine) -> None:
    engine = await service_engine("routing")
    async with transaction(engine) as tx:
        await bulk.execute(
            tx,
            "INSERT INTO criterion_hits SELECT 'B76' || lpad(n::text, 8, '0'), 1, 'c' || n % 500, 1, 'live',"
            " date '2026-01-01' + n % 90 FROM generate_series(1, 50000) AS n",
        )
        await bulk.execute(tx, "ANALYZE criterion_hits")
        plan = await bulk.fetch(
            tx,
            "EXPLAIN (FORMAT JSON) SELECT * FROM criterion_hits"
            " WHERE entry_date BETWEEN date '2026-01-01' AND date '2026-01-31' AND criterion_id = ANY($1::text[])",
            ["c7"],
        )
    assert "criterion_hits_criterion" in orjson.dumps(plan[0][0]).decode()
