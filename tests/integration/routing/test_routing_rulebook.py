"""The rule book as a file: taken out whole, read again, and every decision made again with it, byte for byte."""

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.routing.acts.deciding import decide_again
from services.routing.domain.rulebook_file import DamagedRuleBookError, RuleBookFile, read_rulebook
from services.routing.store.tables.decisions import routing_decisions
from shared.contracts.decode import Rejection, decode
from shared.contracts.entry import EntryCorrected, EntryFiled
from shared.contracts.envelope import Event
from shared.contracts.registry import carries
from shared.runtime.identity import Identity, RoleName
from tests.integration.routing.matters import (
    DIRECTOR,
    HOLDER,
    IMPORTER,
    OFFICE,
    TODAY,
    MakeEngine,
    Matters,
    open_matters,
)
from tests.support.events import decoded, entry_body, entry_number

SAMPLE = Path(__file__).parents[3] / "samples" / "events.jsonl.gz"
TOMORROW = (TODAY + timedelta(days=1)).isoformat()
CRITERION: dict[str, Any] = {
    "id": "notebooks",
    "title": "Notebooks.",
    "owner": "electronics-targeting",
    "lane": "document-review",
    "processes": ["classification"],
    "instruction": "Look at the number.",
    "expires_on": "2026-12-31",
    "weekly_budget": 120,
    "what": {"tariff_prefixes": ["8471"]},
    "reason": "SYNTHETIC.",
}


@pytest.fixture
async def matters(service_engine: MakeEngine) -> AsyncIterator[Matters]:
    async with open_matters(service_engine) as matters:
        yield matters


async def take_out(matters: Matters, who: Identity = OFFICE) -> bytes:
    answer = await matters.call("GET", "/rulebook/export", who)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return answer.content


def read(taken: bytes) -> RuleBookFile:
    return read_rulebook(taken.splitlines(keepends=True))


def filed(**changes: Any) -> Event[Any]:
    return decoded("entry-filed", entry_body(entry_number(), **changes))


def of_sample(number: int) -> list[Event[Any]]:
    events = []
    with gzip.open(SAMPLE, "rb") as lines:
        for line in islice(lines, number):
            told = orjson.loads(line)
            event = decode(told["topic"], told["key"].encode(), orjson.dumps(told["event"]), {}, 524_288)
            if not isinstance(event, Rejection) and carries(event, EntryFiled, EntryCorrected):
                events.append(event)
    return events


async def made_again(matters: Matters, file: RuleBookFile, events: list[Event[Any]]) -> list[tuple[Any, Any]]:
    """Each decision as it is kept, and as it is made with the file."""
    bodies = {(event.data.entry_number, event.data.version): event.data for event in events}
    kept = [row["decision"] for row in await matters.rows(routing_decisions)]
    assert len(kept) == len(bodies)
    again = (decide_again(bodies[each["entry_number"], each["version"]], each, file) for each in kept)
    return [(each, orjson.loads(made)) for each, made in zip(kept, again, strict=True)]


async def test_every_decision_is_made_again_whatever_was_learned_since(matters: Matters) -> None:
    on = {"importer_number": IMPORTER}
    days = [{"entry_date": day} for day in ("2026-03-02", TOMORROW)]
    events = [filed(**on, **day) for day in days]
    await matters.receive(*events)  # nobody knows the importer yet
    await matters.register(center="CEE005")
    later = [filed(**on, **day) for day in days]
    await matters.receive(*later)  # its account has a Center
    tag = (await matters.call("GET", f"/importers/{IMPORTER}")).headers["etag"]
    trusted = {"trusted_programs": [{"program": "CTPAT"}], "reason": "SYNTHETIC"}
    changed = await matters.call("PATCH", f"/importers/{IMPORTER}", if_match=tag, json=trusted)
    assert changed.status_code == 200, changed.text
    moving = {"from_center": "CEE005", "to_center": "CEE007", "reason": "SYNTHETIC"}
    number = later[0].data.entry_number
    officer = Identity("dora", "Dora", DIRECTOR.roles, centers=frozenset({"CEE005"}))
    moved = await matters.call("POST", f"/entries/{number}/moves", officer, json=moving)
    assert moved.status_code == 201, moved.text
    body = entry_body(number, version=2, reasons=["H06"], **on, **days[0])
    last = [*(filed(**on, **day) for day in days), decoded("entry-corrected", body)]
    await matters.receive(*last)  # its account has changed, one entry was moved

    file = read(await take_out(matters))
    again = await made_again(matters, file, [*events, *later, *last])
    assert [made for _, made in again] == [kept for kept, _ in again]
    versions = [kept["rule_versions"] for kept, _ in again]
    assert {(each["account"], each["assignment"]) for each in versions} == {
        ("none-known", "none-known"),
        ("1", "1"),
        ("2", "1"),
    }
    assert sorted(kept["move"] for kept, _ in again) == [0, 0, 0, 0, 0, 0, 1]
    assert {kept["division"] for kept, _ in again} >= {"partnership", "validation-and-compliance"}


async def test_rules_are_those_of_each_day(matters: Matters) -> None:
    await matters.register()
    today, tomorrow = TODAY.isoformat(), TOMORROW
    writer = Identity("kim", "Kim", frozenset({RoleName.INTERNATIONAL_TRADE_SPECIALIST}))
    drafted = await matters.call("POST", "/selection-criteria", writer, json=CRITERION)
    assert drafted.status_code == 201, drafted.text
    for act, who in (("shadow", writer), ("live", writer), ("confirm", OFFICE)):
        tag = (await matters.call("GET", "/selection-criteria/notebooks", writer)).headers["etag"]
        path = f"/selection-criteria/notebooks/{act}"
        answer = await matters.call("POST", path, who, if_match=tag, json={"reason": "SYNTHETIC"})
        assert answer.status_code == 200, answer.text
    events = [filed(importer_number=IMPORTER, entry_date=day) for day in (today, tomorrow)]
    await matters.receive(*events)
    again = await made_again(matters, read(await take_out(matters)), events)
    assert [made for _, made in again] == [kept for kept, _ in again]
    assert {"classification" in kept["processes"] for kept, _ in again} == {True, False}


async def test_sample_is_made_again(matters: Matters) -> None:
    events = {(event.data.entry_number, event.data.version): event for event in of_sample(1500)}
    assert len(events) > 400
    importers = sorted({event.data.importer_number for event in events.values()})
    for number in importers[::3]:
        await matters.register(number, "CEE004")
    await matters.receive(*events.values())
    again = await made_again(matters, read(await take_out(matters)), list(events.values()))
    assert [made for _, made in again] == [kept for kept, _ in again]


async def test_same_state_gives_the_same_lines_under_the_hash_that_the_answer_names(matters: Matters) -> None:
    await matters.register()
    first, second = await take_out(matters), await take_out(matters)
    assert first.splitlines()[:-1] == second.splitlines()[:-1]
    answer = await matters.call("GET", "/rulebook/export")
    assert answer.headers["etag"] == f'"{read(first).sha256}"'
    await matters.register("08-345678900")
    assert read(await take_out(matters)).sha256 != read(first).sha256


async def test_file_that_is_damaged_or_cut_off_is_refused_in_words(matters: Matters) -> None:
    await matters.register()
    lines = (await take_out(matters)).splitlines(keepends=True)
    for damaged, words in (
        (lines[:-1], "the last line is missing: the file was cut off"),
        (lines[1:], "line 1: a rule book begins with a line of the kind rule-book"),
        ([*lines[:3], *lines[4:]], "hash or number of its lines is not what its last line says"),
        ([line.replace(b"CEE007", b"CEE005") for line in lines], "hash or number"),
        ([*lines, lines[0]], f"line {len(lines) + 1}: something stands after the end"),
        ([lines[0], b"{}"], "line 2: it is not a line of a rule book"),
        ([lines[0].replace(b'"format":1', b'"format":9')], "line 1: its format is 9, this release reads 1"),
        ([lines[0], b'{"kind":"plan"}'], "line 2: its kind is plan, which this release does not know"),
    ):
        with pytest.raises(DamagedRuleBookError, match=words):
            read_rulebook(damaged)


async def test_importers_and_centers_do_not_take_it_out(matters: Matters) -> None:
    for who in (HOLDER, DIRECTOR):
        answer = await matters.call("GET", "/rulebook/export", who)
        assert (answer.status_code, answer.json()["code"]) == (403, "role-required")
