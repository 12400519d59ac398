"""What outsiders find on their own pages: what to do in the order of days, what to pay, what came, their entries."""

import re
from dataclasses import dataclass
from datetime import date

import pytest

from tests.support.outsiders import (
    CENTER_OF_OTHER,
    IMPORTER,
    OTHER,
    PEOPLE,
    Letter,
    ask_importer,
    days_on,
    decide_increase,
    file_entry,
    liquidate,
    officer_at,
)
from tests.support.pages import reading_as
from tests.support.served import Served

pytestmark = pytest.mark.timeout(600)  # all services are begun for it

ENTERED = date(2026, 1, 8)
FRIDAY = date(2026, 11, 20)
"""The first Friday from 314 days after the entry."""


@dataclass(frozen=True, slots=True)
class World:
    """A bill and a letter of the outsiders' importer, and the same of another."""

    billed: str
    letter: Letter
    asked: str
    others: str
    letter_of_other: Letter


@pytest.fixture(scope="module")
async def world(served: Served) -> World:
    noor = officer_at(CENTER_OF_OTHER)
    billed, others = [await file_entry(served, importer, ENTERED) for importer in (IMPORTER, OTHER)]
    await decide_increase(served, billed, PEOPLE["kim"], "1000.00")
    await decide_increase(served, others, noor, "1000.00")
    await liquidate(served, FRIDAY)
    asked, asked_of_other = [await file_entry(served, importer, FRIDAY) for importer in (IMPORTER, OTHER)]
    letter = await ask_importer(served, asked, PEOPLE["kim"], ["Who made the cars?"])
    return World(billed, letter, asked, others, await ask_importer(served, asked_of_other, noor, ["Whose pigs?"]))


async def test_importer_sees_what_to_do_in_the_order_of_days_and_nothing_of_another(
    served: Served, world: World
) -> None:
    async with reading_as(served.console, "ida") as ida:
        page = await ida.read("/my")
    acts = re.findall(r"<h2><a href=\"([^\"]+)\">", page)
    assert f"/letters/{world.letter.request_id}" in acts
    assert f"/my/bills/{world.billed}-B01" in acts
    assert f"/my/protest?entry={world.billed}" in acts
    assert acts.index(f"/my/bills/{world.billed}-B01") < acts.index(f"/my/protest?entry={world.billed}")
    assert "Where to pay is unknown here: see the bill." in page
    assert "Wed 19 May 2027" in page  # 19 USC 1514(c)(3): 180 days after 20 November 2026
    for of_another in (world.others, world.letter_of_other.request_id, OTHER):
        assert of_another not in page


async def test_what_to_pay_is_told_for_any_day(served: Served, world: World) -> None:
    on = f"/my/bills/{world.billed}-B01"
    async with reading_as(served.console, "ida") as ida:
        today = await ida.read(on)
        later = await ida.read(f"{on}?on=2026-12-22")
        early = await ida.client.get(f"{on}?on=2026-01-01")
        assert (await ida.client.get(f"/my/bills/{world.others}-B01")).status_code == 404
    told = await served.ask("liquidation", f"/bills/{world.billed}-B01/payoff", PEOPLE["ida"])
    amount = f"${float(told['to_pay_usd']):,.2f}"
    assert amount in today
    assert "Sun 20 Dec 2026" in today  # 30 days after the bill of 20 November
    grown = await served.ask("liquidation", f"/bills/{world.billed}-B01/payoff?on=2026-12-22", PEOPLE["ida"])
    assert float(grown["to_pay_usd"]) > float(told["to_pay_usd"])
    assert f"${float(grown['to_pay_usd']):,.2f}" in later
    assert (early.status_code, "nothing was owed yet" in early.text) == (422, True)


async def test_importer_reads_acknowledges_and_replies_in_its_inbox(served: Served, world: World) -> None:
    async with reading_as(served.console, "ida") as ida:
        inbox = await ida.read("/inbox?unread=yes")
        assert "Courtesy notice of liquidation" in inbox
        notices = await served.ask("notifications", f"/notices?entry={world.billed}&kind=N-09", PEOPLE["ida"])
        [notice] = notices["items"]
        on = f"/inbox/{notice['notice_id']}"
        page = await ida.read(on)
        assert f"/my/protest?entry={world.billed}" in page
        assert "I have read it" in page
        done = await ida.send(on, f"{on}/acknowledge", {})
        assert "Noted that you have read it." in done.text
        assert "I have read it" not in done.text
        refused = await ida.send(on, f"{on}/reply", {"text": "I do not agree."})
        assert (refused.status_code, "Not done" in refused.text) == (422, True), "a reply is no protest"
        assert on not in await ida.read("/inbox?unread=yes")
        asked = await served.ask("notifications", f"/notices?entry={world.asked}&kind=N-03", PEOPLE["ida"])
        assert f"/letters/{world.letter.request_id}" in await ida.read(f"/inbox/{asked['items'][0]['notice_id']}")
        others = await served.ask("notifications", f"/notices?entry={world.others}&kind=N-09", officer_at("CEE002"))
        for path in ("", "/letter.pdf"):
            hidden = f"/inbox/{others['items'][0]['notice_id']}{path}"
            assert (await ida.client.get(hidden)).status_code == 404
        sent = await ida.send(on, f"/inbox/{others['items'][0]['notice_id']}/acknowledge", {})
        assert sent.status_code == 404


async def test_entries_are_listed_with_the_next_day_and_who_has_to_act(served: Served, world: World) -> None:
    async with reading_as(served.console, "ben") as ben:
        running = await ben.read("/my/entries")
        protested = await ben.read("/my/entries?state=protest")
        file = (await ben.client.get("/my/entries.csv?state=protest")).text
        assert (await ben.client.get("/my/entries?state=nothing")).status_code == 404
    assert f"/entries/{world.asked}" in running
    assert f"/my/protest?entry={world.billed}" in protested
    assert world.others not in running + protested
    assert f"{world.billed[:3]}-" in file
    assert "2027-05-19" in file


async def test_officers_have_no_page_for_outsiders_and_outsiders_no_queue(served: Served) -> None:
    async with reading_as(served.console, "kim") as kim, reading_as(served.console, "ida") as ida:
        for path in ("/my", "/inbox", "/my/entries"):
            assert (await kim.client.get(path)).status_code == 404
        assert (await ida.client.get("/queue")).url.path == "/my"


async def test_every_word_that_a_page_marks_is_explained_on_it(served: Served, world: World) -> None:
    pages = ["/my", "/inbox", "/my/entries", f"/my/bills/{world.billed}-B01", f"/letters/{world.letter.request_id}"]
    async with reading_as(served.console, "ida") as ida:
        for path in pages:
            text = await ida.read(path)
            marked = set(re.findall(r'href="#(word-[a-z0-9-]+)"', text))
            assert marked, path
            assert marked <= set(re.findall(r'id="(word-[a-z0-9-]+)"', text)), path
        every = await ida.read("/words")
        assert "CBP makes the amount final" in every


async def test_a_letter_whose_day_has_passed_is_marked_and_still_answered(served: Served, world: World) -> None:
    days_on(served, 40)
    async with reading_as(served.console, "ida") as ida:
        assert "cl-todo--late" in await ida.read("/my")
        on = f"/letters/{world.letter.request_id}"
        assert "The day has passed." in await ida.read(on)
        done = await ida.send(on, f"{on}/answer", {"text": "Late, but here."})
        assert "Your answer is with CBP" in done.text
