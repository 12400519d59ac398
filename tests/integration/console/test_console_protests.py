"""The workspace of protests on the real service: a group behind a lead, the grid of lines, the director's signature."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.customs.entry_number import format_entry_number
from shared.runtime.identity import Identity, RoleName
from shared.web.identity import issue_development_token
from tests.integration.console.house import House, open_house
from tests.integration.liquidation.builders import apply, cycle, routed
from tests.integration.liquidation.test_liquidation_protests import BODY, IMPORTER, LIQUIDATED
from tests.support.events import decoded, entry_body, entry_number, line

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

CENTER = "CEE003"
PAGE_BYTES = 30_000
OWNER = Identity("owner", "Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
TWO_LINES = [line(1), line(2, hts="8507600020")]


@pytest.fixture
async def house(service_engine: MakeEngine) -> House:
    return await open_house(service_engine, datetime(2027, 2, 1, 17, tzinfo=UTC), "liquidation")


async def liquidated(house: House, count: int) -> list[str]:
    engine, numbers = house.engines["liquidation"], [entry_number() for _ in range(count)]
    for number in numbers:
        filed = decoded("entry-filed", entry_body(number, lines=TWO_LINES))
        await apply(engine, [filed, routed(number, center=CENTER)])
    await cycle(engine, LIQUIDATED)
    return numbers


async def protested(house: House, entry: str, **changes: Any) -> str:
    """A protest of the entry's importer, as the API takes it."""
    app = house.apps["liquidation"]
    token = issue_development_token(app.state.settings, OWNER, house.clock.now())
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"protest of {entry}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        answer = await client.post("/protests", json={"entries": [entry]} | BODY | changes, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["protest_number"])


def shown_in(tried: httpx.Response) -> list[str]:
    """The protests of a preview with their versions, as its form sends them."""
    return re.findall(r'name="shown" value="([^"]+)"', tried.text)


async def test_a_group_is_tried_and_done_behind_its_lead_and_what_changed_meanwhile_is_refused(house: House) -> None:
    entries = await liquidated(house, 3)
    lead, second, third = [await protested(house, each) for each in entries]
    async with house.reading_as("kim") as kim:
        page = await kim.read("/protests")
        assert all(each in page for each in (lead, second, third))
        assert 'href="/protests?issue=' in page
        chosen = {"act": "begin-review", "protest": [lead, second, third]}
        tried = await kim.send("/protests", "/protests/group", chosen)
        assert "It would be done on 3; 0 would be refused. Nothing is done yet." in tried.text
        versions = shown_in(tried)
        assert [each.partition(" ")[0] for each in versions] == [lead, second, third]
        await kim.send("/protests", "/protests/group/acts", {**chosen, "protest": [second], "shown": [versions[1]]})
        done = await kim.send("/protests", "/protests/group/acts", {**chosen, "shown": versions})
        assert "Done on 2; refused on 1." in done.text

        asked = await kim.send("/protests", "/protests/group", {"act": "suspend", "protest": [second, third]})
        assert "Number of the lead protest" in asked.text
        behind = {"act": "suspend", "protest": [second, third], "field.lead": lead, "is_filled": "yes"}
        tried = await kim.send("/protests", "/protests/group", behind)
        assert "It would be done on 2" in tried.text
        done = await kim.send("/protests", "/protests/group/acts", {**behind, "shown": shown_in(tried)})
        assert "Done on 2; refused on 0." in done.text
        page = await kim.read("/protests")
        assert f'Lead case of these: <a href="/protests/{lead}">' in page
        wrong = await kim.send("/protests", "/protests/group", {"act": "sign"})
        assert wrong.status_code == 422


async def test_the_grid_recommends_by_line_and_a_director_signs(house: House) -> None:
    (entry,) = await liquidated(house, 1)
    number = await protested(house, entry)
    async with house.reading_as("kim") as kim:
        await kim.fill(f"/protests/{number}", "begin-review")
        grid = await kim.read(f"/protests/{number}/grid")
        assert format_entry_number(entry) in grid
        assert "8507600020" in grid
        said = {f"{entry}.2.outcome": "allowed", f"{entry}.2.change_duty_usd": "-12.50"}
        said |= {f"{entry}.1.outcome": "denied", "field.reasons": "They weigh 2 kg."}
        twice = {**said, f"{entry}.all.outcome": "denied"}
        refused = await kim.fill(f"/protests/{number}/grid", "recommend", twice)
        assert refused.status_code == 422
        assert "decided twice" in refused.text
        assert 'value="-12.50"' in refused.text
        by_line = {**said, f"{entry}.all.outcome": ""}  # a browser sends what was emptied
        done = await kim.fill(f"/protests/{number}/grid", "recommend", by_line)
        assert "awaiting signature" in done.text
        grid = await kim.read(f"/protests/{number}/grid")
        assert "-12.50" in grid
        assert 'value="sign"' not in grid  # that is a director's
    async with house.reading_as("dora") as dora:
        grid = await dora.read(f"/protests/{number}/grid")
        assert "-12.50" in grid
        signed = await dora.fill(f"/protests/{number}/grid", "sign")
        assert "allowed in part" in signed.text


async def test_a_grid_of_many_entries_is_written_page_by_page_and_recommended_whole(house: House) -> None:
    entries = await liquidated(house, 10)
    number = await protested(house, entries[0], entries=entries)
    here = f"/protests/{number}/grid"
    async with house.reading_as("kim") as kim:
        await kim.fill(f"/protests/{number}", "begin-review")
        first = await kim.read(here)
        assert len((await kim.client.get(here)).content) <= PAGE_BYTES
        shown = [each for each in entries if format_entry_number(each) in first]
        left = [each for each in entries if each not in shown]
        assert (len(shown), "Entries 1 to 8 of 10." in first) == (8, True)
        said = {f"{each}.all.outcome": "denied" for each in shown} | {"field.reasons": "They weigh 2 kg."}
        second = await kim.send(here, f"{here}/draft", {**said, "to": "2"})
        assert "Entries 9 to 10 of 10." in second.text
        assert all(format_entry_number(each) in second.text for each in left)
        assert "They weigh 2 kg." in second.text
        back = await kim.read(here)
        assert back.count('value="denied" selected') == 8, "what was written on the first page is there again"
        half = {f"{left[0]}.all.outcome": "allowed", f"{left[0]}.all.change_duty_usd": "-1.00"}
        refused = await kim.fill(f"{here}?at=2", "recommend", half)
        assert (refused.status_code, "Entries 9 to 10 of 10." in refused.text) == (422, True)
        script = await kim.client.post(
            f"{here}/draft",
            data={"form_key": form_key_of(refused.text), f"{left[1]}.all.outcome": "denied"},
            headers={"sec-fetch-dest": "empty"},
        )
        assert script.status_code == 204
        done = await kim.fill(f"{here}?at=2", "recommend")
        assert "awaiting signature" in done.text
        assert "is not recommended yet" not in await kim.read(here), "what was kept is gone"
        assert (await kim.client.get(f"{here}?at=3")).status_code == 404
        await kim.send(here, f"{here}/draft", {f"{shown[0]}.all.outcome": "allowed"})
        assert "is not recommended yet" in await kim.read(here)
        forgotten = await kim.fill(here, "forget")
        assert forgotten.text.count('value="denied" selected') == 0, "it waits for its signature, and is only shown"
        assert "is not recommended yet" not in forgotten.text
    async with house.reading_as("dora") as dora:
        assert f'href="{here}?at=2"' in await dora.read(here)
        signed = await dora.fill(here, "sign")
        assert "allowed in part" in signed.text


def form_key_of(text: str) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', text)
    assert found is not None
    return found[1]


async def test_an_outsider_sees_the_protests_of_its_own_and_no_grid_of_anothers(house: House) -> None:
    (entry,) = await liquidated(house, 1)
    number = await protested(house, entry)
    async with house.reading_as("ida") as ida:
        assert number not in await ida.read("/protests")
        assert (await ida.client.get(f"/protests/{number}/grid")).status_code == 404
