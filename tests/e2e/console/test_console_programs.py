"""A program from its model to a list that an importer sends, in a browser; its pages fit, are light and accessible."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.payment_closing import close_payments
from services.liquidation.acts.program_enrolling import enrol_known
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY, PaymentPolicy
from shared.customs.entry_number import format_entry_number
from shared.db.transaction import transaction
from tests.e2e.console.test_console_cockpit import look_at
from tests.e2e.console.test_console_outside import unexplained
from tests.integration.console.house import House, open_house
from tests.integration.console.test_console_program_payments import can_be_paid, post
from tests.integration.console.test_console_programs import IMPORTER, PAGE, declare, file, release
from tests.support.browser import NARROW, OF_LAYOUT, WIDE, Said, open_context, sign_in, take_picture, violations
from tests.support.refund_programs import PRODUCT_MODEL, goods, model

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

pytestmark = [pytest.mark.verify, pytest.mark.timeout(900)]

NOW = datetime(2026, 4, 20, 13, tzinfo=UTC)
PATIENCE = 150_000
"""Milliseconds for a page: what is asked here is how it looks, and the machine of the tests may be busy."""
OFFERED = model(program="on-offer", intake="offered", offering={"answer_days": 120, "silence": "drop"})


async def be(browser: Browser, console: str, name: str, *, scripts: bool = True) -> Page:
    """One of the sample people with a browser of her own."""
    context = await open_context(browser, WIDE, java_script_enabled=scripts)
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    if scripts:
        await sign_in(page, console, name)
        return page
    await page.goto(f"{console}/login")
    await page.get_by_text("Everybody else").click()
    await page.get_by_role("button", name=f"Sign in as {name}").click()
    return page


async def test_a_program_is_drafted_tried_released_by_two_and_an_importer_sends_a_list(
    browser: Browser, service_engine: MakeEngine, tmp_path: Path
) -> None:
    house = await open_house(service_engine, NOW, "liquidation")
    taken, other = await file(house), await file(house, lines=[goods("99038815")])
    async with house.served() as console:
        omar = await be(browser, console, "Omar Webb")
        await omar.goto(f"{console}/cycles")
        await omar.get_by_role("link", name="Programs", exact=True).click()
        await omar.get_by_role("link", name="ieepa-2026").click()
        written = omar.get_by_label("Definition")
        definition = json.loads(await written.input_value())
        await written.fill(json.dumps({**definition, "intake": "guessed"}))
        await omar.get_by_label("Why").fill("The order of 4 March 2026.")
        await omar.get_by_role("button", name="Keep the draft").click()
        await omar.get_by_text("Not kept: 1 field is wrong").wait_for()
        await written.fill(json.dumps(definition))
        await omar.get_by_role("button", name="Keep the draft").click()
        await omar.get_by_role("button", name="Try it").click()
        await omar.get_by_role("heading", name="Trial 1 of ieepa-2026").wait_for()
        await omar.get_by_role("link", name=format_entry_number(taken)).wait_for()
        await omar.get_by_role("link", name="Back to the revision").click()
        await omar.get_by_role("button", name="Confirm it").click()
        await omar.get_by_text("drafted this revision").wait_for()
        dora = await be(browser, console, "Dora Lindgren")
        await dora.goto(console + PAGE)
        await dora.get_by_role("button", name="Confirm it").click()
        await dora.get_by_text("Somebody else releases it").wait_for()
        tess = await be(browser, console, "Tess Quinn")
        await tess.goto(console + PAGE)
        await tess.get_by_role("button", name="Release it").click()
        await tess.get_by_text("revision 1: in force").wait_for()

        ida = await be(browser, console, "Ida Fischer", scripts=False)
        await ida.goto(f"{console}/my/refunds")
        await ida.get_by_role("link", name=definition["title"]).click()
        await ida.get_by_label(f"Ask for {format_entry_number(taken)}").wait_for()
        table = tmp_path / "march.csv"
        table.write_text(f"Entry number;Client\n{format_entry_number(taken)};a\n{other};b\n", encoding="utf-8")
        await ida.get_by_label("List of entries").set_input_files(table)
        await ida.get_by_role("button", name="Check the file first").click()
        await ida.get_by_role("heading", name="Nothing was sent yet").wait_for()
        await ida.get_by_label("I certify").check()
        await ida.get_by_role("button", name="Send the list").click()
        await ida.get_by_text("Your list is with CBP").wait_for()
        await ida.get_by_text("Not taken.", exact=True).wait_for()

        await omar.goto(f"{console}{PAGE}/progress")
        await omar.get_by_text("2 = 1 dropped + 1 due").wait_for()
    async with transaction(house.engines["liquidation"]) as tx:
        rows = await tx.connection.execute(text("SELECT entry_number, state FROM declared_entries ORDER BY row_number"))
        assert list(map(tuple, rows)) == [(taken, "due"), (other, "dropped")]


async def fill(house: House) -> tuple[dict[str, str], dict[str, str]]:
    """Write what the pages are about; gives the pages of officers and of parties, by name."""
    entries = [await file(house, entered=f"2026-02-{day:02}") for day in range(1, 9)]
    other = await file(house, lines=[goods("99038815")])
    page = await release(house)
    product = await release(house, PRODUCT_MODEL)
    of_product = await file(house, lines=[goods("99038803")])
    await declare(house, entries[0], entries[1], other, "B76-1", "B7600000098")
    await declare(house, of_product, program=PRODUCT_MODEL["program"])
    await release(house, OFFERED)
    await enrol_known(house.engines["liquidation"], house.clock, LAW.cycle, LAW)
    async with transaction(house.engines["liquidation"]) as tx:  # as a posting and a late drawback claim leave it
        fact = """INSERT INTO program_after_facts (program, entry_number, code, declaration_id, team, removed_cents,
            owed_cents, found_at) SELECT program, entry_number, 'drawback-designated', declaration_id, 'drawback',
            937500, 0, '2026-04-20T13:00:00Z' FROM declared_entries WHERE program = 'ieepa-2026' AND state = 'due'"""
        await tx.connection.execute(text(fact))
    await can_be_paid(house, IMPORTER)
    house.at(2026, 6, 15, 13)
    await post(house)
    house.at(2026, 6, 16, 13)
    await close_payments(house.engines["liquidation"], house.clock, POLICY, PaymentPolicy(30))
    late = await file(house, number="SP700000014")
    await declare(house, late)
    async with house.reading_as("dora") as dora:
        reversed_ = {"entries": entries[0], "by": "center", "reason": "SYNTHETIC order was reversed."}
        await dora.fill(f"{page}/progress", "reverse", reversed_)
    async with house.reading_as("ida") as ida:
        listed = await ida.read(f"{PAGE.replace('/programs', '/my/refunds')}")
        declaration = listed.partition("/my/refunds/ieepa-2026/declarations/")[2].partition('"')[0]
    officers = {
        "programs": "/programs",
        "program": page,
        "program-draft": "/program-draft?model=ieepa-2026",
        "program-trial": f"{page}/trial",
        "program-progress": f"{page}/progress",
        "program-after": f"{page}/after",
        "program-days": f"{page}/days",
        "program-payments": f"{page}/payments",
        "program-payment": f"{page}/payments/P000000001",
        "program-entry": f"{product}/entries/{of_product}",
    }
    parties = {
        "my-refunds": "/my/refunds",
        "my-refund": "/my/refunds/ieepa-2026",
        "my-declaration": f"/my/refunds/ieepa-2026/declarations/{declaration}",
        "my-offers": "/my/offers",
    }
    return officers, parties


async def test_pages_of_programs_fit_are_light_accessible_and_explain_their_words(
    browser: Browser, service_engine: MakeEngine
) -> None:
    house = await open_house(service_engine, NOW, "liquidation")
    officers, parties = await fill(house)
    wrong: list[tuple[str, str]] = []
    said = Said()
    async with house.served() as console:
        after = {"program-after": officers["program-after"]}
        running = {"program-progress": officers["program-progress"], "program-payment": officers["program-payment"]}
        people = {"Kim Sato": officers, "Ida Fischer": parties, "Rosa Klein": after, "Tess Quinn": running}
        for person, pages in people.items():
            context = await open_context(browser, WIDE, bypass_csp=True)
            context.set_default_timeout(PATIENCE)
            page = await context.new_page()
            said.listen(page)
            await sign_in(page, console, person)
            # The text of a draft has days as the service takes them.
            wrong += [each for each in await look_at(page, console, pages) if each[0] != "program-draft"]
            for name, path in pages.items():
                await page.goto(console + path)
                wrong += await faults_of(page, name, is_outside=person == "Ida Fischer")
            if person == "Ida Fischer":
                await page.goto(console + parties["my-refund"])
                await page.get_by_text("Write other entry numbers").click()
                await page.get_by_label("Entry numbers").fill("B76-1\nB7600000098")
                await page.get_by_role("button", name="Check these first").click()
                await page.get_by_role("heading", name="Nothing was sent yet").wait_for()
                wrong += await faults_of(page, "my-refund-check", is_outside=True)
            await context.close()
    assert wrong == [], "\n".join(map(str, wrong))
    assert said.lines == []


async def faults_of(page: Page, name: str, *, is_outside: bool) -> list[tuple[str, str]]:
    """What axe finds on a page in both widths, and the words that it does not explain to a party."""
    found: list[tuple[str, str]] = []
    await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    for width, rules in ((NARROW, OF_LAYOUT), (WIDE, None)):
        await page.set_viewport_size({"width": width, "height": 900})
        await take_picture(page, name)
        found += [(name, f"{width}: {each}") for each in await violations(page, rules)]
    if is_outside:
        found += [(name, f"does not explain “{each}”") for each in await unexplained(page)]
    return found
