"""`centerline feed --check` says which lines of a file would be refused and why, and sends nothing."""

import gzip
from pathlib import Path
from typing import Any

import orjson
from typer.testing import CliRunner

from cli.feed import Line, RefusedLine, check_lines
from cli.main import app
from tests.support.events import cloud_event, entry_body, entry_number, line

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NOWHERE = {
    "CENTERLINE_DATABASE_URL": "postgresql://127.0.0.1:1/{service}",
    "CENTERLINE_BUS": "kafka",
    "CENTERLINE_KAFKA_BOOTSTRAP": "127.0.0.1:1",
}


def row(event: dict[str, Any], key: str | None = None) -> bytes:
    return orjson.dumps({"topic": "entry-filed", "key": key or event["subject"], "event": event}) + b"\n"


def file_of(folder: Path, *rows: bytes) -> Path:
    path = folder / "events.jsonl"
    path.write_bytes(b"".join(rows))
    return path


def refused(path: Path, max_bytes: int = 524_288) -> list[RefusedLine]:
    return [each for each in check_lines(path, max_bytes) if isinstance(each, RefusedLine)]


def test_every_line_is_told_with_all_that_is_wrong(tmp_path: Path) -> None:
    good = cloud_event("entry-filed", entry_body(entry_number()))
    bad = cloud_event("entry-filed", entry_body(entry_number(), port_of_entry="27", lines=[line(hts="84.71")]))
    found = list(check_lines(file_of(tmp_path, row(good), b"\n", row(bad)), 524_288))
    assert isinstance(found[0], Line)
    assert isinstance(found[1], RefusedLine)
    assert str(found[1]).splitlines() == [
        "line 3: entry-filed: schema",
        "  data.port_of_entry: “27” came; right is four digits, such as 2704",
        "  data.lines[1].tariffs[1].hts: “84.71” came; right is a tariff number of 8 or 10 digits, such as 8471300100",
        "  To do: Correct every field that the faults name, and publish it under a new id.",
    ]


def test_id_that_says_two_things_is_found_and_a_repeat_is_none(tmp_path: Path) -> None:
    number = entry_number()
    first = cloud_event("entry-filed", entry_body(number), id="one")
    other = cloud_event("entry-filed", entry_body(number, port_of_entry="2709"), id="one")
    (found,) = refused(file_of(tmp_path, row(first), row(first), row(other)))
    assert (found.number, found.code, found.detail) == (
        3,
        "conflicting-repeat",
        "line 1 has the same source and id and says something else",
    )


def test_line_that_cannot_be_published_does_not_end_the_check(tmp_path: Path) -> None:
    rows = [
        b"{\n",
        b"[]\n",
        b'{"topic":["x"],"key":"k"}\n',
        b'{"topic":"x","key":"k","raw":"r"}\n',
        b'{"topic":"entry-filed","key":"k"}\n',
    ]
    rows += [b'{"topic":"entry-filed","key":"k","event":5}\n', b'{"topic":"entry-filed","key":"k","raw":"{"}\n']
    found = refused(file_of(tmp_path, *rows))
    assert [(each.number, each.code) for each in found] == [
        *((number, None) for number in range(1, 7)),
        (7, "not-json"),
    ]


def test_size_that_the_services_take_is_the_limit(tmp_path: Path) -> None:
    event = cloud_event("entry-filed", entry_body(entry_number()))
    assert [each.code for each in refused(file_of(tmp_path, row(event)), 100)] == ["too-large"]


def test_command_tells_what_is_refused_without_a_bus_and_ends_with_1() -> None:
    result = CliRunner().invoke(app, ["feed", str(SAMPLES / "refused.jsonl"), "--check"], env=NOWHERE)
    assert result.exit_code == 1
    assert "line 11: entry-filed: bad-check-digit\n" in result.stdout
    assert "29 of 30 lines would be refused; nothing was sent" in result.stderr


def test_command_ends_with_0_when_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl.gz"
    with gzip.open(path, "wb") as file:
        file.write(row(cloud_event("entry-filed", entry_body(entry_number()))))
    result = CliRunner().invoke(app, ["feed", str(path), "--check"], env=NOWHERE)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 of 1 lines would be refused; nothing was sent" in result.stderr
