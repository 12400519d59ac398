"""Criteria, the tariff map and assignment on the real service: each step by the person it is for, and by two."""

import csv
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.domain.activity import ActivityKey, Figures
from services.routing.store import activity
from shared.db.transaction import transaction
from tests.integration.console.house import House, open_house
from tests.support.pages import Reader

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

IMPORTER = "07-345678900"
CRITERION = {
    "id": "cheap-garments-vn",
    "title": "Garments from Vietnam at less than half of the usual price.",
    "owner": "textiles-targeting",
    "lane": "document-review",
    "processes": "entry-summary-review",
    "instruction": "Ask for the invoice.",
    "expires_on": "2026-12-31",
    "weekly_budget": "120",
    "sampling_basis_points": "10000",
    "where.origins": "VN",
    "what.tariff_prefixes": "61, 62",
    "how_much.unit_value_below_pct": "50",
    "reason": "Findings of March.",
}


async def table_of(reader: Reader, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader((await reader.read(path)).splitlines()))


@pytest.fixture
async def house(service_engine: MakeEngine) -> House:
    return await open_house(service_engine, datetime(2026, 3, 16, 15, tzinfo=UTC), "routing")


async def test_a_criterion_goes_on_trial_and_live_by_two_people(house: House) -> None:
    async with house.reading_as("ivan") as ivan:
        answer = await ivan.fill("/criteria", "draft", CRITERION)
        assert answer.status_code == 200, answer.text
        page = "/criteria/cheap-garments-vn"
        assert str(answer.url.path) == page
        assert "goods of 61 or 62; from VN; unit value below 50 % of the median" in answer.text
        assert "revision 1 is draft" in answer.text
        answer = await ivan.fill(page, "edit", {**CRITERION, "weekly_budget": "200", "reason": "Two more reviewers."})
        assert "Two more reviewers." in answer.text
        answer = await ivan.fill(page, "shadow", {"reason": "To see how often it hits."})
        assert "from Tue 17 Mar 2026" in answer.text
    house.at(2026, 3, 18, 15)
    async with house.reading_as("ivan") as ivan:
        answer = await ivan.fill(page, "live", {"reason": "Precise on trial."})
        assert "asked for by ivan; somebody else confirms" in answer.text
        assert 'value="confirm"' not in answer.text
        listed = await ivan.read("/criteria?state=shadow")
        assert "ivan asks for it to go live" in listed
        assert 'href="/criteria/list.csv?state=shadow"' in listed
        [row] = await table_of(ivan, "/criteria/list.csv?state=shadow")
        assert (row["id"], row["live_requested_by"], row["weekly_budget"]) == ("cheap-garments-vn", "ivan", "200")
        assert row["selects"] == "goods of 61 or 62; from VN; unit value below 50 % of the median"
        assert len(await table_of(ivan, "/criteria/list.csv")) > 1, "the shipped ones too"
    async with house.reading_as("ana") as ana:
        assert 'value="shadow"' not in await ana.read(page)
        answer = await ana.fill(page, "confirm", {"reason": "Agreed."})
        assert "live from Thu 19 Mar 2026" in answer.text
        assert "Live against trial" in answer.text
        refused = await ana.send(page, f"{page}/acts", {"act": "retire", "version": "1", "reason": "x"})
        assert refused.status_code in {403, 412}
    async with house.reading_as("kim") as kim:
        text = await kim.read(page)
        assert "Nothing for you to do now." in text
        assert 'id="edit"' not in text


async def test_a_version_of_the_map_is_edited_found_faulty_and_compared(house: House) -> None:
    async with house.reading_as("tess") as tess:
        assert "in force" in await tess.read("/maps")
        answer = await tess.fill("/maps", "draft", {"title": "Semiconductors", "reason": "A notice."})
        page = str(answer.url.path)
        assert answer.status_code == 200, answer.text
        row = {"prefix_from": "9802", "prefix_to": "", "center": "CEE003", "confidence": "confirmed"}
        row |= {"source": "A notice", "reason": "Heading by heading."}
        answer = await tess.fill(page, "edit", row)
        assert "The rows are changed" in answer.text
        answer = await tess.fill(page, "validate")
        assert "1 fault for Tue 17 Mar 2026" in answer.text
        assert "9802: chapters 98 and 99 have no Center" in answer.text
        diff = await tess.read(f"{page}/diff")
        assert "What " in diff
        assert (await tess.client.get(f"{page}/rows.csv")).text.startswith("prefix_from")
        versions = {each["version"]: each["state"] for each in await table_of(tess, "/maps/list.csv")}
        assert versions[page.rpartition("/")[2]] == "draft"
        assert "published" in versions.values()
        stale = await tess.send(page, f"{page}/acts", {**row, "act": "edit", "version": "1"})
        assert stale.status_code == 412
        assert 'value="9802"' in stale.text


async def test_a_valid_draft_is_published_by_another_person(house: House) -> None:
    async with house.reading_as("tess") as tess, house.reading_as("otto") as otto:
        page = str((await tess.fill("/maps", "draft", {"title": "The same", "reason": "A trial."})).url.path)
        answer = await tess.fill(page, "validate")
        assert "Valid for Tue 17 Mar 2026" in answer.text
        day = {"effective_on": "2026-04-01", "reason": "As drafted."}
        refused = await tess.fill(page, "publish", day)
        assert refused.status_code == 403
        assert 'value="As drafted."' in refused.text
        answer = await otto.fill(page, "publish", day)
        assert "Published. It is in force from its day on" in answer.text
        assert "Wed 1 Apr 2026" in answer.text


async def test_a_proposal_is_confirmed_by_a_center_and_a_policy_by_another_person(house: House) -> None:
    account = {"importer_number": IMPORTER, "name": "SYNTHETIC", "center": None}
    await house.call("tess", "routing", "POST", "/importers", {"accounts": [account]})
    async with transaction(house.engines["routing"]) as tx:
        await activity.add(tx, {ActivityKey(IMPORTER, date(2026, 1, 1), "870323"): Figures(40, 40, 4_000)})
    await house.call("tess", "routing", "POST", "/assignment-proposals/runs", {"as_of": "2026-03-16"})
    async with house.reading_as("dora") as dora:
        listed = await dora.read("/proposals")
        assert IMPORTER in listed
        [row] = await table_of(dora, "/proposals.csv?state=open")
        assert (row["importer_number"], row["state"], row["proposed_center"]) == (IMPORTER, "open", "CEE003")
        assert await table_of(dora, "/proposals.csv?state=rejected") == []
        page = listed.partition('href="/proposals/')[2].partition('"')[0]
        page = f"/proposals/{page}" if page.isdigit() else "/proposals/1"
        refused = await dora.fill(page, "confirm", {"reason": "", "effective_on": "2026-04-01"})
        assert refused.status_code == 422
        answer = await dora.fill(page, "confirm", {"reason": "The goods are cars.", "effective_on": "2026-04-01"})
        assert "confirmed" in answer.text.partition("<h1>")[2].partition("</h1>")[0]
        assert "The goods are cars." in answer.text
    async with house.reading_as("tess") as tess, house.reading_as("otto") as otto:
        form: dict[str, Any] = {"version": "lead-15", "lead_points": "15", "reason": "Fewer moves."}
        answer = await tess.fill("/policies", "propose", form)
        assert "lead-15: proposed" in answer.text
        day = {"effective_on": "2026-04-01", "reason": "Agreed."}
        assert (await tess.fill("/policies", "confirm-lead-15", day)).status_code == 403
        answer = await otto.fill("/policies", "confirm-lead-15", day)
        assert "from Wed 1 Apr 2026" in answer.text


async def test_the_table_of_authority_and_the_figures_are_for_officers(house: House) -> None:
    async with house.reading_as("ines") as ines:
        functions = await ines.read("/authority")
        assert "/authority?function=suspension" in functions
        assert "81 FR 92978" in await ines.read("/authority?function=suspension")
        assert "function,row_id,role" in (await ines.client.get("/authority.csv")).text
        assert "0 entries are routed." in await ines.read("/center-figures")
    async with house.reading_as("ida") as ida:
        for path in (
            *("/criteria", "/maps", "/proposals", "/center-figures"),
            *("/criteria/list.csv", "/maps/list.csv", "/proposals.csv"),
        ):
            assert (await ida.client.get(path)).status_code == 404, path
