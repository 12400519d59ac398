"""Pages of liquidation and of specialists in a browser: they fit, are light, accessible, and keep their policy.

The console and the services are those of the product, in this process, on databases of their own.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page
from sqlalchemy.ext.asyncio import AsyncEngine

from services.console.acts.people import SAMPLE_PEOPLE
from services.routing.acts.backtests import go_on
from services.routing.domain.activity import ActivityKey, Figures
from services.routing.domain.backtests import Limits
from services.routing.store import activity
from services.routing.store.rulebook import RulesInForce
from shared.db.transaction import transaction
from tests.e2e.console.test_console_pages import PAGE_BYTES, RAW, SSN
from tests.integration.console.house import House, open_house
from tests.integration.console.test_console_backtests import file_entries
from tests.integration.console.test_console_boards import heard
from tests.integration.console.test_console_protests import TWO_LINES, liquidated, protested
from tests.integration.liquidation.builders import apply
from tests.support.browser import NARROW, OF_LAYOUT, WIDE, Said, look, open_context, sign_in, take_picture, violations
from tests.support.events import decoded, entry_body, entry_number

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

pytestmark = [pytest.mark.verify, pytest.mark.timeout(900)]

PATIENCE = 150_000
"""Milliseconds for a page: what is asked here is how it looks, and the machine of the tests may be busy."""
IMPORTER = "07-345678900"
CRITERION = {
    "id": "cheap-garments-vn",
    "title": "Garments from Vietnam at less than half of the usual price.",
    "owner": "textiles-targeting",
    "lane": "document-review",
    "processes": "entry-summary-review",
    "instruction": "Ask for the invoice.",
    "expires_on": "2027-12-31",
    "weekly_budget": "120",
    "where.origins": "VN",
    "reason": "Findings of March.",
}
MESSAGE = {
    "kind": "suspend",
    "ground": "injunction",
    "reference": "CIT 26-00123",
    "message_number": "6012345",
    "source": "court-notice",
    "noticed_on": "2026-03-02",
    "of.case_numbers": "A580809000",
}


async def fill(house: House, archive: Path) -> dict[str, str]:
    """Write what the pages are about; gives the pages by name."""
    (entry,) = await liquidated(house, 1)
    protest = await protested(house, entry, issue="weight limit")
    for _ in range(3):
        filed = entry_body(entry_number(), lines=TWO_LINES, entry_date="2026-04-01", import_date="2026-04-01")
        await apply(house.engines["liquidation"], [decoded("entry-filed", filed)])
    account = {"importer_number": IMPORTER, "name": "SYNTHETIC", "center": None}
    await house.call("tess", "routing", "POST", "/importers", {"accounts": [account]})
    async with transaction(house.engines["routing"]) as tx:
        await activity.add(tx, {ActivityKey(IMPORTER, date(2026, 12, 1), "870323"): Figures(40, 40, 4_000)})
    await house.call("tess", "routing", "POST", "/assignment-proposals/runs", {})
    await file_entries(house, archive)
    matter = await heard(house)
    async with house.reading_as("omar") as omar, house.reading_as("tess") as tess, house.reading_as("dora") as dora:
        hold = {"name": "Goods of China", "of.origin": "CN", "reason": "A refund is expected."}
        hold_page = str((await omar.fill("/holds", "draft", hold)).url.path)
        instruction = str((await omar.fill("/instructions", "draft", MESSAGE)).url.path)
        criterion = str((await tess.fill("/criteria", "draft", CRITERION)).url.path)
        trial = {"from": "2026-03-01", "to": "2026-03-31"}
        backtest = str((await tess.fill(criterion, "backtest", trial)).url.path)
        version = str((await tess.fill("/maps", "draft", {"title": "Another", "reason": "A trial."})).url.path)
        selection = {"issue": "weight limit", "reason": "One question of many.", "sample": "20"}
        selected = str((await dora.fill("/selections/draft?act=begin-review", "begin-review", selection)).url.path)
        cycle = re.findall(r'href="(/cycles/[0-9-]+)"', await omar.read("/cycles"))[0]
        await omar.fill(cycle, "forecast")
        board = {"quorum": "1", "members": "emil chair", "reason": "New year."}
        await dora.fill("/boards/CEE003", "set", board)
    await go_on(house.engines["routing"], house.clock, RulesInForce(0), archive, Limits(1_000, 60))
    return {
        "cycles": "/cycles",
        "cycle": cycle,
        "cycle-run": "/cycles/2027-01-15",
        "holds": "/holds?state=draft",
        "hold": hold_page,
        "instructions": "/instructions",
        "instruction": instruction,
        "protests": "/protests",
        "protest-grid": f"/protests/{protest}/grid",
        "selections": "/selections",
        "selection-draft": "/selections/draft?act=recommend&issue=weight+limit",
        "selection": selected,
        "criteria": "/criteria",
        "criterion": criterion,
        "backtest": backtest,
        "maps": "/maps",
        "map": version,
        "map-diff": f"{version}/diff",
        "proposals": "/proposals",
        "proposal": "/proposals/1",
        "policies": "/policies",
        "authority": "/authority",
        "center-figures": "/center-figures",
        "board": "/boards/CEE003",
        "board-matter": f"{matter}/board",
        "item-notes": matter,
    }


OF_LIQUIDATION = frozenset({"cycle", "hold", "instruction"})
OF_PROTESTS = frozenset({"selections", "selection-draft", "selection"})
OF_MATTERS = frozenset({"board-matter", "item-notes", "board"})
NOT_OF_TESS = OF_LIQUIDATION | OF_MATTERS | OF_PROTESTS
"""Pages that are looked at as somebody who has a form on them; the others as Tess."""


async def look_at(page: Page, console: str, pages: dict[str, str]) -> list[tuple[str, str]]:
    """Open every page, and say what is wrong with it."""
    wrong: list[tuple[str, str]] = []
    for name, path in pages.items():
        answer = await look(page, console + path)
        text, size = await answer.text(), len(await answer.body())
        if answer.status != 200:
            wrong.append((name, f"status {answer.status}"))
        if size > PAGE_BYTES:
            wrong.append((name, f"{size} bytes"))
        if found := SSN.findall(text):
            wrong.append((name, f"shows {found}"))
        if raw := RAW.findall(unescape(re.sub(r"<[^>]+>", " ", text.partition("<main")[2]))):
            wrong.append((name, f"says {raw[0]}"))
        if await page.locator("h1").count() != 1:
            wrong.append((name, "not one h1"))
        await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        for width in (NARROW, WIDE):
            await page.set_viewport_size({"width": width, "height": 900})
            if (wide := await page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append((name, f"is {wide} pixels wide in {width}"))
            await take_picture(page, name)
    return wrong


async def look_without_scripts(browser: Browser, console: str, name: str, pages: dict[str, str]) -> None:
    """Every page has its heading, and its forms can be opened and reached, in a browser without scripts."""
    context = await open_context(browser, NARROW, java_script_enabled=False)
    [subject] = [each.identity.subject for each in SAMPLE_PEOPLE if each.identity.name == name]
    here = {"sec-fetch-site": "same-origin"}
    signed = await context.request.post(f"{console}/login/as", form={"subject": subject, "to": "/help"}, headers=here)
    assert signed.ok
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    for path in pages.values():
        await page.goto(console + path)
        assert await page.locator("main h1").count() == 1, path
        closed = page.locator("main details.cl-act:not([open]) > summary")
        while await closed.count():
            await closed.first.click()
        for button in await page.locator("main form button").all():
            assert await button.is_visible(), path
    await context.close()


async def test_pages_of_officers_fit_are_light_accessible_and_keep_their_policy(
    browser: Browser, service_engine: MakeEngine, tmp_path: Path
) -> None:
    now = datetime(2027, 2, 1, 17, tzinfo=UTC)
    archive = tmp_path / "archive"
    house = await open_house(service_engine, now, "liquidation", "routing", "workqueue", archive=archive)
    pages = await fill(house, archive)
    people = {
        "Omar Webb": {name: path for name, path in pages.items() if name in OF_LIQUIDATION},
        "Emil Costa": {name: path for name, path in pages.items() if name in OF_MATTERS},
        "Dora Lindgren": {name: path for name, path in pages.items() if name in OF_PROTESTS},
        "Tess Quinn": {name: path for name, path in pages.items() if name not in NOT_OF_TESS},
    }
    wrong: list[tuple[str, str]] = []
    said = Said()
    async with house.served() as console:
        for person, theirs in people.items():
            context = await open_context(browser, WIDE)
            page = await context.new_page()
            page.set_default_timeout(PATIENCE)
            said.listen(page)
            await sign_in(page, console, person)
            wrong += await look_at(page, console, theirs)
            await context.close()
            context = await open_context(browser, WIDE, bypass_csp=True)
            page = await context.new_page()
            page.set_default_timeout(PATIENCE)
            await sign_in(page, console, person)
            await look_without_scripts(browser, console, person, theirs)
            for name, path in theirs.items():
                await page.goto(console + path)
                await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
                for width, rules in ((NARROW, OF_LAYOUT), (WIDE, None)):
                    await page.set_viewport_size({"width": width, "height": 900})
                    if found := await violations(page, rules):
                        wrong.append((name, f"{width}: {found}"))
            await context.close()
    assert wrong == []
    assert said.lines == []
