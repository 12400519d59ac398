"""A party protests from its page: told first what is missing or late, then filed once; nobody else's entry."""

import re
from datetime import date

import pytest

from tests.support.outsiders import IMPORTER, OTHER, PEOPLE, file_entry, liquidate
from tests.support.pages import reading_as
from tests.support.served import Served

pytestmark = pytest.mark.timeout(600)  # all services are begun for it

ENTERED = date(2026, 1, 8)
FRIDAY = date(2026, 11, 20)
FORM = {
    "decision": "classification-rate-duty",
    "goods": "Passenger cars",
    "category1": "passenger cars",
    "nature1": "Classified in 8703.23.",
    "reasons1": "Their engines have less than 1,000 cc.",
    "address": "1 Example Road, Los Angeles",
}


@pytest.fixture(scope="module")
async def liquidated(served: Served) -> tuple[str, str]:
    """An entry of the outsiders' importer and one of another, both liquidated; and one that is not."""
    own, other = [await file_entry(served, importer, ENTERED, entry_type="01") for importer in (IMPORTER, OTHER)]
    await liquidate(served, FRIDAY)
    return own, other


async def test_protest_is_checked_before_it_is_sent_and_then_filed_with_papers(
    served: Served, liquidated: tuple[str, str]
) -> None:
    own, _ = liquidated
    on = f"/my/protest?entry={own}"
    async with reading_as(served.console, "ida") as ida:
        empty = await ida.read(on)
        assert own in empty
        assert "SYNTHETIC IMPORTER 0029" in empty, "what CBP knows is not asked again"
        assert "Last day to protest" in empty
        given = {"entries": own, "name": "SYNTHETIC IMPORTER 0029", **FORM}
        lacking = await ida.send(on, "/my/protest/check", {**given, "goods": "", "reasons1": ""})
        assert lacking.status_code == 200
        assert "It would not be received as it is" in lacking.text
        missing = re.findall(r'missing</strong>: <a href="#([a-z0-9_]+)">', lacking.text)
        assert missing == ["goods", "nature1"]
        assert "Classified in 8703.23." in lacking.text, "what was written is kept"
        whole = await ida.send(on, "/my/protest/check", given)
        assert "It is complete and in time: nothing was sent yet" in whole.text
        assert await protests_of(served, own) == []
        filed = await ida.send(on, "/my/protest", given)
        assert "/protests/" in str(filed.url)
        [number] = await protests_of(served, own)
        added = await ida.send(
            f"/protests/{number}", f"/protests/{number}/files", {}, {"file": ("p.txt", b"cc", "text/plain")}
        )
        assert "p.txt" in added.text
        twice = await ida.send(on, "/my/protest", given)
        assert twice.status_code == 409
        assert "attacks the same category" in twice.text


async def protests_of(served: Served, number: str) -> list[str]:
    found = await served.ask("liquidation", f"/protests?entry={number}", PEOPLE["ida"])
    return [each["protest_number"] for each in found["items"]]


async def test_nobody_protests_for_another(served: Served, liquidated: tuple[str, str]) -> None:
    _, other = liquidated
    async with reading_as(served.console, "ida") as ida:
        given = {"entries": other, "name": "A", **FORM}
        for to in ("/my/protest/check", "/my/protest"):
            answer = await ida.send("/my/protest", to, given)
            assert answer.status_code == 404
            assert "Not done" in answer.text
        assert "Last day to protest" not in await ida.read(f"/my/protest?entry={other}")


async def test_form_that_names_no_entry_is_told_so(served: Served) -> None:
    async with reading_as(served.console, "ida") as ida:
        answer = await ida.send("/my/protest", "/my/protest/check", {**FORM, "entries": ""})
        assert answer.status_code == 422
        assert "entries" in answer.text
