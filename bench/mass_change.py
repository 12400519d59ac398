"""Mass change beside its floors: a file kept and judged, a trial over all that a program reaches, and the posting.

Floors, in the same run: for the intake a bare COPY of as many rows of the same width; for the judgment a bare UPDATE of
as many rows; for the trial one bare pass that sums the duty by heading of as many entries; for the posting a bare
UPDATE of as many entries with an INSERT of as many events of the same length.
"""

import resource
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import orjson
from sqlalchemy import Column, MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.declaring import Declarant, FileRow, declare_file
from services.liquidation.acts.program_judging import judge_declared
from services.liquidation.acts.program_posting import post_programs
from services.liquidation.api.program_models import templates
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import MONEY, POLICY
from services.liquidation.domain.program.definition import definition_from_json
from services.liquidation.store import programs as store
from services.liquidation.store.program_runs import list_runs
from services.liquidation.store.program_verdicts import try_program
from services.liquidation.store.programs import Program, ProgramEvent, Revision
from services.liquidation.store.tables.programs import special_duties
from services.liquidation.store.tables.records import entries, entry_versions
from shared.customs.entry_number import check_digit
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.together import together

_NOW = datetime(2026, 5, 4, 13, tzinfo=UTC)
_FILED = datetime(2026, 2, 10, 19, tzinfo=UTC)
_ENTERED = date(2026, 2, 10)
_IMPORTER = "07-345678900"
_CHUNK = 20_000
_COPY_FLOOR = """
CREATE UNLOGGED TABLE IF NOT EXISTS floor_rows (declaration_id text, row_number integer, program text,
    entry_number text, state text, PRIMARY KEY (declaration_id, row_number))
"""
_FLOOR = Table(
    "floor_rows",
    MetaData(),
    *(Column(name) for name in ("declaration_id", "row_number", "program", "entry_number", "state")),
)
_SUM_FLOOR = """
SELECT count(DISTINCT d.entry_number), sum(d.duty_cents) FROM special_duties d
JOIN entries e ON e.entry_number = d.entry_number AND e.version = d.version WHERE d.hts >= '990301' AND d.hts < '990303'
"""


@dataclass(frozen=True, slots=True)
class MassChange:
    """Seconds for so many entries, with those of the floors, and the resident memory that the intake added in MiB."""

    entries: int
    intake: float
    intake_floor: float
    judging: float
    judging_floor: float
    trial: float
    trial_floor: float
    accepted: int
    grown_mib: float


def number_of(serial: int) -> str:
    """A valid entry number."""
    first_ten = f"B76{serial:07d}"
    return first_ten + check_digit(first_ten)


async def measure_mass_change(engine: AsyncEngine, count: int) -> MassChange:
    """Fill an empty liquidation database with entries under a program, then declare, judge and try all of them."""
    await _fill(engine, count)
    definition = templates()[0]
    declaring = definition["declaring"] | {"max_rows": 2_000_000}
    await _put_in_force(engine, definition | {"declaring": declaring})
    clock, rows = FixedClock(_NOW), count
    caller = Identity("owner", "Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({_IMPORTER}))
    before, began = _resident(), time.perf_counter()
    declarant = Declarant(caller, frozenset({_IMPORTER}), None)
    await declare_file(engine, clock, declarant, "ieepa-2026", "bench-1", "csv", _rows(rows), is_certified=True)
    intake, grown = time.perf_counter() - began, _resident() - before
    began = time.perf_counter()
    accepted = await judge_declared(engine, clock, LAW.cycle, LAW)
    judging = time.perf_counter() - began
    began = time.perf_counter()
    async with transaction(engine) as tx:
        lines = await try_program(tx, definition_from_json(definition), date(2026, 5, 4), LAW, MONEY)
    trial = time.perf_counter() - began
    assert sum(each.entries for each in lines) == count
    intake_floor, judging_floor, trial_floor = await _floors(engine, count)
    return MassChange(count, intake, intake_floor, judging, judging_floor, trial, trial_floor, accepted, grown)


@dataclass(frozen=True, slots=True)
class Intake:
    """Seconds to keep the rows of one file, and resident memory in MiB: at a tenth of it, and the most of all."""

    rows: int
    seconds: float
    floor_seconds: float
    early_mib: float
    most_mib: float


async def measure_intake(engine: AsyncEngine, count: int) -> Intake:
    """Declare one file of so many rows to an empty database; the floor is a bare COPY of as many."""
    definition = templates()[0]
    await _put_in_force(engine, definition | {"declaring": definition["declaring"] | {"max_rows": 2_000_000}})
    early = 0.0

    async def rows() -> AsyncIterator[FileRow]:
        nonlocal early
        async for row in _rows(count):
            if row.number == count // 10:
                early = _resident()
            yield row

    caller = Identity("owner", "Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({_IMPORTER}))
    declarant = Declarant(caller, frozenset({_IMPORTER}), None)
    began = time.perf_counter()
    await declare_file(engine, FixedClock(_NOW), declarant, "ieepa-2026", "bench-1", "csv", rows(), is_certified=True)
    seconds, most = time.perf_counter() - began, _resident()
    return Intake(count, seconds, await _copy_floor(engine, count), early, most)


async def _rows(count: int) -> AsyncIterator[FileRow]:
    for serial in range(1, count + 1):
        number = number_of(serial)
        yield FileRow(serial, f"{number}\n", number)


async def _fill(engine: AsyncEngine, count: int) -> None:
    for first in range(1, count + 1, _CHUNK):
        numbers = [number_of(serial) for serial in range(first, min(first + _CHUNK, count + 1))]
        async with transaction(engine) as tx:
            await bulk.copy(
                tx,
                entries,
                (
                    "entry_number",
                    "state",
                    "version",
                    "governed_at",
                    "importer_number",
                    "entry_type",
                    "port_of_entry",
                    "entry_date",
                    "paid_on",
                    "duty_cents",
                    "fees_cents",
                    "center",
                ),
                [
                    (each, "scheduled", 1, _FILED, _IMPORTER, "01", "2704", _ENTERED, _ENTERED, 937_500, 0, "CEE007")
                    for each in numbers
                ],
            )
            await bulk.copy(
                tx,
                entry_versions,
                (
                    "entry_number",
                    "version",
                    "importer_number",
                    "entry_type",
                    "port_of_entry",
                    "entry_date",
                    "paid_on",
                    "duty_cents",
                    "fees_cents",
                    "content_digest",
                    "filed_at",
                    "event_source",
                    "event_id",
                    "is_announced",
                    "body",
                    "classes",
                ),
                [
                    (
                        each,
                        1,
                        _IMPORTER,
                        "01",
                        "2704",
                        _ENTERED,
                        _ENTERED,
                        937_500,
                        0,
                        UUID(int=1),
                        _FILED,
                        "urn:filer:B76",
                        each,
                        True,
                        "{}",
                        "{}",
                    )
                    for each in numbers
                ],
            )
            await bulk.copy(
                tx,
                special_duties,
                tuple(column.name for column in special_duties.columns),
                [(each, 1, 1, "99030124", 0, 937_500, "CN", "8471300100", None, 0, 0) for each in numbers],
            )
    async with engine.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("ANALYZE"))


async def _put_in_force(engine: AsyncEngine, definition: dict[str, object]) -> None:
    code = str(definition["program"])
    async with transaction(engine) as tx:
        await store.write_program(tx, Program(code, None, 0, _NOW, "bench"))
        revision = Revision(code, 1, 1, "confirmed", definition, "bench", _NOW, "bench")
        await store.write_revision(tx, revision)
        await store.release_revision(tx, revision, _NOW)
        row = "program.release/national"
        await store.append_event(tx, ProgramEvent(code, 0, 1, "released", _NOW, "bench", None, None, row))


async def _copy_floor(engine: AsyncEngine, count: int) -> float:
    async with transaction(engine) as tx:
        await bulk.execute(tx, _COPY_FLOOR)
    began = time.perf_counter()
    for first in range(1, count + 1, 1_000):
        async with transaction(engine) as tx:
            kept = range(first, min(first + 1_000, count + 1))
            rows = [("bench-1", serial, "ieepa-2026", number_of(serial), "read") for serial in kept]
            await bulk.copy(tx, _FLOOR, tuple(column.name for column in _FLOOR.columns), rows)
    return time.perf_counter() - began


async def _floors(engine: AsyncEngine, count: int) -> tuple[float, float, float]:
    copied = await _copy_floor(engine, count)
    began = time.perf_counter()
    async with transaction(engine) as tx:
        await bulk.execute(tx, "UPDATE floor_rows SET state = 'due'")
    updated = time.perf_counter() - began
    began = time.perf_counter()
    async with transaction(engine) as tx:
        await bulk.fetch(tx, _SUM_FLOOR)
    return copied, updated, time.perf_counter() - began


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


POSTED_ON = datetime(2026, 6, 16, 13, tzinfo=UTC)
_LIQUIDATED_ON = date(2026, 4, 24)
_BODY = orjson.dumps(
    {
        "import_date": "2026-02-09",
        "lines": [
            {
                "line_number": 1,
                "country_of_origin": "CN",
                "preference": None,
                "tariffs": [
                    {"hts": "8471300100", "value_usd": 125_000, "duty_usd": "0.00"},
                    {"hts": "99030124", "value_usd": 0, "duty_usd": "9375.00"},
                ],
            }
        ],
    }
).decode()
# Of a hundred entries: 45 unliquidated, 35 liquidated, 10 of which a day was recorded (one by one), 10 with a protest.
_FILL_POSTING = """
INSERT INTO entries (entry_number, state, version, governed_at, importer_number, entry_type, port_of_entry, entry_date,
    paid_on, duty_cents, fees_cents, center, scheduled_on, deemed_on, liquidated_on, liquidation_posted_on,
    liquidation_kind, liquidation_rule, effect_duty_cents, effect_fees_cents, liquidation_cycle_on)
SELECT number, CASE WHEN share < 45 THEN 'scheduled' ELSE 'liquidated' END, 1, $1, importer, '01', '2704', $2, paid_on,
    cents, 0, 'CEE007', DATE '2026-12-25', DATE '2027-02-10', liquidated_on, liquidated_on,
    CASE WHEN share >= 45 THEN 'no-change' END, CASE WHEN share >= 45 THEN 'liquidation-date' END,
    CASE WHEN share >= 45 THEN 0 END, CASE WHEN share >= 45 THEN 0 END, liquidated_on
FROM given;
INSERT INTO entry_versions (entry_number, version, importer_number, entry_type, port_of_entry, entry_date, paid_on,
    duty_cents, fees_cents, content_digest, filed_at, event_source, event_id, is_announced, body, classes)
SELECT number, 1, importer, '01', '2704', $2, paid_on, cents, 0, '00000000-0000-0000-0000-000000000001', $1,
    'urn:filer:B76', number, true, replace($3, '9375.00', usd)::jsonb, jsonb_build_object('additional-duty', cents)
FROM given;
INSERT INTO special_duties (entry_number, version, line_number, hts, value_usd, duty_cents, origin, goods, preference,
    base_duty_cents, base_owed_cents)
SELECT number, 1, 1, '99030124', 0, cents, 'CN', '8471300100', NULL, 0, 0 FROM given;
INSERT INTO declared_entries (declaration_id, row_number, program, entry_number, state, cohort, act, writer,
    removed_cents, revision, judged_at)
SELECT 'bench-1', serial, 'ieepa-2026', number, 'due', CASE WHEN share < 45 THEN 'unliquidated' ELSE 'recent' END,
    CASE WHEN share < 45 THEN 'liquidate' ELSE 'reliquidate' END, 'center', cents, 1, $1 FROM given;
INSERT INTO review_decisions (decision_id, entry_number, item_id, process, outcome, duty_cents, fees_cents, decided_at,
    event_at, event_source, event_id, status, body)
SELECT 'program:ieepa-2026:' || number, number, 'program:ieepa-2026', 'mass-change', 'refund', -cents, 0, $1, $1,
    'urn:centerline:liquidation', number, 'applied', replace($4, '9375.00', usd)::jsonb FROM given WHERE share < 45;
INSERT INTO deposit_facts (entry_number, revision, required_on, recorded_by)
SELECT number, 1, DATE '2026-02-25', 'bench' FROM given WHERE share >= 80 AND share < 90;
INSERT INTO protest_entries (filing_number, entry_number, timeliness, rule, why)
SELECT 'bench-protest', number, 'timely', '', '' FROM given WHERE share >= 90
"""
_EFFECT = orjson.dumps(
    {
        "importer_number": "x",
        "headings": ["99030124"],
        "effect": {
            "duty_usd": "-9375.00",
            "fees_usd": "0.00",
            "by_class": [{"class_code": "additional-duty", "change_usd": "-9375.00"}],
        },
        "terms": {"program": "ieepa-2026", "interest": "1505c", "small": "by-writer"},
    }
).decode()


@dataclass(frozen=True, slots=True)
class PostingMeasured:
    """Seconds to post so many entries beside the floor, by lane; bytes of log an entry, resident memory in MiB."""

    entries: int
    posted: int
    set_based: int
    careful: int
    seconds: float
    floor_seconds: float
    wal_bytes: float
    most_mib: float


def cents_of(serial: int) -> int:
    """The duty that a program removes of an entry."""
    return 5_000 + serial * 7_919 % 5_000_000


async def fill_posting(engine: AsyncEngine, first: int, count: int) -> None:
    """Entries mixed as in a program, declared and accepted; 20,000 in each transaction."""
    for start in range(first, first + count, _CHUNK):
        serials = list(range(start, min(start + _CHUNK, first + count)))
        async with transaction(engine) as tx:
            await bulk.execute(
                tx,
                "CREATE TEMPORARY TABLE given ON COMMIT DROP AS SELECT serial, number, serial % 100 AS share,"
                " '07-3456' || lpad((serial % 2000)::text, 5, '0') AS importer, cents,"
                " round(cents::numeric / 100, 2)::text AS usd, $4::date + serial % 10 AS paid_on,"
                " CASE WHEN serial % 100 >= 45 THEN $3::date END AS liquidated_on"
                " FROM unnest($1::integer[], $2::text[], $5::bigint[]) AS g(serial, number, cents)",
                serials,
                [number_of(serial) for serial in serials],
                _LIQUIDATED_ON,
                _ENTERED,
                [cents_of(serial) for serial in serials],
            )
            given = {"$1": _FILED, "$2": _ENTERED, "$3": _BODY, "$4": _EFFECT}
            for statement in _FILL_POSTING.split(";"):
                used = [name for name in given if name in statement]
                for place, name in enumerate(used, 1):
                    statement = statement.replace(name, f"${place}")  # noqa: PLW2901
                await bulk.execute(tx, statement, *(given[name] for name in used))


async def open_posting(engine: AsyncEngine) -> None:
    """A program in force with a declaration, importers that can be paid, and a protest that is open."""
    await _put_in_force(
        engine, templates()[0] | {"posting": {"days": ["mon", "tue", "wed", "thu"], "pause_lag_seconds": 86_400}}
    )
    async with transaction(engine) as tx:
        await bulk.execute(
            tx,
            "INSERT INTO declarations (declaration_id, program, door, form, state, next_row, content_digest,"
            " received_at, progressed_at, importers, filer_code, made_by)"
            " VALUES ('bench-1', 'ieepa-2026', 'upload', 'csv', 'judged', 1, '', $1, $1, '{}', 'B76', 'bench')",
            datetime(2026, 4, 30, 13, tzinfo=UTC),
        )
        await bulk.execute(
            tx,
            "INSERT INTO importer_refund_accounts (importer_number, revision, effective_on, is_corporation,"
            " has_ach_enrollment, has_valid_bank_data, has_paper_waiver, recorded_by)"
            " SELECT '07-3456' || lpad(n::text, 5, '0'), 1, DATE '2026-01-01', true, true, true, false, 'bench'"
            " FROM generate_series(0, 1999) AS n",
        )
        await bulk.execute(
            tx,
            "INSERT INTO protests (filing_number, state, importer_number, filed_by, entries, received_at, decide_by,"
            " further_review, is_open, body, event_at, event_source, event_id)"
            " VALUES ('bench-protest', 'filed', $1, '{}', '[]', $2, '2028-05-01', false, true, '{}', $2, 'bench', 'p')",
            _IMPORTER,
            _FILED,
        )


async def measure_posting(engine: AsyncEngine, count: int, *, resident: int = 0) -> PostingMeasured:
    """Post so many entries of an empty database, beside others that are there and not due."""
    await open_posting(engine)
    if resident:
        await fill_posting(engine, count + 1, resident)
        async with transaction(engine) as tx:
            await bulk.execute(tx, "UPDATE declared_entries SET state = 'waiting' WHERE row_number > $1", count)
    await fill_posting(engine, 1, count)
    await _prepare_floor(engine)
    await settle(engine)
    clock = FixedClock(POSTED_ON)
    before = await _log_position(engine)
    began = time.perf_counter()
    await together(*(post_programs(engine, clock, POLICY, parts=2) for _ in range(2)))
    seconds = time.perf_counter() - began
    written = await _log_position(engine) - before
    async with transaction(engine) as tx:
        (run,) = await list_runs(tx, "ieepa-2026")
    most = _resident()
    floor = await _posting_floor(engine)
    return PostingMeasured(
        count, run.posted, run.set_based, run.careful, seconds, floor, written / max(run.posted, 1), most
    )


async def settle(engine: AsyncEngine) -> None:
    """Let the planner know what is there, as a server does by itself in time."""
    async with engine.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("VACUUM ANALYZE"))
        await autocommit.execute(text("CHECKPOINT"))


async def _log_position(engine: AsyncEngine) -> int:
    async with transaction(engine) as tx:
        (row,) = await bulk.fetch(tx, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint AS bytes")
    return int(row["bytes"])


async def _prepare_floor(engine: AsyncEngine) -> None:
    """The same entries with the same indexes, for a bare statement to change."""
    async with transaction(engine) as tx:
        await bulk.execute(tx, "CREATE TABLE floor_entries (LIKE entries INCLUDING ALL) WITH (fillfactor = 50)")
        await bulk.execute(
            tx,
            "INSERT INTO floor_entries SELECT e.* FROM entries e JOIN declared_entries r USING (entry_number)"
            " WHERE r.state = 'due' AND NOT EXISTS (SELECT FROM protest_entries n"
            " WHERE n.entry_number = e.entry_number) ORDER BY entry_number",
        )
        await bulk.execute(tx, "CREATE TABLE floor_outbox (LIKE outbox INCLUDING ALL)")


async def _posting_floor(engine: AsyncEngine) -> float:
    """A bare UPDATE of as many entries, and an INSERT of as many events of the same length."""
    async with transaction(engine) as tx:
        (row,) = await bulk.fetch(tx, "SELECT avg(length(value))::integer AS bytes FROM outbox")
    began = time.perf_counter()
    async with transaction(engine) as tx:
        await bulk.execute(
            tx,
            "UPDATE floor_entries SET state = 'liquidated', liquidated_on = DATE '2026-06-16',"
            " liquidation_posted_on = DATE '2026-06-16', effect_duty_cents = -937500",
        )
        await bulk.execute(
            tx,
            "INSERT INTO floor_outbox (topic, key, value) SELECT 'entry-changed', entry_number, convert_to($1, 'UTF8')"
            " FROM floor_entries",
            "x" * int(row["bytes"]),
        )
    return time.perf_counter() - began
