"""The main job on sample entries: load, feed, let the legal year pass week by week, sum up."""

import asyncio
import csv
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import chain
from pathlib import Path
from typing import Any

from cli.client import Client, run_cycle
from cli.directory import load_directory, read_directory
from cli.environment import Environment
from cli.feed import FeedError, Line, publish_lines, read_lines
from cli.matters import load_matters, read_matters
from cli.operations import Quiet, dead_letters_by_reason, open_bus, watching_quiet
from cli.staff import load_staff, read_staff
from shared.customs.calendar import end_of_legal_day, friday_on_or_after, legal_date

SAMPLES = Path(__file__).resolve().parent.parent / "samples"

_ACCOUNTS_AT_ONCE = 500
_KEPT = "sample-progress.json"


@dataclass(slots=True)
class Progress:
    """How far the sample has been loaded into this data folder, so that a second run goes on from there."""

    importers: int = 0
    parties: int = 0
    delegations: int = 0
    lines: int = 0
    cycled_to: str | None = None
    is_directory_known: bool = False
    are_people_known: bool = False
    are_matters_open: bool = False
    events: int = 0
    seconds: float = 0.0

    @classmethod
    def load(cls, path: Path) -> "Progress":
        """The kept progress, or none yet."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return cls()

    def save(self, path: Path) -> None:
        """Keep it. Written after what it describes, so at worst a step is done twice, which changes nothing."""
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)), encoding="utf-8")
        fresh.replace(path)


@dataclass(frozen=True, slots=True)
class Reporter:
    """Where progress goes: the step that begins with its size, and what is done of it."""

    begin: Callable[[str, int], None]
    advance: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """A folder of samples with its lines in order of time; raw messages carry no time and come after the last event."""

    folder: Path
    lines: list[Line]
    begins_at: datetime
    ends_at: datetime
    """The last event, or the end of its Friday: the clock that goes on from here is never behind a cycle's."""

    @property
    def fridays(self) -> list[date]:
        """The Fridays of its days."""
        return list(_fridays(legal_date(self.begins_at), legal_date(self.ends_at)))


def read_sample(folder: Path) -> Sample:
    """Read a folder of samples; raises `FeedError`, and `OSError` for a file that is missing."""
    filings = folder / "filings.jsonl"
    events = merge(
        read_lines(folder / "events.jsonl.gz"), read_lines(filings) if filings.exists() else (), key=_time_of
    )
    lines = list(chain(events, read_lines(folder / "refused.jsonl")))
    times = [_time_of(line) for line in lines if line.time is not None]
    if not times:
        raise FeedError(f"{folder / 'events.jsonl.gz'} holds no event: give a folder like that of samples")
    begins_at, ends_at = min(times), max(times)
    fridays = list(_fridays(legal_date(begins_at), legal_date(ends_at)))
    return Sample(folder, lines, begins_at, max([ends_at, *map(end_of_legal_day, fridays[-1:])]))


def stand_before_cycles(environment: Environment, sample: Sample) -> None:
    """Let the clock of liquidation stand from before it starts while cycles of the sample are still to be run.

    Otherwise the service would run the last of them by itself, before the weeks are loaded.
    """
    cycled_to = Progress.load(environment.data / _KEPT).cycled_to
    if cycled_to is None:
        set_replay_clock(environment, sample.begins_at)
    elif sample.fridays[-1:] > [date.fromisoformat(cycled_to)]:
        set_replay_clock(environment, end_of_legal_day(date.fromisoformat(cycled_to)))


async def run_sample(environment: Environment, client: Client, sample: Sample, reporter: Reporter) -> Progress:
    """Load the sample in order of time, with a liquidation cycle every Friday; gives what was done altogether.

    The clock of liquidation stands on each Friday while its week is loaded and its cycle runs, so that what is posted
    has the day that it would have had; afterwards it is that of the demonstration, which goes on from the last day.
    """
    kept = environment.data / _KEPT
    progress = Progress.load(kept)
    await _load_importers(client, sample.folder / "importers.csv", progress, reporter)
    await _load_parties(client, sample.folder, progress, reporter)
    await _load_directory(client, sample.folder, progress)
    await _load_people(client, sample.folder, progress)
    progress.save(kept)
    lines = sample.lines
    reporter.begin("events", len(lines))
    reporter.advance(progress.lines)
    async with watching_quiet(environment) as quiet, open_bus(environment) as bus:
        for friday in sample.fridays:
            if progress.cycled_to is not None and friday <= date.fromisoformat(progress.cycled_to):
                continue
            began = time.monotonic()
            set_replay_clock(environment, end_of_legal_day(friday))
            await _feed_until(bus, lines, progress, end_of_legal_day(friday), reporter)
            await quiet.wait()
            await run_cycle(client, friday)
            progress.cycled_to = friday.isoformat()
            progress.seconds += time.monotonic() - began
            progress.save(kept)
        set_replay_clock(environment, None)
        began = time.monotonic()
        await _feed_until(bus, lines, progress, None, reporter)
        await _open_matters(client, sample.folder, progress, reporter)
        await _settle(client, quiet)
        progress.seconds += time.monotonic() - began
        progress.save(kept)
    return progress


def set_replay_clock(environment: Environment, at: datetime | None) -> None:
    """Let the clock of liquidation stand at an instant, or go again."""
    file = environment.replay_clock
    if file is None:
        return
    if at is None:
        file.unlink(missing_ok=True)
        return
    fresh = file.with_suffix(".new")
    fresh.write_text(at.isoformat(), encoding="utf-8")
    fresh.replace(file)


async def summarise(environment: Environment, client: Client, progress: Progress) -> dict[str, Any]:
    """The summary of the whole system, from the services' own figures."""
    routing = await client.get("routing", "/figures")
    work = await client.get("workqueue", "/figures")
    liquidation = await client.get("liquidation", "/figures")
    notices = await client.get("notifications", "/figures")
    return {
        "entries": routing["entries"],
        "routed": {key: routing[key] for key in ("by_center", "by_basis", "by_lane")},
        "work_items": {
            "open": work["open"] + work["claimed"],
            "closed": work["completed"] + work["cancelled"],
            "by_queue": work["by_queue"],
        },
        "liquidation": {
            key: liquidation[key] for key in ("scheduled", "suspended", "extended", "liquidated", "deemed")
        },
        "notices": notices["notices"],
        "dead_letters": await dead_letters_by_reason(environment),
        "events": progress.events,
        "events_per_second": round(progress.events / progress.seconds, 1) if progress.seconds else 0.0,
        "seconds": round(progress.seconds, 1),
    }


async def _load_importers(client: Client, path: Path, progress: Progress, reporter: Reporter) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        accounts = [account_of(row) for row in csv.DictReader(file)]
    reporter.begin("importers", len(accounts))
    reporter.advance(progress.importers)
    while progress.importers < len(accounts):
        some = accounts[progress.importers : progress.importers + _ACCOUNTS_AT_ONCE]
        await client.post("routing", "/importers", {"accounts": some})
        progress.importers += len(some)
        reporter.advance(len(some))


async def _load_parties(client: Client, samples: Path, progress: Progress, reporter: Reporter) -> None:
    """Register the parties, then the papers by which importers let them act; a sample need not have any."""
    parties = parties_of(_rows_of(samples / "parties.csv"))
    delegations = _rows_of(samples / "delegations.csv")
    reporter.begin("parties", len(parties) + len(delegations))
    reporter.advance(progress.parties + progress.delegations)
    if progress.parties < len(parties):
        await client.post("routing", "/parties", {"parties": parties, "reason": "Of the sample."})
        reporter.advance(len(parties) - progress.parties)
        progress.parties = len(parties)
    for row in delegations[progress.delegations :]:
        await client.post("routing", *delegation_of(row), key=f"sample {row['party_id']} {row['importer_number']}")
        progress.delegations += 1
        reporter.advance(1)


async def _load_directory(client: Client, samples: Path, progress: Progress) -> None:
    """How the Centers are reached, once; a sample need not say it."""
    if not progress.is_directory_known:
        await load_directory(client, read_directory(samples))
        progress.is_directory_known = True


async def _load_people(client: Client, samples: Path, progress: Progress) -> None:
    """Who works at the Centers, once; nobody where nobody here can sign in the directors' name."""
    people = read_staff(samples)
    if not progress.are_people_known and people and client.signs:
        await load_staff(client, people)
        progress.are_people_known = True


async def _open_matters(client: Client, samples: Path, progress: Progress, reporter: Reporter) -> None:
    """What people open, once; nothing where nobody here can sign in their name."""
    matters = read_matters(samples)
    if progress.are_matters_open or not matters or not client.signs:
        return
    reporter.begin("matters", len(matters))
    await load_matters(client, matters, reporter.advance)
    progress.are_matters_open = True


def _rows_of(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def _feed_until(
    bus: Any, lines: list[Line], progress: Progress, until: datetime | None, reporter: Reporter
) -> None:
    end = progress.lines
    while end < len(lines) and (until is None or (lines[end].time is not None and _time_of(lines[end]) <= until)):
        end += 1
    count = await publish_lines(bus, iter(lines[progress.lines : end]), per_second=None, on_progress=reporter.advance)
    progress.lines = end
    progress.events += count


async def _settle(client: Client, quiet: Quiet) -> None:
    """Wait until all is applied and every notice that can go out has gone."""
    before: Any = None
    while True:
        await quiet.wait()
        figures = await client.get("notifications", "/figures")
        queued = sum(states.get("queued", 0) for states in figures["notices"].values())
        if queued == 0 or (before is not None and figures == before):
            return
        before = figures
        await asyncio.sleep(1.0)


def _fridays(first: date, last: date) -> Iterator[date]:
    friday = friday_on_or_after(first)
    while friday <= last:
        yield friday
        friday += timedelta(days=7)


def _time_of(line: Line) -> datetime:
    assert line.time is not None
    return datetime.fromisoformat(line.time)


def account_of(row: dict[str, str]) -> dict[str, Any]:
    """A row of importers.csv as POST /importers takes it."""
    return {
        "importer_number": row["importer_number"],
        "name": row["name"],
        "size": row["size"],
        "trusted_programs": row["trusted_programs"].replace(",", " ").replace(";", " ").replace("|", " ").split(),
        "center": row["assigned_center"] or None,
        "is_broker": row["broker_as_importer"] == "Y",
        "contact_email": row["email"] or None,
        "filer_code": row["filer_code"] or None,
    }


def parties_of(rows: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    """The rows of parties.csv, one for each contact, as POST /parties takes them."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        party = found.setdefault(row["party_id"], {"party_id": row["party_id"], "name": row["name"], "contacts": []})
        party["contacts"].append({"process": row["process"], "name": row["contact"], "email": row["email"]})
    return list(found.values())


def delegation_of(row: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """A row of delegations.csv: where it is posted, and as what."""
    body = {
        "importer_number": row["importer_number"],
        "scopes": row["scopes"].split(),
        "from_on": row["from_on"],
        "to_on": row["to_on"] or None,
        "reason": "A paper of the sample.",
    }
    return f"/parties/{row['party_id']}/delegations", body
