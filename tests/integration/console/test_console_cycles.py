"""The cycle cockpit on the real service: held, cut, confirmed by two people, run, and reported."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.customs.entry_number import format_entry_number
from tests.integration.console.house import House, open_house
from tests.integration.liquidation.builders import apply
from tests.support.events import decoded, entry_body, entry_number, line

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

FRIDAY = date(2027, 1, 15)  # the scheduled date of an entry of 2 March 2026
DUTY = line(
    tariffs=[
        {"hts": "8471300100", "value_usd": 1000, "duty_usd": "0.00"},
        {"hts": "99038815", "value_usd": 0, "duty_usd": "75.00"},
    ]
)
BEFORE_THE_CUT = datetime(2027, 1, 12, 18, tzinfo=UTC)


@pytest.fixture
async def house(service_engine: MakeEngine) -> House:
    return await open_house(
        service_engine, BEFORE_THE_CUT, "liquidation", cycle_wait_seconds=0, cycle_confirmation="two-people"
    )


async def file(house: House, **changes: Any) -> str:
    number = entry_number()
    await apply(house.engines["liquidation"], [decoded("entry-filed", entry_body(number, **changes))])
    return number


PREDICATE = {"name": "Duty 9903.88", "of.duty_heading": "990388", "reason": "A refund is expected."}


async def hold(house: House) -> str:
    """A hold set that Omar drafted and Dora applied; gives its page."""
    async with house.reading_as("omar") as omar, house.reading_as("dora") as dora:
        drafted = await omar.fill("/holds", "draft", PREDICATE)
        await dora.fill(str(drafted.url.path), "apply")
    return str(drafted.url.path)


async def confirm(house: House) -> None:
    async with house.reading_as("omar") as omar, house.reading_as("dora") as dora:
        await omar.fill(f"/cycles/{FRIDAY}", "cut")
        await omar.fill(f"/cycles/{FRIDAY}", "specialist")
        await dora.fill(f"/cycles/{FRIDAY}", "supervisor")


async def test_a_hold_set_is_drafted_previewed_by_entry_and_applied_by_another(house: House) -> None:
    plain, held = await file(house), await file(house, lines=[DUTY])
    async with house.reading_as("omar") as omar:
        answer = await omar.fill("/holds", "draft", PREDICATE)
        page = str(answer.url.path)
        assert page.startswith("/holds/")
        shown = answer.text.partition("What it matches now")[2]
        assert format_entry_number(held) in shown
        assert format_entry_number(plain) not in shown
        assert "$75.00" in shown
        assert "drafted this hold set" in answer.text  # who drafts does not apply
        table = (await omar.client.get(f"{page}/entries.csv")).text
        assert held in table
        assert plain not in table
        assert "would take it" in await omar.read(page)  # by the cycle of the Friday whose cut is to come
        assert "None of the Centers that you read." in await omar.read(f"{page}?horizon=90")
        edited = await omar.fill(page, "edit", {**PREDICATE, "of.duty_heading": "9903"})
        assert "a duty provision 9903 on a line" in edited.text
    async with house.reading_as("dora") as dora:
        answer = await dora.fill(page, "apply")
        assert "Duty 9903.88: applied" in answer.text
        answer = await dora.fill(page, "lift", {"reason": "The order was withdrawn."})
        assert "Duty 9903.88: lifted" in answer.text
        assert page in await dora.read("/holds?state=lifted")


async def test_a_forecast_says_what_holds_it_and_what_changed_since_the_one_before(house: House) -> None:
    await file(house)
    held = await file(house, lines=[DUTY])
    async with house.reading_as("omar") as omar:
        assert f'href="/cycles/{FRIDAY}"' in await omar.read("/cycles")
        page = await omar.read(f"/cycles/{FRIDAY}")
        assert "Would liquidate 2," in page
        assert "The cut of the cycle of 15 Jan 2027 is at" in page  # no cut sheet before Wednesday night
        answer = await omar.fill(f"/cycles/{FRIDAY}", "forecast")
        assert "The dry run is kept" in answer.text
        page = await hold(house)
        answer = await omar.fill(f"/cycles/{FRIDAY}", "forecast")
        assert "Would liquidate 1," in answer.text
        assert page in answer.text.partition("Holds that bind it")[2]
        assert "as entered → held" in answer.text
        assert format_entry_number(held) in await omar.read(f"/cycles/{FRIDAY}/changes?number=2&since=1")


async def test_a_cut_sheet_is_confirmed_by_two_people(house: House) -> None:
    await file(house)
    house.at(2027, 1, 14, 18)
    async with house.reading_as("omar") as omar, house.reading_as("dora") as dora:
        answer = await omar.fill(f"/cycles/{FRIDAY}", "cut")
        assert "Revision 1, to be confirmed." in answer.text
        answer = await omar.fill(f"/cycles/{FRIDAY}", "specialist")
        assert "Specialist: confirmed by omar" in answer.text
        with pytest.raises(ValueError, match="not enough values"):
            await omar.fill(f"/cycles/{FRIDAY}", "supervisor")  # one person confirms in one capacity
        answer = await dora.fill(f"/cycles/{FRIDAY}", "supervisor")
        assert "Revision 1, confirmed." in answer.text
        answer = await omar.fill(f"/cycles/{FRIDAY}", "cut")
        assert "Revision 2, to be confirmed." in answer.text
        late = await dora.send(f"/cycles/{FRIDAY}", f"/cycles/{FRIDAY}/acts", {"act": "supervisor", "version": "1"})
        assert late.status_code == 412


async def test_a_cycle_runs_and_reports_what_it_did_not_as_said_and_did_not_see(house: House) -> None:
    await file(house)
    late = await file(house)
    house.at(2027, 1, 14, 18)
    await confirm(house)
    changed = entry_body(late, version=2, entry_type="03", reasons=["H06"])
    at = "2026-04-01T12:00:00Z"  # filed in time, and heard of after the cut sheet was made
    await apply(house.engines["liquidation"], [decoded("entry-corrected", changed, time=at)])
    house.at(2027, 1, 15, 18)
    async with house.reading_as("omar") as omar:
        answer = await omar.fill(f"/cycles/{FRIDAY}", "run")
        assert "The cycle has run." in answer.text
        assert "As said 1; differing 1." in answer.text
        assert "Not known: the bus was away" in answer.text  # nobody reads a bus in this process
        assert "suspended since" in answer.text
        differing = await omar.read(f"/cycles/{FRIDAY}/differing?way=left-out&why=suspended since")
        assert format_entry_number(late) in differing
        assert str(FRIDAY) in (await omar.read("/cycles")).partition("Have run")[2]
        with pytest.raises(ValueError, match="not enough values"):
            await omar.fill(f"/cycles/{FRIDAY}", "run")


async def test_an_act_on_an_earlier_revision_is_refused_and_what_was_written_is_kept(house: House) -> None:
    async with house.reading_as("omar") as omar, house.reading_as("dora") as dora:
        predicate = {"name": "Chinese goods", "of.origin": "CN", "reason": "A test."}
        hold = str((await omar.fill("/holds", "draft", predicate)).url.path)
        await dora.fill(hold, "edit", {**predicate, "of.origin": "KR"})
        answer = await omar.send(hold, f"{hold}/acts", {**predicate, "act": "edit", "version": "1", "name": "Mine"})
        assert answer.status_code == 412
        assert 'value="Mine"' in answer.text
        refused = await omar.fill("/holds", "draft", {"name": "Everything", "reason": "No part."})
        assert refused.status_code == 422
        assert "an empty predicate means every entry" in refused.text
        assert 'value="Everything"' in refused.text


async def test_who_is_not_of_cbp_has_no_cycles(house: House) -> None:
    async with house.reading_as("ida") as ida:
        for path in ("/cycles", f"/cycles/{FRIDAY}", "/holds"):
            assert (await ida.client.get(path)).status_code == 404
        assert (await ida.client.get("/cycles/2027-01-14")).status_code in {404, 422}
