"""An entry can be seen: in lists, as each version was filed, and as a timeline from which a picture can be drawn."""

from datetime import UTC, date, datetime
from typing import Any, get_args

from services.liquidation.domain.timeline_code import TIMELINE_CODES
from services.liquidation.store.money_acts import MoneyChange
from shared.contracts.liquidation import EntryChange
from shared.runtime.identity import RoleName
from tests.integration.liquidation import test_liquidation_api as api
from tests.integration.liquidation.builders import apply, cycle, post_entry, review_decided, routed
from tests.integration.liquidation.test_liquidation_api import STAFF, Desk
from tests.support.events import decoded, entry_body, entry_number, line, released_body

desk = api.desk

IMPORTER, OTHER, SSN = "07-345678900", "12-345678900", "123-45-6789"
NATIONAL = RoleName.AUDITOR


async def listed(desk: Desk, *roles: RoleName, query: dict[str, Any] | None = None, **grants: Any) -> list[str]:
    """The numbers of a list, over all of its pages of two."""
    found: list[str] = []
    url, params = "/entries", {"limit": 2} | (query or {})
    while True:
        answer = await desk.client.get(url, params=params, headers=desk.headers(*(roles or (NATIONAL,)), **grants))
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [each["entry_number"] for each in page["items"]]
        if page["next"] is None:
            return found
        url, params = page["next"], None


async def file(desk: Any, number: str | None = None, *, entered: str = "2026-03-02", **changes: Any) -> str:
    number = number or entry_number()
    body = entry_body(number, **{"entry_date": entered, "import_date": entered, "paid_on": entered} | changes)
    await apply(desk.engine, [decoded("entry-filed", body, time=f"{entered}T19:00:00Z")])
    return number


async def read(desk: Desk, path: str, *roles: RoleName, **grants: Any) -> Any:
    answer = await desk.client.get(path, headers=desk.headers(*(roles or (STAFF,)), **grants))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_list_is_narrowed_by_each_filter_and_read_in_pages_either_way(desk: Desk) -> None:
    first = await file(desk, entered="2026-03-02")
    second = await file(desk, entry_number(filer="ZZ9"), entered="2026-04-01", importer_number=OTHER)
    third = await file(desk, entered="2026-05-01", port_of_entry="1101", entry_type="11", paid_on=None)
    case = {"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "0.00"}
    fourth = await file(desk, entered="2026-06-01", entry_type="03", lines=[line(cases=[case])])
    bare = entry_number()
    await apply(desk.engine, [decoded("entry-released", released_body(bare)), routed(first), routed(second)])

    async def find(**query: Any) -> list[str]:
        return await listed(desk, query=query)

    assert await find() == [first, second, third, fourth, bare]
    assert await find(sort="-entry-date") == [fourth, third, second, first, bare]
    # A suspended entry, one without a summary and an informal one that was not released have no period.
    by_period = await find(sort="period-end")
    assert by_period[:2] == [first, second]
    assert by_period[2:] == sorted([third, fourth, bare])
    assert await find(sort="-period-end") == [second, first, *by_period[2:]]
    assert await find(importer=OTHER) == [second]
    assert await find(filer="ZZ9") == [second]
    assert await find(state="suspended") == [fourth]
    assert sorted(await find(state=["suspended", "clock-unknown"])) == sorted([third, fourth, bare])
    assert await find(center="CEE007") == [first, second]
    assert await find(center="none") == [third, fourth, bare]
    assert await find(center=["none", "CEE007"]) == [first, second, third, fourth, bare]
    assert await find(port="1101") == [third]
    assert await find(entry_type=["03", "11"]) == [third, fourth]
    assert await find(entry_from="2026-04-01", entry_to="2026-05-01") == [second, third]
    assert await find(deemed_on_from="2027-03-02", deemed_on_to="2027-03-02") == [first]
    assert await find(scheduled_from="2027-01-15", scheduled_to="2027-01-15") == [first]
    assert await find(suspended=True) == [fourth]
    assert await find(suspended=False, port="2704") == [first, second]
    await cycle(desk.engine, date(2027, 1, 15))
    assert first in await find(liquidated_from="2027-01-15", liquidated_to="2027-01-15")
    assert second not in await find(liquidated_from="2027-01-15")


async def test_filter_that_is_wrong_is_refused_in_the_words_of_the_field(desk: Desk) -> None:
    async def refuse(**query: Any) -> dict[str, Any]:
        answer = await desk.client.get("/entries", params=query, headers=desk.headers(NATIONAL))
        assert answer.status_code == 422, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def message(**query: Any) -> str:
        (fault,) = (await refuse(**query))["errors"]
        return str(fault["message"])

    told = await message(state="sleeping")
    assert all(word in told for word in ("scheduled", "suspended", "extended", "liquidated", "clock-unknown"))
    assert await message(filer="b7") == "“b7” came; right is a filer code of 3 capital letters or digits"
    assert await message(port="LAX") == "“LAX” came; right is a port of entry of 4 digits"
    assert await message(entry_type="1") == "“1” came; right is an entry type of 2 digits"
    assert "such as CEE007" in await message(center="?")
    empty = await refuse(entry_from="2026-03-03", entry_to="2026-03-02")
    assert (empty["code"], "2026-03-02" in empty["detail"]) == ("empty-range", True)


async def test_list_shows_each_caller_what_is_theirs_and_nothing_else(desk: Desk) -> None:
    own = await file(desk, entered="2026-03-02")
    foreign = await file(desk, entry_number(filer="ZZ9"), entered="2026-03-03", importer_number=SSN, surety_code="999")
    both = await file(desk, entered="2026-03-04", importer_number=OTHER, surety_code="999")
    await apply(desk.engine, [routed(own), routed(both, center="CEE001")])
    numbers = frozenset({IMPORTER})
    assert await listed(desk, RoleName.IMPORTER, importer_numbers=numbers) == [own]
    assert await listed(desk, RoleName.IMPORTER, importer_numbers=numbers, query={"importer": OTHER}) == []
    assert await listed(desk, RoleName.SURETY, surety_code="999") == [foreign, both]
    # Reached twice over, as its filer and by its importer's number: it comes once.
    assert await listed(desk, RoleName.BROKER, filer_code="B76", importer_numbers=numbers) == [own, both]
    assert await listed(desk, STAFF, centers=frozenset({"CEE007"})) == [own, foreign]
    assert await listed(desk, STAFF, centers=frozenset({"CEE001", "CEE007"})) == [own, foreign, both]
    assert await listed(desk, RoleName.AUDITOR) == [own, foreign, both]
    seen = await read(desk, "/entries", RoleName.SURETY, surety_code="999")
    assert [each["importer_number"] for each in seen["items"]] == ["***-**-6789", OTHER]
    denied = await desk.client.get("/entries", headers=desk.headers(RoleName.HSI))
    assert (denied.status_code, denied.json()["code"]) == (403, "role-required")


async def test_row_of_a_list_says_the_next_day_that_binds(desk: Desk) -> None:
    number = await file(desk)
    await apply(desk.engine, [routed(number)])
    (row,) = (await read(desk, "/entries"))["items"]
    assert (row["filer_code"], row["center"], row["scheduled_on"]) == ("B76", "CEE007", "2027-01-15")
    assert (row["deemed_on"], row["protest_until"]) == ("2027-03-02", None)
    # 300 days from entry (psc-window), the earlier of the two limits.
    told = {name: row["next_day"][name] for name in ("code", "on", "kind", "whose")}
    assert told == {"code": "correction-until", "on": "2026-12-27", "kind": "policy", "whose": "importer"}
    await cycle(desk.engine, date(2027, 1, 15))
    desk.clock.advance(datetime(2027, 1, 16, 18, tzinfo=UTC) - desk.clock.now())
    (row,) = (await read(desk, "/entries"))["items"]
    assert (row["liquidated_on"], row["protest_until"]) == ("2027-01-15", "2027-07-14")
    assert (row["next_day"]["code"], row["next_day"]["on"]) == ("reliquidation-until", "2027-04-15")


async def test_versions_are_shown_as_filed_and_what_changed_between_them(desk: Desk) -> None:
    number = await file(desk, importer_number=SSN, lines=[line(1), line(2, hts="99038815")])
    corrected = entry_body(
        number,
        version=2,
        importer_number=SSN,
        paid_on="2026-03-16",
        reasons=["H06"],
        lines=[line(1, country_of_origin="MX", tariffs=[{"hts": "8471300100", "value_usd": 900, "duty_usd": "20.00"}])],
    )
    body = corrected | {"import_date": "2026-03-02", "entry_date": "2026-03-02"}
    await apply(desk.engine, [decoded("entry-corrected", body, time="2026-04-01T15:00:00Z")])
    page = await read(desk, f"/entries/{number}/versions")
    assert [(each["version"], each["governs"]) for each in page["items"]] == [(1, False), (2, True)]
    first = await read(desk, f"/entries/{number}/versions/1")
    assert (first["importer_number"], first["event_source"]) == ("***-**-6789", "urn:filer:B76")
    assert [each["tariffs"][0]["hts"] for each in first["lines"]] == ["8471300100", "99038815"]
    assert first["money_usd"] == {"499": "67.16", "additional-duty": "25.00", "duty": "25.00"}
    second = await read(desk, f"/entries/{number}/versions/2")
    assert (second["governs"], second["reasons"], second["lines"][0]["country_of_origin"]) == (True, ["H06"], "MX")
    assert await read(desk, f"/entries/{number}/versions/in-force") == second
    changes = await read(desk, f"/entries/{number}/versions/1/changes")
    assert (changes["from_version"], changes["to_version"]) == (1, 2)
    assert changes["fields"] == [{"field": "paid_on", "before": "2026-03-02", "after": "2026-03-16"}]
    assert [each["line_number"] for each in changes["lines_dropped"]] == [2]
    (changed,) = changes["lines_changed"]
    assert changed["fields"] == [{"field": "country_of_origin", "before": "CN", "after": "MX"}]
    assert [(each["rows"], each["before"]["duty_usd"], each["after"]["duty_usd"]) for each in changed["rows"]] == [
        ("tariffs", "25.00", "20.00")
    ]
    assert changes["money_usd"] == {"499": "-33.58", "additional-duty": "-25.00", "duty": "-5.00"}
    same = await read(desk, f"/entries/{number}/versions/2/changes?to=2")
    assert not any(same[name] for name in ("fields", "lines_added", "lines_dropped", "lines_changed", "money_usd"))
    released = entry_number(77)
    await apply(desk.engine, [decoded("entry-released", released_body(released))])
    for path in (
        f"/entries/{number}/versions/3",
        f"/entries/{number}/versions/1/changes?to=9",
        f"/entries/{released}/versions/in-force",
    ):
        assert (await desk.client.get(path, headers=desk.headers(STAFF))).status_code == 404
    other = desk.headers(RoleName.IMPORTER, importer_numbers=frozenset({OTHER}))
    for path in ("versions", "versions/1", "versions/in-force", "versions/1/changes"):
        assert (await desk.client.get(f"/entries/{number}/{path}", headers=other)).status_code == 404
    # The holder of the number sees it whole, in what changed too.
    owner = await read(desk, f"/entries/{number}/versions/1", RoleName.IMPORTER, importer_numbers=frozenset({SSN}))
    assert owner["importer_number"] == SSN


async def test_changed_importer_is_masked_in_what_changed(desk: Desk) -> None:
    number = await file(desk)
    body = entry_body(number, version=2, importer_number=SSN, entry_date="2026-03-02", import_date="2026-03-02")
    await apply(desk.engine, [decoded("entry-corrected", body, time="2026-04-01T15:00:00Z")])
    changes = await read(desk, f"/entries/{number}/versions/1/changes")
    told = {each["field"]: (each["before"], each["after"]) for each in changes["fields"]}
    assert told["importer_number"] == (IMPORTER, "***-**-6789")


async def test_rows_of_a_timeline_have_code_track_kind_effect_and_references_in_one_order(desk: Desk) -> None:
    number = await file(desk)
    await apply(desk.engine, [decoded("entry-released", released_body(number)), routed(number)])
    await desk.extend(number, "key-1")
    await apply(desk.engine, [review_decided(number, "refund", "-30.00", decision_id="d-1")])
    await cycle(desk.engine, date(2028, 1, 14))
    await apply(desk.engine, [post_entry("protest", "P-1", [number], received_at="2028-02-01T15:00:00Z")])
    desk.clock.advance(datetime(2028, 2, 2, 18, tzinfo=UTC) - desk.clock.now())
    rows = (await read(desk, f"/entries/{number}/timeline"))["rows"]
    days = [each["on"] for each in rows if each["on"] is not None]
    assert days == sorted(days)
    happened = [(each["on"], each["code"], each["track"]) for each in rows if each["kind"] == "act"]
    assert happened[:2] == [("2026-03-02", "released", "release"), ("2026-03-02", "scheduled", "summary")]
    assert ("2028-02-01", "protest-filed", "protest") in happened
    of_code: dict[str, list[dict[str, Any]]] = {}
    for each in rows:
        of_code.setdefault(each["code"], []).append(each)
    (extended,) = of_code["extended"]
    assert (extended["effect"]["to_state"], extended["effect"]["deemed_on"]) == ("extended", "2028-03-02")
    assert {"kind": "extension", "id": "1", "href": f"/entries/{number}"} in extended["references"]
    assert extended["authority"] == "entry.extend/center"
    (liquidated,) = of_code["liquidated"]
    assert (liquidated["effect"]["to_state"], liquidated["effect"]["duty_usd"]) == ("liquidated", "-30.00")
    assert ("cycle", "2028-01-14") in [(each["kind"], each["id"]) for each in liquidated["references"]]
    (decide,) = of_code["protest-decision-due"]
    assert (decide["on"], decide["kind"], decide["whose"], decide["state"]) == ("2030-02-01", "law", "cbp", "coming")
    assert decide["references"] == [
        {"kind": "protest", "id": "P-1", "href": "/protests/P-1"},
        {"kind": "rule", "id": "protest-decide-2y", "href": "/rules/protest-decide-2y"},
    ]
    (until,) = of_code["protest-until"]
    assert (until["on"], until["state"], until["rule"]["id"]) == ("2028-07-12", "coming", "protest-180")
    assert rows[-1]["on"] is None
    assert (rows[-1]["code"], rows[-1]["state"]) == ("final-for-everyone", "unknown")
    assert {"kind": "decision", "id": "d-1", "href": f"/entries/{number}"} in of_code["review-decided"][0]["references"]
    surety = await read(desk, f"/entries/{number}/timeline", RoleName.SURETY, surety_code="036")
    assert {each["authority"] for each in surety["rows"]} == {None}


async def test_unknown_clock_is_a_row_without_a_day_that_says_why(desk: Desk) -> None:
    number = entry_number()
    await apply(desk.engine, [decoded("entry-released", released_body(number))])
    rows = (await read(desk, f"/entries/{number}/timeline"))["rows"]
    unknown = next(each for each in rows if each["code"] == "clock-unknown")
    assert (unknown["on"], unknown["state"]) == (None, "unknown")
    assert "no entry summary has come" in unknown["inputs"]["missing"]


async def test_every_word_for_an_act_has_a_code_and_the_catalogue_is_served(desk: Desk) -> None:
    words = {*get_args(EntryChange), *get_args(MoneyChange)}
    acts = {each.code for each in TIMELINE_CODES.values() if each.kind == "act"}
    assert words - acts == set()
    answer = await desk.client.get("/timeline-codes")
    assert answer.status_code == 200
    assert {each["code"] for each in answer.json()["items"]} == set(TIMELINE_CODES)
