"""Days that start a clock, recorded over HTTP: the record follows at once, also when versions come later."""

from datetime import date
from typing import Any

import httpx
from sqlalchemy import update

from services.liquidation.domain.clocks import CyclePolicy
from services.liquidation.recompute import recompute
from services.liquidation.store.tables import legal_events, protests
from shared.db.transaction import transaction
from shared.web.identity import RoleName
from tests.integration.liquidation import test_liquidation_api as api
from tests.integration.liquidation.builders import apply, cycle, post_entry, published, rows
from tests.integration.liquidation.test_liquidation_api import STAFF, Desk
from tests.support.events import decoded, entry_body, entry_number, released_body

desk = api.desk


async def put(desk: Desk, number: str, revision: int, **facts: Any) -> httpx.Response:
    headers = desk.headers(STAFF) | {"if-match": f'"{revision}"'}
    body = {"explanation": "As recorded by the port."} | facts
    return await desk.client.put(f"/entries/{number}/clock-facts", json=body, headers=headers)


async def file(desk: Desk, entry_type: str) -> str:
    number = entry_number()
    await apply(desk.engine, [decoded("entry-filed", entry_body(number, entry_type=entry_type))])
    return number


async def record_of(desk: Desk, number: str) -> dict[str, Any]:
    body: dict[str, Any] = (await desk.client.get(f"/entries/{number}", headers=desk.headers(STAFF))).json()
    return body


async def test_final_withdrawal_starts_the_year_of_a_warehouse_entry_and_is_published(desk: Desk) -> None:
    number = await file(desk, "21")
    assert (await record_of(desk, number))["state"] == "suspended"
    answer = await put(desk, number, 0, final_withdrawal_on="2026-06-01")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    record = await record_of(desk, number)
    dates = {each["rule"]["id"]: each["on"] for each in record["dates"]}
    assert (record["state"], dates["liq-1yr-warehouse"]) == ("scheduled", "2027-06-01")
    told = (await published(desk.engine))[-1].data
    assert (told.change, told.from_state, told.deemed_on) == ("scheduled", "suspended", date(2027, 6, 1))
    assert told.legal_basis.rule == "liq-1yr-warehouse"
    await apply(desk.engine, [decoded("entry-released", released_body(number))])
    assert (await record_of(desk, number))["state"] == "scheduled"
    assert await recompute(desk.engine, CyclePolicy(), desk.clock) == 0
    await cycle(desk.engine, date(2027, 4, 16))
    assert (await record_of(desk, number))["state"] == "liquidated"
    late = await put(desk, number, 1, final_withdrawal_on="2026-06-02")
    assert (late.status_code, late.json()["code"]) == (409, "already-liquidated")


async def test_time_of_entry_is_shown_with_all_candidates(desk: Desk) -> None:
    number = await file(desk, "02")
    await apply(desk.engine, [decoded("entry-released", released_body(number, "2026-03-01T15:00:00Z"))])
    before = await record_of(desk, number)
    assert {(each["source"], each["on"], each["governs"]) for each in before["entry_dates"]} == {
        ("release", "2026-03-01", False),
        ("summary-filed", "2026-03-02", False),
        ("version 1", "2026-03-02", True),
    }
    await put(desk, number, 0, entry_basis="quota", presented_on="2026-03-09")
    after = await record_of(desk, number)
    assert [each["source"] for each in after["entry_dates"] if each["governs"]] == ["presentation"]
    assert {each["what"]: each["on"] for each in after["dates"]}["entry"] == "2026-03-09"
    assert await recompute(desk.engine, CyclePolicy(), desk.clock) == 0


async def test_each_revision_needs_the_one_before_and_outside_parties_only_read(desk: Desk) -> None:
    number = await file(desk, "09")
    assert (await put(desk, number, 1, reconciliation_due_on="2027-06-01")).status_code == 412
    assert (await put(desk, number, 0, reconciliation_due_on="2027-06-01")).status_code == 200
    assert (await put(desk, number, 1, reconciliation_due_on="2026-02-02")).status_code == 200
    owner = desk.headers(RoleName.IMPORTER, importer_numbers=frozenset({"07-345678900"}))
    path = f"/entries/{number}/clock-facts"
    seen = (await desk.client.get(path, headers=owner)).json()
    assert (seen["revision"], seen["reconciliation_due_on"]) == (2, "2026-02-02")
    body = {"explanation": "Mine."}
    assert (await desk.client.put(path, json=body, headers=owner | {"if-match": '"2"'})).status_code == 403
    keys = [each.event_key for each in await rows(desk.engine, legal_events)]
    assert keys == ["clock-facts:1", "clock-facts:2", "version:1"]


async def test_denied_protest_makes_the_liquidation_final_when_the_time_to_sue_has_passed(desk: Desk) -> None:
    number = await desk.file()
    await cycle(desk.engine, date(2027, 1, 15))
    await apply(desk.engine, [post_entry("protest", "P-1", [number], received_at="2027-02-01T15:00:00Z")])
    assert (await record_of(desk, number))["finality"]["final_1514_on"] is None
    async with transaction(desk.engine) as tx:
        await tx.connection.execute(update(protests).values(state="denied", denied_on=date(2027, 6, 1), is_open=False))
    finality = (await record_of(desk, number))["finality"]
    assert finality["final_1514_on"] == "2027-11-29"
    timeline = (await desk.client.get(f"/entries/{number}/timeline", headers=desk.headers(STAFF))).json()
    assert {each["rule"]["id"]: each["safe"] for each in timeline["coming"]}["final-1514"] == "2027-11-29"
    async with transaction(desk.engine) as tx:
        await tx.connection.execute(update(protests).values(state="in-court"))
    assert (await record_of(desk, number))["finality"]["final_1514_on"] is None
