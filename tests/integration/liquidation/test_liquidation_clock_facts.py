"""Days that start a clock, recorded over HTTP: the record follows at once, also when versions come later."""

from datetime import date, timedelta
from typing import Any

import httpx
from sqlalchemy import update

from services.liquidation.acts.clock_facts import record_clock_facts
from services.liquidation.acts.recomputes import recompute
from services.liquidation.domain.clock_facts import ClockFacts
from services.liquidation.domain.law import LAW
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.tables.clock_facts import clock_facts
from services.liquidation.store.tables.records import entries, legal_events, protests
from shared.contracts import lean
from shared.db.transaction import transaction
from shared.runtime.concurrency import IfMatch
from shared.runtime.identity import Identity, RoleName
from tests.integration.liquidation import test_liquidation_acts as acts
from tests.integration.liquidation import test_liquidation_api as api
from tests.integration.liquidation.builders import apply, cycle, digest, post_entry, published, rows
from tests.integration.liquidation.test_liquidation_acts import CASE, MakeEngine, Office, of_case
from tests.integration.liquidation.test_liquidation_api import STAFF, Desk
from tests.support.events import decoded, entry_body, entry_number, released_body
from tests.support.invariants import find_violations
from tests.support.people import EVERY_CENTER

desk = api.desk
office = acts.office


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
    assert await recompute(desk.engine, LAW.cycle, desk.clock, LAW) == 0
    await cycle(desk.engine, date(2027, 4, 16))
    assert (await record_of(desk, number))["state"] == "liquidated"
    late = await put(desk, number, 1, final_withdrawal_on="2026-06-02")
    assert (late.status_code, late.json()["code"]) == (409, "already-liquidated")


async def test_time_of_entry_is_shown_with_all_candidates(desk: Desk) -> None:
    number = await file(desk, "02")
    await apply(desk.engine, [decoded("entry-released", released_body(number, "2026-03-01T15:00:00Z"))])
    before = await record_of(desk, number)
    dates = before["entry_dates"]
    assert (dates["rule"]["id"], dates["basis"], dates["governs_on"]) == ("entry-date", None, "2026-03-02")
    assert {(each["source"], each["on"], each["governs"]) for each in dates["candidates"]} == {
        ("importation", "2026-03-01", False),
        ("release", "2026-03-01", False),
        ("summary-filed", "2026-03-02", False),
        ("version 1", "2026-03-02", True),
    }
    await put(desk, number, 0, entry_basis="quota", presented_on="2026-03-09")
    after = await record_of(desk, number)
    dates = after["entry_dates"]
    assert [each["source"] for each in dates["candidates"] if each["governs"]] == ["presentation"]
    assert (dates["asserted_on"], dates["governs_on"], dates["differs"]) == ("2026-03-02", "2026-03-09", True)
    assert {each["what"]: each["on"] for each in after["dates"]}["entry"] == "2026-03-09"
    assert await recompute(desk.engine, LAW.cycle, desk.clock, LAW) == 0


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


async def invariants_hold(desk: Desk) -> None:
    found = await find_violations(desk.engine, RECORD_INVARIANTS)
    assert not any(found.values()), found
    assert await recompute(desk.engine, LAW.cycle, desk.clock, LAW) == 0


async def test_lift_on_a_warehouse_entry_waits_for_the_final_withdrawal(office: Office) -> None:
    number = await office.file(entry_type="21", lines=[of_case(1)])
    await office.instruct("1", noticed_on="2026-09-01", predicate={"case_numbers": [CASE]})
    row = await office.row(number)
    assert (row.state, row.rule, row.deemed_on) == ("suspended", "liq-1yr-warehouse", None)
    body = {"final_withdrawal_on": "2026-12-01", "explanation": "Type 31, the last one."}
    path = f"/entries/{number}/clock-facts"
    answer = await office.call("PUT", path, body, role=RoleName.ENTRY_SPECIALIST, If_Match='"0"')
    assert answer.status_code == 200, answer.text
    row = await office.row(number)
    assert (row.state, row.deemed_rule, row.deemed_on) == ("scheduled", "liq-1yr-warehouse", date(2027, 12, 1))
    await apply(office.engine, [decoded("entry-released", released_body(number))])
    await office.check()


async def test_fact_that_changes_no_schedule_is_told_as_recorded_only(desk: Desk) -> None:
    suspended, scheduled = await file(desk, "03"), await file(desk, "01")
    for number in (suspended, scheduled):
        assert (await put(desk, number, 0, entry_filed_on="2026-03-01")).status_code == 200
    told = {each.data.entry_number: each.data for each in (await published(desk.engine))[2:]}
    assert (told[suspended].change, told[suspended].to_state) == ("recorded", "suspended")
    assert (told[scheduled].change, told[scheduled].to_state) == ("recorded", "scheduled")
    await put(desk, scheduled, 1, entry_filed_on="2026-03-10", entry_basis="filing-elected")
    moved = (await published(desk.engine))[-1].data
    assert (moved.change, moved.previous_scheduled_on) == ("rescheduled", date(2027, 1, 15))
    assert (moved.entry_date, moved.scheduled_on) == (date(2026, 3, 10), date(2027, 1, 22))
    await invariants_hold(desk)


async def test_fact_that_is_taken_back_suspends_the_warehouse_entry_again(desk: Desk) -> None:
    number = await file(desk, "21")
    await put(desk, number, 0, final_withdrawal_on="2026-06-01")
    await put(desk, number, 1)
    told = (await published(desk.engine))[-1].data
    assert (told.change, told.from_state, told.to_state) == ("suspended", "scheduled", "suspended")
    record = await record_of(desk, number)
    assert (record["state"], record["rule"]["id"]) == ("suspended", "liq-1yr-warehouse")
    await invariants_hold(desk)


async def test_facts_that_cannot_be_those_of_the_entry_are_refused_by_their_rule(desk: Desk) -> None:
    number = await file(desk, "01")
    answer = await put(desk, number, 0, final_withdrawal_on="2026-06-01")
    problem = answer.json()
    assert (answer.status_code, problem["rule"], problem["code"]) == (422, "liq-1yr-warehouse", "not-of-this-type")
    assert problem["citation"]
    future = (await put(desk, number, 0, presented_on="2026-08-15", entry_basis="quota")).json()
    assert (future["rule"], future["code"]) == ("entry-date", "in-the-future")
    assert await rows(desk.engine, clock_facts) == []
    assert (await put(desk, number, 0, entry_filed_on="2026-03-01")).status_code == 200


async def test_period_that_a_late_fact_shows_to_have_ended_is_posted_by_the_next_cycle(desk: Desk) -> None:
    number = await file(desk, "09")
    desk.clock.advance(timedelta(days=300))
    await cycle(desk.engine, date(2027, 6, 4))
    await put(desk, number, 0, reconciliation_due_on="2026-02-02")
    assert (await record_of(desk, number))["state"] == "scheduled"
    await invariants_hold(desk)
    await cycle(desk.engine, date(2027, 6, 11))
    record = await record_of(desk, number)
    assert (record["liquidation"]["liquidated_on"], record["liquidation"]["kind"]) == ("2027-02-02", "deemed")
    await invariants_hold(desk)


async def test_release_and_correction_in_any_order_after_a_recorded_basis_give_the_same(
    desk: Desk, service_engine: MakeEngine
) -> None:
    number = entry_number()
    filed = decoded("entry-filed", entry_body(number), id="v1")
    corrected = entry_body(number, version=2, reasons=["H06"])
    correction = decoded("entry-corrected", corrected, id="v2", time="2026-12-24T15:00:00Z")
    release = decoded("entry-released", released_body(number, "2026-02-03T15:00:00Z"), id="r")
    other = await service_engine("liquidation")
    caller = Identity("kim", "Kim", frozenset({STAFF}), EVERY_CENTER)
    outcomes = []
    for engine, order in ((desk.engine, (correction, release)), (other, (release, correction))):
        await apply(engine, [filed])
        facts, now = ClockFacts(entry_basis="release"), desk.clock.now()
        async with transaction(engine) as tx:
            await record_clock_facts(tx, now, number, IfMatch(None), facts, "As released.", caller, LAW.cycle, LAW)
        for event in order:
            await apply(engine, [event])
        events = sorted((event.id, lean.encode(event)) for event in await published(engine))
        outcomes.append((await digest(engine), events))
    assert outcomes[0] == outcomes[1]
    (row,) = await rows(other, entries)
    assert (row.version, row.entry_date, row.deemed_on) == (2, date(2026, 2, 3), date(2027, 2, 3))
    await other.dispose()


async def test_suspended_entry_cannot_be_extended_and_the_rule_says_so(desk: Desk) -> None:
    for entry_type, rule in (("03", "susp-grounds"), ("21", "liq-1yr-warehouse")):
        number = await file(desk, entry_type)
        answer = await desk.extend(number, f"x-{entry_type}")
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["rule"]) == (409, "no-open-period", rule)


async def test_timeline_of_a_warehouse_entry_counts_from_its_final_withdrawal(desk: Desk) -> None:
    number = await file(desk, "22")
    await put(desk, number, 0, final_withdrawal_on="2026-06-01")
    timeline = (await desk.client.get(f"/entries/{number}/timeline", headers=desk.headers(STAFF))).json()
    coming = {each["rule"]["id"]: each for each in timeline["coming"]}
    assert coming["liq-1yr-warehouse"]["safe"] == "2027-06-01"
    assert coming["liq-1yr-warehouse"]["inputs"] == {"final_withdrawal_on": "2026-06-01"}
    assert "psc-window" not in coming
    assert (await record_of(desk, number))["correction"] is None


async def test_drawback_claim_asks_whether_its_imports_are_protested_and_then_has_its_year(desk: Desk) -> None:
    number = await file(desk, "41")
    answer = await put(desk, number, 0, designated_imports=[{"liquidated_on": "2025-05-02"}])
    assert answer.json()["designated_imports"] == [
        {"liquidated_on": "2025-05-02", "final_1514_on": None, "is_protested": None}
    ]
    record = await record_of(desk, number)
    assert (record["state"], "designated_imports[0].is_protested" in record["why"]) == ("clock-unknown", True)
    listed = (await desk.client.get("/clocks-unknown", headers=desk.headers(STAFF))).json()["items"]
    assert [each["entry_number"] for each in listed] == [number]
    await put(desk, number, 1, designated_imports=[{"liquidated_on": "2025-05-02", "is_protested": False}])
    record = await record_of(desk, number)
    dates = {each["rule"]["id"]: each["on"] for each in record["dates"]}
    assert (record["state"], dates["liq-1yr-drawback"]) == ("scheduled", "2027-03-02")


async def test_import_that_was_recorded_before_protests_were_asked_for_is_one_whose_protest_is_not_known(
    desk: Desk,
) -> None:
    number = await file(desk, "41")
    await put(desk, number, 0, designated_imports=[{"liquidated_on": "2025-05-02"}])
    async with transaction(desk.engine) as tx:
        old = [{"liquidated_on": "2025-05-02", "final_1514_on": None}]
        await tx.connection.execute(update(clock_facts).values(designated_imports=old))
    shown = await desk.client.get(f"/entries/{number}/clock-facts", headers=desk.headers(STAFF))
    assert shown.json()["designated_imports"][0]["is_protested"] is None
    assert await recompute(desk.engine, LAW.cycle, desk.clock, LAW) == 0
