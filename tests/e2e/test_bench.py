"""The benchmark in its short form: it runs, and what it writes can be read."""

import asyncio
import json
from pathlib import Path

import pytest

from bench.__main__ import main


@pytest.mark.kafka
@pytest.mark.verify
@pytest.mark.sharing
@pytest.mark.timeout(1200)
async def test_bench_writes_each_row_beside_its_floor(tmp_path: Path) -> None:
    arguments = ["--entries", "4000", "--chain-entries", "1000", "--accounts", "2000", "--criteria", "50"]
    arguments += ["--due-entries", "2000", "--year-entries", "60000", "--calls", "50"]
    arguments += [
        "--open-items",
        "100000",
        "--clients",
        "4",
        "--seconds",
        "0.3",
        "--lives",
        "200",
        "--bulk-items",
        "1000",
        "--notices",
        "200",
        "--declared",
        "2000",
        "--recipients",
        "300",
        "--broadcast-seconds",
        "3",
        "--notices-waiting",
        "2000",
        "--urgent-seconds",
        "4",
    ]
    arguments += ["--posted", "2000", "--resident", "1000", "--chained", "1000"]
    arguments += ["--rows-of-file", "2500", "--results", str(tmp_path)]
    path = await asyncio.to_thread(main, arguments)
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    assert [row["measurement"] for row in rows][:4] == [
        "routing, events/s",
        "whole chain, entries/s",
        "weekly cycle, entries/s",
        "forecast, answers/s",
    ]
    assert [row["measurement"] for row in rows][-19:] == [
        "recovery, returns/s",
        "deadline calculator, calls/s",
        "claims, items/s",
        "life of an item, items/s",
        "bulk, items/s",
        "page of a Center, answers/s",
        "rare type of entry, answers/s",
        "port of entry, due in a week, answers/s",
        "search for a rare word, answers/s",
        "notices by mail, notices/s",
        "webhooks, calls/s",
        "urgent mail behind a cycle, mails/s",
        "broadcast to 300, notices/s",
        "mass change, intake, rows/s",
        "mass change, judgment, rows/s",
        "mass change, trial, entries/s",
        "one file, rows/s",
        "mass change, posting, entries/s",
        "posted, published, noticed, entries/s",
    ]
    for row in rows:
        assert row["per_second"] > 0
        assert row["ratio"] == pytest.approx(row["per_second"] / row["floor_per_second"])
