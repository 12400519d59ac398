"""Mass change beside its floors: a file of entry numbers kept and judged, and a trial over all that a program reaches.

Floors, in the same run: for the intake a bare COPY of as many rows of the same width; for the judgment a bare UPDATE of
as many rows; for the trial one bare pass that sums the duty by heading of as many entries.
"""

import resource
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Column, MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.declaring import Declarant, FileRow, declare_file
from services.liquidation.acts.program_judging import judge_declared
from services.liquidation.api.program_models import templates
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import MONEY
from services.liquidation.domain.program.definition import definition_from_json
from services.liquidation.store import programs as store
from services.liquidation.store.program_verdicts import try_program
from services.liquidation.store.programs import Program, Revision
from services.liquidation.store.tables.programs import special_duties
from services.liquidation.store.tables.records import entries, entry_versions
from shared.customs.entry_number import check_digit
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName

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
