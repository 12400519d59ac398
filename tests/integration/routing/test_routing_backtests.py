"""Criteria tried on past entries: counted from the archive, beside what was selected, bounded, read-only."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.routing.acts.backtests import go_on
from services.routing.domain.backtests import Limits, is_drawn
from services.routing.store.rulebook import RulesInForce
from services.routing.store.tables.backtests import criterion_backtests
from services.routing.store.tables.core import metadata
from shared.runtime.identity import Identity, RoleName
from tests.integration.liquidation.builders import review_decided
from tests.integration.routing.matters import HOLDER, IMPORTER, NOW, STRANGER, TODAY, MakeEngine, Matters, open_matters
from tests.support.archives import write_archive
from tests.support.events import decoded, entry_body, entry_number, line

LIMITS = Limits(most_entries=1_000, most_seconds=60)
PERIOD = {"from": "2026-01-01", "to": "2026-03-31"}
READER = Identity("ines", "Ines", frozenset({RoleName.AUDITOR}))
CRITERION: dict[str, Any] = {
    "id": "notebooks",
    "title": "Notebooks.",
    "owner": "electronics-targeting",
    "lane": "document-review",
    "processes": ["classification"],
    "instruction": "Look at the number.",
    "expires_on": "2026-12-31",
    "weekly_budget": 1,
    "what": {"tariff_prefixes": ["8471"]},
    "reason": "SYNTHETIC.",
}
CHEAP, DEAR = [line(hts="8471300100", value_usd=1_000)], [line(hts="8471300100", value_usd=90_000)]
OTHER = [line(hts="9403200000")]
Body = dict[str, Any]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
async def matters(service_engine: MakeEngine, archive: Path) -> AsyncIterator[Matters]:
    async with open_matters(service_engine, archive=archive) as matters:
        matters.clock.advance(timedelta(days=15))  # the period is over
        yield matters


def filed(lines: list[Body], day: str = "2026-03-03", **changes: Any) -> tuple[str, Body]:
    return "entry-filed", entry_body(entry_number(), entry_date=day, import_date=day, lines=lines, **changes)


def corrected(body: Body, lines: list[Body], version: int = 2) -> tuple[str, Body]:
    return "entry-corrected", body | {"version": version, "lines": lines, "reasons": ["H06"]}


async def receive(matters: Matters, events: list[tuple[str, Body]]) -> None:
    await matters.receive(*(decoded(topic, body) for topic, body in events))


async def draft(matters: Matters, **changes: Any) -> None:
    answer = await matters.call("POST", "/selection-criteria", json=CRITERION | changes)
    assert answer.status_code == 201, answer.text


async def ask(matters: Matters, criterion: str = "notebooks", **changes: Any) -> dict[str, Any]:
    answer = await matters.call("POST", f"/selection-criteria/{criterion}/backtests", json=PERIOD | changes)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def run(matters: Matters, archive: Path | None, limits: Limits = LIMITS) -> int:
    return await go_on(matters.engine, matters.clock, RulesInForce(0), archive, limits)


def damage(archive: Path) -> None:
    [segment] = archive.glob("entry-filed/0000/*.zst")
    segment.write_bytes(b"\0" * segment.stat().st_size)


async def read(matters: Matters, asked: dict[str, Any], who: Identity = READER) -> dict[str, Any]:
    path = f"/selection-criteria/{asked['criterion_id']}/backtests/{asked['backtest_id']}"
    answer = await matters.call("GET", path, who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_each_entry_counts_once_by_its_standing_version_within_the_period(
    matters: Matters, archive: Path
) -> None:
    await matters.register()
    notebook, chair, late = filed(CHEAP), filed(OTHER), filed(CHEAP, "2026-04-01")
    became = corrected(chair[1], DEAR)  # a chair first, notebooks when it was corrected
    events = [notebook, chair, late, became]
    await receive(matters, events)
    write_archive(archive, NOW, [*events, notebook, became])  # the bus repeats
    await draft(matters)
    asked = await ask(matters)
    assert (asked["state"], asked["revision"], asked["whole"]["hit_basis_points"]) == ("waiting", 1, None)
    assert await run(matters, archive) == 1
    assert await run(matters, archive) == 0
    told = await read(matters, asked)
    assert (told["state"], told["known"], told["lacking"], told["share_basis_points"]) == ("done", 2, 0, 10_000)
    assert told["whole"] == {
        "entries": 2,
        "hits": 2,
        "live_hits": 0,
        "both": 0,
        "reviewed": 0,
        "hits_reviewed": 0,
        "hit_basis_points": 10_000,
    }
    assert told["frames"] == told["frames_read"] == 3
    weeks = [(each["begins_on"], each["hits"], each["is_over_budget"]) for each in told["weeks"]]
    assert weeks == [("2026-03-02", 2, True)]
    assert sum(each["hits"] for each in told["by_center"]) == 2
    assert {each["center"] for each in told["by_center"]} == {told["by_center"][0]["center"]}


async def test_trial_stands_beside_what_was_selected_live_and_what_reviews_found(
    matters: Matters, archive: Path
) -> None:
    """The shipped criterion of high value was live: it selected the dear entry, the trial selects both."""
    await matters.register()
    dear = filed([line(hts="8471300100", value_usd=5_000_000)])
    cheap, other = filed(CHEAP), filed([line(hts="9403200000", value_usd=5_000_000)])
    await receive(matters, [dear, cheap, other])
    write_archive(archive, NOW, [dear, cheap, other])
    number = dear[1]["entry_number"]
    await matters.receive(review_decided(number, "increase", "100.00", decision_id="d-1"))
    await draft(matters)
    trial = await ask(matters)
    live = await ask(matters, "high-value")
    await run(matters, archive)
    await run(matters, archive)
    told = await read(matters, trial)
    assert (told["whole"]["entries"], told["whole"]["hits"], told["whole"]["live_hits"]) == (3, 2, 0)
    assert (told["whole"]["reviewed"], told["whole"]["hits_reviewed"]) == (2, 1)
    assert (told["decisions"], told["findings"]) == (1, 1)
    again = (await read(matters, live))["whole"]
    assert (again["hits"], again["live_hits"], again["both"]) == (2, 2, 2)  # what was live selects the same again


async def test_who_the_importer_is_counts_as_on_the_entry_date(matters: Matters, archive: Path) -> None:
    trusted = {"trusted_programs": [{"program": "CTPAT", "from": "2026-03-01", "to": None}]}
    await matters.register(IMPORTER, **trusted)
    before = filed(CHEAP, "2026-02-10", importer_number=IMPORTER)
    after = filed(CHEAP, "2026-03-10", importer_number=IMPORTER)
    stranger = filed(CHEAP, "2026-03-10", importer_number=STRANGER)
    await receive(matters, [before, after, stranger])
    write_archive(archive, NOW, [before, after, stranger])
    await draft(matters, who={"trust": "trusted"})
    asked = await ask(matters)
    await run(matters, archive)
    told = await read(matters, asked)
    assert (told["whole"]["entries"], told["whole"]["hits"]) == (3, 1)
    assert [each["hits"] for each in told["weeks"]] == [0, 1]


async def test_of_many_entries_a_part_is_drawn_by_their_numbers(matters: Matters, archive: Path) -> None:
    events = [filed(CHEAP) for _ in range(30)]
    await receive(matters, events)
    write_archive(archive, NOW, events, frame=10)
    await draft(matters)
    asked = await ask(matters)
    await run(matters, archive, Limits(most_entries=15, most_seconds=60))
    told = await read(matters, asked)
    drawn = sum(is_drawn(body["entry_number"], 5_000) for _, body in events)
    assert (told["share_basis_points"], told["known"], told["lacking"]) == (5_000, 30, None)
    assert told["whole"]["entries"] == told["whole"]["hits"] == drawn
    assert [each["hits_in_all"] for each in told["weeks"]] == [2 * drawn]


async def test_time_that_is_over_ends_it_with_what_it_has_and_says_so(matters: Matters, archive: Path) -> None:
    events = [filed(CHEAP) for _ in range(6)]
    await receive(matters, events)
    write_archive(archive, NOW, events)
    await draft(matters)
    asked = await ask(matters)
    await run(matters, archive, Limits(most_entries=1_000, most_seconds=0))
    told = await read(matters, asked)
    assert (told["state"], told["is_cut"], told["frames"], told["frames_read"]) == ("done", True, 3, 1)
    assert (told["whole"]["entries"], told["lacking"]) == (2, None)


async def test_entries_that_are_not_archived_are_told_and_a_damaged_archive_fails(
    matters: Matters, archive: Path
) -> None:
    kept, lost = filed(CHEAP), filed(CHEAP)
    await receive(matters, [kept, lost])
    write_archive(archive, NOW, [kept])
    await draft(matters)
    asked = await ask(matters)
    await run(matters, archive)
    assert (await read(matters, asked))["lacking"] == 1
    damage(archive)
    again = await ask(matters)
    await run(matters, archive)
    told = await read(matters, again)
    assert (told["state"], "damaged or missing" in told["fault"]) == ("failed", True)
    gone = await ask(matters)
    await run(matters, None)
    assert (await read(matters, gone))["state"] == "failed"


async def test_one_that_a_process_left_begins_again_and_counts_no_entry_twice(matters: Matters, archive: Path) -> None:
    events = [filed(CHEAP) for _ in range(4)]
    await receive(matters, events)
    write_archive(archive, NOW, events)
    await draft(matters)
    asked = await ask(matters)
    await run(matters, archive)
    finished = (await read(matters, asked))["whole"]
    async with matters.engine.begin() as connection:
        await connection.execute(criterion_backtests.update().values(state="running", ended_at=None))
    await run(matters, archive)
    assert (await read(matters, asked))["whole"] == finished


async def test_one_that_cannot_be_done_is_failed_and_stands_before_no_other(matters: Matters, archive: Path) -> None:
    write_archive(archive, NOW, [filed(CHEAP)])
    await draft(matters)
    broken = await ask(matters)
    matters.clock.advance(timedelta(seconds=1))
    sound = await ask(matters)
    async with matters.engine.begin() as connection:
        of_broken = criterion_backtests.c.backtest_id == broken["backtest_id"]
        await connection.execute(criterion_backtests.update().where(of_broken).values(definition={"of": "later"}))
    with pytest.raises(TypeError):
        await run(matters, archive)
    assert await run(matters, archive) == 1
    told = await read(matters, broken)
    assert (told["state"], told["fault"].startswith("TypeError")) == ("failed", True)
    assert (await read(matters, sound))["state"] == "done"


async def test_nothing_but_the_backtest_is_written(matters: Matters, archive: Path) -> None:
    events = [filed(CHEAP), filed(OTHER)]
    await receive(matters, events)
    write_archive(archive, NOW, events)
    await draft(matters)
    await ask(matters)
    others = [table for table in metadata.sorted_tables if table.name != "criterion_backtests"]
    before = {table.name: await matters.rows(table) for table in others}
    await run(matters, archive)
    assert {table.name: await matters.rows(table) for table in others} == before


async def test_what_cannot_be_tried_is_refused(matters: Matters, archive: Path) -> None:
    path = "/selection-criteria/notebooks/backtests"
    assert (await matters.call("POST", path, json=PERIOD)).status_code == 404
    await draft(matters)
    bare = await matters.call("POST", path, json=PERIOD)
    assert (bare.status_code, bare.json()["code"]) == (409, "no-archive")
    write_archive(archive, NOW, [filed(CHEAP)])
    tomorrow = (TODAY + timedelta(days=16)).isoformat()
    for period in ({"from": "2026-03-02", "to": "2026-03-01"}, {"from": "2025-01-01"}, {"to": tomorrow}):
        refused = await matters.call("POST", path, json=PERIOD | period)
        assert (refused.status_code, refused.json()["code"]) == (400, "bad-period"), period
    assert (await matters.call("POST", path, json=PERIOD | {"revision": 2})).status_code == 404
    assert (await matters.call("POST", path, READER, json=PERIOD)).status_code == 403
    assert (await matters.call("GET", path, HOLDER)).status_code == 403
    asked = [await ask(matters) for _ in range(10)]
    crowded = await matters.call("POST", path, json=PERIOD)
    assert (crowded.status_code, crowded.json()["code"]) == (409, "backtests-waiting")
    withdrawn = await matters.call("POST", f"{path}/{asked[0]['backtest_id']}/withdraw")
    assert withdrawn.json()["state"] == "withdrawn"
    again = await matters.call("POST", f"{path}/{asked[0]['backtest_id']}/withdraw")
    assert (again.status_code, again.json()["code"]) == (409, "backtest-ended")
    listed = (await matters.call("GET", f"{path}?limit=4", READER)).json()
    assert len(listed["items"]) == 4
    rest = (await matters.call("GET", listed["next"], READER)).json()
    ids = [each["backtest_id"] for each in (*listed["items"], *rest["items"])]
    assert len(set(ids)) == 8
    key = await matters.call("POST", path, json=PERIOD, key="once")
    assert (await matters.call("POST", path, json=PERIOD, key="once")).json() == key.json()
