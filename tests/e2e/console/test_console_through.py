"""An entry from its filing to its notice as an officer and its importer see it: reviewed, liquidated, acknowledged."""

import csv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.async_api import Browser, Page

from cli.client import Client, run_cycle
from cli.demo import SAMPLES, account_of
from cli.demonstration import resume_clock
from cli.operations import open_bus, watching_quiet
from services.console.acts.people import SAMPLE_PEOPLE
from shared.bus.protocol import Message
from shared.contracts.envelope import STRUCTURED_CONTENT_TYPE
from shared.customs.entry_number import format_entry_number
from shared.runtime.clock import SystemClock
from shared.runtime.identity import Identity
from tests.support.asking import ask, tell
from tests.support.browser import NARROW, WIDE, Said, open_context, sign_in, take_picture, violations
from tests.support.events import cloud_event, entry_body, entry_number, line, released_body
from tests.support.product import Product, running_product

pytestmark = [pytest.mark.verify, pytest.mark.timeout(300)]

PEOPLE = {each.identity.subject: each.identity for each in SAMPLE_PEOPLE}
IMPORTER = "07-544500400"
QUOTA = "02"
ENTERED_ON = date(2026, 1, 8)
FRIDAY = date(2026, 11, 20)
"""The first Friday from 314 days after the entry: its liquidation is planned for this cycle."""
BEFORE_THE_CUT = datetime(2026, 11, 18, 17, tzinfo=UTC)
"""What is decided by the Wednesday before the cycle is part of it."""
AFTER_THE_CYCLE = datetime(2026, 11, 20, 18, tzinfo=UTC)


@asynccontextmanager
async def product_at(folder: Path, at: datetime) -> AsyncIterator[Product]:
    """The product on its data, with a clock that goes on from then."""
    resume_clock(folder, SystemClock(), begins_at=at)
    patient = {"CENTERLINE_PANEL_SECONDS": "20"}  # what is asked here is what becomes of an entry, and not how soon
    async with running_product(bus="postgres", folder=folder, variables=patient) as product:
        yield product


async def register_account(product: Product) -> None:
    with (SAMPLES / "importers.csv").open(encoding="utf-8", newline="") as file:
        accounts = [account_of(row) for row in csv.DictReader(file) if row["importer_number"] == IMPORTER]
    client = Client(product.environment)
    await client.post("routing", "/importers", {"accounts": accounts})
    await client.close()


async def file_entry(product: Product, number: str, importer: str, entered_on: date) -> None:
    """Publish an entry with its release, as a filing system does."""
    goods = line(hts="8703230170", value_usd=40_000, country_of_origin="MX", country_of_export="MX")
    days = {"entry_date": str(entered_on), "import_date": str(entered_on), "paid_on": str(entered_on)}
    body = entry_body(number, importer_number=importer, entry_type=QUOTA, lines=[goods], **days)
    at = f"{entered_on}T15:00:00Z"
    events: list[tuple[str, dict[str, Any]]] = [("entry-filed", body), ("entry-released", released_body(number, at))]
    headers = {"content-type": STRUCTURED_CONTENT_TYPE.encode()}
    messages = [
        Message(
            topic, number.encode(), orjson.dumps(cloud_event(topic, data, id=f"{topic}-{number}", time=at)), headers
        )
        for topic, data in events
    ]
    async with open_bus(product.environment) as bus:
        await bus.publish(messages)
    async with watching_quiet(product.environment) as quiet:
        await quiet.wait()


async def run_cycle_of(product: Product, friday: date) -> None:
    client = Client(product.environment)
    try:
        await run_cycle(client, friday)
    finally:
        await client.close()
    async with watching_quiet(product.environment) as quiet:
        await quiet.wait()


async def notices_of(product: Product, person: Identity, number: str) -> list[dict[str, Any]]:
    return list((await ask(product, person, "notifications", f"/notices?entry={number}"))["items"])


async def decide_in_time(page: Page, console: str, number: str) -> None:
    """Kim finds the entry, claims its review and decides it."""
    await sign_in(page, console, "Kim Sato")
    await page.goto(f"{console}/entries/{number}")
    await page.get_by_text("None has gone out.").wait_for()
    await page.get_by_role("link", name="Quota entry summary").click()
    await page.get_by_text("The entry type is subject to quota").first.wait_for()
    await page.get_by_role("button", name="Claim", exact=True).click()
    await page.get_by_text("No change: liquidate as entered").click()
    await page.get_by_label("What you found").fill("In quota, as entered.")
    await page.get_by_role("button", name="Decide", exact=True).click()
    await page.get_by_text("Decided.").wait_for()


async def test_entry_is_reviewed_liquidated_in_a_cycle_told_to_its_importer_and_acknowledged(
    open_folder: Path, browser: Browser
) -> None:
    folder, number = open_folder / "console-through", entry_number()
    said = Said()
    context = await open_context(browser, bypass_csp=True)
    page = await context.new_page()
    said.listen(page)
    async with product_at(folder, BEFORE_THE_CUT) as product:
        await register_account(product)
        await file_entry(product, number, IMPORTER, ENTERED_ON)
        await decide_in_time(page, product.environment.address_of("console"), number)
        async with watching_quiet(product.environment) as quiet:
            await quiet.wait()
        await page.goto("about:blank")  # a page that is open asks for its numbers while nobody answers

    async with product_at(folder, AFTER_THE_CYCLE) as product:
        await run_cycle_of(product, FRIDAY)
        await look_after_the_cycle(page, product, number)
        # Nobody else's importer learns of it.
        other = Identity("mia", "Mia", PEOPLE["ida"].roles, importer_numbers=frozenset({"12-345678900"}))
        assert await notices_of(product, other, number) == []
    assert said.lines == []
    await context.close()


async def look_after_the_cycle(page: Page, product: Product, number: str) -> None:
    """The officer sees the liquidation with the decision in it, the notice, and then that it was acknowledged."""
    console, ida = product.environment.address_of("console"), PEOPLE["ida"]
    assert ida.importer_numbers == {IMPORTER}
    await sign_in(page, console, "Kim Sato")
    await page.goto(f"{console}/entries/{number}")
    record = await ask(product, PEOPLE["kim"], "liquidation", f"/entries/{number}")
    assert record["state"] == "liquidated", record
    assert [each["status"] for each in record["decisions"]] == ["effective"]
    assert await page.locator("h1").inner_text() == f"Entry {format_entry_number(number)}: liquidated"
    text = await page.locator("main").inner_text()
    assert "no change in quota, effective" in text
    assert "refused" not in text
    assert "Last day to protest" in text
    assert "Wed 19 May 2027" in text  # 19 USC 1514(c)(3): 180 days after 20 November 2026
    section = page.locator("section", has=page.get_by_role("heading", name="Notices", exact=True))
    told = section.locator("p", has_text="Courtesy notice of liquidation")
    await told.get_by_text("not acknowledged").wait_for()
    await take_picture(page, "flow-liquidated")

    [notice] = [each for each in await notices_of(product, ida, number) if each["kind"] == "N-09"]
    assert notice["acknowledged_at"] is None
    await tell(product, ida, "notifications", f"/notices/{notice['notice_id']}/acknowledge")
    await page.reload()
    await told.get_by_text("acknowledged").wait_for()
    assert "not acknowledged" not in await told.inner_text()
    for width in (NARROW, WIDE):
        await page.set_viewport_size({"width": width, "height": 900})
        await take_picture(page, "flow-acknowledged")
        assert await violations(page) == []
