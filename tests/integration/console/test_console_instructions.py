"""Messages of Commerce on the real service: recorded by one person, confirmed by another, told entry by entry."""

import csv
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.customs.entry_number import format_entry_number
from tests.integration.console.house import House, open_house
from tests.integration.liquidation.builders import apply
from tests.support.events import decoded, entry_body, entry_number, line

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

CASE = line(
    1,
    hts="7306305020",
    country_of_origin="KR",
    cases=[{"case_number": "A580809000", "rate_pct": "25.00", "deposit_usd": "250.00"}],
)
MESSAGE = {
    "kind": "suspend",
    "ground": "injunction",
    "reference": "CIT 26-00123",
    "message_number": "6012345",
    "source": "court-notice",
    "noticed_on": "2026-08-03",
    "of.case_numbers": "A580809000",
}


@pytest.fixture
async def house(service_engine: MakeEngine) -> House:
    return await open_house(service_engine, datetime(2026, 8, 4, 18, tzinfo=UTC), "liquidation")


async def file(house: House, **changes: Any) -> str:
    number = entry_number()
    await apply(house.engines["liquidation"], [decoded("entry-filed", entry_body(number, **changes))])
    return number


async def test_a_message_is_recorded_confirmed_by_another_and_told_entry_by_entry(house: House) -> None:
    meant, other = await file(house, entry_type="03", lines=[CASE]), await file(house)
    async with house.reading_as("omar") as omar:
        answer = await omar.fill("/instructions", "draft", MESSAGE)
        page = str(answer.url.path)
        assert "Suspend liquidation, message 6012345: draft" in answer.text
        assert "A580809000" in answer.text
        assert "drafted this instruction" in answer.text  # who records does not confirm
        assert format_entry_number(meant) not in answer.text
        assert "6012345" in await omar.read("/instructions?state=draft")
    async with house.reading_as("hugo") as hugo:
        answer = await hugo.fill(page, "confirm")
        assert "Suspend liquidation, message 6012345: confirmed" in answer.text
        told = answer.text.partition("What it did")[2]
        assert format_entry_number(meant) in told
        assert format_entry_number(other) not in told
        again = await hugo.send("/instructions", f"{page}/acts", {"version": "1"})
        assert again.status_code == 412
        table = list(csv.DictReader((await hugo.read("/instructions/list.csv?state=confirmed")).splitlines()))
        assert [(each["message_number"], each["confirmed_by"]) for each in table] == [("6012345", "hugo")]
        assert table[0]["which_entries"] == "Cases A580809000"
        assert table[0]["results"].endswith(" 1")
        assert len((await hugo.read("/instructions/list.csv?state=draft")).splitlines()) == 1


async def test_a_message_that_names_nobody_is_refused_and_kept_in_the_form(house: House) -> None:
    async with house.reading_as("omar") as omar:
        answer = await omar.fill("/instructions", "draft", {**MESSAGE, "of.case_numbers": "", "of.origin": "KR"})
        assert answer.status_code == 422
        assert "name cases, an importer, or makers or exporters" in answer.text
        assert 'value="6012345"' in answer.text
        assert 'value="KR"' in answer.text
    async with house.reading_as("ida") as ida:
        assert (await ida.client.get("/instructions")).status_code == 404
        assert (await ida.client.get("/instructions/list.csv")).status_code == 404
