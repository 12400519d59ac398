"""Protests in bulk by criteria on the real service: drafted, a sample looked at, begun, followed, given as files."""

import csv
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.protest_selections import go_on
from tests.integration.console.house import House, open_house
from tests.integration.console.test_console_protests import CENTER, liquidated, protested
from tests.integration.liquidation.test_liquidation_selections import MONEY_POLICY, POLICY
from tests.support.pages import Reader

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

ISSUE = "weight limit"
DENY = {"issue": ISSUE, "of.center": CENTER, "field.reasons": "As in the lead.", "field.otherwise": "denied"}
DENY |= {"reason": "The question of the lead.", "sample": "20", "tolerated": "1"}


@pytest.fixture
async def house(service_engine: MakeEngine) -> House:
    return await open_house(service_engine, datetime(2027, 2, 1, 17, tzinfo=UTC), "liquidation")


async def in_review(house: House, kim: Reader, count: int) -> dict[str, str]:
    """Protests whose review has begun, with the entry of each."""
    entries = await liquidated(house, count)
    protests = {await protested(house, each, issue=ISSUE): each for each in entries}
    for number in protests:
        await kim.fill(f"/protests/{number}", "begin-review")
    return protests


async def run(house: House) -> int:
    return await go_on(house.engines["liquidation"], house.clock.now(), POLICY, MONEY_POLICY)


async def rows_of(reader: Reader, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader((await reader.read(path)).splitlines()))


async def test_protests_of_criteria_are_tried_looked_at_begun_and_done(house: House) -> None:
    async with house.reading_as("kim") as kim:
        protests = await in_review(house, kim, 3)
        assert 'href="/selections/draft?issue=weight%20limit"' in await kim.read(f"/protests?issue={ISSUE}")
        form = f"/selections/draft?act=recommend&issue={ISSUE}"
        assert 'value="weight limit"' in await kim.read(form)
        small = await kim.fill(form, "recommend", {**DENY, "sample": "3"})
        assert small.status_code == 422
        assert "The sample of a decision has at least 20 protests; 3 are asked for." in small.text
        assert "As in the lead." in small.text
        drafted = await kim.fill(form, "recommend", DENY)
        here = drafted.url.path
        assert "would be done on 3 of 3 protests" in drafted.text
        assert "3 to be looked at before it can be begun" in drafted.text
        assert "Begin: 3" not in drafted.text
        assert all(each in drafted.text for each in protests)
        entries = await rows_of(kim, f"{here}/entries.csv")
        assert {each["protest_number"]: each["entry_number"] for each in entries} == protests
        assert {each["timeliness"] for each in entries} == {"timely"}
        unsaid = await kim.send(here, f"{here}/acts", {"act": "look", "number": "1", "verdict": "agrees"})
        assert unsaid.status_code == 422
        for number, verdict in (("1", "differs"), ("2", "agrees"), ("3", "agrees")):
            look = {"act": "look", "number": number, "verdict": verdict, "says": "Seen."}
            looked = await kim.send(here, f"{here}/acts", look)
        assert "All are looked at." in looked.text
        twice = await kim.send(here, f"{here}/acts", look)
        assert twice.status_code == 409
        begun = await kim.fill(here, "begin")
        assert "Going on." in begun.text
        moving = await kim.client.get(f"{here}/progress")
        assert 'hx-trigger="every 3s"' in moving.text
        unchanged = await kim.client.get(f"{here}/progress", headers={"if-none-match": moving.headers["etag"]})
        assert unchanged.status_code == 304
        assert await run(house) == 2
        assert (await kim.client.get(f"{here}/progress")).headers["hx-refresh"] == "true"
        after = await kim.read(here)
        assert "2 of 3 done, 0 refused, 1 left out." in after
        states = {each["number"]: (each["state"], each["code"]) for each in await rows_of(kim, f"{here}/protests.csv")}
        assert states == {"1": ("left-out", "sample-differs"), "2": ("done", ""), "3": ("done", "")}
        assert len(await rows_of(kim, f"{here}/protests.csv?state=done")) == 2
        assert f'href="{here}">Recommend a decision<' in await kim.read("/selections?state=done")
        assert here not in await kim.read("/selections?state=ready")


async def test_a_selection_is_withdrawn_and_one_that_gives_nothing_is_not_kept(house: House) -> None:
    async with house.reading_as("kim") as kim:
        await in_review(house, kim, 1)
        nothing = await kim.fill("/selections/draft?act=recommend", "recommend", DENY | {"issue": "another question"})
        assert (nothing.status_code, "The criteria give no open protest." in nothing.text) == (422, True)
        empty = {"reason": "All of them."}
        unsaid = await kim.fill("/selections/draft?act=ask-party", "ask-party", empty)
        assert (unsaid.status_code, "Not done" in unsaid.text) == (422, True)
        asked = {"states": ["in-review", "filed"], "reason": "One question to all."}
        drafted = await kim.fill("/selections/draft?act=ask-party", "ask-party", asked)
        assert "in review or filed" in drafted.text
        withdrawn = await kim.fill(drafted.url.path, "withdraw")
        assert "Withdrawn." in withdrawn.text
        assert await run(house) == 0
        wrong = await kim.send(drafted.url.path, f"{drafted.url.path}/acts", {"act": "undo"})
        assert wrong.status_code == 422


async def test_selections_are_for_who_may_begin_them_and_for_no_party(house: House) -> None:
    async with house.reading_as("kim") as kim:
        await in_review(house, kim, 1)
        drafted = await kim.fill("/selections/draft?act=recommend", "recommend", DENY)
        here = drafted.url.path
    async with house.reading_as("dora") as dora:
        assert here in await dora.read("/selections")
    async with house.reading_as("ida") as ida:
        for path in ("/selections", "/selections/draft", here, f"{here}/protests.csv", f"{here}/entries.csv"):
            assert (await ida.client.get(path)).status_code == 404
    async with house.reading_as("omar") as omar:
        assert (await omar.client.get("/selections")).status_code == 403
