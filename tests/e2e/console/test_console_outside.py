"""A small importer's first visit, in a browser: pages that fit and are accessible, and each flow without scripts."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.support.browser import NARROW, WIDE, Said, look, open_context, sign_in, take_picture, violations
from tests.support.databases import TestDatabases
from tests.support.outsiders import IMPORTER, PEOPLE, Letter, ask_importer, decide_increase, file_entry, liquidate
from tests.support.served import Served, serving_all

pytestmark = [pytest.mark.verify, pytest.mark.timeout(600)]

ENTERED, FRIDAY = date(2026, 1, 8), date(2026, 11, 20)
PAGE_BYTES = 30_000
JARGON = re.compile(
    r"\b(liquidation|liquidated|protest|surety|bond|delegation|webhook|entry date|further review|calendar feed)\b",
    re.IGNORECASE,
)
"""Words of the field that a newcomer does not know."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a small importer has when it comes: a bill, and a letter to answer."""

    served: Served
    billed: str
    letter: Letter
    notice_id: str


@pytest.fixture(scope="module")
async def visit(databases: TestDatabases) -> AsyncIterator[Visit]:
    async with serving_all(databases) as served:
        billed = await file_entry(served, IMPORTER, ENTERED)
        await decide_increase(served, billed, PEOPLE["kim"], "1000.00")
        await liquidate(served, FRIDAY)
        asked = await file_entry(served, IMPORTER, FRIDAY)
        letter = await ask_importer(served, asked, PEOPLE["kim"], ["Who made the cars?", "What are they worth?"])
        notices = await served.ask("notifications", f"/notices?entry={billed}&kind=N-09", PEOPLE["ida"])
        yield Visit(served, billed, letter, notices["items"][0]["notice_id"])


def pages_of(visit: Visit) -> dict[str, str]:
    """Every page for outsiders, by a name for its picture."""
    return {
        "my": "/my",
        "my-bill": f"/my/bills/{visit.billed}-B01",
        "my-letter": f"/letters/{visit.letter.request_id}",
        "inbox": "/inbox",
        "notice": f"/inbox/{visit.notice_id}",
        "my-entries": "/my/entries?state=protest",
        "my-protest": f"/my/protest?entry={visit.billed}",
        "my-channels": "/my/channels",
        "my-delegations": "/my/delegations",
        "my-appeal-1": "/my/appeal",
        "my-appeal-2": "/my/appeal?step=2",
        "my-appeal-3": "/my/appeal?step=3",
        "my-appeal-5": "/my/appeal?step=5",
        "words": "/words",
    }


async def test_pages_for_outsiders_fit_are_light_accessible_and_explain_their_words(
    visit: Visit, browser: Browser
) -> None:
    said, wrong = Said(), []
    context = await open_context(browser, WIDE, bypass_csp=True)
    context.set_default_timeout(120_000)  # one process serves all of it
    page = await context.new_page()
    said.listen(page)
    await sign_in(page, visit.served.console, "Ida Fischer")
    assert page.url == f"{visit.served.console}/my", "an outsider's day begins with what there is to do"
    for name, path in pages_of(visit).items():
        answer = await look(page, visit.served.console + path)
        assert answer.status == 200, path
        if len(await answer.body()) > PAGE_BYTES and name != "words":
            wrong.append((name, f"{len(await answer.body())} bytes"))
        if await page.locator("h1").count() != 1:
            wrong.append((name, "not one h1"))
        await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        for width in (NARROW, WIDE):
            await page.set_viewport_size({"width": width, "height": 900})
            if (wide := await page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append((name, f"is {wide} pixels wide in {width}"))
            await take_picture(page, f"outside-{name}")
            wrong += [(name, f"{width}: {each}") for each in await violations(page)]
        if name != "words":
            wrong += [(name, f"does not explain “{each}”") for each in await unexplained(page)]
    assert wrong == [], "\n".join(map(str, wrong))
    assert said.lines == [], "\n".join(map(str, said.lines))
    await context.close()


async def unexplained(page: Page) -> list[str]:
    """Words of the field in the text of a page that its list of words does not name."""
    text = await page.locator("main").inner_text()
    listed = (await page.locator(".cl-words").inner_text()).lower()
    used = {each.lower().replace("liquidated", "liquidation") for each in JARGON.findall(text)}
    return sorted(each for each in used if each not in listed)


async def test_first_visit_without_scripts_answers_pays_and_protests(
    visit: Visit, browser: Browser, tmp_path: Path
) -> None:
    context = await open_context(browser, NARROW, java_script_enabled=False)
    context.set_default_timeout(120_000)
    page = await context.new_page()
    await page.goto(f"{visit.served.console}/login")
    await page.get_by_text("Everybody else").click()
    await page.get_by_role("button", name="Sign in as Ida Fischer").click()

    await page.get_by_role("link", name="Answer CBP's questions").click()
    await page.get_by_role("link", name="What this letter is").click()
    assert await page.get_by_text("CBP has questions about your goods.").is_visible()
    await page.get_by_label("What you answer").fill("1. Our plant in Puebla.")
    await page.get_by_role("button", name="Keep it for later").click()
    paper = tmp_path / "invoice.txt"
    paper.write_text("Cars, 40,000 dollars")
    await page.get_by_text("Add a file", exact=True).click()
    await page.get_by_label("File", exact=True).set_input_files(paper)
    await page.get_by_role("button", name="Add the file").click()
    assert await page.get_by_label("What you answer").input_value() == "1. Our plant in Puebla."
    assert await page.get_by_label("invoice.txt").is_checked()
    await page.get_by_role("button", name="Send the answer").click()
    await page.get_by_text("Your answer is with CBP").wait_for()
    found = await visit.served.ask("workqueue", f"/requests/{visit.letter.request_id}", PEOPLE["kim"])
    assert [len(each["files"]) for each in found["answers"]] == [1]

    await page.get_by_role("link", name="My work").first.click()
    assert await page.get_by_role("link", name="Answer CBP's questions").count() == 0
    await page.get_by_role("link", name="Pay a bill").click()
    assert await page.get_by_text("Where to pay is unknown here: see the bill.").is_visible()
    await page.get_by_label("Another day").fill("2026-12-30")
    await page.get_by_role("button", name="Work it out").click()
    assert await page.get_by_text("for paying late").is_visible()
    await page.get_by_role("link", name="protest the liquidation").click()

    await page.get_by_label("What goods it is about").fill("Passenger cars")
    await page.get_by_role("button", name="Check it first").click()
    assert await page.get_by_text("It would not be received as it is").is_visible()
    await page.get_by_label("Kind of goods or question").first.fill("passenger cars")
    await page.get_by_label("What is wrong", exact=True).first.fill("Classified in 8703.23.")
    await page.get_by_label("Why", exact=True).first.fill("Their engines are small.")
    await page.get_by_label("Address").fill("1 Example Road")
    await page.get_by_role("button", name="Check it first").click()
    assert await page.get_by_text("It is complete and in time: nothing was sent yet").is_visible()
    await take_picture(page, "outside-protest-checked")
    await page.get_by_role("button", name="File it").click()
    await page.get_by_role("heading", name="Files").wait_for()
    protests = await visit.served.ask("liquidation", f"/protests?entry={visit.billed}", PEOPLE["ida"])
    assert [each["state"] for each in protests["items"]] == ["filed"]
    await context.close()
