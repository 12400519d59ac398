"""One product with a small year of sample traffic, and one browser, for all tests of the console."""

import csv
import gzip
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.support.browser import running_browser
from tests.support.product import (
    COMMAND,
    ROOT,
    TOKEN_SECRET,
    Product,
    clean_environment,
    find_free_ports,
    running_product,
)

SAMPLES = ROOT / "samples"
ENTRIES = 8
"""Entries of each importer that are kept, the newest."""
UNDER_REVIEW = frozenset(
    {
        *("30116897536", "30116911048", "8CG07067803", "30116903110", "M4221335951", "QLT31622072", "8CG07069577"),
        *("SP727955729", "ABC03266980", "SP727960216", "SP727953633", "SP727951934", "ABC03268499", "SP727957717"),
        *("EF242046946", "QLT31594180", "SP727996848", "EF242043760", "QLT31610358", "EF241991043", "9AK15517623"),
    }
)
"""Entries whose review is open in Center CEE003 at the end of the sample: preference, quota and antidumping cases."""


def write_small_sample(folder: Path) -> None:
    """The sample with fewer importers: those of matters and filings, and two with a social security number."""
    folder.mkdir()
    for name in ("matters.jsonl", "filings.jsonl", "parties.csv", "delegations.csv", "directory.csv", "staff.csv"):
        (folder / name).write_bytes((SAMPLES / name).read_bytes())
    (folder / "refused.jsonl").write_text("")
    matters = [json.loads(line) for line in (SAMPLES / "matters.jsonl").read_text().splitlines()]
    filings = [json.loads(line)["event"]["data"] for line in (SAMPLES / "filings.jsonl").read_text().splitlines()]
    wanted = {each["importer_number"] for each in [*matters, *filings]} | {"972-57-9749", "953-20-7982"}
    named = {number for each in [*matters, *filings] for number in each.get("entry_numbers") or ()}
    named |= UNDER_REVIEW
    with gzip.open(SAMPLES / "events.jsonl.gz", "rt") as file:
        lines = [(line, json.loads(line)) for line in file]
    of_importer: dict[str, list[str]] = {}
    for _, line in lines:
        data = line["event"]["data"]
        if line["topic"] == "entry-filed" and data["importer_number"] in wanted:
            of_importer.setdefault(data["importer_number"], []).append(data["entry_number"])
    for _, line in lines:
        if line["topic"] == "post-entry-filed" and line["key"] in wanted:
            named.update(line["event"]["data"]["entries"])
    kept = {number for numbers in of_importer.values() for number in [*numbers[:2], *numbers[-ENTRIES:]]} | named
    with gzip.open(folder / "events.jsonl.gz", "wt") as file:
        file.writelines(
            text
            for text, line in lines
            if line["event"]["data"].get("entry_number", line["key"]) in kept or line["key"] in wanted
        )
    with (SAMPLES / "importers.csv").open(newline="") as file, (folder / "importers.csv").open("w", newline="") as out:
        rows = csv.DictReader(file)
        writer = csv.DictWriter(out, rows.fieldnames or ())
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="package")
def loaded(open_folder: Path) -> tuple[Path, int]:
    """A data folder in which the sample was run, and the first port of its services."""
    data, sample, first_port = open_folder / "console", open_folder / "small-sample", find_free_ports(5) + 1
    write_small_sample(sample)
    subprocess.run(
        [COMMAND, "demo", "--once", f"--samples={sample}", f"--data={data}", f"--first-port={first_port}"],
        env=clean_environment({"CENTERLINE_TOKEN_SECRET": TOKEN_SECRET}),
        check=True,
        capture_output=True,
        cwd=ROOT,
    )
    return data, first_port


@pytest.fixture(scope="package")
async def product(loaded: tuple[Path, int]) -> AsyncIterator[Product]:
    """The whole product as `make run` leaves it, on fewer entries."""
    data, first_port = loaded
    variables = {"CENTERLINE_PUBLIC_CALLS_PER_MINUTE": "6000", "CENTERLINE_PUBLIC_CALLS_AT_ONCE": "1000"}
    async with running_product(bus="postgres", folder=data, first_port=first_port, variables=variables) as product:
        yield product


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with running_browser() as browser:
        yield browser


@pytest.fixture(scope="package")
def console(product: Product) -> str:
    """Where the console is."""
    return product.environment.address_of("console")
