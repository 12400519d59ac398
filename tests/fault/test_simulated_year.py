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
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.app import SERVICE
from services.liquidation.store.invariants.money import MONEY_INVARIANTS
from services.liquidation.store.invariants.protests import PROTEST_INVARIANTS
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.tables.recomputes import recompute_differences, recomputes
from shared.contracts.decode import Rejection, decode
from shared.db.transaction import reading
from tests.fault.year import ANSWERS, MAX_EVENT_BYTES, is_confirmation, steps_of
from tests.support.digest import differences, table_contents
from tests.support.events import demand_known_words
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
SEED = 20261123
ROOT = Path(__file__).parents[2]

# What a year without it would not have proved: table, column, and the least of each value in the short form.
HAPPENED = {
    ("legal_events", "change"): {
        "liquidated": 40,
        "extended": 20,
        "suspended": 10,
        "suspension-lifted": 10,
        "reliquidated": 30,
        "rescheduled": 5,
        "liquidation-voided": 2,
    },
    ("protest_acts", "kind"): {
        "file": 30,
        "amend": 5,
        "recommend": 10,
        "allow": 2,
        "deny": 2,
        "deem-denied": 2,
        "withdraw": 2,
        "request-acceleration": 2,
        "apply-further-review": 3,
        "grant-further-review": 2,
        "refuse-further-review": 2,
        "forward": 2,
        "answer-further-review": 2,
    },
    ("review_decisions", "status"): {"applied": 10, "superseded": 3},
    ("assessments", "outcome"): {"increase": 20, "refund": 8, "undetermined": 2},
    ("money_acts", "change"): {"bill-paid": 10, "bill-overdue": 5, "surety-billed": 5, "refund-changed": 10},
    ("bills", "state"): {"paid": 10, "delinquent": 3, "replaced": 3},
    ("refunds", "state"): {"paid": 5},
    ("hold_sets", "state"): {"lifted": 3},
    ("instructions", "state"): {"confirmed": 10},
    ("instruction_results", "outcome"): {"suspended": 8, "lifted": 5, "liquidated-while-suspended": 2},
    ("cut_sheet_confirmations", "capacity"): {"specialist": 30, "supervisor": 30},
    ("cycles", "run_by"): {"kim": 30, "system:automatic-cycle": 15},
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How many entries, how many acts of people a day, and how often the process is killed."""

    entries: int
    acts: int
    kills: int


SHORT = Scale(entries=150, acts=2, kills=6)
LONG = Scale(entries=1500, acts=4, kills=60)


@pytest.mark.timeout(400)
@pytest.mark.verify
async def test_killed_year_ends_as_an_undisturbed_one(service_engine: MakeEngine, tmp_path: Path) -> None:
    await check_year(service_engine, tmp_path, SHORT)


@pytest.mark.timeout(3600)
@pytest.mark.long
async def test_killed_year_over_much_of_the_sample_ends_as_an_undisturbed_one(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    await check_year(service_engine, tmp_path, LONG)


async def check_year(service_engine: MakeEngine, folder: Path, scale: Scale) -> None:
    """Live the year twice, once under kills, and compare every table, every event and every answer."""
    clean, killed = await service_engine("liquidation"), await service_engine("liquidation")
    undisturbed = await asyncio.to_thread(live, clean, folder / "clean.jsonl", scale, {})
    kills = choose_kills(scale, folder / "clean.jsonl", undisturbed.seconds)
    disturbed = await asyncio.to_thread(
        live, killed, folder / "killed.jsonl", scale, {each: kill.after for each, kill in kills.items()}
    )
    assert disturbed.kills == len(kills), "the year was over before all kills"
    hit = {kills[number].where for number in disturbed.hit}
    assert hit >= {"cycle", "instruction"}, f"no kill struck within these: only {hit}"
    for engine in (clean, killed):
        await demand_sound(engine)
        await demand_eventful(engine)
    assert (folder / "clean.jsonl").read_bytes() == (folder / "killed.jsonl").read_bytes()
    demand_same_answers(folder / "clean.jsonl", folder / "killed.jsonl", kills)
    one, other = await table_contents(clean, SERVICE), await table_contents(killed, SERVICE)
    found = differences(one, other)
    assert not found, "\n".join(found)
    assert await published(clean) == await published(killed)
    for engine in (clean, killed):
        await engine.dispose()


@dataclass(frozen=True, slots=True)
class Kill:
    """Within what the process is killed, and how many seconds after that began."""

    where: str
    after: float


@dataclass(slots=True)
class Lived:
    """How long each step took, how many kills there were, and the steps within which they struck."""

    seconds: dict[int, float]
    kills: int
    hit: list[int]


def choose_kills(scale: Scale, journal: Path, seconds: dict[int, float]) -> dict[int, Kill]:
    """A third of the kills within cycles, a third within instructions, the others anywhere."""
    chance = random.Random(SEED)
    is_cycle = {
        each.number: each.what == "cycle" and each.detail in ("run", "automatic")
        for each in steps_of(scale.entries, scale.acts)
    }
    steps = {
        "cycle": [number for number, is_it in is_cycle.items() if is_it],
        "instruction": [line["step"] for line in read_lines_of(journal) if is_confirmation(line["request"])],
    }
    chosen = {
        number: where
        for where, numbers in steps.items()
        for number in chance.sample(numbers, min(len(numbers), scale.kills // 3))
    }
    while len(chosen) < scale.kills:
        chosen.setdefault(chance.choice(list(is_cycle)), "anything")
    return {
        number: Kill(where, seconds[number] * chance.uniform(0.05, 0.4)) for number, where in sorted(chosen.items())
    }


def live(engine: AsyncEngine, journal: Path, scale: Scale, kills: dict[int, float]) -> Lived:
    """Run the process until the year is over; `kills`: how many seconds after the beginning of which step."""
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.fault.year", url, str(journal)]
    command += ["--entries", str(scale.entries), "--acts", str(scale.acts)]
    errors = journal.with_suffix(".err")
    left, lived = dict(kills), Lived({}, 0, [])
    while True:
        with errors.open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log)
        assert process.stdout is not None
        last, struck, began = 0, None, time.monotonic()
        try:
            for line in process.stdout:
                lived.seconds[last], last, began = time.monotonic() - began, int(line), time.monotonic()
                if struck is None and (after := left.pop(last, None)) is not None:
                    time.sleep(after)
                    process.kill()
                    struck = last
        finally:
            process.stdout.close()
            status = process.wait()
        lived.seconds[last] = time.monotonic() - began
        if struck is not None:
            lived.kills += 1
            # When the next step had begun, the kill came too late for the one that was meant.
            lived.hit += [struck] if struck == last else []
        if status == 0:
            return lived
        assert status == -signal.SIGKILL, errors.read_text(encoding="utf-8")[-4000:]


def read_lines_of(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a journal; one that a kill cut off is none."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def demand_same_answers(clean: Path, killed: Path, kills: dict[int, Kill]) -> None:
    """A step that is sent again is answered as if it were sent once: from memory, or by the state that it found.

    An act upon a version (If-Match) carries no key: when it had been done, the version has gone on, and 409 or 412 says
    so.
    """
    requests = {line["step"]: line["request"] for line in read_lines_of(clean)}
    once = {line["step"]: line for line in read_lines_of(clean.with_suffix(ANSWERS))}
    again = {line["step"]: line for line in read_lines_of(killed.with_suffix(ANSWERS))}
    assert once.keys() == again.keys()
    refused = {line["said"].get("code") for line in once.values() if line["status"] in (409, 422)}
    assert len(refused) >= 5, f"the law refused too little: only {refused}"
    for number, answer in once.items():
        other = again[number]
        if (answer["status"], answer["said"]) == (other["status"], other["said"]):
            continue
        was_done = number in kills and answer["status"] < 300 and requests[number].get("tag") is not None
        assert was_done, f"{requests[number]}\n{answer}\n{other}"
        assert other["status"] in (409, 412), f"{requests[number]}\n{answer}\n{other}"


async def demand_sound(engine: AsyncEngine) -> None:
    """No invariant of the service is broken."""
    found = await find_violations(engine, (*RECORD_INVARIANTS, *PROTEST_INVARIANTS, *MONEY_INVARIANTS))
    assert {name: lines for name, lines in found.items() if lines} == {}


async def demand_eventful(engine: AsyncEngine) -> None:
    """The year held enough of everything, and no nightly comparison found a difference."""
    async with reading(engine) as connection:
        for (table, column), least in HAPPENED.items():
            rows = await connection.execute(text(f"SELECT {column}, count(*) FROM {table} GROUP BY 1"))
            counted = Counter({row[0]: row[1] for row in rows})
            missing = {change: counted[change] for change, number in least.items() if counted[change] < number}
            assert not missing, f"{table}: {missing}"
        assert await connection.scalar(select(func.count()).select_from(recomputes)) >= 11
        assert await connection.scalar(select(func.count()).select_from(recompute_differences)) == 0
        assert await connection.scalar(text("SELECT count(*) FROM cycles")) == 52
        assert await connection.scalar(text("SELECT count(*) FROM held_entries")) > 0
        by_event = "SELECT count(*) FROM protests WHERE filing_number LIKE '2704%'"
        assert await connection.scalar(text(by_event)) >= 8


async def published(engine: AsyncEngine) -> Counter[tuple[str, str, str]]:
    """Every event that was put into the outbox, each with how often.

    Without its time: an instruction that was interrupted between its confirmation and its application is applied by the
    next job, and says so. What it did is of the same days.
    """
    async with reading(engine) as connection:
        rows = await connection.execute(text("SELECT topic, key, value FROM outbox"))
        told = [(row.topic, row.key, bytes(row.value)) for row in rows]
    for topic, key, value in told:
        event = decode(topic, key.encode(), value, {}, MAX_EVENT_BYTES)
        assert not isinstance(event, Rejection), event
        demand_known_words(event)
    events = [(topic, key, orjson.loads(value) | {"time": None}) for topic, key, value in told]
    return Counter((topic, key, orjson.dumps(event).decode()) for topic, key, event in events)
