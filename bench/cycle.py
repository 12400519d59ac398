"""The weekly cycle over due entries beside its floor; forecast, radar and preview over many entries by their indexes.

The floor updates as many entries and inserts as many outbox rows of the same length, one bare statement each, on a
database of its own: what a cycle that records and publishes nothing else could not go below.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycles import cycle_day, run_cycle
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store import cycles, radar
from services.liquidation.store import hold_sets as holds
from shared.db import bulk
from shared.db.transaction import Transaction, transaction
from shared.runtime.access import EVERYTHING

FRIDAY = date(2027, 1, 15)
TODAY = date(2027, 1, 12)
_RAN_AT = datetime(2027, 1, 15, 18, tzinfo=UTC)
_CHUNK = 250_000

_COLUMNS = """
    entry_number, state, version, governed_at, importer_number, entry_type, surety_code, port_of_entry, entry_date,
    paid_on, duty_cents, fees_cents, released_at, port_of_release, release_kind, center, division, lane,
    routed_version, routed_at, routed_by_event, rule, why, is_suspended, scheduled_on, deemed_on, deemed_rule,
    liquidated_on
"""
_DUE = f"""
INSERT INTO entries ({_COLUMNS})
SELECT 'B76' || lpad(n::text, 8, '0'), 'scheduled', 1, '2026-03-02T10:00:00Z', '07-345678900', '01', '036', '2704',
    '2026-03-02', '2026-03-12', 2500, 3358, '2026-03-02T20:00:00Z', '2704', 'conditional', 'CEE007',
    'validation-and-compliance', 'no-review', 1, '2026-03-02T10:00:00Z', md5(n::text), 'liq-cycle-314',
    'entry date 2026-03-02, 314 days, Friday after', false, '2027-01-15', '2027-03-02', 'liq-1yr-entry', NULL
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
"""
_ACTS = """
INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule)
SELECT 'B76' || lpad(n::text, 8, '0'), 'version:1', 1000, 'scheduled', 'scheduled', '2026-03-02', 'liq-cycle-314'
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
"""
# One entry in fifty has a decision that changes its duty, half of them a refund; another one in fifty carries the duty
# that a hold set names, and stays.
_CHANGED = """
INSERT INTO entry_versions (entry_number, version, importer_number, entry_type, surety_code, port_of_entry, entry_date,
    paid_on, duty_cents, fees_cents, content_digest, filed_at, event_source, event_id, is_announced, body)
SELECT entry_number, 1, importer_number, entry_type, surety_code, port_of_entry, entry_date, paid_on, duty_cents,
    fees_cents, gen_random_uuid(), governed_at, 'urn:filer:B76', entry_number, true,
    '{"lines": [{"line_number": 1, "tariffs": [{"hts": "8471300100", "value_usd": 1000, "duty_usd": "25.00"}],
        "fees": [{"class_code": "499", "amount_usd": "33.58"}]}]}'
FROM entries WHERE right(entry_number, 2) IN ('25', '75')
"""
_CHANGES = """
INSERT INTO review_decisions (decision_id, entry_number, item_id, process, outcome, duty_cents, fees_cents,
    decided_at, event_at, event_source, event_id, status, body)
SELECT 'd-' || entry_number, entry_number, 'item', 'entry-summary-review',
    CASE right(entry_number, 2) WHEN '25' THEN 'increase' ELSE 'refund' END,
    CASE right(entry_number, 2) WHEN '25' THEN 10000 ELSE -2400 END, 0, entry_date, entry_date,
    'urn:centerline:workqueue', entry_number, 'applied', '{}'
FROM entries WHERE right(entry_number, 2) IN ('25', '75')
"""
_CARRY = """
INSERT INTO entry_lines (entry_number, version, line_number, hts, case_number, origin)
SELECT entry_number, 1, 1, hts, '', 'CN' FROM entries
CROSS JOIN LATERAL (
    SELECT '8471300100' UNION ALL SELECT '99038815' WHERE right(entry_number, 2) IN ('10', '60')
) AS tariff (hts)
"""
_HOLD = """
INSERT INTO hold_sets (hold_set_id, revision, name, predicate, reason, state, made_at, made_by, applied_at)
VALUES ('hold-1', 2, 'one duty', '{"duty_heading": "99038815"}', 'Its refund is pending.', 'applied', '2026-12-01',
    'bench', '2026-12-01')
"""
# A year of entries up to today, in the order in which they came; those past their schedule are liquidated, 3 of 100
# suspended, 8 of 100 in a review lane.
_YEAR = f"""
INSERT INTO entries ({_COLUMNS})
SELECT number, CASE WHEN is_suspended THEN 'suspended' WHEN scheduled < CAST(:today AS date) THEN 'liquidated'
        ELSE 'scheduled' END, 1, entered, n % 30000 || '-345678900',
    CASE WHEN is_suspended THEN '03' ELSE '01' END, '036',
    lpad((n % 300)::text, 4, '0'), entered, entered + 10, 2500, 3358, entered, '2704', 'conditional',
    'CEE00' || n % 10, 'validation-and-compliance', lane, 1, entered, md5(n::text), 'liq-cycle-314',
    'entry date, 314 days, Friday after', is_suspended, CASE WHEN NOT is_suspended THEN scheduled END,
    CASE WHEN NOT is_suspended THEN (entered + interval '1 year')::date END, 'liq-1yr-entry',
    CASE WHEN scheduled < CAST(:today AS date) AND NOT is_suspended THEN scheduled END
FROM (
    SELECT n, number, entered, is_suspended, lane,
        entered + 314 + (12 - extract(isodow FROM entered + 314)::integer) % 7 AS scheduled
    FROM (
        SELECT n, 'B76' || lpad(n::text, 8, '0') AS number,
            n % 33 = 0 AS is_suspended,
            CAST(:today AS date) - 365 + (n::bigint * 365 / CAST(:entries AS integer))::integer AS entered,
            CASE WHEN n % 100 < 7 THEN 'document-review' WHEN n % 100 = 7 THEN 'enforcement'
                ELSE 'no-review' END AS lane
        FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
    ) numbered
) dated
"""
_LINES = """
INSERT INTO entry_lines (entry_number, version, line_number, hts, case_number, origin)
SELECT 'B76' || lpad(n::text, 8, '0'), 1, 1, hts, '', CASE WHEN n % 3 = 0 THEN 'CN' ELSE 'VN' END
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
CROSS JOIN LATERAL (
    SELECT (1000000000 + (n::bigint * 7919 % 8999) * 1000000)::text
    UNION ALL SELECT '99038815' WHERE n % 5 < 2
) AS tariff (hts)
"""
_DECISIONS = """
INSERT INTO review_decisions (decision_id, entry_number, item_id, process, outcome, duty_cents, fees_cents,
    decided_at, event_at, event_source, event_id, status, body)
SELECT 'd-' || entry_number, entry_number, 'item', 'entry-summary-review', 'no-change', 0, 0, entry_date, entry_date,
    'urn:centerline:workqueue', entry_number, 'applied', '{}'
FROM entries WHERE lane <> 'no-review' AND liquidated_on IS NULL AND right(entry_number, 1) < '4'
"""


@dataclass(frozen=True, slots=True)
class CycleMeasured:
    """Due entries, how many were held and how many changed by decision, the seconds of the cycle and of the floor."""

    entries: int
    held: int
    changed: int
    seconds: float
    floor_seconds: float

    @property
    def times_the_floor(self) -> float:
        """How many times as long as the floor the cycle took; the aim is 3 at most."""
        return self.seconds / self.floor_seconds


async def measure_cycle(engine: AsyncEngine, floor_engine: AsyncEngine, entries: int) -> CycleMeasured:
    """Run the cycle of a Friday on which all are due, and the floor on another database with the same rows."""
    for each in (engine, floor_engine):
        await _fill(each, entries, (_DUE, _ACTS))
    async with transaction(engine) as tx:
        for statement in (_CHANGED, _CHANGES, _CARRY, _HOLD):
            await bulk.execute(tx, statement)
    await _settle(engine)
    began = time.perf_counter()
    async with transaction(engine) as tx:
        figures = await run_cycle(tx, _RAN_AT, FRIDAY, "bench", needs_cut_sheet=False, policy=POLICY)
    seconds = time.perf_counter() - began
    async with transaction(engine) as tx:
        length = int(await tx.connection.scalar(text("SELECT avg(length(value)) FROM outbox")) or 0)
        held = int(await tx.connection.scalar(text("SELECT count(*) FROM held_entries")) or 0)
        changed = int(await tx.connection.scalar(text("SELECT count(*) FROM assessments")) or 0)
    assert figures.liquidated + held == entries
    assert changed == figures.with_decision
    return CycleMeasured(entries, held, changed, seconds, await _measure_floor(floor_engine, length))


async def measure_questions(engine: AsyncEngine, entries: int) -> dict[str, float]:
    """Seconds of a forecast, a radar count, a radar page and previews over a year of entries, the best of three."""
    await _fill(engine, entries, (_YEAR, _LINES))
    async with transaction(engine) as tx:
        await tx.connection.execute(text(_DECISIONS))
    await _settle(engine)

    async def forecast(tx: Transaction) -> object:
        return await cycles.forecast(tx, cycle_day(FRIDAY, TODAY))

    async def count(tx: Transaction) -> object:
        return await radar.count_radar(tx, TODAY, [], EVERYTHING)

    async def list_page(tx: Transaction) -> object:
        return await radar.list_radar(
            tx, TODAY, [], EVERYTHING, horizon="60", cause="review-open", after=None, limit=51
        )

    def preview(predicate: EntryPredicate) -> Callable[[Transaction], Awaitable[object]]:
        return lambda tx: holds.preview(tx, predicate, TODAY, FRIDAY)

    return {
        "forecast": await _best(engine, forecast),
        "radar": await _best(engine, count),
        "radar page": await _best(engine, list_page),
        "preview of a tariff number": await _best(engine, preview(EntryPredicate(tariff_prefix="84710"))),
        "preview of an importer": await _best(engine, preview(EntryPredicate(importer_number="4711-345678900"))),
        "preview of a duty on 2 of 5": await _best(engine, preview(EntryPredicate(duty_heading="990388"))),
    }


async def _measure_floor(engine: AsyncEngine, length: int) -> float:
    began = time.perf_counter()
    async with transaction(engine) as tx:
        await tx.connection.execute(
            text(
                "UPDATE entries SET state = 'liquidated', liquidated_on = :friday, liquidation_kind = 'no-change'"
                " WHERE liquidated_on IS NULL AND NOT is_suspended AND scheduled_on <= :friday"
            ),
            {"friday": FRIDAY},
        )
        await tx.connection.execute(
            text(
                "INSERT INTO outbox (topic, key, value) SELECT 'entry-changed', entry_number,"
                " convert_to(repeat('x', :length), 'UTF8') FROM entries"
            ),
            {"length": length},
        )
    return time.perf_counter() - began


async def _fill(engine: AsyncEngine, entries: int, statements: tuple[str, ...]) -> None:
    for first in range(1, entries + 1, _CHUNK):
        given = {"first": first, "last": min(first + _CHUNK - 1, entries), "entries": entries, "today": TODAY}
        async with transaction(engine) as tx:
            for statement in statements:
                wanted = {name: value for name, value in given.items() if f":{name}" in statement}
                await tx.connection.execute(text(statement), wanted)
    await _settle(engine)


async def _settle(engine: AsyncEngine) -> None:
    """What a database that has been running for a while has done: statistics, visibility, pages written."""
    async with engine.connect() as connection:
        apart = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await apart.execute(text("VACUUM ANALYZE"))
        await apart.execute(text("CHECKPOINT"))


async def _best(engine: AsyncEngine, ask: Callable[[Transaction], Awaitable[object]]) -> float:
    seconds = []
    for _ in range(3):
        async with transaction(engine) as tx:
            began = time.perf_counter()
            answer = await ask(tx)
            seconds.append(time.perf_counter() - began)
            assert answer, "a question without an answer measures nothing"
    return min(seconds)
