"""Invariants go through their tables in slices: nothing is passed over, and a slice costs the same in any table."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.environment import Environment
from cli.operations import check_invariants
from services.liquidation.store.invariants import INVARIANTS as OF_LIQUIDATION
from services.liquidation.store.walks import ENTRIES
from services.notifications.store.invariants import INVARIANTS as OF_NOTIFICATIONS
from services.routing.store.invariants import INVARIANTS as OF_ROUTING
from services.workqueue.store.invariants import INVARIANTS as OF_WORKQUEUE
from services.workqueue.store.walks import ENTRIES as ROUTED_ENTRIES
from shared.db import bulk, walks
from shared.db.transaction import Transaction, transaction
from shared.db.walks import Walk
from shared.runtime.clock import FixedClock
from shared.runtime.invariants import QueryInvariant, check_next
from shared.runtime.metrics import Metrics
from tests.integration.liquidation.builders import apply
from tests.support.events import decoded, entry_body, entry_number
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

NOW = datetime(2026, 11, 30, 17, tzinfo=UTC)
EACH = {
    "liquidation": OF_LIQUIDATION,
    "routing": OF_ROUTING,
    "workqueue": OF_WORKQUEUE,
    "notifications": OF_NOTIFICATIONS,
}
MEASURED = {"suspended-has-a-ground", "routed-processes-have-items", "consulted-centers-have-items"}
"""Those for which the server takes another way through empty tables: they are measured on full ones."""

STAY_SMALL = {"cycles", "assignment_policies", "activity_changes", "unsealed"}
"""Tables that have a row a week, or fewer, and what a job folds or seals every few seconds."""

_SUSPENDED = """
UPDATE entries SET liquidated_on = '2026-11-01', is_suspended = true, liquidation_kind = 'no-change'
WHERE entry_number = $1
"""
_BARE = """
INSERT INTO entries (entry_number, state, version, liquidated_on, liquidation_kind, effect_duty_cents,
    effect_fees_cents)
SELECT 'B76' || lpad(n::text, 8, '0'), 'liquidated', 1, DATE '2026-01-12', 'no-change', 0, 0
FROM generate_series($1::integer, $2::integer) AS n
"""
_GROUNDS = """
INSERT INTO suspensions (entry_number, ground, began_on, authority, is_filed)
SELECT entry_number, 'injunction', DATE '2026-01-01', 'court', false FROM entries WHERE right(entry_number, 1) = '0'
ON CONFLICT DO NOTHING
"""
_ROUTED = """
INSERT INTO entries (entry_number) SELECT 'B76' || lpad(n::text, 8, '0')
FROM generate_series($1::integer, $2::integer) AS n
"""
_ROUTED_VERSIONS = """
INSERT INTO routed_versions (entry_number, version, event_id, filed_at, importer_number, center, division, lane,
    processes, value_usd, consultations)
SELECT entry_number, 1, entry_number, '2026-01-12', '07-345678900', 'CEE007', 'partnership', 'document-review',
    '["entry-summary-review"]', 1000, '[{"center": "CEE003"}]'
FROM entries ON CONFLICT DO NOTHING
"""
_ITEMS = """
INSERT INTO items (item_id, kind, process, entry_number, importer_number, center, division, priority, opened_at, state,
    token, acts, asking_center, goods)
SELECT md5(kind || entry_number)::uuid, kind, 'entry-summary-review', entry_number, '07-345678900',
    CASE kind WHEN 'review' THEN 'CEE007' ELSE 'CEE003' END, 'partnership', 1, '2026-01-12', 'open', 0, 0,
    CASE kind WHEN 'review' THEN NULL ELSE 'CEE007' END, CASE kind WHEN 'review' THEN NULL ELSE '[]'::jsonb END
FROM entries CROSS JOIN (VALUES ('review'), ('consultation')) AS kinds(kind) ON CONFLICT DO NOTHING
"""
_HISTORY = """
INSERT INTO item_events (item_id, change_key, sequence, change, state, at, actor, actor_name, reasons)
SELECT item_id, 'routed', 1, 'routed', 'open', '2026-01-12', 'system', 'system', '[]' FROM items ON CONFLICT DO NOTHING
"""
_ACTS = """
INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule)
SELECT entry_number, 'liquidation', 1, 'liquidated', 'liquidated', liquidated_on, 'liquidation-date' FROM entries
WHERE entry_number NOT IN (SELECT entry_number FROM legal_events)
"""


def small(size: int) -> list[QueryInvariant]:
    """The invariants of entries, a few entries at a time."""
    walk = replace(ENTRIES, size=size)
    return [replace(each, walk=walk) for each in OF_LIQUIDATION if each.walk == ENTRIES]


def failures(metrics: Metrics, name: str) -> float | None:
    return metrics.registry.get_sample_value("centerline_invariant_failures", {"name": name})


async def file(engine: AsyncEngine) -> str:
    number = entry_number()
    await apply(engine, [decoded("entry-filed", entry_body(number))])
    return number


async def test_every_key_comes_round_and_a_violation_stays_told_until_it_is_mended(service_engine: MakeEngine) -> None:
    engine, clock, metrics = await service_engine("liquidation"), FixedClock(NOW), Metrics.create()
    numbers = sorted([await file(engine) for _ in range(7)])
    invariants, name = small(2), "not-liquidated-while-suspended"
    async with transaction(engine) as tx:
        await walks.hold_place(tx, invariants[0].walk or ENTRIES, NOW)  # whatever was recorded, was before
        await bulk.execute(tx, _SUSPENDED, numbers[4])  # by hand: no act is recorded
    found = []
    for _ in range(5):
        await check_next(engine, invariants, clock, metrics)
        found.append(failures(metrics, name))
    assert found == [0, 0, 1, 1, 1]  # two keys each time, the fifth in the third
    async with transaction(engine) as tx:
        await bulk.execute(tx, "UPDATE entries SET is_suspended = false WHERE entry_number = $1", numbers[4])
    await check_next(engine, invariants, clock, metrics)
    assert failures(metrics, name) == 0


async def test_finding_beyond_the_limit_of_a_check_is_not_taken_for_mended(service_engine: MakeEngine) -> None:
    engine, clock, metrics = await service_engine("liquidation"), FixedClock(NOW), Metrics.create()
    invariants, name = small(60), "not-liquidated-while-suspended"
    async with transaction(engine) as tx:
        await bulk.execute(tx, _BARE, 1, 120)
        await bulk.execute(tx, _ACTS)
        await bulk.execute(tx, "UPDATE entries SET is_suspended = true")
        await walks.hold_place(tx, replace(ENTRIES, size=60), NOW)
        numbers = [row["entry_number"] for row in await bulk.fetch(tx, "SELECT entry_number FROM entries")]
        await walks.write_findings(tx, name, [], [(number, number) for number in numbers], NOW)
    await check_next(engine, invariants, clock, metrics)
    assert failures(metrics, name) == 120


async def test_what_was_recorded_since_is_checked_at_once_wherever_its_turn_is(service_engine: MakeEngine) -> None:
    engine, clock, metrics = await service_engine("liquidation"), FixedClock(NOW), Metrics.create()
    invariants = small(3)
    async with transaction(engine) as tx:
        await bulk.execute(tx, _BARE, 1, 50)
        await bulk.execute(tx, _ACTS)
    async with transaction(engine) as tx:
        place = await walks.hold_place(tx, invariants[0].walk or ENTRIES, NOW)
        await walks.keep_place(tx, ENTRIES, place)
    for _ in range(3):
        await check_next(engine, invariants, clock, metrics)
    async with transaction(engine) as tx:
        # An act of this moment on an entry that is far from its turn.
        await bulk.execute(tx, "UPDATE entries SET is_suspended = true WHERE entry_number = 'B7600000050'")
        await bulk.execute(
            tx,
            "INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule)"
            " VALUES ('B7600000050', 'suspension:1', 2, 'suspended', 'liquidated', '2026-11-30', 'susp-grounds')",
        )
    await check_next(engine, invariants, clock, metrics)
    assert failures(metrics, "not-liquidated-while-suspended") == 1


async def test_what_a_transaction_records_late_is_not_passed_over(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    walk = replace(ENTRIES, size=10)
    async with transaction(engine) as tx:
        await bulk.execute(tx, _BARE, 1, 2)
        place = await walks.hold_place(tx, walk, NOW)
    act = (
        "INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule)"
        " VALUES ($1, 'x', 1, 'suspended', 'suspended', '2026-11-30', 'susp-grounds')"
    )
    async with transaction(engine) as late:
        await bulk.execute(late, act, "B7600000001")
        async with transaction(engine) as early:
            await bulk.execute(early, act, "B7600000002")
        async with transaction(engine) as tx:
            seen, place = await walks.take_changed(tx, walk, place)
        assert "B7600000001" not in seen  # it is not there yet
    async with transaction(engine) as tx:
        seen, place = await walks.take_changed(tx, walk, place)
        assert "B7600000001" in seen
        again, _ = await walks.take_changed(tx, walk, place)
    assert again == []


async def test_command_line_checks_also_where_nobody_said_that_this_is_development(
    service_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CENTERLINE_ENV")
    engine = await service_engine("workqueue")
    environment = Environment(
        bus="postgres",
        kafka_bootstrap="",
        database_url=engine.url.render_as_string(hide_password=False),
        bus_database_url="postgresql://unused",
        token_secret="s" * 32,
        host="127.0.0.1",
        ports={},
        data=tmp_path,
        server=None,
    )
    names = [*(each.name for each in OF_WORKQUEUE), "history-stands-as-sealed"]
    assert await check_invariants(environment, "workqueue") == {name: [] for name in names}


@pytest.mark.parametrize("service", EACH)
async def test_slices_that_come_round_find_what_the_whole_check_finds(service: str, service_engine: MakeEngine) -> None:
    engine, metrics = await service_engine(service), Metrics.create()
    await check_next(engine, EACH[service], FixedClock(NOW), metrics)
    whole = await find_violations(engine, EACH[service])
    assert {name: len(lines) for name, lines in whole.items()} == {
        each.name: failures(metrics, each.name) for each in EACH[service]
    }


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


async def explain(tx: Transaction, statement: str, *arguments: Any, options: str = "FORMAT JSON") -> dict[str, Any]:
    ((found,),) = await bulk.fetch(tx, f"EXPLAIN ({options}) {statement}", *arguments)
    plan: dict[str, Any] = found[0]["Plan"]
    return plan


def key_of(walk: Walk) -> str:
    return {"text": "B7600000001", "uuid": "00000000-0000-0000-0000-000000000001", "bigint": "1"}[walk.kind]


@pytest.mark.parametrize(
    ("service", "invariant"),
    [
        pytest.param(name, each, id=f"{name}-{each.name}")
        for name, found in EACH.items()
        for each in found
        if each.name not in MEASURED
    ],
)
async def test_invariant_finds_a_slice_by_indexes(
    service: str, invariant: QueryInvariant, service_engine: MakeEngine
) -> None:
    engine = await service_engine(service)
    async with transaction(engine) as tx:
        # Tables are empty here: the server reads one from end to end only where no index can find the rows.
        for way in ("seqscan", "hashjoin", "mergejoin"):
            await bulk.execute(tx, f"SET LOCAL enable_{way} = off")
        if invariant.walk is not None:
            plan = await explain(tx, invariant.slice_sql().replace(":keys", "$1"), [key_of(invariant.walk)])
        else:
            plan = await explain(tx, invariant.query)
    for node in nodes(plan):
        if "Scan" in node["Node Type"] and node.get("Relation Name", "small") not in STAY_SMALL | {"small"}:
            below = [each for each in nodes(node) if "Index Cond" in each]
            is_partial = invariant.walk is None and "Index Name" in node
            assert below or is_partial, (node["Relation Name"], node)


@pytest.mark.parametrize(
    ("service", "walk", "fill"),
    [
        ("liquidation", ENTRIES, (_BARE, _ACTS, _GROUNDS)),
        ("workqueue", ROUTED_ENTRIES, (_ROUTED, _ROUTED_VERSIONS, _ITEMS, _HISTORY)),
    ],
    ids=["liquidation", "workqueue"],
)
async def test_slice_of_old_data_costs_what_a_slice_of_young_data_costs(
    service: str, walk: Walk, fill: tuple[str, ...], service_engine: MakeEngine
) -> None:
    engine = await service_engine(service)
    keys = [f"B76{number:08d}" for number in range(100, 600)]
    cost: list[dict[str, int]] = []
    for first, last in ((1, 10_000), (10_001, 40_000)):
        async with transaction(engine) as tx:
            await bulk.execute(tx, fill[0], first, last)
            for each in fill[1:]:
                await bulk.execute(tx, each)
            await bulk.execute(tx, "ANALYZE")
        measured = {}
        async with transaction(engine) as tx:
            for invariant in EACH[service]:
                if invariant.walk == walk:
                    statement = invariant.slice_sql().replace(":keys", "$1")
                    plan = await explain(tx, statement, keys, options="ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON")
                    measured[invariant.name] = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        cost.append(measured)
    young, old = cost
    assert {name for name in young if old[name] > 1.5 * young[name] + 50} == set(), (young, old)
