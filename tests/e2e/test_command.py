"""The `centerline` command as people and scripts call it: answers, tables of a width, and what is not there."""

import asyncio
import gzip
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
import typer
from sqlalchemy import text

from cli.main import app
from shared.db import embedded
from shared.db.embedded import EmbeddedPostgres
from shared.db.engine import create_engine
from tests.support.command import Said, run_command
from tests.support.product import COMMAND, MARK, ROOT, clean_environment, find_free_ports, pids_of_run
from tests.support.services import SERVICES

pytestmark = pytest.mark.timeout(600)

SAMPLES: Final = ROOT / "samples"
ENTRY: Final = "8CG07059404"
"""The entry number under which every message of refused.jsonl travels."""
NOBODY: Final = {"CENTERLINE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/{service}"}
"""A database on a port where nothing listens."""
NO_BROKER: Final = {"CENTERLINE_BUS": "kafka", "CENTERLINE_KAFKA_BOOTSTRAP": "127.0.0.1:1"}

WORDS: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    ("migrate",): (),
    ("topics", "ensure"): (),
    ("feed",): (str(SAMPLES / "refused.jsonl"),),
    ("status",): (),
    ("cycle",): ("--date=2025-09-26",),
    ("token",): ("kim", "--role=operator"),
    ("check-invariants",): ("routing",),
    ("dead-letters", "list"): ("routing",),
    ("dead-letters", "show"): ("routing", "1"),
    ("dead-letters", "replay"): ("routing", "1"),
    ("dead-letters", "discard"): ("routing", "2"),
    ("dead-letters", "preview"): ("liquidation",),
    ("dead-letters", "settle"): ("liquidation", "discard", "--why=They were for trying it out."),
    ("outbox", "list"): ("workqueue",),
    ("outbox", "show"): ("workqueue", "1"),
    ("outbox", "publish"): ("workqueue", "1"),
    ("outbox", "discard"): ("workqueue", "2"),
    ("jobs", "list"): (),
    ("jobs", "set-aside"): ("workqueue",),
    ("jobs", "retry"): ("workqueue", "no-such-job", "--why=A release can do them."),
    ("jobs", "run"): ("workqueue", "count-pending"),
    ("partitions", "list"): ("liquidation",),
    ("partitions", "adopt"): ("liquidation", "entry_lines", "--rows=3"),
    ("acts",): ("workqueue",),
    ("audit", "verify"): (),
    ("audit", "links"): (),
    ("audit", "export"): ("routing", "70-253082900"),
    ("reconcile-bulletin",): (),
    ("archive", "run"): ("--once",),
    ("archive", "verify"): (),
    ("rulebook", "check"): ("rulebook.ndjson",),
    ("rulebook", "replay"): ("rulebook.ndjson",),
    ("verify-proof",): (str(SAMPLES / "proof.json"),),
}
"""What each command is asked; `demo`, `up` and `clean-data` make and remove the data that the others look at."""


@dataclass(frozen=True, slots=True)
class Running:
    """A demonstration that runs: its data folder and first port, and what `demo` and `up` printed."""

    folder: Path
    first_port: int
    documents: dict[tuple[str, ...], Any]

    def ask(self, *words: str, width: int | None = None) -> Said:
        """Run a command on these data."""
        places = [f"--first-port={self.first_port}"] if words[0] in _CALLERS else []
        if words[:2] != ("rulebook", "check") and words[0] != "verify-proof":  # they look at a file and at nothing else
            places.append(f"--data={self.folder}")
        return run_command(*words, *places, folder=self.folder.parent, width=width)


_CALLERS: Final = frozenset({"status", "cycle"})


@pytest.fixture(scope="module")
def running(module_folder: Path) -> Iterator[Running]:
    """A demonstration of a few entries and all that is refused, and rows that were set aside."""
    folder, samples, run_id = module_folder / "commands" / "data", module_folder / "commands" / "samples", uuid4().hex
    samples.mkdir(parents=True)
    with gzip.open(SAMPLES / "events.jsonl.gz", "rb") as file, gzip.open(samples / "events.jsonl.gz", "wb") as few:
        few.writelines(islice(file, 12))
    for name in ("importers.csv", "parties.csv", "delegations.csv", "refused.jsonl"):
        shutil.copy(SAMPLES / name, samples)
    first_port = find_free_ports(len(SERVICES) + 1) + 1
    places = [f"--data={folder}", f"--first-port={first_port}"]
    variables = clean_environment({MARK: run_id, "CENTERLINE_LOG_LEVEL": "WARNING"})
    with (module_folder / "commands" / "log").open("ab") as log:

        def start(*words: str) -> subprocess.Popen[str]:
            command = [str(COMMAND), *words, "--json", *places]
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

        try:
            with start("demo", "--once", f"--samples={samples}") as demo:
                documents = {("demo",): only_document(demo.communicate(timeout=200)[0])}
            with start("up") as up:
                assert up.stdout is not None
                documents[("up",)] = only_document(up.stdout.readline())
                asyncio.run(_set_aside(embedded.start(folder / "postgres")))
                yield Running(folder, first_port, documents)
                up.send_signal(signal.SIGINT)
                assert up.wait(60) == 0
        finally:
            for pid in pids_of_run(run_id):
                os.kill(pid, signal.SIGKILL)
            embedded.kill(EmbeddedPostgres(folder / "postgres", 0))


async def _set_aside(server: EmbeddedPostgres) -> None:
    """Rows of the work queue as a relay and a job leave them that cannot do them; one has a number to be masked."""
    engine = create_engine(server.url("workqueue"), application="tests")
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO outbox_set_aside (id, topic, key, value, headers, reason) VALUES"
                " (1, 'review-decided', :entry, '{}', '{}', 'too large'),"
                " (2, 'account-assigned', '123-45-6789', '{}', '{}', 'too large')"
            ),
            {"entry": ENTRY},
        )
        await connection.execute(
            text("INSERT INTO rows_set_aside VALUES ('no-such-job', :entry, 'lost', 1, now(), now(), now())"),
            {"entry": ENTRY},
        )
    await engine.dispose()


def only_document(printed: str) -> Any:
    """The one JSON document on the one line of standard output."""
    assert printed.endswith("\n")
    assert printed.count("\n") == 1, printed
    return json.loads(printed)


def find_commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the parser with the words that lead to it."""
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
        return
    for name, each in below.items():
        yield from find_commands(each, (*path, name))


def test_every_command_takes_json_and_is_tried_with_it() -> None:
    commands = dict(find_commands(typer.main.get_command(app)))
    assert set(commands) == {*WORDS, ("demo",), ("up",), ("clean-data",), ("archive", "restore")}
    without = [
        path for path, each in commands.items() if "--json" not in [name for o in each.params for name in o.opts]
    ]
    assert without == []


def test_every_command_prints_one_document_and_nothing_else(running: Running, tmp_path: Path) -> None:
    documents = dict(running.documents)
    operator = running.ask("token", "kim", "--role=operator").printed.strip()
    taken = httpx.get(
        f"http://127.0.0.1:{running.first_port}/rulebook/export", headers={"Authorization": f"Bearer {operator}"}
    )
    assert taken.status_code == 200, taken.text
    (running.folder.parent / "rulebook.ndjson").write_bytes(taken.content)
    for path, words in WORDS.items():
        said = running.ask(*path, *words, "--json")
        assert said.code == 0, (path, said)
        documents[path] = only_document(said.printed)
    (tmp_path / "data").mkdir()
    said = run_command("clean-data", "--json", f"--data={tmp_path / 'data'}", folder=tmp_path)
    documents[("clean-data",)] = only_document(said.printed)
    assert documents[("clean-data",)] == {"removed": True}
    assert not (tmp_path / "data").exists()
    assert documents[("demo",)]["entries"] > 0
    assert documents[("up",)]["routing"] == f"http://127.0.0.1:{running.first_port}"
    assert {each["service"] for each in documents[("status",)]["services"]} == set(documents[("up",)]) - {"console"}
    assert documents[("feed",)] == {"published": 30}
    assert {letter["key"] for letter in documents[("dead-letters", "list")]} == {ENTRY}
    assert documents[("dead-letters", "show")]["id"] == 1
    assert documents[("dead-letters", "replay")] == documents[("dead-letters", "discard")] == {"settled": 1, "asked": 1}
    assert [row["key"] for row in documents[("outbox", "list")]] == [ENTRY, "***-**-6789"]
    assert documents[("jobs", "retry")] == {"retried": 1}
    assert documents[("dead-letters", "preview")]["letters"] == documents[("dead-letters", "settle")]["settled"] > 0
    assert [(each["act"], each["reason"]) for each in documents[("acts",)]][:2] == [
        ("run-job", "by the command line"),
        ("retry-rows", "A release can do them."),
    ]
    assert {row["table"]: row["stage"] for row in documents[("partitions", "list")]} == {
        "entries": "whole",
        "entry_lines": "whole",
        "entry_versions": "in-pieces",
        "legal_events": "in-pieces",
        "special_duties": "whole",
    }
    assert documents[("partitions", "adopt")] == {"table": "entry_lines", "stage": "in-pieces", "pieces": 8}
    assert documents[("audit", "verify")] == {name: [] for name in documents[("up",)] if name != "console"}
    replayed = documents[("rulebook", "replay")]
    assert (replayed["unequal"], replayed["different"]) == (0, [])
    assert 10 <= replayed["equal"] == replayed["versions"] - replayed["not_kept"]
    assert documents[("rulebook", "check")]["centers"] == 10
    assert {row["source"] for row in documents[("audit", "export")]} >= {"account_changes", "assignments"}


def test_archive_goes_into_a_copy_of_a_service_and_into_nothing_else(running: Running) -> None:
    whole = f"--archive={running.folder / 'whole'}"
    assert running.ask("archive", "run", "--once", "--derived", whole).code == 0
    into = ("archive", "restore", whole, "--into-service=workqueue")
    copied = only_document(running.ask(*into, "--database=workqueue_copy", "--json").printed)
    assert copied["records"] > 12, copied
    assert {**copied, "records": 0} == {
        "service": "workqueue",
        "records": 0,
        "resumed": False,
        "dropped": 0,
        "lacking": [],
    }
    again = running.ask(*into, "--database=workqueue_copy")
    assert (again.code, again.told.startswith("centerline: the database is not empty: ")) == (1, True), again
    on = running.ask(*into, "--database=workqueue_copy", "--go-on")
    assert (on.code, on.printed.strip()) == (0, "0 records are applied to the copy of workqueue"), on
    own = running.ask(*into, "--database=workqueue", "--go-on")
    assert (own.code, "is the database of a service itself" in own.told) == (1, True), own
    for words in (
        ("archive", "restore", whole, "--into-service=workqueue"),
        ("archive", "restore", whole, "--into-service=console", "--database=console_copy"),
        ("archive", "restore", whole, "--database=workqueue_copy"),
    ):
        assert running.ask(*words).code == 2, words


def test_archive_has_what_was_fed_and_is_put_back_on_an_empty_bus_only(running: Running, module_folder: Path) -> None:
    assert running.ask("archive", "run", "--once").code == 0
    assert only_document(running.ask("archive", "run", "--once", "--json").printed) == {"archived": 0}
    found = only_document(running.ask("archive", "verify", "--json").printed)
    archived = sum(each["records"] for each in found)
    assert archived >= 42  # the demonstration, and what the edge refused
    assert {each["topic"] for each in found} >= {"entry-filed", "entry-released"}
    assert not any(each["faults"] or each["gaps"] for each in found)
    full = running.ask("archive", "restore")
    assert (full.code, "hold records already" in full.told) == (1, True), full
    folder = running.folder / "archive"
    empty = module_folder / "empty"
    put_back = run_command(
        "archive", "restore", f"--archive={folder}", f"--data={empty}", "--json", folder=module_folder
    )
    assert only_document(put_back.printed) == {"restored": archived}, put_back
    run_command("clean-data", f"--data={empty}", folder=module_folder)
    segment = max(folder.glob("*/*/*.zst"))
    segment.write_bytes(segment.read_bytes()[:-1])
    damaged = running.ask("archive", "verify", "--json")
    assert damaged.code == 1
    assert any("are lacking" in fault for each in only_document(damaged.printed) for fault in each["faults"])
    refused = running.ask("archive", "run", "--once")
    assert (refused.code, refused.told.count("\n")) == (1, 1), refused  # a sentence, and nothing is written behind it


def test_lists_name_their_entries_and_are_whole_in_a_pipe(running: Running) -> None:
    said = running.ask("dead-letters", "list", "routing", "--state=parked")
    assert said.code == 0, said
    rows = [line for line in said.printed.splitlines() if ENTRY in line]
    assert len(rows) > 20
    assert "…" not in said.printed
    details = [
        letter["detail"] for letter in only_document(running.ask("dead-letters", "list", "routing", "--json").printed)
    ]
    assert max(map(len, details)) > 100
    for detail in details:
        assert " ".join(detail.split()) in said.printed


@pytest.mark.parametrize("width", [60, 80, 132, 200])
@pytest.mark.parametrize("words", [("dead-letters", "list", "routing"), ("status",), ("jobs", "list")])
def test_lists_fit_the_terminal_and_keep_names_whole(running: Running, words: tuple[str, ...], width: int) -> None:
    said = running.ask(*words, width=width)
    assert said.code == 0, said
    lines = said.printed.splitlines()
    assert max(map(len, lines)) <= width, said.printed
    names = [ENTRY] if words[0] == "dead-letters" else [service.name for service in SERVICES]
    assert all(any(name in line.split() for line in lines) for name in names)


def test_what_is_empty_says_so_beside_the_answer(running: Running) -> None:
    said = running.ask("dead-letters", "list", "liquidation", "--reason=never")
    assert (said.code, said.printed) == (0, "")
    assert said.told == "centerline: liquidation has no such dead letters that are parked; --state asks for others\n"
    said = running.ask("dead-letters", "list", "liquidation", "--reason=never", "--json")
    assert (said.code, only_document(said.printed), said.told) == (0, [], "")


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("dead-letters", "show", "routing", "4711"), "routing has no dead letter 4711"),
        (("dead-letters", "show", "routing", "99999999999999999999"), "99999999999999999999"),
        (("dead-letters", "replay", "routing", "4711"), "routing has no such dead letters parked"),
        (("outbox", "show", "routing", "4711"), "routing has set aside nothing with id 4711"),
        (("jobs", "retry", "routing", "none"), "none of routing has set aside no such rows"),
        (("cycle", "--date=2025-09-25"), "Friday"),
    ],
)
def test_a_wrong_number_is_one_sentence(running: Running, words: tuple[str, ...], about: str) -> None:
    assert_one_sentence(running.ask(*words, "--json"), 1, about)


@pytest.mark.parametrize(
    ("words", "variables", "code", "about"),
    [
        (("nonsense",), {}, 2, "No such command 'nonsense'"),
        (("dead-letters", "show"), {}, 2, "Missing argument 'service'"),
        (("dead-letters", "list"), {}, 1, "there are no data in"),
        (("dead-letters", "show", "routing", "x"), {}, 2, "should be a valid integer"),
        (("dead-letters", "list", "nobody"), NOBODY, 2, "there is no service nobody"),
        (("cycle",), {}, 2, "Missing option '--date'"),
        (("cycle", "--date=friday"), {}, 2, "'friday' does not match"),
        (("token", "kim", "--role=king"), {}, 2, "'king' is not one of"),
        (("feed", "--per-second=0", "x"), {}, 2, "greater than or equal to 0.001"),
        (("feed", "missing.jsonl"), {}, 1, "there is no missing.jsonl"),
        (("feed", "."), {}, 1, ". cannot be used: Is a directory"),
        (("feed", str(ROOT / "README.md")), {}, 1, "README.md:1: expected JSON"),
        (("feed", str(SAMPLES / "refused.jsonl")), NO_BROKER, 1, "the broker does not answer"),
        (("topics", "ensure"), NO_BROKER, 1, "the broker does not answer"),
        (("cycle", "--date=2025-10-03", "--first-port=1"), {}, 1, "no service answers at http://127.0.0.1:3/"),
        (("up", "--kafka=localhost:abc", "--bus=kafka"), {}, 1, "--kafka: 'localhost:abc' is no broker; brokers are"),
        (("topics", "ensure"), NO_BROKER | {"CENTERLINE_KAFKA_BOOTSTRAP": "a:1,b:99999"}, 1, "'b:99999' is no broker"),
        (("up",), {"CENTERLINE_DATABASE_URL": "postgresql://u:secret@host:abc/x"}, 1, "no URL of a database; one is"),
        (("up",), {"CENTERLINE_BUS_DATABASE_URL": "nonsense"}, 1, "CENTERLINE_BUS_DATABASE_URL: no URL of a database"),
        (("up", "--first-port=70000"), {}, 2, "should be less than or equal to 65532"),
        (
            ("cycle", "--date=2025-10-03"),
            {"CENTERLINE_LIQUIDATION_URL": "http://x:abc"},
            1,
            "give CENTERLINE_ROUTING_URL",
        ),
        (
            ("feed", "--check", str(SAMPLES / "refused.jsonl")),
            {"CENTERLINE_MAX_EVENT_BYTES": "many"},
            1,
            "no number of bytes",
        ),
        (("status",), {"CENTERLINE_LOG_LEVEL": "loud"}, 1, "CENTERLINE_LOG_LEVEL: 'LOUD' is no level"),
        (("demo", "--samples=nowhere"), {}, 1, "there is no nowhere/events.jsonl.gz"),
        (("demo",), {"CENTERLINE_ENV": "production"}, 1, "for development only"),
        (("demo",), {"CENTERLINE_DEVELOPMENT": "false"}, 1, "for development only"),
        (("demo",), NOBODY, 1, "for development only"),
        (("up",), NOBODY, 1, "the database does not answer"),
        (("migrate",), NOBODY, 1, "the database does not answer"),
        (("status", "--json"), NOBODY, 1, "the database does not answer"),
        (("jobs", "list", "--json"), NOBODY, 1, "the database does not answer"),
        (("check-invariants", "routing"), NOBODY, 1, "the database does not answer"),
        (("dead-letters", "list", "routing"), {}, 1, "there are no data in"),
        (("status",), {}, 1, "there are no data in"),
    ],
)
def test_what_is_not_there_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, words: tuple[str, ...], variables: Mapping[str, str], code: int, about: str
) -> None:
    data = tmp_path / "data"
    said = run_command(*words, folder=tmp_path, variables={"CENTERLINE_DATA": str(data), **variables})
    assert_one_sentence(said, code, about)
    assert "secret" not in said.told
    assert not (data / "postgres").exists()


def test_a_bug_shows_where_it_happened_when_asked(tmp_path: Path) -> None:
    said = run_command("--debug", "feed", "missing.jsonl", folder=tmp_path)
    assert said.code == 1
    assert "Traceback" in said.told


def assert_one_sentence(said: Said, code: int, about: str) -> None:
    """A line on standard error that says what is the matter, and nothing else anywhere."""
    assert (said.code, said.printed) == (code, ""), said
    assert said.told.startswith("centerline: "), said.told
    assert said.told.count("\n") == 1, said.told
    assert about in said.told
    assert "Traceback" not in said.told
