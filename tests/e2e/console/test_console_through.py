"""An entry from its filing to its notice as an officer and its importer see it: reviewed, liquidated, acknowledged."""

import csv
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.async_api import Browser

from cli.client import Client, run_cycle
from cli.demo import SAMPLES, account_of
from cli.operations import open_bus, watching_quiet
from services.console.acts.people import SAMPLE_PEOPLE
from shared.bus.protocol import Message
from shared.contracts.envelope import STRUCTURED_CONTENT_TYPE
from shared.customs.calendar import legal_date
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
ENTERED_BEFORE = timedelta(days=330)
"""Before the last Friday: its liquidation was planned for one of the Fridays before (314 days), and is due."""


@pytest.fixture
async def fresh(open_folder: Path) -> AsyncIterator[Product]:
    """A product with one account, by the clock of the machine: no cycle has run, so the last Friday's can."""
    async with running_product(bus="postgres", folder=open_folder / "console-through") as product:
        with (SAMPLES / "importers.csv").open(encoding="utf-8", newline="") as file:
            accounts = [account_of(row) for row in csv.DictReader(file) if row["importer_number"] == IMPORTER]
        client = Client(product.environment)
        await client.post("routing", "/importers", {"accounts": accounts})
        await client.close()
        yield product


def last_friday() -> date:
    today = legal_date(SystemClock().now())
    return today - timedelta(days=(today.weekday() - 4) % 7)


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


async def test_entry_is_reviewed_liquidated_in_a_cycle_told_to_its_importer_and_acknowledged(
    fresh: Product, browser: Browser
) -> None:
    product, console = fresh, fresh.environment.address_of("console")
    ida, friday, number = PEOPLE["ida"], last_friday(), entry_number()
    assert ida.importer_numbers == {IMPORTER}
    await file_entry(product, number, IMPORTER, friday - ENTERED_BEFORE)

    said = Said()
    context = await open_context(browser, bypass_csp=True)
    page = await context.new_page()
    await sign_in(page, console, "Kim Sato")
    said.listen(page)
    await page.goto(f"{console}/entries/{number}")
    await page.get_by_text("None has gone out.").wait_for()
    await page.get_by_role("link", name="Quota entry summary").click()
    await page.get_by_text("The entry type is subject to quota").first.wait_for()
    await page.get_by_role("button", name="Claim", exact=True).click()
    await page.get_by_text("No change: liquidate as entered").click()
    await page.get_by_label("What you found").fill("In quota, as entered.")
    await page.get_by_role("button", name="Decide", exact=True).click()
    await page.get_by_text("Decided.").wait_for()

    await run_cycle_of(product, friday)
    await page.goto(f"{console}/entries/{number}")
    await page.get_by_role("heading", name=f"Entry {format_entry_number(number)}: liquidated").wait_for()
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
    text = await page.locator("main").inner_text()
    assert "Last day to protest" in text
    assert said.lines == []
    await context.close()

    # Nobody else's importer learns of it.
    other = Identity("otto", "Otto", ida.roles, importer_numbers=frozenset({"12-345678900"}))
    assert await notices_of(product, other, number) == []
