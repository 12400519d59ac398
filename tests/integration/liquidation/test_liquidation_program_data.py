"""Mass change at its seams: duties of older summaries read in chunks, invariants that cry out, files of any size."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.mass_change import number_of
from services.liquidation.acts.program_judging import judge_declared
from services.liquidation.acts.special_duties import read_special_duties
from services.liquidation.domain.law import LAW
from services.liquidation.store import declarations as store
from services.liquidation.store.declarations import count_program_states
from services.liquidation.store.invariants.programs import PROGRAM_INVARIANTS
from services.liquidation.store.tables.programs import declared_entries, special_duties
from services.liquidation.store.tables.records import entry_versions
from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from tests.integration.liquidation.builders import apply, rows
from tests.integration.liquidation.program_office import (
    DAYS,
    GOODS,
    IEEPA_MODEL,
    Office,
    duties,
    open_office_on,
    program,
)
from tests.support.events import decoded, entry_body, entry_number
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

WORKER = """
import asyncio, sys
from services.liquidation.acts import special_duties
from shared.db.engine import create_engine
special_duties.CHUNK = 10
async def main():
    engine = create_engine(sys.argv[1], application="backfill-worker")
    await special_duties.read_special_duties(engine)
asyncio.run(main())
"""
WAITS = text("""
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE '%backfill-worker%' AND wait_event_type = 'Lock'
""")


@pytest.fixture
async def office(service_engine: MakeEngine) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        yield office


async def kept(engine: AsyncEngine) -> tuple[list[tuple[Any, ...]], list[tuple[str, int, Any]]]:
    """Duties by heading, and amounts by class, of every version."""
    duties_ = sorted(tuple(each) for each in await rows(engine, special_duties))
    classes = sorted((each.entry_number, each.version, each.classes) for each in await rows(engine, entry_versions))
    return duties_, classes


@pytest.mark.timeout(180)
async def test_duties_of_older_summaries_are_read_in_chunks_by_a_job_that_is_killed_and_goes_on(
    office: Office,
) -> None:
    engine = office.engine
    numbers = sorted(entry_number() for _ in range(30))
    beside = duties(("0201200200", 10_000, "400.00"), number=2, preference="A")
    filed = [
        decoded("entry-filed", entry_body(each, lines=[GOODS, beside], **DAYS), time="2026-02-10T19:03:11Z")
        for each in numbers
    ]
    await apply(engine, filed, now=office.clock.now())
    corrected = entry_body(numbers[3], version=2, reasons=["H06"], lines=[beside | {"line_number": 1}], **DAYS)
    await apply(engine, [decoded("entry-corrected", corrected, time="2026-02-12T12:00:00Z")], now=office.clock.now())
    as_written = await kept(engine)
    assert len(as_written[0]) == 30 * 2 + 1
    async with transaction(engine) as tx:  # as summaries are that came before the tables were there
        await tx.connection.execute(text("DELETE FROM special_duties"))
        await tx.connection.execute(text("UPDATE entry_versions SET classes = NULL"))

    url = engine.url.render_as_string(hide_password=False)
    holder = create_engine(url, application="tests", pool_size=1)
    async with holder.begin() as held:
        # The worker stops within its second chunk, behind what it has written of it.
        row = "SELECT FROM entry_versions WHERE entry_number = :n FOR UPDATE"
        await held.execute(text(row), {"n": numbers[15]})
        worker = subprocess.Popen([sys.executable, "-c", WORKER, url])  # noqa: ASYNC220
        try:
            until = time.monotonic() + 120
            waiting = 0
            while not waiting:
                assert worker.poll() is None
                assert time.monotonic() < until
                async with transaction(engine) as tx:
                    waiting = await tx.connection.scalar(WAITS) or 0
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
    await holder.dispose()
    # The chunk that was done is there whole, that in which it died not at all.
    done, classes = await kept(engine)
    assert [number for number, _, found in classes if found is not None] == [
        number for number, _, _ in as_written[1][:10]
    ]
    assert {each[0] for each in done} == set(numbers[:9])  # nine entries, one of them with two versions
    await office.draft(IEEPA_MODEL)
    path, key = "/programs/ieepa-2026/revisions/1/trials", {"Idempotency-Key": "t-1"}
    early = await office.call("POST", path, office.staff("kim"), headers=key)
    assert (early.status_code, early.json()["code"]) == (409, "program-duties-unread")

    assert await read_special_duties(engine) == 31 - 10
    assert await kept(engine) == as_written
    assert await read_special_duties(engine) == 0
    # Whatever was read is read again to the same: a chunk whose note was lost changes nothing.
    async with transaction(engine) as tx:
        await tx.connection.execute(text("UPDATE entry_versions SET classes = NULL"))
    assert await read_special_duties(engine) == 31
    assert await kept(engine) == as_written
    tried = await office.ok("POST", path, office.staff("kim"), headers={"Idempotency-Key": "t-2"})
    assert (tried["entries"], tried["accepted"]) == (29, 29)


BROKEN = {
    "in no state": ("state = 'elsewhere'", "declared-entry-is-in-one-state"),
    "dropped without a reason": (
        "state = 'dropped', removed_cents = 0, locked_from = NULL",
        "declared-entry-is-in-one-state",
    ),
    "due with a reason against it": ("code = 'no-heading'", "declared-entry-is-in-one-state"),
    "withdrawn and due": ("withdrawn_at = now()", "declared-entry-is-in-one-state"),
    "due though it waits": ("notes = '{waits-suspension}'", "declared-entry-is-in-one-state"),
    "waiting for nothing": ("state = 'waiting'", "declared-entry-is-in-one-state"),
    "never judged": ("state = 'read', removed_cents = 0, locked_from = NULL", "declared-entry-is-in-one-state"),
    "money of what is dropped": (
        "state = 'dropped', code = 'no-heading', locked_from = NULL",
        "declared-entry-is-in-one-state",
    ),
    "answered though nobody offered it": ("answer = 'accept'", "declared-entry-is-in-one-state"),
    "standing twice": ("entry_number = OTHER", "one-request-stands"),
    "locked though dropped": (
        "state = 'dropped', code = 'no-heading', removed_cents = 0, locked_from = now()",
        "one-request-stands",
    ),
    "offered by no roll": ("offered_at = now()", "rolls-hold-each-entry-in-its-place"),
}


@pytest.mark.parametrize("how", BROKEN)
async def test_an_entry_that_is_not_in_exactly_one_state_is_found(service_engine: MakeEngine, how: str) -> None:
    engine = await service_engine("liquidation")
    change, name = BROKEN[how]
    async with open_office_on(engine) as office:
        await office.release(IEEPA_MODEL)
        first, second = await office.file(), await office.file()
        await office.declare([first, second])
        sound = await find_violations(engine, PROGRAM_INVARIANTS)
        assert not any(sound.values())
        before = await rows(engine, declared_entries)
    async with transaction(engine) as tx:
        broken = f"UPDATE declared_entries SET {change.replace('OTHER', ':other')} WHERE entry_number = :n"
        given = {"n": first} | ({"other": second} if "OTHER" in change else {})
        await tx.connection.execute(text(broken), given)
    found = await find_violations(engine, PROGRAM_INVARIANTS)
    assert [each for each, lines in found.items() if lines] == [name]
    assert len(before) == 2


async def test_a_row_of_a_declaration_that_is_lost_is_found(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    async with open_office_on(engine) as office:
        await office.release(IEEPA_MODEL)
        first, second = await office.file(), await office.file()
        await office.declare([first, second])
    async with transaction(engine) as tx:
        await tx.connection.execute(text("DELETE FROM declared_entries WHERE entry_number = :n"), {"n": first})
    found = await find_violations(engine, PROGRAM_INVARIANTS)
    assert [each for each, lines in found.items() if lines] == ["declared-rows-are-all-there"]


@pytest.mark.timeout(300)
async def test_a_file_is_declared_and_judged_in_the_same_memory_however_many_rows_it_has(office: Office) -> None:
    """What is held is a chunk of a thousand rows: a file of four times as many takes no more. Peak of what Python has.

    `python -m bench --rows mass --declared 2000000` measures the process with two million.
    """
    await office.release(program(declaring=IEEPA_MODEL["declaring"] | {"max_rows": 2_000_000}))

    async def declare(first: int, count: int) -> int:
        async def body() -> AsyncIterator[bytes]:
            yield b"Entry number\r\n"
            for serial in range(first, first + count):
                yield (number_of(serial) + "\r\n").encode()

        headers = {"Idempotency-Key": f"of-{count}", "Content-Type": "text/csv"}
        path = "/programs/ieepa-2026/declarations?certified=true"
        tracemalloc.start()
        answer = await office.call("POST", path, office.importer, content=body(), headers=headers)
        assert answer.status_code == 201, answer.text
        assert answer.json()["rows"] == count
        await judge_declared(office.engine, office.clock, LAW.cycle, LAW)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    await declare(1, 1_100)  # what is made once is there
    small = await declare(1_000_001, 3_000)
    large = await declare(2_000_001, 12_000)
    assert large < small * 1.25, (small, large)
    async with transaction(office.engine) as tx:
        judged = await count_program_states(tx, "ieepa-2026")
    assert [(each.state, each.code, each.entries) for each in judged] == [("dropped", "unknown-entry", 16_100)]


OF_A_DECLARATION = ("declared_entries_code", "declared_entries_pkey", "declared_entries_unjudged")


@pytest.mark.parametrize("query", ["_REQUESTS", "_KNOWN_ROWS"])
async def test_a_chunk_of_a_long_file_is_found_by_its_entries_and_not_by_going_through_the_file(
    service_engine: MakeEngine, query: str
) -> None:
    """Neither with the statistics of before the file, nor with those of after it.

    As long as the whole table is smaller than a thousand places of an index it may be read as it lies.
    """
    engine = await service_engine("liquidation")
    numbers = [number_of(serial) for serial in range(1, 1_001)]
    given: tuple[Any, ...] = (numbers, "p") if query == "_REQUESTS" else ("d", numbers)
    async with transaction(engine) as tx:
        await bulk.execute(
            tx,
            "INSERT INTO declarations (declaration_id, program, door, form, state, next_row, content_digest,"
            " received_at, progressed_at, importers, made_by)"
            " VALUES ('d', 'p', 'upload', 'csv', 'judging', 50001, '', now(), now(), '{}', 'a')",
        )
        await bulk.execute(
            tx,
            "INSERT INTO declared_entries (declaration_id, row_number, program, entry_number, state)"
            " SELECT 'd', n, 'p', 'B76' || lpad(n::text, 7, '0') || '0', 'read' FROM generate_series(1, 50000) AS g(n)",
        )
        for _ in range(2):
            plan = await bulk.fetch(tx, f"EXPLAIN {getattr(store, query)}", *given)
            used = {
                name for (line,) in plan for name in OF_A_DECLARATION if f"using {name}" in line or f"on {name}" in line
            }
            assert not used
            await bulk.execute(tx, "ANALYZE declared_entries")
