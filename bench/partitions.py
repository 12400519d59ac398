"""What partitions cost: the same work on the tables whole, as the release before had them, and in partitions.

`python -m bench.partitions` folds changes of import activity, reads them for many accounts, and writes and reads the
entries of a dry run, in turns on a database at the revision before and on one at the newest. Times are of the processor
of the database's process; the ratio is that in partitions divided by that of the whole table.
"""

import argparse
import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.site import open_server
from bench.storage import seconds_of
from services.liquidation.app import SERVICE as LIQUIDATION
from services.routing.app import SERVICE as ROUTING
from services.routing.store import activity
from shared.db import bulk, embedded
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.db.seals import LAST_LINKS
from shared.db.transaction import Transaction, alone, transaction

TURNS: Final = 5
_OFTEN: Final = 50
"""Questions are asked so often, or they would take no time that could be measured."""
_BEFORE: Final = {"routing": "0023_pre_operator_acts", "liquidation": "0031_pre_operator_acts"}
_CHANGES: Final = """
INSERT INTO activity_changes
SELECT lpad((n % 20000)::text, 12, '0'), ('2025-10-01'::date + (n % 24) * interval '1 month')::date,
    lpad((n % 700)::text, 6, '0'), 1, 1, 100
FROM generate_series(1, $1) AS n
"""
_FORECAST: Final = """
INSERT INTO forecast_entries
SELECT $2::date, $3::integer, 'B76' || lpad(n::text, 8, '0'), 'as-entered' FROM generate_series(1, $1) AS n
"""
_SEALS: Final = """
INSERT INTO seals
SELECT md5(n::text || '-' || $2::integer), 'acts', 1, n::text, sha256(n::text::bytea), sha256(n::text::bytea), $2
FROM generate_series(1, $1) AS n
"""
_REPORT: Final = """
SELECT disposition, count(*) FROM forecast_entries WHERE cycle_on = $1 AND number = $2 GROUP BY disposition
"""

Work = Callable[[Transaction, int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Compared:
    """Seconds of the processor on the whole table and in partitions, the median of so many turns."""

    what: str
    whole: float
    parted: float


async def measure(server: embedded.EmbeddedPostgres, rows: int) -> list[Compared]:
    """All the work that touches the tables in partitions, on so many rows."""

    async def change(tx: Transaction, _: int) -> None:
        await bulk.execute(tx, _CHANGES, rows)

    async def fold(tx: Transaction, _: int) -> None:
        assert await activity.fold(tx, rows) == rows

    async def read(tx: Transaction, turn: int) -> None:
        numbers = [f"{number:012d}" for number in range(turn * 100, turn * 100 + 100)]
        await activity.load(tx.connection, numbers, date(2026, 10, 1), date(2027, 9, 1))

    async def forecast(tx: Transaction, turn: int) -> None:
        await bulk.execute(tx, _FORECAST, rows, date(2026, 12, 4), turn)

    async def report(tx: Transaction, turn: int) -> None:
        await bulk.fetch(tx, _REPORT, date(2026, 12, 4), turn)

    async def seal(tx: Transaction, turn: int) -> None:
        await bulk.execute(tx, _SEALS, rows, turn)

    async def chain(tx: Transaction, turn: int) -> None:
        subjects = [hashlib.md5(f"{n}-{turn}".encode()).hexdigest() for n in range(1, rows // 100 + 1)]
        assert len(await bulk.fetch(tx, LAST_LINKS, "acts", subjects)) == rows // 100

    routing = await _open(server, ROUTING.name)
    found = [
        await _compare("fold of import activity", routing, fold, before=change),
        await _compare("import activity of 100 accounts", routing, read),
        await _compare("seals", routing, seal),
        await _compare("last links of a hundredth", routing, chain),
    ]
    liquidation = await _open(server, LIQUIDATION.name)
    found += [
        await _compare("entries of a dry run", liquidation, forecast),
        await _compare("report of a dry run", liquidation, report),
    ]
    for engine in (*routing, *liquidation):
        await engine.dispose()
    return found


async def _open(server: embedded.EmbeddedPostgres, name: str) -> tuple[AsyncEngine, AsyncEngine]:
    service = {"routing": ROUTING, "liquidation": LIQUIDATION}[name]
    engines = []
    for state, revision in (("whole", _BEFORE[name]), ("parted", "head")):
        embedded.ensure_database(server, f"{name}_{state}")
        engine = create_engine(server.url(f"{name}_{state}"), application="bench", pool_size=1, overflow=0)
        await upgrade(engine, service.migrations, revision)
        engines.append(engine)
    return engines[0], engines[1]


async def _compare(
    what: str, engines: tuple[AsyncEngine, AsyncEngine], work: Work, *, before: Work | None = None
) -> Compared:
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(TURNS):
        for engine, times in zip(engines, taken, strict=True):
            if before is not None:
                async with transaction(engine) as tx:
                    await before(tx, turn)
            async with alone(engine) as connection:
                await connection.driver.execute("VACUUM ANALYZE")
            async with transaction(engine) as tx:
                (row,) = await bulk.fetch(tx, "SELECT pg_backend_pid() AS pid")
                began = seconds_of(row["pid"])
                for _ in range(_OFTEN if work.__name__ in {"read", "chain", "report"} else 1):
                    await work(tx, turn)
                times.append(seconds_of(row["pid"]) - began)
    return Compared(what, median(taken[0]), median(taken[1]))


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(prog="python -m bench.partitions", description="What partitions cost.")
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    with open_server() as (_, server):
        for each in asyncio.run(measure(server, given.rows)):
            print(
                f"{each.what:34} {each.whole:6.2f} s whole, {each.parted:6.2f} s parted: {each.parted / each.whole:.2f}"
            )


if __name__ == "__main__":
    main()
