"""Views of the work (Q8): filters in the address, counts, tables, unchanged answers, words, filters with a name."""

import csv
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.workqueue.store.tables import items
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, KIM, LEE, NOW, Desk
from tests.integration.workqueue.events import IMPORTER, assigned, protest_act, routed
from tests.support.events import entry_number

CENTER = frozenset({"CEE007"})
DAN = Identity("dan", "Dan Moss", frozenset({RoleName.CENTER_DIRECTOR}), centers=CENTER)
PARTY = Identity("acme", "Acme", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
AWAY = Identity(
    "ann", "Ann Field", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE001"}), divisions=DIVISIONS
)


async def queue(desk: Desk, *processes: str, **changes: Any) -> list[str]:
    """A review of an entry of its own for each process; gives their ids, the oldest first."""
    known = {str(row.item_id) for row in await desk.rows(items)}
    for serial, process in enumerate(processes):
        filed = NOW - timedelta(hours=100 - serial)
        entry = entry_number(len(known) + serial + 1)
        await desk.apply(routed(entry, processes=[process], time=filed.isoformat(), **changes))
    rows = sorted(await desk.rows(items), key=lambda row: row.opened_at)
    return [str(row.item_id) for row in rows if str(row.item_id) not in known]


async def listed(desk: Desk, query: str, who: Identity = KIM) -> list[str]:
    answer = await desk.call("GET", f"/items?{query}", who)
    assert answer.status_code == 200, answer.text
    return [each["item_id"] for each in answer.json()["items"]]


async def test_q8_conditions_of_the_address_narrow_the_list(desk: Desk) -> None:
    quota, dumping, plain = await queue(desk, "quota", "ad-cvd", "entry-summary-review")
    await desk.claim(quota)
    async with transaction(desk.engine) as tx:
        await bulk.execute(tx, "UPDATE items SET due_on = '2026-03-05', value_usd = 5000 WHERE process = 'ad-cvd'")
        await bulk.execute(tx, "UPDATE items SET due_on = '2026-03-20', value_usd = 90000 WHERE process = 'quota'")
    everything = {quota, dumping, plain}
    for query, found in (
        ("", everything),
        ("process=quota&process=ad-cvd", {quota, dumping}),
        ("state=claimed", {quota}),
        ("holder=me", {quota}),
        ("holder=nobody&kind=review", {dumping, plain}),
        ("holder=me&holder=nobody", everything),
        ("waits_for=nobody", everything),
        ("value_from=5000&value_below=90000", {dumping}),
        ("due_within=3", {dumping}),
        ("due_within=2", set()),
        ("due_from=2026-03-05&due_before=2026-03-21", {quota, dumping}),
        ("opened_from=2026-03-02", set()),
        ("opened_before=2026-03-02", everything),
        ("priority=1", {dumping}),
        ("center=CEE007&division=enforcement", {dumping}),
        ("importer=99-999999999", set()),
        ("assigned_to=kim", set()),
    ):
        assert set(await listed(desk, query)) == found, query
        count = (await desk.call("GET", f"/items/count?{query}")).json()
        assert (count["count"], count["is_exact"]) == (len(found), True), query
    assert await listed(desk, "holder=me", LEE) == []
    assert await listed(desk, "", AWAY) == []


async def test_q8_type_and_port_of_the_entry_are_known_of_all_work_on_it_and_follow_its_newest_version(
    desk: Desk,
) -> None:
    formal, dumping = entry_number(1), entry_number(2)
    await desk.apply(
        routed(formal, entry_type="01", port_of_entry="2704"), routed(dumping, entry_type="03", port_of_entry="4601")
    )
    await desk.apply(protest_act("270426-100001", dumping))
    about = {"process": "inquiry", "title": "A call", "center": "CEE007", "importer_number": IMPORTER}
    opened = await desk.call(
        "POST", "/items", json=about | {"entry_numbers": [formal]}, headers={"Idempotency-Key": "inquiry-1"}
    )
    assert opened.status_code == 201, opened.text
    for query, entries in (
        ("entry_type=01", [formal, formal]),
        ("entry_type=03", [dumping, dumping]),
        ("entry_type=01&entry_type=03&kind=review", [formal, dumping]),
        ("port_of_entry=4601&kind=protest", [dumping]),
        ("port_of_entry=2704&entry_type=03", []),
        ("entry_type=06", []),
    ):
        found = (await desk.call("GET", f"/items?{query}")).json()["items"]
        assert sorted(each["entry_number"] for each in found) == sorted(entries), query
    await desk.apply(routed(dumping, version=2, entry_type="03", port_of_entry="1001"))
    found = (await desk.call("GET", "/items?port_of_entry=1001")).json()["items"]
    assert {(each["kind"], each["entry_type"], each["port_of_entry"]) for each in found} == {
        ("review", "03", "1001"),
        ("protest", "03", "1001"),
    }
    assert (await desk.call("GET", "/items?entry_type=1")).status_code == 422


SET_DAYS = """
UPDATE items SET due_on = given.day FROM unnest($1::uuid[], $2::date[]) AS given(item_id, day)
WHERE items.item_id = given.item_id
"""


async def test_q8_due_days_are_asked_for_and_counted_in_buckets_of_which_each_day_is_in_one(desk: Desk) -> None:
    assert date(2026, 3, 2).strftime("%A") == "Monday"
    days = {
        "overdue": ["2026-02-02", "2026-03-01"],
        "today": ["2026-03-02"],
        "this-week": ["2026-03-03", "2026-03-08"],
        "next-week": ["2026-03-09", "2026-03-15"],
        "later": ["2026-03-16", "2027-12-31"],
        "unknown": [None],
    }
    made = await queue(desk, *["quota"] * 10)
    of_day = dict(zip(made, [day for due in days.values() for day in due], strict=True))
    async with transaction(desk.engine) as tx:
        given = [date.fromisoformat(day) if day else None for day in of_day.values()]
        await bulk.execute(tx, SET_DAYS, list(map(UUID, of_day)), given)
    for bucket, due in days.items():
        assert {of_day[each] for each in await listed(desk, f"due={bucket}")} == set(due), bucket
    assert {of_day[each] for each in await listed(desk, "due=overdue&due=unknown")} == {*days["overdue"], None}
    assert await listed(desk, "due=today&state=completed") == []
    (counted,) = (await desk.call("GET", "/queues")).json()
    assert counted["by_due"] == {bucket: len(due) for bucket, due in days.items()}
    assert {kind: items for kind, items in counted["by_kind"].items() if items} == {"review": 10}


@pytest.mark.parametrize("query", ["proces=quota", "state=lost", "due_within=x", "value_from=-1", "text=x", "limit=0"])
async def test_q8_condition_that_is_misspelt_is_refused_not_left_out(desk: Desk, query: str) -> None:
    answer = await desk.call("GET", f"/items?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request"), answer.text
    assert query.partition("=")[0] in answer.text


async def test_q8_pages_keep_the_filter(desk: Desk) -> None:
    first, _, second = await queue(desk, "quota", "ad-cvd", "quota")
    page = await desk.call("GET", "/items?process=quota&limit=1")
    assert [each["item_id"] for each in page.json()["items"]] == [first]
    assert page.json()["next"] in page.headers["Link"]
    rest = (await desk.call("GET", page.json()["next"])).json()
    assert ([each["item_id"] for each in rest["items"]], rest["next"]) == ([second], None)


async def test_q8_answer_that_the_caller_has_is_not_sent_again(desk: Desk) -> None:
    await queue(desk, "quota")
    for path in (
        "/items?process=quota",
        "/items/count?process=quota",
        "/items.csv?process=quota",
        "/views?counts=true",
    ):
        first = await desk.call("GET", path)
        same = await desk.call("GET", path, headers={"If-None-Match": f'"other", {first.headers["ETag"]}'})
        assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", first.headers["ETag"]), path
    tag = (await desk.call("GET", "/items/count?process=quota")).headers["ETag"]
    await queue(desk, "quota")
    other = await desk.call("GET", "/items/count?process=quota", headers={"If-None-Match": tag})
    assert (other.status_code, other.json()["count"]) == (200, 2)


FILL = """
INSERT INTO items (item_id, kind, process, entry_number, importer_number, center, division, priority, opened_at, due_on,
                   state, token, acts)
SELECT gen_random_uuid(), 'review', 'quota', 'E' || n, '07-345678900', 'CEE007', 'enforcement', 1,
       '2026-01-01'::timestamptz, '2026-06-03', 'open', 0, 0
FROM generate_series(1, $1::integer) AS numbers(n)
"""


async def test_q8_count_is_exact_to_ten_thousand_and_then_says_that_there_are_more(unchecked_desk: Desk) -> None:
    async with transaction(unchecked_desk.engine) as tx:
        await bulk.execute(tx, FILL, 10_000)
    exact = (await unchecked_desk.call("GET", "/items/count")).json()
    assert exact == {"count": 10_000, "is_exact": True, "shown": "10,000"}
    async with transaction(unchecked_desk.engine) as tx:
        await bulk.execute(tx, FILL, 1)
    more = (await unchecked_desk.call("GET", "/items/count")).json()
    assert more == {"count": 10_000, "is_exact": False, "shown": "10,000+"}


async def test_q8_table_has_every_item_and_no_formula(desk: Desk) -> None:
    quota, _, second = await queue(desk, "quota", "ad-cvd", "quota")
    await desk.apply(assigned(1, "CEE007"))
    async with transaction(desk.engine) as tx:
        await bulk.execute(tx, "UPDATE importers SET name = '=HYPERLINK(\"http://x\")'")
    answer = await desk.call("GET", "/items.csv?process=quota")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["item_id"] for row in rows] == [quota, second]
    assert {row["importer_name"][:2] for row in rows} == {"'="}
    part = await desk.call("GET", "/items.csv?limit=2")
    assert len(part.text.splitlines()) == 3
    rest = part.headers["Link"].partition(">")[0].removeprefix("<")
    assert len((await desk.call("GET", rest)).text.splitlines()) == 2


async def test_q8_words_are_found_in_titles_acts_reasons_findings_and_letters(desk: Desk) -> None:
    skipped, decided = await queue(desk, "quota", "quota")
    key = {"Idempotency-Key": "pd-1"}
    about = {"process": "prior-disclosure", "title": "Assists left out of the value", "center": "CEE007"}
    opened = await desk.call("POST", "/items", json=about | {"importer_number": "07-345678900"}, headers=key)
    assert opened.status_code == 201, opened.text
    matter = opened.json()["item_id"]
    act = {"act": "acknowledge", "token": await desk.claim(matter)}
    act |= {"fields": {"received_on": "2026-03-02", "is_oral": False}}
    act |= {"reasons": [{"code": "received", "text": "Royalties came by courier."}]}
    done = await desk.call("POST", f"/items/{matter}/acts", json=act, headers={"Idempotency-Key": "pd-2"})
    assert done.status_code == 201, done.text
    reason = {"code": "no-time", "text": "The laboratory report is missing."}
    assert (await desk.call("POST", f"/items/{skipped}/skip", json={"reason": reason})).status_code == 200
    because = [{"code": "origin", "text": "Certificates of origin agree."}]
    decision = {"token": await desk.claim(decided), "outcome": "no-change", "reasons": because}
    ended = await desk.call("POST", f"/items/{decided}/complete", json=decision)
    assert ended.status_code == 200, ended.text
    asked = {"token": await desk.claim(skipped), "form": "CBP-28", "questions": ["Send the lease of the moulds."]}
    letter = await desk.call("POST", f"/items/{skipped}/requests", json=asked, headers={"Idempotency-Key": "cf28"})
    assert letter.status_code == 201, letter.text
    said = {"text": "The moulds were borrowed from an uncle."}
    path = f"/requests/{letter.json()['request_id']}/answers"
    told = await desk.call("POST", path, PARTY, json=said, headers={"Idempotency-Key": "answer"})
    assert told.status_code == 201, told.text
    for words, found in (
        ("assist", [matter]),
        ("lease", [skipped]),
        ("uncle borrow", [skipped]),
        ("uncle lease", []),
        ("royalty courier", [matter]),
        ('"laboratory report"', [skipped]),
        ("certificate", [decided]),
        ("laboratory or certificate", [skipped, decided]),
        ("laboratory -missing", []),
        ("courier certificate", []),
    ):
        assert sorted(await listed(desk, f"text={words}")) == sorted(found), words
    for words in ("assist", "lease", "uncle"):
        assert await listed(desk, f"text={words}", AWAY) == []
    assert await listed(desk, "text=assist&state=completed") == []


async def save(desk: Desk, who: Identity, key: str, **view: Any) -> Any:
    return await desk.call("POST", "/views", who, json=view, headers={"Idempotency-Key": key})


async def named(desk: Desk, who: Identity) -> dict[str, dict[str, Any]]:
    answer = await desk.call("GET", "/views?counts=true", who)
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json()["views"]}


async def test_q8_views_are_saved_shared_with_the_center_and_counted_for_whoever_looks(desk: Desk) -> None:
    first, second = await queue(desk, "quota", "ad-cvd")
    await desk.claim(first)
    mine = await save(desk, KIM, "v1", name="My claims", query="state=claimed&holder=me")
    assert (mine.status_code, mine.json()["query"]) == (201, "state=claimed&holder=me"), mine.text
    assert (await save(desk, KIM, "v1", name="My claims", query="state=claimed&holder=me")).json() == mine.json()
    shared = await save(desk, KIM, "v2", name="Held by whoever looks", query="holder=me", center="CEE007")
    assert (shared.status_code, shared.json()["from"]) == (201, "own"), shared.text
    assert (await save(desk, KIM, "v3", name="There", query="", center="CEE001")).json()["code"] == "out-of-reach"
    refused = await save(desk, KIM, "v4", name="Wrong", query="proces=quota&state=lost")
    assert (refused.status_code, "proces" in refused.text, "state" in refused.text) == (422, True, True)
    kim, lee, away = await named(desk, KIM), await named(desk, LEE), await named(desk, AWAY)
    assert kim["My claims"]["count"]["count"] == 1
    assert (kim["Held by whoever looks"]["count"]["count"], lee["Held by whoever looks"]["count"]["count"]) == (1, 0)
    assert "My claims" not in lee
    assert "Held by whoever looks" not in away
    path = f"/views/{shared.json()['view_id']}"
    assert (await desk.call("GET", path, LEE)).json()["from"] == "shared"
    assert (await desk.call("GET", path, AWAY)).status_code == 404
    change = {"name": "Open work", "query": "state=open", "center": "CEE007"}
    other = await desk.call("PUT", path, LEE, json=change, headers={"If-Match": '"1"'})
    assert (other.status_code, other.json()["code"]) == (403, "view-of-another")
    assert (await desk.call("PUT", path, KIM, json=change)).status_code == 428
    changed = await desk.call("PUT", path, KIM, json=change, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"'), changed.text
    assert (await desk.call("PUT", path, KIM, json=change, headers={"If-Match": '"1"'})).status_code == 412
    assert (await named(desk, LEE))["Open work"]["count"]["count"] == 1
    assert (await desk.call("DELETE", path, LEE)).status_code == 403
    assert (await desk.call("DELETE", path, KIM)).status_code == 204
    assert "Open work" not in await named(desk, LEE)
    assert second in await listed(desk, "state=open")


async def test_q8_roles_begin_with_views_of_the_product_until_their_supervisors_give_others(desk: Desk) -> None:
    before = await named(desk, KIM)
    assert {"Mine", "Due within a week"} <= before.keys()
    assert {each["from"] for each in before.values()} == {"product"}
    view = {"name": "Our Friday cut", "query": "due_within=4&state=open", "center": "CEE007"}
    view |= {"role": "import-specialist"}
    assert (await save(desk, KIM, "v1", **view)).json()["code"] == "role-required"
    given = await save(desk, DAN, "v2", **view)
    assert given.status_code == 201, given.text
    assert {name: each["from"] for name, each in (await named(desk, KIM)).items()} == {"Our Friday cut": "role"}
    assert "Mine" in await named(desk, AWAY)
    assert (await save(desk, DAN, "v3", name="Nobody's", query="", role="import-specialist")).status_code == 422
