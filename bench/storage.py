"""What an entry leaves behind: rows and bytes of each table, and the processor's time of each service.

`python -m bench.storage --write` sends entries of the sample through the handlers of the four services in
one process, as their consumers apply them (no bus), lets the weekly cycles of the year after run, each after two dry
runs, seals history, sends mail to a folder, and writes docs/scale/tables.csv and docs/scale/processor.csv. Times are of
the processor, not of the clock, so what else the machine does matters little.
"""

import argparse
import asyncio
import csv
import os
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.site import open_server
from bench.traffic import SAMPLES, filed_and_released
from cli.demo import account_of
from services.liquidation.acts.cut_sheets import make_forecast
from services.liquidation.acts.cycles import cycle_day
from shared.bus import inbox, outbox
from shared.bus.protocol import Message
from shared.contracts.content import digest_content
from shared.contracts.decode import Rejection, decode
from shared.customs.calendar import friday_on_or_after, legal_date
from shared.db import bulk, embedded
from shared.db.embedded import EmbeddedPostgres
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.db.transaction import alone, exclusive_session, transaction
from shared.runtime.ids import event_key
from shared.runtime.sealing import seal_what_waits
from tests.support.produced.world import OFFICE, Station, World, open_world
from tests.support.services import SERVICES

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "scale"
BATCH: Final = 1000
BEGIN: Final = date(2026, 11, 23)
"""After the last day of the sample."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")
# With its partitions, indexes and long values; a table that has none of its own is parted.
_SIZES: Final = """
SELECT c.relname AS name, sum(pg_table_size(coalesce(part.relid, c.oid)))::bigint AS heap,
    sum(pg_indexes_size(coalesce(part.relid, c.oid)))::bigint AS indexes
FROM pg_class c LEFT JOIN LATERAL pg_partition_tree(c.oid) AS part ON c.relkind = 'p'
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
GROUP BY c.relname ORDER BY c.relname
"""


@dataclass(slots=True)
class Spent:
    """Seconds of the processor by phase and service: of Python, and of the database's process that works for it."""

    python: Counter[tuple[str, str]] = field(default_factory=Counter)
    database: Counter[tuple[str, str]] = field(default_factory=Counter)


class Meter:
    """Looks at the processor's time around what each service does."""

    def __init__(self) -> None:
        self.spent = Spent()
        self.phase = "accounts"
        self._before: Counter[str] = Counter()

    async def begin(self, phase: str, stations: Sequence[Station]) -> None:
        """End the phase before: what the database's processes of each service have spent since is its."""
        for station in stations:
            name = station.service.name
            async with transaction(station.engine) as tx:
                rows = await bulk.fetch(tx, "SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            now = sum(seconds_of(row["pid"]) for row in rows)
            self.spent.database[self.phase, name] += now - self._before[name]
            self._before[name] = now
        self.phase = phase

    @contextmanager
    def of(self, station: Station) -> Iterator[None]:
        """Count what the block spends as that of a service in this phase."""
        python = time.process_time()
        yield
        self.spent.python[self.phase, station.service.name] += time.process_time() - python


def seconds_of(pid: int) -> float:
    """What a process has spent of the processor, in seconds (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def apply(meter: Meter, station: Station, messages: Sequence[Message]) -> None:
    """One batch as the consumer applies it: decoded, admitted, decided, written, with what follows in the outbox."""
    with meter.of(station):
        events, digests = [], {}
        for message in messages:
            event = decode(message.topic, message.key, message.value, message.headers, 524_288)
            assert not isinstance(event, Rejection), event
            events.append(event)
            digests[event_key(event.source, event.id)] = digest_content(event, message.value or b"", message.headers)
        async with transaction(station.engine) as tx:
            known = await inbox.admit(tx, digests)
            fresh = [each for each in events if event_key(each.source, each.id) not in known]
            told = await station.parts.handler(tx, fresh)
            await outbox.add(tx, f"urn:centerline:{station.service.name}", told)


async def deliver(meter: Meter, stations: Sequence[Station], messages: Sequence[Message]) -> None:
    """Bring messages to whoever reads them, in batches, and what follows from them, until nobody says anything."""
    while messages:
        for station in stations:
            heard = [message for message in messages if message.topic in station.service.topics]
            for start in range(0, len(heard), BATCH):
                await apply(meter, station, heard[start : start + BATCH])
        messages = [message for station in stations async for message in _published(meter, station)]


async def _published(meter: Meter, station: Station) -> AsyncIterator[Message]:
    while True:
        with meter.of(station):
            taken = await station.take_published()
        for message in taken:
            yield message
        if not taken:
            return


async def pass_through(world: World, entries: int, meter: Meter) -> None:
    """Entries filed and released, then the cycles of the year after, with their notices and mail."""
    stations = (world.routing, world.workqueue, world.liquidation, world.notifications)
    with (SAMPLES / "importers.csv").open(encoding="utf-8", newline="") as file:
        accounts = [account_of(row) for row in csv.DictReader(file)]
    for start in range(0, len(accounts), 500):
        await world.routing.call("POST", "/importers", OFFICE, {"accounts": accounts[start : start + 500]})
    messages = [message for station in stations async for message in _published(meter, station)]
    await deliver(meter, stations, messages)
    await meter.begin("filed", stations)
    coming: list[Message] = []
    for message in filed_and_released(entries, released=True):
        coming.append(message)
        if len(coming) == 2 * BATCH:
            await deliver(meter, stations, coming)
            coming = []
    await deliver(meter, stations, coming)
    with meter.of(world.routing):
        await world.routing.run("fold-activity")
    await meter.begin("liquidated", stations)
    for friday in _fridays(await _last_day(world.liquidation.engine)):
        world.go_to(friday - timedelta(days=1), 18)
        with meter.of(world.liquidation):
            for _ in range(2):
                async with transaction(world.liquidation.engine) as tx:
                    day = cycle_day(friday, legal_date(world.clock.now()))
                    await make_forecast(tx, day, world.clock.now(), OFFICE)
            await world.cycle(friday, heard=False)
        messages = [message for station in stations async for message in _published(meter, station)]
        await deliver(meter, stations, messages)
    for station in stations:
        with meter.of(station):
            await _end(world, station)
    await meter.begin("over", stations)


async def _end(world: World, station: Station) -> None:
    """Mail goes out, and history is sealed."""
    if station.service.name == "notifications":
        await station.run("send-mail")
    async with exclusive_session(station.engine, "bench") as held:
        assert held is not None
        await seal_what_waits(held, station.parts.sealed, world.clock.now())


async def _last_day(engine: AsyncEngine) -> date:
    async with transaction(engine) as tx:
        (row,) = await bulk.fetch(tx, "SELECT max(scheduled_on) AS day FROM entries")
    last: date = row["day"]
    return last


def _fridays(last: date) -> Iterable[date]:
    friday = friday_on_or_after(BEGIN + timedelta(days=4))
    while friday <= max(last, BEGIN) + timedelta(days=7):
        yield friday
        friday += timedelta(days=7)


async def measure_tables(engine: AsyncEngine) -> list[tuple[str, int, int, int]]:
    """Name, rows, bytes of rows and bytes of indexes of each table that has rows."""
    async with alone(engine) as connection:
        await connection.driver.execute("VACUUM ANALYZE")
    found = []
    async with transaction(engine) as tx:
        for row in await bulk.fetch(tx, _SIZES):
            (count,) = await bulk.fetch(tx, f"SELECT count(*) AS n FROM {row['name']}")
            if count["n"]:
                found.append((row["name"], count["n"], row["heap"], row["indexes"]))
    return found


@asynccontextmanager
async def _open(server: EmbeddedPostgres) -> AsyncIterator[World]:
    engines: dict[str, AsyncEngine] = {}

    async def make(name: str) -> AsyncEngine:
        embedded.ensure_database(server, name)
        engines[name] = create_engine(server.url(name), application="bench", pool_size=3, overflow=0)
        service = next(each for each in SERVICES if each.name == name)
        await upgrade(engines[name], service.migrations)
        return engines[name]

    async with open_world(make, BEGIN, random_floor_basis_points=100) as world:
        yield world
    for engine in engines.values():
        await engine.dispose()


async def measure(entries: int) -> tuple[dict[str, list[tuple[str, int, int, int]]], Spent]:
    """The tables of each service after the pass, and what the processor did."""
    with open_server() as (_, server):
        async with _open(server) as world:
            meter = Meter()
            await pass_through(world, entries, meter)
            stations = (world.routing, world.workqueue, world.liquidation, world.notifications)
            tables = {each.service.name: await measure_tables(each.engine) for each in stations}
            return tables, meter.spent


def write(entries: int, tables: dict[str, list[tuple[str, int, int, int]]], spent: Spent) -> None:
    """Write both lists."""
    rows: list[list[Any]] = [
        [service, name, entries, count, heap, indexes]
        for service, of in tables.items()
        for name, count, heap, indexes in of
    ]
    _write("tables.csv", ["service", "table", "entries", "rows", "bytes", "index_bytes"], rows)
    phases: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for at in spent.python:
        phases[at] = [round(spent.python[at], 2), round(spent.database[at], 2)]
    times = [[phase, service, entries, *seconds] for (phase, service), seconds in phases.items()]
    header = ["phase", "service", "entries", "python_seconds", "database_seconds"]
    _write("processor.csv", header, [row for row in times if row[0] != "accounts"])


def _write(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Measure, show, and write when asked to."""
    parser = argparse.ArgumentParser(prog="python -m bench.storage", description="What an entry leaves behind.")
    parser.add_argument("--entries", type=int, default=10_105, help="the sample has 10,105")
    parser.add_argument("--write", action="store_true", help="write docs/scale/tables.csv and processor.csv")
    given = parser.parse_args()
    tables, spent = asyncio.run(measure(given.entries))
    for service, of in tables.items():
        for name, count, heap, indexes in of:
            print(f"{service:14} {name:28} {count:>9} rows {heap + indexes:>12} bytes")
    for at, seconds in spent.python.items():
        print(f"{at}: Python {seconds:.1f} s, database {spent.database[at]:.1f} s")
    if given.write:
        write(given.entries, tables, spent)


if __name__ == "__main__":
    main()
