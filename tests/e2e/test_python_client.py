"""An integrator's day with the Python client and the running product: hand over, read, work, be refused."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from centerline_client import Centerline, Conflict, Forbidden, RuleBroken, each

from cli.operations import watching_quiet
from tests.support.events import cloud_event, entry_body, entry_number, line, released_body
from tests.support.product import Product, running_product
from tests.support.services import SERVICES

pytestmark = [pytest.mark.verify, pytest.mark.timeout(600)]

IMPORTER, FILER = "07-544500400", "SP7"
CASE = {"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "250.00"}


@pytest.fixture(scope="module")
async def product(module_folder: Path) -> AsyncIterator[Product]:
    async with running_product(bus="postgres", folder=module_folder / "client") as product:
        yield product


async def test_an_entry_is_handed_over_read_worked_and_refused_in_types(product: Product) -> None:
    urls = {service.name: product.environment.address_of(service.name) for service in SERVICES}
    number = entry_number(filer=FILER)
    filed = cloud_event(
        "entry-filed",
        entry_body(number, importer_number=IMPORTER, entry_type="03", lines=[line(cases=[CASE])]),
        source=f"urn:filer:{FILER}",
    )
    released = cloud_event("entry-released", released_body(number), source="urn:cbp:cargo")

    def hand_over() -> None:
        account = {"importer_number": IMPORTER, "name": "SYNTHETIC IMPORTER", "center": "CEE003"}
        with Centerline.in_sandbox("tess", urls) as tess:
            tess.routing.register_importers({"accounts": [account]})
        with Centerline.in_sandbox("ben", urls) as ben:
            with pytest.raises(RuleBroken) as other:
                ben.post_events([filed | {"source": "urn:filer:B76"}])
            assert [(fault.field, fault.rule) for fault in other.value.errors] == [("event.source", "not-yours")]
            with pytest.raises(Forbidden):
                ben.workqueue.claim_next_item()
            with pytest.raises(RuleBroken) as wrong:
                ben.post_events([filed | {"data": filed["data"] | {"port_of_entry": "LA"}}])
            assert any("port_of_entry" in fault.field for fault in wrong.value.errors)
            taken = ben.post_events([filed])
            assert (taken.status, taken.value.events[0].topic) == (202, "entry-filed")
        with Centerline.in_sandbox("otto", urls) as otto:
            assert otto.post_events([released]).value.events[0].subject == number

    def work() -> None:
        with Centerline.in_sandbox("ben", urls) as ben:
            record = ben.liquidation.read_entry_record(number).value
            assert (record.entry_number, record.center) == (number, "CEE003")
            assert number in {row.entry_number for row in each(ben.liquidation.list_entries, limit=1)}
        with Centerline.in_sandbox("kim", urls) as kim:
            (item,) = each(kim.workqueue.list_items, entry=number, kind=["review"])
            claim = kim.workqueue.claim_item(item.item_id).value
            reason = {"code": "no-issue", "text": "SYNTHETIC: nothing was found."}
            decision = {"token": claim.token, "outcome": "no-change", "reasons": [reason]}
            assert kim.workqueue.complete_item(item.item_id, decision, idempotency_key="once").status == 200
            assert kim.workqueue.complete_item(item.item_id, decision, idempotency_key="once").is_replayed
            with pytest.raises(Conflict):
                kim.workqueue.complete_item(item.item_id, decision)

    await asyncio.to_thread(hand_over)
    async with watching_quiet(product.environment) as quiet:
        await quiet.wait(seconds=180)
    await asyncio.to_thread(work)
