"""The main job as a script calls it: `centerline demo --once --json`, again, after an interruption, and cleaned up."""

import asyncio
import gzip
import json
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from cli.client import Client
from cli.environment import open_environment
from services.workqueue.domain.processes.table import PROCESSES
from shared.customs.calendar import friday_on_or_after, legal_date
from shared.customs.sensitive import SENSITIVE_PROCESSES
from shared.db import embedded
from shared.db.embedded import EmbeddedPostgres
from shared.db.engine import create_engine
from tests.support.product import COMMAND, MARK, ROOT, clean_environment, find_free_ports, pids_of_run
from tests.support.services import SERVICES

pytestmark = pytest.mark.timeout(600)

SAMPLES = ROOT / "samples"
LINES = 600
FIRST_FRIDAY = date(2025, 10, 3)
TIMES = {"events_per_second", "seconds"}
SERVICE_COUNT = len(SERVICES)
LATER = timedelta(days=365)
A_YEAR_LATER = f"""
from datetime import timedelta

from shared.runtime.clock import SystemClock

read = SystemClock.now
SystemClock.now = lambda self: read(self) + timedelta(days={LATER.days})
"""
"""What Python runs first in a process whose machine is to show the day a year from now."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A small folder of samples, and what must come of it."""

    folder: Path
    events: int
    entries: set[str]
    refused: Counter[str]


@dataclass(frozen=True, slots=True)
class Data:
    """A data folder with the commands that work on it."""

    folder: Path
    samples: Path
    first_port: int
    run_id: str
    first_run: Path | None = None
    """A folder with a sitecustomize.py for every process."""

    def demo(self, *, once: bool = True) -> subprocess.Popen[str]:
        options = ["--json", f"--samples={self.samples}", f"--first-port={self.first_port}"]
        return self.start("demo", *options, *(["--once"] if once else []))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(COMMAND), *arguments, f"--data={self.folder}"],
            cwd=ROOT,
            env=clean_environment(
                {
                    MARK: self.run_id,
                    "PYTHONPATH": os.pathsep.join(map(str, filter(None, (ROOT, self.first_run)))),
                    "CENTERLINE_LOG_LEVEL": "WARNING",  # nobody reads the pipe while it runs
                }
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait(self, process: subprocess.Popen[str], seconds: float = 180.0) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a command; ends the whole run when it takes too long."""
        try:
            printed, told = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.end()
            printed, told = process.communicate()
            raise AssertionError(f"not done after {seconds:.0f} s:\n{told[-3000:]}") from None
        return process.returncode, printed, told

    def end(self) -> None:
        """Leave no process behind."""
        while left := pids_of_run(self.run_id):
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The first events with what follows on their entries: so the year goes on, but with little traffic."""
    folder = tmp_path_factory.mktemp("samples")
    entries: set[str] = set()
    filed: set[str] = set()
    kept: list[str] = []
    with gzip.open(SAMPLES / "events.jsonl.gz", "rt", encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            row = json.loads(text)
            data = row["event"]["data"]
            numbers = {data["entry_number"]} if "entry_number" in data else set(data["entries"])
            if number <= LINES:
                entries |= numbers
            if number <= LINES or numbers & entries:
                kept.append(text)
                filed |= numbers if row["topic"] == "entry-filed" else set()
    with gzip.open(folder / "events.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(kept)
    for name in ("importers.csv", "parties.csv", "delegations.csv", "refused.jsonl", "filings.jsonl", "matters.jsonl"):
        shutil.copy(SAMPLES / name, folder)
    filings = (folder / "filings.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(text) for text in (folder / "refused.jsonl").read_text(encoding="utf-8").splitlines()]
    filed |= {row["key"] for row in rows if row["outcome"] != "dead-letter"}
    refused = Counter(row["why"] for row in rows if row["outcome"] == "dead-letter")
    return Sample(folder, len(kept) + len(filings) + len(rows), filed, refused)


@pytest.fixture(scope="module")
def new_data(module_folder: Path, sample: Sample) -> Iterator[Callable[[], Data]]:
    """Gives data folders; nothing that runs on them outlives the tests."""
    made: list[Data] = []

    def make() -> Data:
        folder = module_folder / f"main-job-{len(made)}"
        made.append(Data(folder, sample.folder, find_free_ports(SERVICE_COUNT + 1) + 1, uuid4().hex))
        return made[-1]

    yield make
    for data in made:
        data.end()
        embedded.kill(EmbeddedPostgres(data.folder / "postgres", 0))


@pytest.fixture(scope="module")
def data(new_data: Callable[[], Data]) -> Data:
    return new_data()


@pytest.fixture(scope="module")
def summary(data: Data) -> dict[str, Any]:
    """What the first run prints."""
    return finish(data, data.demo())


def finish(data: Data, process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a run; it must say nothing but its summary, and leave none of its processes."""
    code, printed, told = data.wait(process)
    assert code == 0, told[-3000:]
    assert printed.endswith("}\n")
    assert printed.count("\n") == 1
    assert pids_of_run(data.run_id) == []
    assert not (data.folder / "replay-clock").exists()
    found: dict[str, Any] = json.loads(printed)
    return found


def without_times(summary: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in summary.items() if name not in TIMES}


def test_summary_has_the_keys_that_scripts_read(summary: dict[str, Any]) -> None:
    assert set(summary) == TIMES | {
        "entries",
        "routed",
        "work_items",
        "liquidation",
        "notices",
        "dead_letters",
        "events",
    }
    assert set(summary["routed"]) == {"by_center", "by_basis", "by_lane"}
    assert set(summary["work_items"]) == {"open", "closed", "by_queue"}
    assert set(summary["liquidation"]) == {"scheduled", "suspended", "extended", "liquidated", "deemed"}
    assert all(isinstance(number, int) for states in summary["notices"].values() for number in states.values())


def test_what_people_and_filers_open_is_in_hand_once(summary: dict[str, Any]) -> None:
    opened = Counter(
        json.loads(text)["process"] for text in (SAMPLES / "matters.jsonl").read_text(encoding="utf-8").splitlines()
    )
    filings = (SAMPLES / "filings.jsonl").read_text(encoding="utf-8").splitlines()
    opened += Counter(json.loads(text)["event"]["data"]["kind"] for text in filings)
    del opened["center-appeal"]  # routing has it, until headquarters decides
    open_items: Counter[str] = Counter()
    for queue, count in summary["work_items"]["by_queue"].items():
        open_items[queue.split("/")[2]] += count
    of_entries = {"consultation"}
    counted = {code: count for code, count in opened.items() if code not in of_entries | SENSITIVE_PROCESSES}
    assert {code: open_items[code] for code in counted} == counted


@pytest.mark.usefixtures("summary")
async def test_every_process_has_something_in_hand(data: Data) -> None:
    server = embedded.start(data.folder / "postgres")
    work, accounts = (create_engine(server.url(name), application="tests") for name in ("workqueue", "routing"))
    async with work.connect() as connection:
        came = set(await connection.scalars(text("SELECT process FROM items")))
        stays = set(await connection.scalars(text("SELECT process FROM items WHERE state IN ('open', 'claimed')")))
        letters = set(await connection.scalars(text("SELECT form FROM requests WHERE stage IN ('issued', 'proposed')")))
    async with accounts.connect() as connection:
        appeals = await connection.scalar(text("SELECT count(*) FROM appeals WHERE state = 'appealed'"))
    for engine in (work, accounts):
        await engine.dispose()
    assert letters == {"CBP-28", "CBP-29"}
    assert appeals == 1, "routing has it, until headquarters decides"
    assert came == PROCESSES.keys() - {"request-for-information", "notice-of-action", "center-appeal"}
    of_entries = {"entry-summary-review", "preference", "quota"}  # of those of the small sample the year has ended
    assert came - stays <= of_entries


def test_every_entry_is_routed_and_counted_once(summary: dict[str, Any], sample: Sample) -> None:
    assert summary["entries"] == len(sample.entries)
    assert [sum(table.values()) for table in summary["routed"].values()] == [summary["entries"]] * 3
    assert set(summary["routed"]["by_lane"]) <= {"no-review", "document-review", "enforcement"}
    assert {"account", "tariff"} <= set(summary["routed"]["by_basis"]) <= {"account", "tariff", "pending"}


def test_figures_hang_together(summary: dict[str, Any], sample: Sample) -> None:
    work, legal = summary["work_items"], summary["liquidation"]
    assert sum(work["by_queue"].values()) == work["open"]
    assert work["open"] + work["closed"] > 0
    assert 0 < legal["scheduled"] + legal["suspended"] + legal["extended"] + legal["liquidated"] <= summary["entries"]
    assert 0 <= legal["deemed"] <= legal["liquidated"]
    assert summary["events"] == sample.events
    assert summary["events_per_second"] == pytest.approx(summary["events"] / summary["seconds"], rel=0.05)


def test_the_year_passes_so_that_entries_are_liquidated_and_told(summary: dict[str, Any]) -> None:
    assert summary["liquidation"]["liquidated"] > 0
    assert sum(summary["notices"]["N-13"].values()) == summary["liquidation"]["liquidated"], "the bulletin shows each"
    assert not any(states.get("queued") for states in summary["notices"].values()), "every notice has gone out"


@pytest.mark.usefixtures("summary")
async def test_what_the_year_posted_has_the_days_on_which_it_would_have_been_posted(data: Data) -> None:
    server = embedded.start(data.folder / "postgres")
    record, bulletin = (
        create_engine(server.url(name), application="tests") for name in ("liquidation", "notifications")
    )
    async with record.connect() as connection:
        days = (await connection.execute(text("SELECT cycle_on, posted_on FROM cycles"))).all()
    async with bulletin.connect() as connection:
        postings = (
            await connection.execute(text("SELECT event_type, event_on, posted_on FROM bulletin_postings"))
        ).all()
    for engine in (record, bulletin):
        await engine.dispose()
    fridays = {day.cycle_on for day in days}
    assert len(fridays) > 40
    assert all(day.posted_on == day.cycle_on for day in days)
    liquidations = [each for each in postings if each.event_type == "liquidation"]
    assert liquidations
    assert {each.posted_on for each in liquidations} <= fridays
    assert all(each.event_on <= each.posted_on for each in postings)
    assert any(each.event_on < each.posted_on for each in liquidations), "informal ones are posted after their day"


def test_refused_messages_are_counted_by_reason(summary: dict[str, Any], sample: Sample) -> None:
    assert summary["dead_letters"] == dict(sample.refused)


async def look(data: Data, *, machine: timedelta) -> dict[str, Any]:
    """What people see of the running demonstration: its day, radar, forecast, queue and public bulletin."""
    environment = open_environment(data=data.folder, first_port=data.first_port, start_server=False)
    assert environment.behind is not None
    client = Client(replace(environment, behind=environment.behind - machine))  # the clock of this process is not ahead
    items: list[dict[str, Any]] = []
    try:
        link: str | None = "/items?limit=500"
        while link is not None:
            page = await client.get("workqueue", link)
            items += page["items"]
            link = page["next"]
        radar = await client.get("liquidation", "/radar")
        friday = friday_on_or_after(date.fromisoformat(radar["date"]))
        seen = {
            "radar": radar,
            "forecast": await client.get("liquidation", f"/cycles/forecast?date={friday}"),
            "queue": [{name: to_day(value) for name, value in item.items()} for item in items],
        }
    finally:
        await client.close()
    async with httpx.AsyncClient(trust_env=False) as public:
        answers = [
            await public.get(environment.address_of(service.name) + path)
            for service in SERVICES
            for path in ("/healthz", "/me", "/nowhere")
        ]
        page = await public.get(environment.address_of("notifications") + "/bulletin.html")
    assert {answer.status_code for answer in answers} == {200, 401, 404}
    says = {answer.headers["centerline-clock"].partition("T")[0] for answer in (*answers, page)}
    assert len(says) == 1, "every answer says that it is a demonstration, and on which day"
    assert "A demonstration: nothing here is real" in page.text
    return seen | {"day": says.pop()}


def to_day(value: Any) -> Any:
    """An instant without its hours: two runs are seconds apart."""
    return value[:10] if isinstance(value, str) and value.endswith("Z") else value


async def await_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The document that a command prints while it goes on."""
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


@pytest.mark.usefixtures("summary")
async def test_a_demonstration_looks_the_same_when_it_is_run_a_year_later(
    summary: dict[str, Any], data: Data, new_data: Callable[[], Data], tmp_path: Path
) -> None:
    process = data.start("up", "--json", f"--first-port={data.first_port}")
    addresses = await await_line(process)
    ports = {service.name: data.first_port + position for position, service in enumerate(SERVICES)}
    ports["console"] = data.first_port - 1
    assert addresses == {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    now = await look(data, machine=timedelta(0))
    process.send_signal(signal.SIGINT)
    assert data.wait(process, 60)[0] == 0

    (tmp_path / "sitecustomize.py").write_text(A_YEAR_LATER, encoding="utf-8")
    later = replace(new_data(), first_run=tmp_path)
    process = later.demo(once=False)
    shown = await await_line(process)
    kept = json.loads((later.folder / "demonstration-clock").read_text(encoding="utf-8"))
    machine_at = datetime.fromisoformat(kept["machine_at"])
    assert legal_date(machine_at) > legal_date(datetime.fromisoformat(kept["at"])) + LATER / 2, "it really was later"
    assert without_times(shown) == without_times(summary)
    assert await look(later, machine=LATER) == now
    process.send_signal(signal.SIGINT)
    assert later.wait(process, 60)[0] == 0
    assert now["queue"]
    assert now["day"] == f"demonstration; now={last_day(data.samples)}"
    assert now["radar"]["counts"]


def last_day(samples: Path) -> str:
    """The day of the last event of a sample, in UTC."""
    with gzip.open(samples / "events.jsonl.gz", "rt", encoding="utf-8") as file:
        lines = [*file, *(samples / "filings.jsonl").read_text(encoding="utf-8").splitlines()]
    return max(json.loads(line)["event"]["time"] for line in lines)[:10]


@pytest.mark.verify
def test_second_run_goes_on_from_the_first(summary: dict[str, Any], data: Data) -> None:
    again = finish(data, data.demo())
    assert without_times(again) == without_times(summary)


@pytest.mark.verify
def test_interrupted_run_is_taken_up_and_ends_as_one_run_does(
    summary: dict[str, Any], new_data: Callable[[], Data]
) -> None:
    data = new_data()
    for done, number in ((5, signal.SIGINT), (15, signal.SIGTERM)):
        process = data.demo()
        await_cycles(data, process, done)
        process.send_signal(number)
        code, printed, told = data.wait(process, 60)
        assert (code, printed) == (128 + number, "")
        assert "Traceback" not in told, told[-3000:]
        assert pids_of_run(data.run_id) == []
    assert without_times(finish(data, data.demo())) == without_times(summary)


def await_cycles(data: Data, process: subprocess.Popen[str], count: int) -> None:
    """Return when the run has got that many Fridays far."""
    wanted = (FIRST_FRIDAY + timedelta(weeks=count - 1)).isoformat()
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        kept = data.folder / "sample-progress.json"
        if kept.exists() and (json.loads(kept.read_text(encoding="utf-8"))["cycled_to"] or "") >= wanted:
            return
        time.sleep(0.02)
    data.end()
    _, _, told = data.wait(process)
    raise AssertionError(f"the run ended, or did not get that far:\n{told[-3000:]}")


def test_clean_data_stops_the_database_and_removes_everything(new_data: Callable[[], Data]) -> None:
    data = new_data()
    server = embedded.start(data.folder / "postgres")
    (data.folder / "sample-progress.json").write_text("{}", encoding="utf-8")
    for _ in range(2):
        process = data.start("clean-data")
        code, printed, told = data.wait(process, 60)
        assert (code, printed) == (0, ""), told
        assert not data.folder.exists()
        with pytest.raises(embedded.EmbeddedPostgresError):
            embedded.ensure_database(server, "still_there")


@pytest.mark.verify
@pytest.mark.usefixtures("summary")
async def test_cycles_of_a_demonstration_go_on_by_themselves(data: Data) -> None:
    noted = data.folder / "demonstration-clock"
    kept = json.loads(noted.read_text(encoding="utf-8"))
    a_week_on = datetime.fromisoformat(kept["at"]) + timedelta(weeks=1)
    noted.write_text(json.dumps(kept | {"at": a_week_on.isoformat()}), encoding="utf-8")
    friday = friday_on_or_after(legal_date(a_week_on)) - timedelta(weeks=1)
    process = data.start("up", "--json", f"--first-port={data.first_port}")
    await await_line(process)
    client = Client(open_environment(data=data.folder, first_port=data.first_port, start_server=False))
    try:
        async with asyncio.timeout(120):
            while (await client.get("liquidation", "/cycles?limit=1"))["items"][0]["date"] != friday.isoformat():
                await asyncio.sleep(0.1)
    finally:
        await client.close()
    process.send_signal(signal.SIGINT)
    assert data.wait(process, 60)[0] == 0
