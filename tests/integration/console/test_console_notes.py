"""Notes and the compartment on the page of an item: each reader at their level, and nobody else at all."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.console.house import House, open_house

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

FRAUD = {
    "process": "commercial-fraud",
    "title": "Two sets of invoices",
    "center": "CEE003",
    "importer_number": "07-345678900",
}


@pytest.fixture
async def house(service_engine: MakeEngine) -> House:
    return await open_house(service_engine, datetime(2026, 3, 16, 15, tzinfo=UTC), "workqueue")


async def test_notes_and_names_of_a_sensitive_matter_are_for_who_needs_to_know(house: House) -> None:
    opened = await house.call("kim", "workqueue", "POST", "/items", FRAUD | {"entry_numbers": ["B7600000031"]})
    page = f"/items/{opened['item_id']}"
    async with house.reading_as("kim") as kim, house.reading_as("lee") as lee:
        text = await kim.read(page)
        assert "Who needs to know" in text
        assert "None that you may read." in text
        answer = await kim.fill(page, "note", {"text": "See the lead of May.", "level": "law-enforcement"})
        assert "See the lead of May." in answer.text
        assert "for law enforcement" in answer.text
        assert (await lee.client.get(page)).status_code == 404
        refused = await kim.fill(page, "name", {"subject": "lee", "reason": ""})
        assert refused.status_code == 422
        assert 'value="lee"' in refused.text
        answer = await kim.fill(page, "name", {"subject": "lee", "reason": "Works on it."})
        assert "Works on it." in answer.text
        assert "Who needs to know" in await lee.read(page)
        answer = await kim.fill(page, "drop-lee")
        assert "taken off" in answer.text
        assert (await lee.client.get(page)).status_code == 404
