"""Deadlines of an importer: by day, with the rule and what happens if nothing is done; what is not known is said so."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.liquidation.acts import deadlines as acts
from services.liquidation.acts.bills import run_bill_clocks
from services.liquidation.acts.deadlines import WantedDays
from services.liquidation.acts.timeline_rows import binds, list_days
from services.liquidation.domain.law import LAW
from services.liquidation.store.deadlines import list_running
from services.liquidation.store.entry_lists import WantedEntries
from services.liquidation.store.pictures import load_pictures
from services.liquidation.store.protest_pictures import load_running
from services.liquidation.store.tables.records import entries
from shared.db.transaction import reading
from shared.runtime.access import EVERYTHING
from shared.runtime.identity import RoleName
from tests.integration.liquidation import test_liquidation_api as api
from tests.integration.liquidation import test_liquidation_money_api as money
from tests.integration.liquidation.builders import apply, cycle, instruct, post_entry, routed
from tests.integration.liquidation.test_liquidation_api import STAFF, Desk
from tests.integration.liquidation.test_liquidation_entry_lists import CASE
from tests.integration.liquidation.test_liquidation_requests import issued
from tests.integration.liquidation.test_liquidation_seen import IMPORTER, OTHER, file, read
from tests.integration.liquidation.test_liquidation_slices import SUSPEND
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.people import EVERY_CENTER

desk = api.desk
money_desk = money.desk

PATH = f"/importers/{IMPORTER}/deadlines"


async def days_of(desk: Any, query: str = "", *roles: RoleName, **grants: Any) -> list[dict[str, Any]]:
    """Every deadline, over pages of three."""
    found, url = [], f"{PATH}?limit=3&{query}"
    while url:
        answer = await desk.client.get(url, headers=desk.headers(*(roles or (STAFF,)), **grants))
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        url = answer.json()["next"]
    return found


def told(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(each["on"], each["entry_number"], each["code"], each["kind"], each["whose"]) for each in rows]


async def test_deadlines_come_by_day_with_rule_kind_and_what_happens_if_nothing_is_done(desk: Desk) -> None:
    first = await file(desk, entered="2026-03-02")
    second = await file(desk, entered="2026-03-09")
    await file(desk, entered="2026-03-02", importer_number=OTHER)
    rows = await days_of(desk)
    # 300 days from entry (psc-window); the Friday after 314 days (liq-cycle-314); one year (liq-1yr-entry).
    assert told(rows) == [
        ("2026-12-27", first, "correction-until", "policy", "importer"),
        ("2027-01-03", second, "correction-until", "policy", "importer"),
        ("2027-01-15", first, "liquidation-planned", "policy", "cbp"),
        ("2027-01-22", second, "liquidation-planned", "policy", "cbp"),
        ("2027-03-02", first, "period-ends", "law", "cbp"),
        ("2027-03-09", second, "period-ends", "law", "cbp"),
    ]
    ends = rows[4]
    assert (ends["rule"]["id"], ends["rule"]["citation"]) == ("liq-1yr-entry", "19 USC 1504(a)(1)(A)")
    assert ends["if_nothing_is_done"].startswith("Deemed liquidated at the rate, value, quantity and amount")
    assert (ends["state"], ends["inputs"], ends["entry_state"]) == ("coming", {"entry_date": "2026-03-02"}, "scheduled")
    assert (await read(desk, ends["href"]))["entry_number"] == first
    assert await days_of(desk, "kind=law") == rows[4:]
    assert await days_of(desk, "whose=importer&day_from=2026-12-28") == rows[1:2]
    assert await days_of(desk, "day_to=2027-01-15&day_from=2027-01-03") == rows[1:3]
    assert await days_of(desk, "code=period-ends&code=correction-until&entry_from=2026-03-09") == [rows[1], rows[5]]


async def test_day_that_is_not_known_is_said_to_be_unknown_and_comes_last(desk: Desk) -> None:
    known = await file(desk, entered="2026-03-02")
    suspended = await file(desk, entered="2026-03-02", entry_type="03", lines=[line(cases=[CASE])])
    unpaid = await file(desk, entered="2026-03-02", entry_type="11", paid_on=None)
    rows = await days_of(desk, "day_to=2026-12-31")
    assert rows[0]["entry_number"] == known
    unknown = {(each["entry_number"], each["code"]): each for each in rows if each["on"] is None}
    assert [each["on"] for each in rows] == ["2026-12-27", *[None] * len(unknown)]
    assert {each["state"] for each in unknown.values()} == {"unknown"}
    of_suspended = unknown[suspended, "liquidation-suspended"]
    assert of_suspended["rule"]["id"] == "susp-grounds"
    assert (
        of_suspended["if_nothing_is_done"] == "Nothing by itself: an entry that is suspended is not deemed liquidated."
    )
    assert "A570012000" in of_suspended["inputs"]["fact"]
    assert unknown[unpaid, "clock-unknown"]["inputs"]["missing"] != ""


async def test_deadlines_after_liquidation_are_those_of_protest_and_of_bills(money_desk: money.Desk) -> None:
    number = await money_desk.liquidate("1000.00")
    await apply(money_desk.engine, [routed(number)])
    rows = await days_of(money_desk, "day_from=2026-01-17")
    # 16 January 2026: own motion 90 days (reliq-1501), protest 180 (protest-180), the bill 30 (bill-due).
    assert told(rows) == [
        ("2026-02-15", number, "bill-due", "law", "importer"),
        ("2026-04-16", number, "reliquidation-until", "law", "cbp"),
        ("2026-07-15", number, "protest-until", "law", "importer"),
    ]
    assert {"kind": "bill", "id": f"{number}-B01", "href": f"/bills/{number}-B01"} in rows[0]["references"]
    assert (rows[0]["state"], rows[1]["state"]) == ("passed", "coming")
    assert told(await days_of(money_desk)) == told(rows[1:])


async def test_pages_of_deadlines_have_each_day_once_while_entries_change(desk: Desk) -> None:
    numbers = [await file(desk, entered=f"2026-03-0{day}") for day in (2, 3, 4)]
    headers = desk.headers(STAFF)
    page = (await desk.client.get(f"{PATH}?limit=4", headers=headers)).json()
    seen = told(page["items"])
    await file(desk, entered="2026-03-01")
    await desk.extend(numbers[2], "key-1")
    while page["next"] is not None:
        page = (await desk.client.get(page["next"], headers=headers)).json()
        seen += told(page["items"])
    kept = [each for each in seen if each[1] in numbers[:2]]
    assert len(kept) == len(set(kept)) == 6
    assert len(seen) == len(set(seen))
    assert ("2028-03-04", numbers[2], "period-ends", "law", "cbp") in seen


async def test_importer_that_is_another_s_is_none_at_all(desk: Desk) -> None:
    await file(desk)
    other = desk.headers(RoleName.IMPORTER, importer_numbers=frozenset({OTHER}))
    answer = await desk.client.get(PATH, headers=other)
    unknown = await desk.client.get("/importers/99-999999900/deadlines", headers=other)
    assert (answer.status_code, answer.json()["detail"]) == (404, unknown.json()["detail"])
    own = await desk.client.get(f"/importers/{OTHER}/deadlines", headers=other)
    assert (own.status_code, own.json()["items"]) == (200, [])
    # A surety and a filer see the days of what they bonded and filed.
    for role, grant in ((RoleName.SURETY, {"surety_code": "036"}), (RoleName.BROKER, {"filer_code": "B76"})):
        assert len(await days_of(desk, "", role, **grant)) == 3
        elsewhere = desk.headers(role, **dict.fromkeys(grant, "999"))
        assert (await desk.client.get(PATH, headers=elsewhere)).status_code == 404


async def test_filter_of_deadlines_that_is_wrong_is_refused(desk: Desk) -> None:
    headers = desk.headers(STAFF)
    wrong = await desk.client.get(f"{PATH}?code=final-for-cbp", headers=headers)
    (fault,) = wrong.json()["errors"]
    assert (wrong.status_code, "protest-until" in fault["message"]) == (422, True)
    empty = await desk.client.get(f"{PATH}?day_from=2026-09-01&day_to=2026-08-31", headers=headers)
    assert (empty.status_code, empty.json()["code"]) == (422, "empty-range")
    past = await desk.client.get(f"{PATH}?day_to=2026-08-01", headers=headers)
    assert (past.status_code, past.json()["code"]) == (422, "empty-range")


async def test_too_many_entries_are_refused_and_never_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_ENTRIES", 2)
    for day in (2, 3, 4):
        await file(desk, entered=f"2026-03-0{day}")
    headers = desk.headers(STAFF)
    answer = await desk.client.get(PATH, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "too-many-entries")
    assert "entry_from" in answer.json()["remedy"]
    assert len(await days_of(desk, "entry_from=2026-03-03")) == 6


async def know_payee(desk: money.Desk) -> None:
    """Record what a refund needs to be opened."""
    headers = desk.headers(money.RECORDER, tag="*")
    account = money.ACCOUNT | {"effective_on": "2025-03-03"}
    answer = await desk.client.put(f"/importers/{IMPORTER}/refund-account", json=account, headers=headers)
    assert answer.status_code == 200, answer.text


async def test_no_entry_is_left_out_that_has_a_day(money_desk: money.Desk) -> None:
    desk = money_desk
    old = {"entered": "2025-03-03"}
    plain, protested = await file(desk, **old), await file(desk, **old)
    flagged = await file(desk, **old, reconciliation_issues=["value"])
    await know_payee(desk)
    billed = await desk.liquidate("1000.00")
    refunded = await desk.liquidate("-24.00", date(2026, 1, 23))
    tib = entry_number()
    body = entry_body(tib, entry_type="23", lines=[line(hts="98130005")])
    await apply(desk.engine, [decoded("entry-filed", body), routed(billed)])
    await apply(desk.engine, [post_entry("protest", "P-1", [protested], received_at="2026-02-02T15:00:00Z")])
    wanted = WantedEntries(importer_number=IMPORTER)
    left_out: dict[int, set[str]] = {}
    async with reading(desk.engine) as connection:
        numbers = list((await connection.execute(select(entries.c.entry_number))).scalars())
        pictures = await load_pictures(connection, numbers)
        running = await load_running(connection, ["P-1"], EVERYTHING)
        for months in range(-6, 48):
            since = date(2026, 3, 2) + timedelta(days=30 * months)
            given = await list_running(connection, EVERYTHING, wanted, since, limit=100)
            days = WantedDays(since)
            due = {
                number
                for number, picture in pictures.items()
                if any(days.takes(row) for row in list_days(picture, running, LAW, since) if binds(row))
            }
            assert due <= set(given), since
            left_out[months] = set(numbers) - set(given)
    assert plain in left_out[24]
    assert left_out[6] == set()
    assert not left_out[40] & {billed, refunded, protested}
    assert flagged in left_out[40]


async def test_every_reference_leads_to_what_it_names(money_desk: money.Desk) -> None:
    desk = money_desk
    await know_payee(desk)
    billed, refunded = await desk.liquidate("1000.00"), await desk.liquidate("-24.00", date(2026, 1, 23))
    await apply(desk.engine, [routed(billed), routed(refunded)])
    await run_bill_clocks(desk.engine, desk.clock, desk.settings.money_policy)
    assert (await desk.pay(f"{billed}-B01", "2026-03-01", "100.00", "key-1")).status_code == 201
    await apply(
        desk.engine,
        [
            post_entry("protest", "P-1", [billed], received_at="2026-02-02T15:00:00Z"),
            post_entry("preference-claim", "C-1", [refunded], received_at="2026-02-02T15:00:00Z", body={}),
        ],
    )
    denied = {"outcome": "denied", "reasons": "No certificate of origin."}
    decided = await desk.client.post(
        "/preference-claims/C-1/decision",
        json=denied,
        headers=desk.headers(RoleName.IMPORT_SPECIALIST, key="key-2", tag="*", centers=EVERY_CENTER),
    )
    assert decided.status_code == 204, decided.text
    running = entry_number()
    await apply(desk.engine, [decoded("entry-filed", entry_body(running)), routed(running)])
    await apply(desk.engine, [issued("r-1", "item-9", [running])])
    extension = {"reason": "information-needed", "posted_on": "2026-03-02", "explanation": "A CBP 28 is unanswered."}
    director = desk.headers(RoleName.CENTER_DIRECTOR, key="key-3")
    extended = await desk.client.post(f"/entries/{running}/extensions", json=extension, headers=director)
    assert extended.status_code == 201, extended.text
    await instruct(desk.engine, SUSPEND, confirmed_at=datetime(2026, 8, 14, 17, tzinfo=UTC))
    kinds: set[str] = set()
    importer: dict[str, Any] = {"importer_numbers": frozenset({IMPORTER}), "centers": frozenset()}
    for number in (billed, refunded, running):
        for headers in (desk.headers(STAFF), desk.headers(RoleName.IMPORTER, **importer)):
            rows = (await desk.client.get(f"/entries/{number}/timeline", headers=headers)).json()["rows"]
            references = [each for row in rows for each in row["references"]]
            assert all(row["references"] for row in rows if row["code"] != "released")
            for href in {each["href"] for each in references if each["href"] is not None}:
                answer = await desk.client.get(href, headers=headers)
                assert answer.status_code == 200, href
            for each in references:
                if each["kind"] == "cycle" and each["href"] is not None:
                    (ran,) = (await desk.client.get(each["href"], headers=headers)).json()["items"]
                    assert ran["date"] == each["id"]
            if headers["Authorization"] == desk.headers(STAFF)["Authorization"]:
                kinds |= {each["kind"] for each in references}
                assert {each["kind"] for each in references if each["href"] is None} <= {"act", "request"}
            else:
                assert not [each for each in references if each["kind"] in ("cycle", "instruction") and each["href"]]
    assert kinds >= {"version", "extension", "claim", "cycle", "instruction", "decision", "protest", "bill", "refund"}
    assert kinds >= {"rule", "request", "act"}


async def test_protest_that_the_caller_may_not_read_is_no_link(desk: Desk) -> None:
    number = await file(desk, surety_code="036")
    await cycle(desk.engine, date(2027, 1, 15))
    await apply(desk.engine, [post_entry("protest", "P-1", [number], received_at="2027-02-01T15:00:00Z")])
    rows = (await read(desk, f"/entries/{number}/timeline", RoleName.SURETY, surety_code="036"))["rows"]
    links = {each["href"] for row in rows for each in row["references"] if each["kind"] == "protest"}
    assert links == {None}
