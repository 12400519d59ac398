"""A year of liquidation, killed at random: it goes on where it was, and ends as a year that nobody disturbed."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.app import SERVICE
from services.liquidation.store.acts_tables import recompute_differences, recomputes
from services.liquidation.store.invariants import INVARIANTS
from services.liquidation.store.money_invariants import MONEY_INVARIANTS
from services.liquidation.store.protest_invariants import PROTEST_INVARIANTS
from shared.db.transaction import reading
from shared.runtime.invariants import check_all
from tests.fault.year import steps_of
from tests.support.digest import differences, table_contents

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
SEED = 20261123
ROOT = Path(__file__).parents[2]

# What a year without it would not have proved, with the least of each in the short form.
HAPPENED = {
    "legal_events": {
        "liquidated": 40,
        "extended": 20,
        "suspended": 10,
        "suspension-lifted": 10,
        "reliquidated": 40,
        "rescheduled": 5,
        "liquidation-voided": 1,
    },
    "protest_acts": {
        "recommend": 10,
        "allow": 3,
        "deny": 3,
        "deem-denied": 2,
        "withdraw": 3,
        "refuse-further-review": 1,
    },
    "money_acts": {"bill-paid": 10, "bill-overdue": 5, "surety-billed": 5, "refund-changed": 10},
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How many entries, and how often the process is killed."""

    entries: int
    kills: int


SHORT = Scale(entries=150, kills=8)
LONG = Scale(entries=1500, kills=60)


@pytest.mark.timeout(400)
async def test_killed_year_ends_as_an_undisturbed_one(service_engine: MakeEngine, tmp_path: Path) -> None:
    await check_year(service_engine, tmp_path, SHORT)


@pytest.mark.timeout(3600)
@pytest.mark.long
async def test_killed_year_over_much_of_the_sample_ends_as_an_undisturbed_one(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    await check_year(service_engine, tmp_path, LONG)


async def check_year(service_engine: MakeEngine, folder: Path, scale: Scale) -> None:
    """Live the year twice, once under kills, and compare every table and every event."""
    clean, killed = await service_engine("liquidation"), await service_engine("liquidation")
    await asyncio.to_thread(live, clean, folder / "clean.jsonl", scale.entries, {})
    kills = choose_kills(scale)
    await asyncio.to_thread(live, killed, folder / "killed.jsonl", scale.entries, kills)
    assert not kills, "the year was over before these kills"
    for engine in (clean, killed):
        await demand_sound(engine)
        await demand_eventful(engine)
    assert (folder / "clean.jsonl").read_bytes() == (folder / "killed.jsonl").read_bytes()
    one, other = await table_contents(clean, SERVICE), await table_contents(killed, SERVICE)
    found = differences(one, other)
    assert not found, "\n".join(found)
    assert await published(clean) == await published(killed)
    for engine in (clean, killed):
        await engine.dispose()


def choose_kills(scale: Scale) -> dict[int, float]:
    """After the beginning of which step the process is killed, and how many seconds after; a third of it in cycles."""
    chance = random.Random(SEED)
    steps = list(steps_of(scale.entries))
    cycles = [step.number for step in steps if step.what == "cycle" and step.detail == "run"]
    numbers = {*chance.sample(cycles, scale.kills // 3)}
    while len(numbers) < scale.kills:
        numbers.add(chance.choice(steps).number)
    return {number: chance.uniform(0.0, 0.02) for number in sorted(numbers)}


def live(engine: AsyncEngine, journal: Path, entries: int, kills: dict[int, float]) -> None:
    """Run the process until the year is over; a kill that was made is taken out of `kills`."""
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.fault.year", url, str(journal), "--entries", str(entries)]
    errors = journal.with_suffix(".err")
    while True:
        with errors.open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log)
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if (after := kills.pop(int(line), None)) is not None:
                    time.sleep(after)
                    process.kill()
        finally:
            process.stdout.close()
            status = process.wait()
        if status == 0:
            return
        assert status == -signal.SIGKILL, errors.read_text(encoding="utf-8")[-4000:]


async def demand_sound(engine: AsyncEngine) -> None:
    """No invariant of the service is broken."""
    found = await check_all(lambda: reading(engine), (*INVARIANTS, *PROTEST_INVARIANTS, *MONEY_INVARIANTS))
    assert {name: lines for name, lines in found.items() if lines} == {}


async def demand_eventful(engine: AsyncEngine) -> None:
    """The year held enough of everything, and no nightly comparison found a difference."""
    async with reading(engine) as connection:
        for table, least in HAPPENED.items():
            column = "kind" if table == "protest_acts" else "change"
            rows = await connection.execute(text(f"SELECT {column}, count(*) FROM {table} GROUP BY 1"))
            counted = Counter({row[0]: row[1] for row in rows})
            missing = {change: counted[change] for change, number in least.items() if counted[change] < number}
            assert not missing, f"{table}: {missing}"
        assert await connection.scalar(select(func.count()).select_from(recomputes)) >= 11
        assert await connection.scalar(select(func.count()).select_from(recompute_differences)) == 0
        assert await connection.scalar(text("SELECT count(*) FROM cycles")) == 52
        assert await connection.scalar(text("SELECT count(*) FROM held_entries")) > 0


async def published(engine: AsyncEngine) -> Counter[tuple[str, str, str]]:
    """Every event that was put into the outbox, each with how often.

    Without its time: an instruction that was interrupted between its confirmation and its application is applied by the
    next job, and says so. What it did is of the same days.
    """
    async with reading(engine) as connection:
        rows = await connection.execute(text("SELECT topic, key, value FROM outbox"))
        events = [(row.topic, row.key, orjson.loads(bytes(row.value)) | {"time": None}) for row in rows]
    return Counter((topic, key, orjson.dumps(event).decode()) for topic, key, event in events)
