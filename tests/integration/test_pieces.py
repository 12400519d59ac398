"""A large table is taken into pieces while it is written, and whoever does that may be killed at any instant."""

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.app import SERVICE as LIQUIDATION
from services.liquidation.store.partitions import PIECES as OF_LIQUIDATION
from services.notifications.store.partitions import PIECES as OF_NOTIFICATIONS
from services.routing.store.partitions import PIECES as OF_ROUTING
from services.workqueue.store.partitions import PIECES as OF_WORKQUEUE
from shared.db import bulk, pieces
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.db.pieces import Pieces, PiecesDifferError, Stage, TableInTheWayError, abandon, adopt, look
from shared.db.transaction import exclusive_session, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.errors import Transient
from shared.runtime.partitioning import look_over
from shared.runtime.slices import JobSession
from tests.support.databases import TestDatabases
from tests.support.distribution import placed_tables

ROOT = Path(__file__).resolve().parents[2]
DECLARED = {
    "routing": OF_ROUTING,
    "workqueue": OF_WORKQUEUE,
    "liquidation": OF_LIQUIDATION,
    "notifications": OF_NOTIFICATIONS,
}


def _before_pieces(service: str) -> str:
    """The revision at which the release before left a service's tables, all of them whole."""
    (step,) = (ROOT / "services" / service / "migrations" / "versions").glob("*_pre_pieces.py")
    (found,) = re.findall(r'^down_revision = "(\w+)"', step.read_text(encoding="utf-8"), re.MULTILINE)
    return str(found)


BEFORE = {service: _before_pieces(service) for service in DECLARED}
EVENTS = next(each for each in OF_LIQUIDATION if each.table == "legal_events")
EVERY = [(service, each) for service, declared in DECLARED.items() for each in declared]
each_declared = pytest.mark.parametrize(("service", "taken"), EVERY, ids=[each.table for _, each in EVERY])

FILL = """
INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule)
SELECT 'B76' || lpad((n / 3)::text, 8, '0'), 'key-' || n % 3, n, 'extended', 'extended', '2026-01-01', 'r'
FROM generate_series(0, $1 - 1) AS n
"""
ROWS = "SELECT t::text AS row FROM {} t ORDER BY 1"
# What a table is, whatever it consists of: columns, constraints, indexes, triggers, views, words, grants.
DESCRIBED = """
SELECT 'column', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
    pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum)
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid), NULL, NULL, NULL FROM pg_constraint
WHERE conrelid = $1::regclass AND contype IN ('p', 'c', 'u')
UNION ALL SELECT 'index', c.relname, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON '), NULL, NULL, NULL
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1::regclass
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid), NULL, NULL, NULL FROM pg_trigger
WHERE tgrelid = $1::regclass AND NOT tgisinternal
UNION ALL SELECT 'table', relname, obj_description(oid), relowner::regrole::text, NULL, relacl::text
FROM pg_class WHERE oid = $1::regclass
ORDER BY 1, 2
"""


@pytest.fixture
async def whole(databases: TestDatabases) -> AsyncIterator[AsyncEngine]:
    """Liquidation as a release before left it, whose history holds rows, so that it stayed whole."""
    engine = await databases.before("liquidation", BEFORE["liquidation"])
    async with transaction(engine) as tx:
        await bulk.execute(tx, FILL, 3_000)
    await upgrade(engine, LIQUIDATION.migrations)
    assert (await standing(engine)).stage is Stage.WHOLE
    yield engine
    await engine.dispose()


async def standing(engine: AsyncEngine, taken: Pieces = EVENTS) -> pieces.Standing:
    async with transaction(engine) as tx:
        return await look(tx, taken)


async def read(engine: AsyncEngine, statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
    async with transaction(engine) as tx:
        return [tuple(row) for row in await bulk.fetch(tx, statement, *arguments)]


async def take(engine: AsyncEngine, taken: Pieces = EVENTS, *, rows: int = 100, until: Stage | None = None) -> Stage:
    """Go on until a stage is reached, or to the end."""
    async with exclusive_session(engine, "test") as held:
        assert held is not None
        async for reached in adopt(held, taken, rows=rows):
            if reached.stage is until:
                break
    return (await standing(engine, taken)).stage


def other(engine: AsyncEngine, size: int = 4) -> AsyncEngine:
    """Other sessions on the same database."""
    return create_engine(engine.url.render_as_string(hide_password=False), application="tests", pool_size=size)


class _GivenUpError(Exception):
    """A transaction that is rolled back."""


class Writer:
    """Somebody who goes on writing rows of its own, and knows what stands after each commit."""

    def __init__(self, engine: AsyncEngine, number: int) -> None:
        self._engine, self._number = engine, number
        self._random = random.Random(number)
        self.rows: dict[tuple[str, str], int] = {}
        self.writes = 0

    async def run(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            with suppress(_GivenUpError):
                await self._write()
            self.writes += 1
            await asyncio.sleep(0)

    async def _write(self) -> None:
        rows, draw = dict(self.rows), self._random
        async with transaction(self._engine) as tx:
            for _ in range(draw.randint(1, 3)):
                # Between, before and behind the keys of the others, so that they come where was copied and where not.
                key = (f"{draw.choice('ABC')}76{draw.randint(0, 1200):07d}x{self._number}", f"w-{draw.randint(0, 2)}")
                what = draw.random()
                if what < 0.2 and key in rows:
                    await bulk.execute(
                        tx, "DELETE FROM legal_events WHERE (entry_number, event_key) = ($1::text, $2::text)", *key
                    )
                    del rows[key]
                    continue
                value = draw.randint(1, 10**9)
                await bulk.execute(
                    tx,
                    "INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule)"
                    " VALUES ($1, $2, $3, 'extended', 'extended', '2026-01-01', 'r')"
                    " ON CONFLICT (entry_number, event_key) DO UPDATE SET sequence = excluded.sequence",
                    *key,
                    value,
                )
                rows[key] = value
                if what > 0.9:
                    await bulk.execute(
                        tx,
                        "UPDATE legal_events SET detail = 'changed', sequence = sequence + 1"
                        " WHERE entry_number = ANY($1::text[])",
                        [entry for entry, _ in rows],
                    )
                    rows = {each: kept + 1 for each, kept in rows.items()}
            if draw.random() < 0.1:
                raise _GivenUpError
        self.rows = rows


@asynccontextmanager
async def writing(engine: AsyncEngine, writers: int = 3) -> AsyncIterator[list[Writer]]:
    """Writers at work for the length of the block, and at least until each has written again after it."""
    pool, stopping = other(engine, writers), asyncio.Event()
    working = [Writer(pool, number) for number in range(writers)]
    async with asyncio.TaskGroup() as tasks:
        for each in working:
            tasks.create_task(each.run(stopping))
        yield working
        wanted = [each.writes + 5 for each in working]
        while any(each.writes < least for each, least in zip(working, wanted, strict=True)):
            await asyncio.sleep(0.01)
        stopping.set()
    await pool.dispose()


async def rows_of_writers(engine: AsyncEngine) -> dict[tuple[str, str], int]:
    found = await read(engine, "SELECT entry_number, event_key, sequence FROM legal_events WHERE event_key ~ '^w-'")
    return {(entry, key): sequence for entry, key, sequence in found}


def together_of(working: list[Writer]) -> dict[tuple[str, str], int]:
    return {key: value for each in working for key, value in each.rows.items()}


async def test_rows_that_are_written_meanwhile_are_all_there_and_none_else(whole: AsyncEngine) -> None:
    before = await read(whole, ROWS.format("legal_events"))
    async with writing(whole) as working:
        assert await take(whole, rows=37) is Stage.IN_PIECES
    assert min(each.writes for each in working) > 5
    assert await rows_of_writers(whole) == together_of(working)
    kept = await read(whole, "SELECT t::text AS row FROM legal_events t WHERE event_key ~ '^key-' ORDER BY 1")
    assert kept == before
    assert len(before) == 3_000
    places = await read(whole, "SELECT tableoid::regclass::text, count(*) FROM legal_events GROUP BY 1 ORDER BY 1")
    assert [place for place, _ in places] == [f"partitions.legal_events_{number}" for number in range(8)]


_PROCESS = """
import asyncio, sys
from services.liquidation.store.partitions import PIECES
from shared.db.engine import create_engine
from shared.db.pieces import adopt
from shared.db.transaction import exclusive_session

async def main():
    (taken,) = [each for each in PIECES if each.table == "legal_events"]
    engine = create_engine(sys.argv[1], application="adopting", pool_size=1)
    async with exclusive_session(engine, "test") as held:
        if held is None:
            sys.exit(3)
        async for reached in adopt(held, taken, rows=200):
            print(reached.stage, reached.reached, flush=True)
    await engine.dispose()

asyncio.run(main())
"""


async def test_whoever_is_killed_goes_on_where_it_stood(whole: AsyncEngine) -> None:
    url = whole.url.render_as_string(hide_password=False)
    draw, kills, said = random.Random(7), 0, list[str]()
    before = await read(whole, ROWS.format("legal_events"))
    async with writing(whole, 2) as working:
        while (await standing(whole)).stage is not Stage.IN_PIECES:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _PROCESS, url), cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE
            )
            assert process.stdout is not None
            for _ in range(draw.randint(5, 11)):
                line = (await process.stdout.readline()).decode().strip()
                if not line:
                    break
                said.append(line)
            else:
                await asyncio.sleep(draw.random() * 0.01)
                process.send_signal(signal.SIGKILL)
                kills += 1
            await process.wait()
    assert kills >= 3
    places = [line.partition(" ")[2] for line in said if line.startswith("copying ")]
    assert places == sorted(places), "no step back"
    assert await rows_of_writers(whole) == together_of(working)
    kept = await read(whole, "SELECT t::text AS row FROM legal_events t WHERE event_key ~ '^key-' ORDER BY 1")
    assert kept == before
    left = "SELECT relname FROM pg_class WHERE relname ~ '(_next|_whole|_follow)' AND relname ~ '^legal_events'"
    assert await read(whole, left) == []


@each_declared
async def test_a_table_in_pieces_is_what_it_was_whole(databases: TestDatabases, service: str, taken: Pieces) -> None:
    engine = await databases.before(service, BEFORE[service])
    role = f"reader_of_{taken.table}"
    async with transaction(engine) as tx:
        await bulk.execute(tx, f"CREATE ROLE {role}")
        await bulk.execute(tx, f"GRANT SELECT, INSERT ON {taken.table} TO {role}")
        await bulk.execute(tx, f"CREATE VIEW seen AS SELECT count(*) AS rows FROM {taken.table}")
    before = await read(engine, DESCRIBED, taken.table)
    assert {"column", "constraint", "table"} <= {kind for kind, *_ in before}
    assert await take(engine, taken) is Stage.IN_PIECES
    assert await read(engine, DESCRIBED, taken.table) == before
    assert await read(engine, "SELECT rows FROM seen") == [(0,)]
    assert (await standing(engine, taken)).pieces == taken.count
    indexes = "SELECT relname FROM pg_class WHERE relkind = 'i' AND relnamespace = 'partitions'::regnamespace"
    named = {f"{name}_{number}" for kind, name, *_ in before if kind == "index" for number in range(taken.count)}
    assert named <= {name for (name,) in await read(engine, indexes)}, "as plans tell them"
    options = "SELECT DISTINCT reloptions::text FROM pg_class WHERE relname ~ $1"
    assert len(await read(engine, options, f"^{taken.table}_[0-9]$")) == 1
    async with transaction(engine) as tx:
        await bulk.execute(tx, f"DROP OWNED BY {role}")
        await bulk.execute(tx, f"DROP ROLE {role}")
    await engine.dispose()


async def test_history_that_comes_into_pieces_is_noted_for_its_seal(whole: AsyncEngine) -> None:
    await take(whole)
    async with transaction(whole) as tx:
        await bulk.execute(tx, "DELETE FROM unsealed")
        await bulk.execute(tx, FILL.replace("'B76'", "'C76'"), 3)
    assert await read(whole, "SELECT source, subject FROM unsealed") == [("legal_events", "C7600000000")]


async def test_a_row_that_somebody_holds_is_waited_for_and_holds_up_nobody_else(whole: AsyncEngine) -> None:
    holder = other(whole)
    await take(whole, until=Stage.COPYING)
    async with transaction(holder) as tx:
        await bulk.execute(tx, "UPDATE legal_events SET detail = 'held' WHERE entry_number = 'B7600000500'")
        taking = asyncio.create_task(take(whole, rows=300))
        async with asyncio.timeout(30):
            while (await standing(holder)).reached != "B7600000499":
                await asyncio.sleep(0.02)
        await read(holder, "UPDATE legal_events SET detail = 'free' WHERE entry_number = 'B7600000501' RETURNING 1")
    assert await taking is Stage.IN_PIECES
    details = "SELECT DISTINCT entry_number, detail FROM legal_events WHERE detail IS NOT NULL ORDER BY 1"
    assert await read(whole, details) == [("B7600000500", "held"), ("B7600000501", "free")]
    await holder.dispose()


async def test_whoever_reads_the_table_for_long_is_waited_for_and_writers_go_on(
    whole: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "_LOCK_SECONDS", 0.2)
    monkeypatch.setattr(pieces, "_PAUSE_SECONDS", 0.1)
    assert await take(whole, until=Stage.READY) is Stage.READY
    reader = other(whole)
    async with transaction(reader) as tx:
        await bulk.fetch(tx, "SELECT count(*) FROM legal_events")
        taking = asyncio.create_task(take(whole))
        for _ in range(5):
            async with asyncio.timeout(5):
                await read(
                    reader, "UPDATE legal_events SET detail = 'x' WHERE entry_number = 'B7600000001' RETURNING 1"
                )
            await asyncio.sleep(0.1)
        assert not taking.done()
        assert (await standing(reader)).stage is Stage.READY
    assert await taking is Stage.IN_PIECES
    await reader.dispose()


async def test_a_table_that_is_held_for_minutes_is_given_up_and_taken_later(
    whole: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("_LOCK_SECONDS", 0.05), ("_PAUSE_SECONDS", 0.0), ("_TRIES", 3)):
        monkeypatch.setattr(pieces, name, value)
    reader = other(whole)
    async with transaction(reader) as tx:
        await bulk.execute(tx, "LOCK TABLE legal_events IN SHARE MODE")
        with pytest.raises(Transient):
            await take(whole)
    assert await take(whole) is Stage.IN_PIECES
    await reader.dispose()


async def test_a_migration_waits_until_the_table_is_in_pieces_or_taken_back(databases: TestDatabases) -> None:
    engine = await databases.before("liquidation", BEFORE["liquidation"])
    async with transaction(engine) as tx:
        await bulk.execute(tx, FILL, 30)
    before = await read(engine, DESCRIBED, "legal_events")
    await take(engine, rows=1, until=Stage.COPYING)
    with pytest.raises(TableInTheWayError, match="legal_events: on the way into pieces"):
        await upgrade(engine, LIQUIDATION.migrations)
    async with transaction(engine) as tx:
        assert await abandon(tx, EVENTS)
        assert not await abandon(tx, EVENTS)
    assert await read(engine, DESCRIBED, "legal_events") == before
    assert (await standing(engine)).stage is Stage.WHOLE
    await upgrade(engine, LIQUIDATION.migrations)
    await take(engine, rows=1, until=Stage.COPYING)
    await upgrade(engine, LIQUIDATION.migrations)  # nothing is to be done
    assert await take(engine) is Stage.IN_PIECES
    await engine.dispose()


async def test_a_table_that_was_changed_meanwhile_is_begun_anew(whole: AsyncEngine) -> None:
    await take(whole, rows=300, until=Stage.COMPARING)
    async with transaction(whole) as tx:
        await bulk.execute(tx, "ALTER TABLE legal_events ADD COLUMN later text DEFAULT 'new'")
        await bulk.execute(
            tx,
            "INSERT INTO legal_events SELECT 'D7600000001', event_key, sequence, change, to_state,"
            " occurred_on, rule FROM legal_events WHERE entry_number = 'B7600000001'",
        )
    assert await take(whole) is Stage.IN_PIECES
    assert await read(whole, "SELECT later, count(*) FROM legal_events GROUP BY 1") == [("new", 3_003)]


async def test_a_copy_that_differs_never_takes_the_place_of_the_table(whole: AsyncEngine) -> None:
    await take(whole, rows=300, until=Stage.COMPARING)
    async with transaction(whole) as tx:
        await bulk.execute(
            tx,
            "UPDATE partitions.legal_events_next SET detail = 'tampered' WHERE (entry_number, event_key)"
            " = ('B7600000777', 'key-1')",
        )
    with pytest.raises(PiecesDifferError, match="behind key 'B7600000699' up to 'B7600000799'"):
        await take(whole, rows=300)
    assert (await standing(whole)).stage is Stage.COMPARING
    async with transaction(whole) as tx:
        await bulk.execute(tx, "DELETE FROM partitions.legal_events_next WHERE detail = 'tampered'")
    with pytest.raises(PiecesDifferError, match="299 rows copied of 300"):
        await take(whole, rows=300)
    async with transaction(whole) as tx:
        await abandon(tx, EVENTS)
    assert await take(whole) is Stage.IN_PIECES


async def test_rows_that_are_taken_out_as_a_whole_are_out_of_the_pieces(whole: AsyncEngine) -> None:
    await take(whole, rows=300, until=Stage.COMPARING)
    async with transaction(whole) as tx:
        await bulk.execute(tx, "TRUNCATE legal_events")
        await bulk.execute(tx, FILL, 5)
    assert await take(whole) is Stage.IN_PIECES
    assert await read(whole, "SELECT count(*) FROM legal_events") == [(5,)]


async def test_a_table_without_the_key_in_its_primary_key_is_refused(whole: AsyncEngine) -> None:
    with pytest.raises(TableInTheWayError, match="no primary key with importer_number"):
        await take(whole, Pieces("entries", "importer_number"))


async def test_the_server_knows_a_table_in_pieces_as_a_whole(
    service_engine: Callable[[str], Awaitable[AsyncEngine]],
) -> None:
    engine = await service_engine("liquidation")
    async with transaction(engine) as tx:
        await bulk.execute(tx, FILL, 30)
    clock = FixedClock.__new__(FixedClock)
    async with exclusive_session(engine, "test") as held:
        assert held is not None
        await look_over(JobSession("make-partitions", held, clock), OF_LIQUIDATION)
    rows = "SELECT reltuples FROM pg_class WHERE oid = $1::regclass"
    assert await read(engine, rows, "legal_events") == [(30.0,)]
    assert await read(engine, rows, "entries") == [(-1.0,)], "which is whole: the server looks at it by itself"


async def test_new_installations_have_in_pieces_what_the_list_says(
    service_engine: Callable[[str], Awaitable[AsyncEngine]],
) -> None:
    listed = {(each.service, each.table): each for each in placed_tables()}
    for service, declared in DECLARED.items():
        engine = await service_engine(service)
        for each in declared:
            place = listed[service, each.table]
            assert place.key == each.key
            is_parted = (await standing(engine, each)).stage is Stage.IN_PIECES
            assert (place.partitions, place.why_whole) == (
                (f"hash {each.key}", "") if is_parted else ("whole", "lists")
            )
    of_lists = {name for name, each in listed.items() if each.why_whole == "lists"}
    assert of_lists <= {(service, each.table) for service, declared in DECLARED.items() for each in declared}
