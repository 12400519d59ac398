"""What the board says of each item, the page of a tariff number, rules in the form of a decision, lists as files."""

import csv
import io
import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from services.console.acts.people import SAMPLE_PEOPLE
from shared.runtime.identity import Identity, RoleName
from tests.support.asking import ask
from tests.support.browser import NARROW, WIDE, Said, look, open_context, take_picture, violations
from tests.support.pages import reading_as
from tests.support.product import Product

pytestmark = [pytest.mark.verify, pytest.mark.timeout(300)]

PEOPLE = {each.identity.subject: each.identity for each in SAMPLE_PEOPLE}
KIM = PEOPLE["kim"]
PAGE_BYTES = 30_000


async def items_of(product: Product, **query: str) -> list[dict[str, Any]]:
    filters = "&".join(f"{name}={value}" for name, value in query.items())
    found = await ask(product, KIM, "workqueue", f"/items?center=CEE003&state=open&limit=20&{filters}")
    return list(found["items"])


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
async def test_board_says_why_each_item_is_here_and_what_duty_was_declared(
    product: Product, browser: Browser, console: str, scripts: bool
) -> None:
    context = await open_context(browser, java_script_enabled=scripts)
    page = await context.new_page()
    await _be_kim(page, console)
    answer = await look(page, f"{console}/queue?center=CEE003")
    assert len(await answer.body()) <= PAGE_BYTES
    heads = [await each.inner_text() for each in await page.locator("table.cl-board th[scope=col]").all()]
    assert {"Duty", "Why here"} <= set(heads)
    known = {each["item_id"]: each for each in await items_of(product)}
    assert any(each["selected"] for each in known.values())
    seen = 0
    for row in await page.locator("tr[data-row]").all():
        item = known[(await row.locator("th a").get_attribute("href") or "").rpartition("/")[2]]
        text = await row.inner_text()
        if item["selected"]:
            assert item["selected"][0]["text"] in text
            seen += 1
        if item["duty_usd"] is not None:
            assert f"${float(item['duty_usd']):,.2f}" in text
    assert seen > 3
    await context.close()


async def test_tariff_number_says_its_center_its_duties_and_the_open_work(
    product: Product, browser: Browser, console: str
) -> None:
    item = (await items_of(product, process="preference"))[0]
    lines = await ask(product, KIM, "liquidation", f"/entries/{item['entry_number']}/versions/in-force")
    hts = lines["lines"][0]["tariffs"][0]["hts"]
    said = Said()
    context = await open_context(browser, bypass_csp=True)
    page = await context.new_page()
    said.listen(page)
    await _be_kim(page, console)
    await page.locator("#search-box").fill(f"{hts[:4]}.{hts[4:6]}.{hts[6:]}")
    await page.locator("#search-box").press("Enter")
    await page.wait_for_url(f"**/tariff/{hts}")
    known = await ask(product, KIM, "routing", f"/tariff-numbers/{hts}")
    main = await page.locator("main").inner_text()
    assert known["map_version"] in main
    assert f"{known['decides']['first']}" in main
    assert await page.get_by_role("link", name="Automotive and Aerospace").count() > 0
    assert await page.locator(f"a[href='/items/{item['item_id']}']").count() == 1
    for width in (NARROW, WIDE):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await violations(page) == []
        await take_picture(page, "tariff")
    await page.goto(f"{console}/entries/{item['entry_number']}")
    await page.get_by_role("link", name=hts, exact=True).first.click()
    await page.wait_for_url(f"**/tariff/{hts}")
    assert said.lines == []
    await context.close()


async def test_tariff_number_is_for_anyone_without_criteria_and_work(browser: Browser, console: str) -> None:
    context = await open_context(browser, java_script_enabled=False)
    page = await context.new_page()
    assert (await look(page, f"{console}/tariff/9903.88.15")).status == 200
    assert page.url == f"{console}/tariff/99038815"
    main = await page.locator("main").inner_text()
    assert "Section 301 China List 4A" in main
    assert "the Center of the number of chapters 1 to 97" in main
    for hidden in ("Criteria that name it", "Open work on it"):
        assert hidden not in main
    assert (await look(page, f"{console}/tariff/8471")).status == 200
    assert (await look(page, f"{console}/tariff/847")).status == 422
    await context.close()
    async with reading_as(console, "ida") as ida:
        assert "Open work on it" not in await ida.read("/tariff/8703230170")


async def test_rule_is_found_by_words_and_taken_with_its_citation_without_scripts(
    product: Product, browser: Browser, console: str
) -> None:
    item = (await items_of(product, process="ad-cvd"))[5]
    rule = await ask(product, KIM, "liquidation", "/rules/protest-180")
    context = await open_context(browser, NARROW, java_script_enabled=False)
    page = await context.new_page()
    await _be_kim(page, console)
    await page.goto(f"{console}/items/{item['item_id']}")
    await page.get_by_role("button", name="Claim", exact=True).click()
    await page.get_by_label("What you found").fill("Kept while I look.")
    await page.get_by_text("Find a rule and its citation").click()
    await page.get_by_label("Words of the rule").fill("174.12")
    await page.get_by_role("button", name="Find", exact=True).last.click()
    await page.get_by_role("button", name="Take protest-180").click()
    assert await page.get_by_label("Rule", exact=True).input_value() == "protest-180"
    assert await page.get_by_label("Citation", exact=True).input_value() == rule["citation"]
    assert await page.get_by_label("What you found").input_value() == "Kept while I look."
    await page.get_by_text("Find a rule and its citation").click()
    await page.get_by_label("Words of the rule").fill("no such words at all")
    await page.get_by_role("button", name="Find", exact=True).last.click()
    await page.get_by_text("No rule has these words.").wait_for()
    assert await page.get_by_label("Rule", exact=True).input_value() == "protest-180"
    await take_picture(page, "rules-found")
    await page.get_by_label("What you found").fill("")
    await page.get_by_role("button", name="Give back").click()
    await context.close()


async def test_rule_that_is_typed_offers_rules_and_brings_its_citation(
    product: Product, browser: Browser, console: str
) -> None:
    item = (await items_of(product, process="ad-cvd"))[6]
    rule = await ask(product, KIM, "liquidation", "/rules/protest-180")
    said = Said()
    context = await open_context(browser)
    page = await context.new_page()
    said.listen(page)
    await _be_kim(page, console)
    await page.goto(f"{console}/items/{item['item_id']}")
    await page.get_by_role("button", name="Claim", exact=True).click()
    await page.get_by_label("Rule", exact=True).press_sequentially("protest-18")
    await page.locator("#rule-options option[value='protest-180']").wait_for(state="attached")
    await page.get_by_label("Rule", exact=True).fill("protest-180")
    await page.get_by_label("Citation", exact=True).click()
    assert await page.get_by_label("Citation", exact=True).input_value() == rule["citation"]
    assert said.lines == []
    await page.get_by_role("button", name="Give back").click()
    await context.close()


async def test_letters_team_and_rules_come_as_files_in_which_no_cell_is_a_formula(
    product: Product, console: str
) -> None:
    async with reading_as(console, "kim") as kim:
        board = await kim.read("/queue?center=CEE003&process=preference")
        item = re.findall(r'href="/items/([0-9a-f-]{36})"', board)[-1]
        await kim.send(f"/items/{item}", f"/items/{item}/claim", {})
        token = (await ask(product, KIM, "workqueue", f"/items/{item}"))["token"]
        asked = {"token": str(token), "form": "CBP-28", "issue": "03", "questions": "=HYPERLINK(1)\nHow many?"}
        sent = await kim.send(f"/items/{item}", f"/items/{item}/letters", asked)
        assert "The letter is kept" in sent.text
        assert "/letters.csv?state=issued" in await kim.read("/letters?state=issued")
        letters = rows_of(await kim.read("/letters.csv?state=issued"))
        [letter] = [each for each in letters if each["item_id"] == item]
        assert (letter["questions"], letter["form"]) == ("'=HYPERLINK(1)\nHow many?", "CBP-28")

        assert "/team.csv?center=CEE003" in await kim.read("/team?center=CEE003")
        team = rows_of(await kim.read("/team.csv?center=CEE003"))
        held = await ask(product, KIM, "workqueue", "/centers/CEE003/load")
        loads = {each["subject"]: each for each in held["people"]}
        assert {"kim", "lee"} <= {each["user"] for each in team}
        for row in team:
            if row["user"] in loads:
                assert row["items"] == str(loads[row["user"]]["items"])

        assert 'href="/rules.csv?q=protest"' in await kim.read("/rules?q=protest")
        rules = rows_of(await kim.read("/rules.csv?q=protest"))
        assert "protest-180" in {each["id"] for each in rules}
        everything = rows_of(await kim.read("/rules.csv"))
        assert len(everything) > len(rules)
        await kim.send(f"/items/{item}", f"/items/{item}/release", {"token": str(token)})
        assert (await kim.client.get("/letters.csv?state=nonsense")).status_code == 422
    async with reading_as(console, "ida") as ida:
        assert (await ida.client.get("/team.csv?center=CEE003")).status_code == 403


def rows_of(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table)))


async def _be_kim(page: Page, console: str) -> None:
    """Sign in, with scripts or without."""
    await page.goto(f"{console}/login")
    await page.get_by_role("button", name="Sign in as Kim Sato").click()
    await page.wait_for_load_state()


async def test_items_are_listed_by_tariff_number_in_the_address(product: Product, console: str) -> None:
    tess = Identity("tess", "Tess Quinn", frozenset({RoleName.OFFICE_OF_TRADE}))
    item = (await items_of(product, process="preference"))[0]
    lines = await ask(product, tess, "liquidation", f"/entries/{item['entry_number']}/versions/in-force")
    hts = lines["lines"][0]["tariffs"][0]["hts"]
    async with reading_as(console, "kim") as kim:
        page = await kim.read(f"/queue?center=&state=open&tariff={hts}")
        assert f"/items/{item['item_id']}" in page
        assert f"tariff number {hts}" in page
