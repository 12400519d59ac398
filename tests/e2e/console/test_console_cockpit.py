"""Pages of liquidation and of specialists on the sample: they fit, are light, accessible, and keep their policy."""

import re
from html import unescape

import pytest
from playwright.async_api import Browser

from tests.e2e.console.test_console_pages import PAGE_BYTES, RAW, SSN
from tests.support.browser import NARROW, WIDE, Said, look, open_context, sign_in, take_picture, violations
from tests.support.pages import reading_as

pytestmark = [pytest.mark.verify, pytest.mark.timeout(900)]

MESSAGE = {
    "kind": "suspend",
    "ground": "injunction",
    "reference": "CIT 26-00123",
    "message_number": "6012345",
    "source": "court-notice",
    "noticed_on": "2026-03-02",
    "of.case_numbers": "A580809000",
}


@pytest.fixture(scope="module")
async def pages(console: str) -> dict[str, str]:
    """Pages of things that the sample has, and of some that people draft here."""
    async with reading_as(console, "omar") as omar:
        hold = {"name": "Goods of China", "of.origin": "CN", "reason": "A refund is expected."}
        hold_page = str((await omar.fill("/holds", "draft", hold)).url.path)
        instruction = str((await omar.fill("/instructions", "draft", MESSAGE)).url.path)
    async with reading_as(console, "tess") as tess:
        cycle = re.findall(r'href="(/cycles/[0-9-]+)"', await tess.read("/cycles"))
        criteria = re.findall(r'href="(/criteria/[^"]+)"', await tess.read("/criteria"))
        protests = re.findall(r'href="(/protests/[^"/?.]+)"', await tess.read("/protests?is_open=any"))
        draft = str((await tess.fill("/maps", "draft", {"title": "Another", "reason": "A trial."})).url.path)
        proposals = re.findall(r'href="(/proposals/[0-9]+)"', await tess.read("/proposals?state="))
        matters = re.findall(r'href="(/items/[^"]+)"', await tess.read("/queue?center=&state=any&kind=matter"))
    return {
        "cycles": "/cycles",
        "cycle": cycle[0],
        "cycle-run": cycle[-1],
        "holds": "/holds?state=draft",
        "hold": hold_page,
        "instructions": "/instructions",
        "instruction": instruction,
        "protests": "/protests?is_open=any",
        "protest-grid": f"{protests[0]}/grid",
        "criteria": "/criteria",
        "criterion": criteria[0],
        "maps": "/maps",
        "map": draft,
        "map-diff": f"{draft}/diff",
        "proposals": "/proposals?state=",
        **({"proposal": proposals[0]} if proposals else {}),
        "policies": "/policies",
        "authority": "/authority",
        "center-figures": "/center-figures",
        "item-notes": matters[0],
    }


async def test_pages_fit_are_light_and_keep_their_policy(browser: Browser, console: str, pages: dict[str, str]) -> None:
    context = await open_context(browser, WIDE)
    page = await context.new_page()
    said = Said()
    said.listen(page)
    wrong: list[tuple[str, str]] = []
    await sign_in(page, console, "Tess Quinn")
    for name, path in pages.items():
        answer = await look(page, console + path)
        text, size = await answer.text(), len(await answer.body())
        if answer.status != 200:
            wrong.append((name, f"status {answer.status}"))
        if size > PAGE_BYTES:
            wrong.append((name, f"{size} bytes"))
        if found := SSN.findall(text):
            wrong.append((name, f"shows {found}"))
        main = unescape(re.sub(r"<[^>]+>", " ", text.partition("<main")[2]))
        if raw := RAW.findall(main):
            wrong.append((name, f"says {raw[0]}"))
        for width in (NARROW, WIDE):
            await page.set_viewport_size({"width": width, "height": 900})
            if (wide := await page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append((name, f"is {wide} pixels wide in {width}"))
            await take_picture(page, name)
    await context.close()
    assert wrong == []
    assert said.lines == []


async def test_axe_finds_nothing(browser: Browser, console: str, pages: dict[str, str]) -> None:
    context = await open_context(browser, bypass_csp=True)
    page = await context.new_page()
    await sign_in(page, console, "Tess Quinn")
    found = {}
    for name, path in pages.items():
        for width in (WIDE, NARROW):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.goto(console + path)
            await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            if some := await violations(page):
                found[name, width] = some
    await context.close()
    assert found == {}
