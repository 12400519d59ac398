"""The clocks of an entry and of the calculator: windows as bars, other facts as a second line, calendar and paper."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.async_api import Browser

from services.console.acts.people import SAMPLE_PEOPLE
from tests.support.asking import ask
from tests.support.browser import NARROW, WIDE, Said, look, open_context, sign_in, take_picture, violations
from tests.support.pages import reading_as
from tests.support.product import Product

pytestmark = [pytest.mark.verify, pytest.mark.timeout(300)]

TESS = next(each.identity for each in SAMPLE_PEOPLE if each.identity.subject == "tess")
FACTS = "entry_type=01&entry_date=2026-03-02"
OTHER = "/calculator?was=entry_type%3D01%26entry_date%3D2026-03-02&entry_type=01&entry_date=2026-03-20"


async def entry_in(product: Product, state: str) -> str:
    found = await ask(product, TESS, "liquidation", f"/entries?importer=07-544500400&state={state}&limit=1")
    return str(found["items"][0]["entry_number"])


async def test_windows_of_an_entry_are_bars_and_the_table_says_the_same(
    product: Product, browser: Browser, console: str
) -> None:
    number = await entry_in(product, "liquidated")
    rows = (await ask(product, TESS, "liquidation", f"/entries/{number}/timeline"))["rows"]
    said = Said()
    context = await open_context(browser, bypass_csp=True)
    page = await context.new_page()
    said.listen(page)
    await sign_in(page, console, "Tess Quinn")
    await page.goto(f"{console}/entries/{number}")
    titles = [await each.text_content() for each in await page.locator(".cl-window title").all()]
    assert len(titles) == len(await page.locator(".cl-window").all()) > 0
    [protest] = [place for place, row in enumerate(rows, start=1) if row["code"] == "protest-until"]
    assert f"{protest}. Last day to protest" in titles
    liquidated = rows[protest - 1]["inputs"]["liquidated_on"]
    for title in titles:
        place = int((title or "").partition(".")[0])
        begins = await page.locator(f"#row-{place} td[data-label=From]").inner_text()
        assert begins, f"the table says nothing of the window {title}"
    begins = await page.locator(f"#row-{protest} td[data-label=From]").inner_text()
    assert (f"{int(liquidated[8:])} " in begins, liquidated[:4] in begins) == (True, True)
    for width in (NARROW, WIDE):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await violations(page) == []
        await take_picture(page, "windows")
    assert said.lines == []
    await context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
async def test_other_facts_are_drawn_as_a_second_line_and_listed(
    browser: Browser, console: str, product: Product, scripts: bool
) -> None:
    number = await entry_in(product, "scheduled")
    context = await open_context(browser, java_script_enabled=scripts)
    page = await context.new_page()
    await page.goto(f"{console}/login")
    await page.locator("summary", has_text="Everybody else").click()
    await page.get_by_role("button", name="Sign in as Tess Quinn").click()
    await page.goto(f"{console}/entries/{number}")
    await page.get_by_role("link", name="What if: other facts").click()
    await page.get_by_text("Change a fact above and compute").wait_for()
    asked = parse_qs(urlparse(page.url).query)
    assert asked["was"][0].count("=") >= 2
    assert await page.locator(".cl-second").count() == 0
    entered = await page.get_by_label("Entry date").input_value()
    before = date.fromisoformat(entered) - timedelta(days=1)
    await page.get_by_label("Entry date").fill(str(before))
    await page.get_by_role("button", name="Compute").click()
    await page.get_by_role("heading", name="What moves").wait_for()
    assert await page.locator(".cl-second").count() > 0
    deemed = page.get_by_role("row").filter(has_text="Deemed liquidated").first
    assert "1 day earlier" in await deemed.inner_text()
    await take_picture(page, "what-if")
    await page.get_by_role("link", name="Back to the facts before").click()
    assert await page.get_by_label("Entry date").input_value() == entered
    await context.close()


async def test_what_if_is_accessible_and_fits(browser: Browser, console: str) -> None:
    said = Said()
    context = await open_context(browser, bypass_csp=True)
    page = await context.new_page()
    said.listen(page)
    answer = await look(page, console + OTHER)
    assert len(await answer.body()) <= 30_000
    for width in (NARROW, WIDE):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await violations(page) == []
        await take_picture(page, "calculator-what-if")
    assert said.lines == []
    await context.close()


async def test_calculator_asks_for_what_is_missing_and_its_address_gives_the_same_again(
    browser: Browser, console: str
) -> None:
    context = await open_context(browser)
    page = await context.new_page()
    await page.goto(f"{console}/calculator")
    asked = [await each.get_attribute("name") for each in await page.locator("main form > div > input").all()]
    assert asked == ["entry_date"]
    await page.get_by_label("Entry type").select_option("21")
    await page.get_by_label("Entry date").fill("2026-03-02")
    await page.get_by_role("button", name="Compute").click()
    await page.get_by_label("Last withdrawal from the warehouse").first.fill("2026-06-01")
    await page.get_by_role("button", name="Compute").click()
    table = await page.get_by_role("region", name="Clocks", exact=True).inner_text()
    await page.get_by_role("link", name="Link to this answer").click()
    assert await page.get_by_role("region", name="Clocks", exact=True).inner_text() == table
    await context.close()


async def test_paper_has_the_facts_the_clocks_and_where_the_rules_are(browser: Browser, console: str) -> None:
    context = await open_context(browser)
    page = await context.new_page()
    await page.goto(f"{console}/calculator?{FACTS}")
    assert await page.get_by_text("By these facts:").is_hidden()
    await page.emulate_media(media="print")
    assert await page.get_by_text("By these facts:").is_visible()
    assert "entry date 2 Mar 2026" in await page.get_by_text("By these facts:").inner_text()
    assert await page.get_by_role("region", name="Clocks", exact=True).is_visible()
    for gone in ("header", "main form", ".cl-actions"):
        assert await page.locator(gone).first.is_hidden(), gone
    written = "getComputedStyle(document.querySelector(\"a[href='/rules/liq-1yr-entry']\"), '::after').content"
    assert "rules/liq-1yr-entry" in await page.evaluate(f"{written}.replace('attr(href)', '/rules/liq-1yr-entry')")
    assert await page.get_by_text("Printed").is_visible()
    await take_picture(page, "calculator-on-paper")
    await context.close()


async def test_days_of_the_calculator_are_those_of_its_table(console: str) -> None:
    async with reading_as(console, "kim") as kim:
        calendar = (await kim.client.get(f"/calculator/days.ics?{FACTS}")).text
        page = await kim.read(f"/calculator?{FACTS}")
    days = re.findall(r"DTSTART;VALUE=DATE:(\d{8})", calendar)
    assert days
    assert "20270302" in days  # 19 USC 1504(a): deemed liquidated a year after entry
    assert calendar.count("BEGIN:VEVENT") == len(days)
    assert "Tue 2 Mar 2027" in page
