"""Programs of mass change over HTTP and by event, on a real database: edge cases by their numbers in the plan."""

import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest
from msgspec import structs
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import ClientDisconnect

from services.liquidation.store import declarations as store
from services.liquidation.store.declarations import WHOLE
from services.liquidation.store.tables.programs import declarations, declared_entries, program_trials, special_duties
from services.liquidation.store.tables.records import entries
from shared.contracts.refusal import EventRefused
from shared.contracts.registry import carries
from shared.db.transaction import transaction
from shared.runtime.identity import RoleName
from tests.integration.liquidation.builders import apply, post_entry, published, review_decided, rows
from tests.integration.liquidation.program_office import (
    DAYS,
    GOODS,
    GSP_MODEL,
    IEEPA,
    IEEPA_MODEL,
    IMPORTER,
    PRODUCT_MODEL,
    START,
    Office,
    duties,
    liquidated,
    open_office_on,
    program,
)
from tests.support.events import decoded, entry_body, entry_number

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


@pytest.fixture
async def office(service_engine: MakeEngine) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        yield office


@pytest.fixture
async def open_office(office: Office) -> Office:
    await office.release(IEEPA_MODEL)
    return office


LIKELY = "9461.17"
"""9,375.00 paid on 2026-02-20 with interest to 2026-04-20: 39 days at 6 %, 20 at 5 %, the rates of a corporation."""


async def test_a_program_is_drafted_tried_confirmed_and_released_by_two_who_did_not_draft_it(office: Office) -> None:
    number = await office.file()
    drafted = await office.draft(IEEPA_MODEL)
    assert (drafted["state"], drafted["revision"], drafted["definition"]["program"]) == ("draft", 1, "ieepa-2026")
    at, match = "/programs/ieepa-2026/revisions/1", {"If-Match": '"1"'}
    early = await office.call("POST", f"{at}/confirmations", office.staff("lee"), headers=match)
    assert (early.status_code, early.json()["code"]) == (409, "program-trial-needed")
    closed = await office.send(f"Entry number\n{number}\n")
    assert (closed.status_code, closed.json()["code"]) == (409, "program-closed")

    trial = await office.ok("POST", f"{at}/trials", office.staff("kim"), headers={"Idempotency-Key": "t-1"})
    assert (trial["entries"], trial["accepted"], trial["removed_usd"]) == (1, 1, "9375.00")
    assert trial["by_cohort"] == [
        {"value": "unliquidated", "entries": 1, "removed_usd": "9375.00", "likely_usd": LIKELY}
    ]
    assert trial["by_month"] == [{"value": "2026-02", "entries": 1, "removed_usd": "9375.00", "likely_usd": LIKELY}]
    assert trial["examples"] == {"accepted": [number]}
    assert await rows(office.engine, declared_entries) == []

    own = await office.call("POST", f"{at}/confirmations", office.staff("kim"), headers=match)
    assert (own.status_code, own.json()["code"]) == (403, "second-person-required")
    unconfirmed = await office.call("POST", f"{at}/releases", office.staff("lee"), headers=match)
    assert (unconfirmed.status_code, unconfirmed.json()["code"]) == (409, "program-state")
    confirmed = await office.ok("POST", f"{at}/confirmations", office.staff("lee"), headers=match)
    assert confirmed["state"] == "confirmed"
    for subject in ("kim", "lee"):
        refused = await office.call("POST", f"{at}/releases", office.staff(subject), headers=match)
        assert (refused.status_code, refused.json()["code"]) == (403, "second-person-required")
    released = await office.ok("POST", f"{at}/releases", office.staff("max"), headers=match)
    assert released["state"] == "released"

    shown = await office.ok("GET", "/programs/ieepa-2026", office.staff("kim"))
    assert shown["released_revision"] == 1
    assert [each["change"] for each in shown["history"]] == ["drafted", "tried", "confirmed", "released"]
    fixed = await office.call(
        "PUT", at, office.staff("kim"), headers=match, json={"definition": IEEPA_MODEL, "reason": "x"}
    )
    assert (fixed.status_code, fixed.json()["code"]) == (409, "program-state")


@pytest.mark.parametrize(
    ("money", "likely"),
    [
        # The vectors of the design: 9,375.00 paid on 2025-03-12, reliquidated on 2026-05-20; 18.50 with 1.58; 15.00.
        ({}, {"natural": "10174.68", "unknown": "10054.43", "small": "20.08", "smaller": "0.00"}),
        ({"small": "refund"}, {"natural": "10174.68", "unknown": "10054.43", "small": "20.08", "smaller": "16.28"}),
        ({"interest": "none"}, {"natural": "9375.00", "unknown": "9375.00", "small": "0.00", "smaller": "0.00"}),
        # 3.65 % a year is a ten-thousandth a day, from the order's day on: 50 days.
        (
            {"interest": "ordered", "ordered_rate_pct": "3.65", "ordered_from": "2026-03-31"},
            {"natural": "9421.88", "unknown": "9421.88", "small": "0.00", "smaller": "0.00"},
        ),
    ],
)
async def test_a_trial_tells_duty_and_what_would_be_refunded_with_interest_to_its_day(
    office: Office, money: dict[str, Any], likely: dict[str, str]
) -> None:
    office.on(date(2026, 5, 20))
    days = {"entry_date": "2025-03-02", "import_date": "2025-03-01", "paid_on": "2025-03-12"}
    amounts = {"natural": "9375.00", "unknown": "9375.00", "small": "18.50", "smaller": "15.00"}
    # Each under a Center of its own, so that the trial tells it apart.
    for place, (name, amount) in enumerate(amounts.items(), 1):
        goods = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, amount))
        importer = IMPORTER if name == "unknown" else "900-12-3456"
        number = await office.file(goods, at="2025-03-02T19:00:00Z", importer_number=importer, **days)
        async with transaction(office.engine) as tx:
            center = text("UPDATE entries SET center = :c WHERE entry_number = :n")
            await tx.connection.execute(center, {"c": f"CEE00{place}", "n": number})
    await office.draft(program(money=IEEPA_MODEL["money"] | money))
    at = "/programs/ieepa-2026/revisions/1"
    trial = await office.ok("POST", f"{at}/trials", office.staff("kim"), headers={"Idempotency-Key": "t-1"})
    found = [(each["removed_usd"], each["likely_usd"]) for each in trial["by_center"]]
    assert found == [(amounts[name], likely[name]) for name in amounts]
    assert trial["removed_usd"] == "18783.50"


async def test_a_trial_is_of_the_last_edit_and_stands_for_a_day(office: Office) -> None:
    await office.draft(IEEPA_MODEL)
    at = "/programs/ieepa-2026/revisions/1"
    await office.ok("POST", f"{at}/trials", office.staff("kim"), headers={"Idempotency-Key": "t-1"})
    edited = await office.ok(
        "PUT",
        at,
        office.staff("kim"),
        headers={"If-Match": '"1"'},
        json={"definition": program(title="Another title"), "reason": "A title."},
    )
    assert (edited["edits"], edited["tried_at"]) == (2, None)
    stale = await office.call("POST", f"{at}/confirmations", office.staff("lee"), headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    last = await office.ok("GET", f"{at}/trials/last", office.staff("kim"))
    assert last["is_of_this_edit"] is False
    await office.ok("POST", f"{at}/trials", office.staff("kim"), headers={"Idempotency-Key": "t-2"})
    office.clock.advance(timedelta(hours=24))
    late = await office.call("POST", f"{at}/confirmations", office.staff("lee"), headers={"If-Match": '"2"'})
    assert (late.status_code, late.json()["code"]) == (409, "program-trial-needed")


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"entered": {"from": "2026-02-24", "to": "2026-02-23"}}, "entered", "ends on 2026-02-23"),
        ({"money": IEEPA_MODEL["money"] | {"interest": "ordered"}}, "money.interest", "ordered_rate_pct"),
        (
            {"cohorts": [{"name": "a", "when": {"category": "teapots"}, "act": "at-cycle", "on": "2026-04-20"}]},
            "cohorts[1].when.category",
            "one of consumption",
        ),
        ({"except_removes": ["9904"]}, "except_removes[1]", "none of these has it"),
        (
            {"cohorts": [{"name": "a", "when": {}, "act": "reliquidate", "by": "center", "on": "2026-04-20"}]},
            "cohorts[1].last_day",
            "19 USC 1501",
        ),
    ],
)
async def test_a_program_that_contradicts_itself_is_refused_in_the_words_of_its_fields(
    office: Office, changes: dict[str, Any], field: str, says: str
) -> None:
    body = {"definition": program(**changes), "reason": "x"}
    answer = await office.call("POST", "/programs", office.staff("kim"), json=body, headers={"Idempotency-Key": "p"})
    assert (answer.status_code, answer.json()["code"]) == (422, "program-fields")
    assert any(
        each["field"] == f"body.definition.{field}" and says in each["message"] for each in answer.json()["errors"]
    )
    assert (await office.call("GET", "/programs/ieepa-2026", office.staff("kim"))).status_code == 404


@pytest.mark.parametrize("model", [IEEPA_MODEL, GSP_MODEL, PRODUCT_MODEL], ids=lambda each: each["program"])
async def test_shipped_programs_can_be_released_and_say_what_no_source_settles(
    office: Office, model: dict[str, Any]
) -> None:
    await office.release(model)
    shown = await office.ok("GET", f"/programs/{model['program']}", office.importer)
    definition = shown["revisions"][0]["definition"]
    assert definition["basis"]["sources"]
    assert {each["mark"] for each in definition["assumptions"]} <= {"k", "j", "U"}
    listed = await office.ok("GET", "/program-templates", office.staff("kim"))
    assert model["program"] in {each["program"] for each in listed["templates"]}


async def test_edge_1_whatever_a_spreadsheet_makes_of_a_list_is_read_and_other_columns_are_ignored(
    open_office: Office,
) -> None:
    office = open_office
    number = await office.file()
    printed = f"{number[:3]}-{number[3:10]}-{number[10]}".lower()
    text_ = f"Broker's file;Entry Number ;Value;Remark\r\nS-1; {printed}  ;1,00;=cmd\r\n"
    for key, content in (("utf-8", b"\xef\xbb\xbf" + text_.encode()), ("utf-16", text_.encode("utf-16"))):
        answer = await office.send(content, key=key)
        assert answer.status_code == 201, answer.text
    first, second = await rows(office.engine, declared_entries)
    assert {first.entry_number, second.entry_number} == {number}
    assert first.given is second.given is None
    for kind, content in (
        ("application/json", orjson.dumps({"entries": [{"entry_number": printed}]})),
        ("application/x-ndjson", orjson.dumps({"entry": printed}) + b"\n"),
    ):
        told = await office.ok(
            "POST",
            "/programs/ieepa-2026/declarations/check",
            office.importer,
            content=content,
            headers={"Content-Type": kind},
        )
        assert [each["code"] for each in told["results"]] == ["already-declared"]


async def test_edge_2_too_many_rows_store_nothing_and_one_bad_number_leaves_the_others(open_office: Office) -> None:
    office = open_office
    small = IEEPA_MODEL["declaring"] | {"max_rows": 2_000}
    await office.release(program(declaring=small), revision=2)
    numbers = [entry_number() for _ in range(2_001)]
    answer = await office.send("Entry number\n" + "\n".join(numbers), key="many")
    assert (answer.status_code, answer.json()["code"]) == (422, "too-many-rows")
    assert await rows(office.engine, declared_entries) == []
    filed = [await office.file() for _ in range(3)]
    bad = filed[0][:10] + str((int(filed[0][10]) + 1) % 10)
    declared = await office.declare([bad, *filed[1:]])
    found = {each["row"]: (each["state"], each["code"]) for each in await office.results(declared)}
    assert found == {1: ("dropped", "check-digit"), 2: ("due", None), 3: ("due", None)}
    again = await office.declare([filed[0]], key="d-2")
    assert [each["state"] for each in await office.results(again)] == ["due"]
    five_hundred = [entry_number() for _ in range(500)]
    bodies = [entry_body(each, lines=[GOODS], **DAYS) for each in five_hundred]
    summaries = [decoded("entry-filed", body, time="2026-02-10T19:03:11Z") for body in bodies]
    await apply(office.engine, summaries, now=office.clock.now())
    spoilt = five_hundred[7][:10] + str((int(five_hundred[7][10]) + 1) % 10)
    many = await office.declare([spoilt if each == five_hundred[7] else each for each in five_hundred], key="500")
    told = {(each["state"], each["code"]): each["entries"] for each in many["states"]}
    assert told == {("due", None): 499, ("dropped", "check-digit"): 1}
    exactly = await office.send("Entry number\n" + "\n".join(numbers[:2_000]), key="all")
    assert (exactly.status_code, exactly.json()["rows"]) == (201, 2_000)


async def test_edge_3_digits_that_a_spreadsheet_lost_are_never_guessed(open_office: Office) -> None:
    filed = await open_office.file()
    declared = await open_office.declare([filed, "2.31E+12", "032452788", "hello"])
    results = await open_office.results(declared)
    assert [each["code"] for each in results] == [None, "digits-lost", "digits-lost", "number-malformed"]
    assert [each["given"] for each in results[1:]] == ["2.31E+12", "032452788", "hello"]
    assert all(each["remedy"] and each["fact"] and each["citation"] for each in results[1:])


async def test_edge_4_repeated_declared_already_and_not_yours(open_office: Office) -> None:
    office = open_office
    number, other = await office.file(), await office.file()
    first = await office.declare([number, number])
    assert [each["code"] for each in await office.results(first)] == [None, "repeated"]
    office.clock.advance(timedelta(days=1))
    second = await office.declare([number], who=office.broker())
    (told,) = await office.results(second, office.broker())
    assert told["code"] == "already-declared"
    assert first["declaration_id"] in told["fact"]
    stranger = office.broker("ZZZ")
    mine = await office.file(number=entry_number(filer="ZZZ"))
    third = await office.declare([other, mine], key="d-3", who=stranger)
    assert [each["code"] for each in await office.results(third, stranger)] == ["not-yours", None]
    nobody = await office.send(f"Entry number\n{other}\n", key="d-4", who=stranger)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "nobody-here")
    # Whom an entry does not belong to keeps nobody out.
    fourth = await office.declare([other], key="d-5")
    assert [each["code"] for each in await office.results(fourth)] == [None]
    foreign = await office.call("GET", first["results"], stranger)
    assert foreign.status_code == 404


async def test_edge_5_day_80_is_taken_and_day_81_is_told_until_when_to_protest(open_office: Office) -> None:
    office = open_office
    early = await office.file()
    number, on = await liquidated(office)
    office.on(on + timedelta(days=80))
    (told,) = await office.results(await office.declare([early], key="early"))
    assert (told["state"], told["cohort"], told["act"]) == ("due", "recent", "reliquidate")
    office.on(on + timedelta(days=81))
    (told,) = await office.results(await office.declare([number], key="late"))
    assert (told["code"], told["citation"]) == ("final-1501", "19 USC 1501")
    assert told["last_day"] == (on + timedelta(days=180)).isoformat()
    office.on(on + timedelta(days=82))
    same = await office.declare([number], key="later")
    assert [each["code"] for each in await office.results(same)] == ["final-1501"]
    # Accepted on day 80 and not posted: from day 91 the Center's power is over (edge 6, first half).
    office.on(on + timedelta(days=91))
    await office.judge()
    assert (await office.verdict(early))["code"] == "too-near-day-90"


async def test_edge_8_and_9_a_suspended_entry_waits_for_its_cycle_and_a_lifted_one_is_taken_without_refiling(
    open_office: Office,
) -> None:
    office = open_office
    suspended = await office.file(
        duties(("8471300100", 1000, "25.00")),
        duties(
            ("8471300100", 125_000, "0.00"),
            (IEEPA, 0, "9375.00"),
            number=2,
            cases=[{"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "10.00"}],
        ),
        entry_type="03",
    )
    declared = await office.declare([suspended])
    (told,) = await office.results(declared)
    assert (told["state"], told["act"], told["removed_usd"]) == ("waiting", "at-cycle", "9375.00")
    assert "waits-suspension" in told["notes"]
    async with transaction(office.engine) as tx:
        await tx.connection.execute(
            text(
                "INSERT INTO suspensions (entry_number, ground, began_on, authority, is_filed, lift_noticed_on,"
                " lift_source) VALUES (:n, 'A570012000', '2026-02-10', 'agency', true, '2026-03-20', 'test')"
            ),
            {"n": suspended},
        )
    await office.file(number=suspended, entry_type="03", at="2026-02-10T19:03:11Z")  # a repeat: nothing is derived anew
    async with transaction(office.engine) as tx:
        await tx.connection.execute(
            text("UPDATE entries SET is_suspended = false WHERE entry_number = :n"), {"n": suspended}
        )
    await office.judge()
    assert (await office.verdict(suspended))["code"] == "lifted-pending"
    fewer = [each for each in IEEPA_MODEL["excludes"] if each != "lifted-pending"]
    await office.release(program(excludes=fewer), revision=2)
    await office.judge()
    assert (await office.verdict(suspended))["code"] is None


async def test_edge_10_and_12_each_heading_is_removed_others_stay_and_no_duty_is_nothing_to_refund(
    open_office: Office,
) -> None:
    office = open_office
    two = await office.file(
        duties(
            ("8471300100", 125_000, "0.00"),
            (IEEPA, 0, "9375.00"),
            ("99030125", 0, "12500.00"),
            ("99038815", 0, "9375.00"),
            (IEEPA, 0, "0.50"),
            cases=[
                {"case_number": "A570012000", "rate_pct": "0.00", "deposit_usd": "0.00"},
                {"case_number": "C570013000", "rate_pct": "0.00", "deposit_usd": "0.00"},
            ],
        ),
        entry_type="01",
    )
    none = await office.file(duties(("8471300100", 125_000, "0.00"), ("99030124", 0, "0.00")))
    declared = await office.declare([two, none])
    first, second = await office.results(declared)
    assert first["removed_usd"] == "21875.50"
    assert (second["state"], second["code"], second["notes"][0]) == ("nothing", None, "nothing-to-refund")
    kept = {(each.entry_number, each.hts): each.duty_cents for each in await rows(office.engine, special_duties)}
    assert kept[two, IEEPA] == 937_550  # a number that stands twice on a line, once for each case or not, is one


async def test_edge_13_a_line_that_may_hold_its_ordinary_duty_under_the_heading_goes_to_review(
    open_office: Office,
) -> None:
    beef = "0201200200"  # general rate of 2024: 4 %
    whole = await open_office.file(duties((beef, 10_000, "0.00"), ("99030220", 0, "1500.00")))
    apart = await open_office.file(duties((beef, 10_000, "400.00"), ("99030220", 0, "1500.00")))
    results = await open_office.results(await open_office.declare([whole, apart]))
    assert [each["code"] for each in results] == ["base-duty-missing", None]


async def test_edge_14_a_correction_of_before_the_request_governs_and_one_of_after_waits_until_it_is_withdrawn(
    open_office: Office,
) -> None:
    office = open_office
    number = await office.file()
    declared = await office.declare([number])
    smaller = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "5000.00"))
    larger = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "7000.00"))
    office.on(date(2026, 4, 25))
    await office.correct(number, 2, smaller, at="2026-04-10T12:00:00Z")
    assert (await office.verdict(number))["removed_usd"] == "5000.00"
    await office.correct(number, 3, larger, at="2026-04-21T12:00:00Z")
    (row,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert row.version == 2
    (refusal,) = [each.data for each in await published(office.engine) if carries(each, EventRefused)]
    assert refusal.code == "correction-while-refund-requested"
    assert "program ieepa-2026" in refusal.reason
    assert f"/programs/ieepa-2026/declarations/{declared['declaration_id']}/withdrawals" in refusal.reason
    assert "Withdraw" in refusal.remedy
    withdrawn = await office.ok(
        "POST",
        f"/programs/ieepa-2026/declarations/{declared['declaration_id']}/withdrawals",
        office.importer,
        json={"entries": [number]},
    )
    assert withdrawn["withdrawn"] == [number]
    assert (await office.verdict(number))["state"] == "withdrawn"
    office.on(date(2026, 4, 26))
    await office.correct(number, 4, larger, at="2026-04-26T12:00:00Z")
    (row,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert row.version == 4
    again = await office.declare([number], key="d-2")
    assert [each["removed_usd"] for each in await office.results(again)] == ["7000.00"]


async def test_edge_15_a_persons_decision_and_the_program_are_not_applied_twice(open_office: Office) -> None:
    office = open_office
    number = await office.file()
    effect = {
        "duty_usd": "-9375.00",
        "fees_usd": "0.00",
        "by_class": [{"class_code": "additional-duty", "change_usd": "-9375.00"}],
    }
    decided = review_decided(number, "refund", "-9375.00", decision_id="r-1", effect=effect)
    await office.declare([number])
    await apply(office.engine, [decided], now=office.clock.now())
    assert (await office.verdict(number))["code"] == "effects-overlap"


async def test_edge_16_an_open_protest_waits_and_its_withdrawal_admits_by_the_first_receipt(
    open_office: Office,
) -> None:
    office = open_office
    number, on = await liquidated(office)
    office.on(on + timedelta(days=70))
    protest = post_entry("protest", "P-1", [number], received_at=f"{on + timedelta(days=60)}T15:00:00Z")
    await apply(office.engine, [protest], now=office.clock.now())
    declared = await office.declare([number])
    assert [each["code"] for each in await office.results(declared)] == ["protest-open"]
    office.on(on + timedelta(days=85))
    await office.ok(
        "POST",
        "/protests/P-1/acts",
        office.importer,
        json={"kind": "withdraw"},
        headers={"If-Match": "*"},
    )
    await office.judge()
    told = await office.verdict(number)
    assert (told["code"], told["cohort"]) == (None, "recent")  # day 70 of receipt, not day 85


async def test_edge_16_a_flag_is_taken_until_its_reconciliation_is_on_file(open_office: Office) -> None:
    office = open_office
    number = await office.file(reconciliation_issues=["value"])
    await office.declare([number])
    assert (await office.verdict(number))["code"] is None
    await apply(office.engine, [post_entry("reconciliation", "R-1", [number])], now=office.clock.now())
    assert (await office.verdict(number))["code"] == "reconciliation-filed"


async def test_edge_17_a_drawback_claim_stops_what_is_not_posted_and_rewrites_nothing_that_is(
    open_office: Office,
) -> None:
    office = open_office
    number, done = await office.file(), await office.file()
    await office.declare([number, done])
    async with transaction(office.engine) as tx:
        await tx.connection.execute(
            text("UPDATE declared_entries SET state = 'posted' WHERE entry_number = :n"), {"n": done}
        )
    await apply(office.engine, [post_entry("drawback-claim", "D-1", [number, done])], now=office.clock.now())
    assert (await office.verdict(number))["code"] == "drawback-designated"
    assert ((await office.verdict(done))["state"], (await office.verdict(done))["code"]) == ("posted", None)
    (declaration,) = {each.declaration_id for each in await rows(office.engine, declared_entries)}
    path = f"/programs/ieepa-2026/declarations/{declaration}/withdrawals"
    refused = await office.call("POST", path, office.importer, json={"entries": [done]})
    assert (refused.status_code, refused.json()["code"]) == (409, "declaration-posted")


async def test_edge_18_a_warehouse_entry_is_refused_and_its_withdrawal_waits_for_it(open_office: Office) -> None:
    warehouse = await open_office.file(entry_type="21", paid_on=None)
    withdrawal = await open_office.file(entry_type="31")
    first, second = await open_office.results(await open_office.declare([warehouse, withdrawal]))
    assert (first["code"], first["cohort"]) == ("entry-type", "warehouse")
    assert (second["state"], second["act"]) == ("waiting", "with-warehouse-entry")
    assert "waits-warehouse" in second["notes"]


async def test_edge_19_an_informal_entry_is_final_unless_a_cohort_of_a_court_names_its_importer(
    open_office: Office,
) -> None:
    office = open_office
    informal = {"entry_type": "11", "entry_date": "2025-05-10", "import_date": "2025-05-09", "paid_on": "2025-05-12"}
    number = await office.file(at="2025-05-10T12:00:00Z", **informal)
    await office.declare([number])
    assert (await office.verdict(number))["code"] == "final-1514"
    court = {
        "name": "final",
        "when": {"liquidated_days": [81, None]},
        "act": "reliquidate",
        "by": "court-judgment",
        "importers": [IMPORTER],
        "on": "2026-04-20",
    }
    await office.release(program(cohorts=[*IEEPA_MODEL["cohorts"], court]), revision=2)
    await office.judge()
    told = await office.verdict(number)
    assert (told["code"], told["cohort"]) == (None, "final")
    off = {name: value for name, value in court.items() if name != "on"}
    await office.release(program(cohorts=[*IEEPA_MODEL["cohorts"], off]), revision=3)
    await office.judge()
    assert (await office.verdict(number))["code"] == "cohort-off"


async def test_edge_20_money_whose_day_is_not_known_is_open_and_stops_nothing(open_office: Office) -> None:
    office = open_office
    number = await office.file()
    more = duties(("8471300100", 125_000, "10.00"), (IEEPA, 0, "9400.00"))
    await office.correct(number, 2, more, at="2026-03-01T12:00:00Z")
    told = (await office.results(await office.declare([number])))[0]
    assert (told["state"], "money-open" in told["notes"]) == ("due", True)
    path = f"/entries/{number}/deposit-facts"
    recorded = {"required_on": "2026-02-24"}
    await office.ok("PUT", path, office.staff("sam"), json=recorded, headers={"If-Match": '"0"'})
    await office.judge()
    told = await office.verdict(number)
    assert (told["state"], "money-open" in told["notes"]) == ("due", False)


async def test_an_unknown_entry_is_kept_and_judged_when_its_summary_comes(open_office: Office) -> None:
    office = open_office
    number = entry_number()
    declared = await office.declare([number])
    (told,) = await office.results(declared)
    assert (told["code"], told["last_day"]) == ("unknown-entry", "2026-05-20")
    await office.file(number=number)
    assert (await office.verdict(number))["state"] == "due"


async def test_a_declaration_by_event_is_judged_and_one_that_cannot_be_taken_says_why(open_office: Office) -> None:
    office = open_office
    number = await office.file()
    received = "2026-04-21T15:00:00Z"
    body = {"program": "ieepa-2026", "certified": True}
    good = post_entry("refund-declaration", "F-1", [number], received_at=received, body=body)
    bad = post_entry("refund-declaration", "F-2", [number], received_at=received, body={"program": "ieepa-2026"})
    early = post_entry("refund-declaration", "F-3", [number], received_at="2026-04-19T15:00:00Z", body=body)
    await apply(office.engine, [good, bad, early], now=office.clock.now())
    await office.judge()
    shown = [await office.ok("GET", f"/programs/ieepa-2026/declarations/F-{n}", office.importer) for n in (1, 2, 3)]
    assert [(each["state"], each["code"]) for each in shown] == [
        ("judged", None),
        ("refused", "not-certified"),
        ("refused", "program-closed"),
    ]
    assert shown[0]["states"] == [{"state": "due", "code": None, "entries": 1, "removed_usd": "9375.00"}]


async def test_declarations_by_event_are_their_declarants_whatever_number_they_have(open_office: Office) -> None:
    office = open_office
    number, other = await office.file(), await office.file(number=entry_number(filer="SP7"))
    given = {"received_at": "2026-04-21T15:00:00Z", "body": {"program": "ieepa-2026", "certified": True}}
    by_b76 = {"filed_by": {"role": "broker", "id": "B76", "name": "SYNTHETIC"}}
    by_sp7 = {"filed_by": {"role": "broker", "id": "SP7", "name": "SYNTHETIC"}}
    mine = post_entry("refund-declaration", "R-1", [number], **given, **by_b76)
    theirs = post_entry("refund-declaration", "R-1", [other], **given, **by_sp7)
    theirs = structs.replace(theirs, source="urn:filer:SP7")  # type: ignore[type-var]
    posed = post_entry("refund-declaration", "R-2", [other], **given, **by_sp7)  # sent by B76 in another's name
    repeated = structs.replace(mine, id="again")  # type: ignore[type-var]
    for batch in ([mine, theirs, posed], [repeated, theirs]):
        await apply(office.engine, batch, now=office.clock.now())
    await office.judge()
    kept = {row.filer_code: row for row in await rows(office.engine, declarations) if row.code is None}
    assert sorted(kept) == ["B76", "SP7"]
    for filer, entry in (("B76", number), ("SP7", other)):
        path = f"/programs/ieepa-2026/declarations/{kept[filer].declaration_id}/results"
        (row,) = (await office.ok("GET", path, office.broker(filer)))["items"]
        assert (row["entry_number"], row["state"]) == (entry, "due")
        assert (await office.call("GET", path, office.broker("ZZZ"))).status_code == 404
    (refused,) = [row for row in await rows(office.engine, declarations) if row.code is not None]
    assert (refused.declaration_id, refused.state, refused.code) == ("R-2", "refused", "not-the-sender")


@pytest.mark.parametrize("number", ["RD/2026/1", "roll:of-itself:B76", "R 1", "."])
async def test_a_filing_number_that_is_no_id_of_a_declaration_hides_nothing_of_it(
    open_office: Office, number: str
) -> None:
    office = open_office
    entry = await office.file()
    given = {"received_at": "2026-04-21T15:00:00Z", "body": {"program": "ieepa-2026", "certified": True}}
    sent = post_entry("refund-declaration", number, [entry], **given)
    for each in (sent, structs.replace(sent, id="again")):  # type: ignore[type-var]
        await apply(office.engine, [each], now=office.clock.now())
    await office.judge()
    (listed,) = (await office.ok("GET", "/programs/ieepa-2026/declarations", office.importer))["items"]
    assert listed["declaration_id"] != number
    at = f"/programs/ieepa-2026/declarations/{listed['declaration_id']}"
    assert (await office.ok("GET", at, office.importer))["state"] == "judged"
    (row,) = await office.results(listed)
    assert (row["entry_number"], row["state"]) == (entry, "due")
    (judged,) = [each.data for each in await published(office.engine) if hasattr(each.data, "results")]
    table = await office.call("GET", judged.results, office.importer)
    assert entry in table.text
    assert (await office.ok("POST", f"{at}/withdrawals", office.importer, json={}))["withdrawn"] == [entry]


async def test_a_declaration_is_read_under_its_own_program_alone(open_office: Office) -> None:
    office = open_office
    declared = await office.declare([await office.file()])
    async with transaction(office.engine) as tx:
        found = await store.find_declaration(tx, declared["declaration_id"])
        assert found is not None
        other = replace(found, program="another")
        counted = [await store.count_states(tx, each, WHOLE) for each in (found, other)]
        listed = [
            await store.list_results(tx, each, WHOLE, after=0, code=None, state=None, limit=9)
            for each in (found, other)
        ]
        several = [
            await store.count_states_of(tx, each.program, {each.declaration_id: WHOLE}) for each in (found, other)
        ]
        assert await store.withdraw(tx, other, None, office.clock.now(), WHOLE) == []
        await tx.connection.execute(text("UPDATE declared_entries SET state = 'posted'"))
        posted = [await store.find_posted(tx, each, None, WHOLE) for each in (found, other)]
        await tx.connection.execute(text("UPDATE declared_entries SET state = 'due'"))
    assert [len(each) for each in (*counted, *listed, *posted)] == [1, 0] * 3
    assert [len(each[found.declaration_id]) for each in several] == [1, 0]


async def test_long_declarations_by_event_are_left_to_the_job(open_office: Office) -> None:
    office = open_office
    numbers = [[entry_number() for _ in range(600)] for _ in range(3)]
    given = {"received_at": "2026-04-21T15:00:00Z", "body": {"program": "ieepa-2026", "certified": True}}
    sent = [post_entry("refund-declaration", f"L-{n}", some, **given) for n, some in enumerate(numbers)]
    await apply(office.engine, sent, now=office.clock.now())
    found = await rows(office.engine, declared_entries)
    judged = {row.declaration_id for row in found if row.state != "read"}
    assert len(judged) == 1, "no more than a chunk is judged in the batch of its events"
    await office.judge()
    assert {row.code for row in await rows(office.engine, declared_entries)} == {"unknown-entry"}
    assert {row.state for row in await rows(office.engine, declarations)} == {"judged"}


async def test_check_stores_nothing_and_says_what_a_declaration_would(open_office: Office) -> None:
    office = open_office
    number = await office.file()
    content = f"Entry number\n{number}\n{number}\nhello\n"
    before = [await rows(office.engine, table) for table in (declared_entries, entries)]
    checked = await office.ok(
        "POST",
        "/programs/ieepa-2026/declarations/check",
        office.importer,
        content=content,
        headers={"Content-Type": "text/csv"},
    )
    assert [await rows(office.engine, table) for table in (declared_entries, entries)] == before
    assert (checked["rows"], checked["accepted"], checked["removed_usd"]) == (3, 1, "9375.00")
    declared = await office.results((await office.send(content)).json())
    same = ("row", "state", "code", "fact", "remedy", "last_day", "cohort", "removed_usd", "notes")
    assert [[each[name] for name in same] for each in checked["results"]] == [
        [each[name] for name in same] for each in declared
    ]


async def test_a_check_is_refused_as_a_declaration_of_now_would_be(office: Office) -> None:
    number = await office.file()
    days = IEEPA_MODEL["declaring"] | {"from": "2026-04-21", "until": "2026-04-22", "max_rows": 2}
    await office.release(program(declaring=days))
    one, three = f"Entry number\n{number}\n", "Entry number\n" + f"{number}\n" * 3

    async def refusals(content: str) -> list[tuple[int, Any, str]]:
        found = []
        for door, key in (("declarations/check", {}), ("declarations?certified=true", {"Idempotency-Key": "x"})):
            headers = {"Content-Type": "text/csv"} | key
            path = f"/programs/ieepa-2026/{door}"
            answer = await office.call("POST", path, office.importer, content=content, headers=headers)
            found.append((answer.status_code, answer.json().get("code"), answer.json().get("detail")))
        return found

    days_on = {20: (one, 409, "program-closed"), 21: (three, 422, "too-many-rows"), 23: (one, 409, "program-closed")}
    for day, (content, *refusal) in days_on.items():
        office.on(date(2026, 4, day))
        checked, declared = await refusals(content)
        assert checked == declared
        assert list(checked[:2]) == refusal


async def test_a_check_names_the_declaration_that_stands(open_office: Office) -> None:
    office = open_office
    number = await office.file()
    stranger = office.broker("SP7")
    # The first is dropped for good, the second taken back: the third stands.
    await office.declare([number, await office.file(number=entry_number(filer="SP7"))], who=stranger, key="theirs")
    back = await office.declare([number], key="back")
    await office.ok(
        "POST", f"/programs/ieepa-2026/declarations/{back['declaration_id']}/withdrawals", office.importer, json={}
    )
    office.clock.advance(timedelta(hours=1))
    stands = await office.declare([number], key="stands", who=office.broker())
    content, kind = f"Entry number\n{number}\n", {"Content-Type": "text/csv"}
    path = "/programs/ieepa-2026/declarations/check"
    office.clock.advance(timedelta(hours=1))
    (checked,) = (await office.ok("POST", path, office.importer, content=content, headers=kind))["results"]
    (declared,) = await office.results(await office.declare([number], key="last"))
    assert checked["code"] == declared["code"] == "already-declared"
    assert stands["declaration_id"] in checked["fact"]
    assert checked["fact"] == declared["fact"]


@pytest.mark.parametrize("standing", ["pauses", "stays", "ends", "aborts"])
async def test_requests_are_taken_back_however_the_program_stands_and_corrections_are_free(
    open_office: Office, standing: str
) -> None:
    office = open_office
    number = await office.file()
    declared = await office.declare([number])
    act = {"pauses": {"act": "pause"}, "stays": {"act": "stay"}}.get(standing, {})
    body, key = {"reason": "SYNTHETIC"} | act, {"Idempotency-Key": "s"}
    await office.ok("POST", f"/programs/ieepa-2026/{standing}", office.staff("kim"), json=body, headers=key)
    path = f"/programs/ieepa-2026/declarations/{declared['declaration_id']}/withdrawals"
    assert (await office.ok("POST", path, office.importer, json={}))["withdrawn"] == [number]
    office.on(date(2026, 4, 26))
    larger = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "7000.00"))
    await office.correct(number, 2, larger, at="2026-04-26T12:00:00Z")
    (row,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert row.version == 2


async def test_a_file_that_broke_off_goes_on_and_another_under_its_key_is_refused(open_office: Office) -> None:
    office = open_office
    filed = await office.file()
    numbers = [filed, *(entry_number() for _ in range(2_500))]
    whole = "Entry number\n" + "\n".join(numbers) + "\n"

    async def broken() -> AsyncIterator[bytes]:
        yield whole.encode()[: len(whole) * 2 // 3]
        raise ClientDisconnect

    headers = {"Idempotency-Key": "d-1", "Content-Type": "text/csv"}
    path = "/programs/ieepa-2026/declarations?certified=true"
    cut = await office.call("POST", path, office.importer, content=broken(), headers=headers)
    assert (cut.status_code, cut.json()["code"]) == (400, "file-broke-off")
    (begun,) = await rows(office.engine, declarations)
    assert (begun.next_row, begun.state) == (1_001, "open")
    office.on(START.date() + timedelta(days=1))
    # What is sent under the key meanwhile takes nothing away: its rows and its receipt stand.
    for content, code in (
        (b"Entry number\n\xff\xff\xff\n", "unreadable"),
        (b"Entry number\n", "declaration-empty"),
        (b"Color;Size\nred;7\n", "no-entry-column"),
    ):
        assert (await office.send(content)).json()["code"] == code
        assert await rows(office.engine, declarations) == [begun]
    assert len(await rows(office.engine, declared_entries)) == 1_000
    first = await office.send(whole)
    assert (first.status_code, first.json()["rows"], first.json()["state"]) == (201, 2_501, "judged")
    assert datetime.fromisoformat(first.json()["received_at"]) == START
    again = await office.send(whole)
    assert again.json() == first.json()
    other = await office.send(whole.replace(numbers[7], numbers[8]))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert len(await rows(office.engine, declared_entries)) == 2_501


async def test_a_cell_as_long_as_a_line_is_cut_before_it_is_held(open_office: Office) -> None:
    async def lines() -> AsyncIterator[bytes]:
        yield b"Entry number\n"
        for number in range(500):
            yield f"{number:06}{'x' * 60_000}\n".encode()
        yield f"{entry_number()}\n".encode()

    headers = {"Idempotency-Key": "d-1", "Content-Type": "text/csv"}
    path = "/programs/ieepa-2026/declarations?certified=true"
    tracemalloc.start()
    try:
        answer = await open_office.call("POST", path, open_office.importer, content=lines(), headers=headers)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 201, answer.text
    assert peak < 10_000_000  # of 30,000,000 characters
    assert {len(row.given) for row in await rows(open_office.engine, declared_entries) if row.given} == {40}


async def test_who_shares_a_declaration_sees_and_withdraws_its_own_rows_alone(open_office: Office) -> None:
    office = open_office
    other = "08-345678900"
    mine, theirs, unknown = await office.file(), await office.file(importer_number=other), entry_number()
    counsel = office.headers(
        RoleName.IMPORTER, subject="counsel", importer_numbers=frozenset({IMPORTER, other}), centers=frozenset()
    )
    declared = await office.declare([mine, theirs, unknown, "hello"], who=counsel)
    assert len(await office.results(declared, counsel)) == 4
    for who, number in ((office.importer, mine), (_importer_of(office, other), theirs)):
        assert [row["entry_number"] for row in await office.results(declared, who)] == [number]
        at = f"/programs/ieepa-2026/declarations/{declared['declaration_id']}"
        shown = await office.ok("GET", at, who)
        assert (shown["rows"], sum(each["entries"] for each in shown["states"])) == (1, 1)
        table = (await office.call("GET", f"{declared['results']}.csv", who)).text
        assert (mine in table, theirs in table, "hello" in table) == (number == mine, number == theirs, False)
    gone = _importer_of(office, "09-345678900")
    assert (await office.call("GET", declared["results"], gone)).status_code == 404
    lost = office.headers(
        RoleName.IMPORTER, subject="counsel", importer_numbers=frozenset({other}), centers=frozenset()
    )
    assert [row["entry_number"] for row in await office.results(declared, lost)] == [theirs]
    path = f"/programs/ieepa-2026/declarations/{declared['declaration_id']}/withdrawals"
    refused = await office.call("POST", path, office.importer, json={"entries": [theirs]})
    assert refused.status_code == 404
    assert (await office.ok("POST", path, office.importer, json={}))["withdrawn"] == [mine]
    states = {row["entry_number"]: row["state"] for row in await office.results(declared, counsel)}
    assert (states[mine], states[theirs]) == ("withdrawn", "due")


def _importer_of(office: Office, importer_number: str) -> dict[str, str]:
    grants = {"importer_numbers": frozenset({importer_number}), "centers": frozenset()}
    return office.headers(RoleName.IMPORTER, subject=f"of {importer_number}", **grants)


async def test_the_trade_sees_what_was_released_and_no_other_importers_number(office: Office) -> None:
    plaintiffs = ["123-45-6789", "08-345678900", IMPORTER]
    definition = program(goods=IEEPA_MODEL["goods"] | {"importers": plaintiffs})
    await office.draft(definition)
    assert (await office.call("GET", "/programs/ieepa-2026", office.broker())).status_code == 404
    assert (await office.ok("GET", "/programs", office.broker()))["items"] == []
    await _release_drafted(office)
    shown = await office.ok("GET", "/programs/ieepa-2026", office.importer)
    assert shown["revisions"][0]["definition"]["goods"]["importers"] == ["***-**-6789", "**-*****8900", IMPORTER]
    assert shown["history"] == []
    told = await office.ok("GET", "/programs/ieepa-2026", office.staff("kim"))
    assert told["revisions"][0]["definition"]["goods"]["importers"] == ["***-**-6789", "08-345678900", IMPORTER]
    assert [each["change"] for each in told["history"]] == ["drafted", "tried", "confirmed", "released"]


async def _release_drafted(office: Office) -> None:
    at = "/programs/ieepa-2026/revisions/1"
    await office.ok("POST", f"{at}/trials", office.staff("kim"), headers={"Idempotency-Key": "trial"})
    await office.ok("POST", f"{at}/confirmations", office.staff("lee"), headers={"If-Match": "*"})
    await office.ok("POST", f"{at}/releases", office.staff("max"), headers={"If-Match": "*"})


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"Entry number\n", "declaration-empty", 422),
        (b"Color;Size\nred;7\n", "no-entry-column", 400),
        (b"Entry number\n\xff\xff\xff\n", "unreadable", 400),
    ],
)
async def test_only_what_cannot_be_read_refuses_a_file(
    open_office: Office, content: bytes, code: str, status: int
) -> None:
    answer = await open_office.send(content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await rows(open_office.engine, declared_entries) == []
    uncertified = await open_office.send("Entry number\nx\n", certified="false")
    assert (uncertified.status_code, uncertified.json()["code"]) == (422, "not-certified")


async def test_a_product_of_an_exclusion_waits_for_a_reviewer(office: Office) -> None:
    await office.release(PRODUCT_MODEL)
    goods = duties(("8471300100", 125_000, "0.00"), ("99038815", 0, "9375.00"))
    number, other = await office.file(goods), await office.file(goods)
    await office.declare([number, other], program="exclusion-301")
    waiting = await office.verdict(number, "exclusion-301")
    assert (waiting["state"], waiting["notes"][0]) == ("waiting", "waits-review")
    for entry, is_product in ((number, True), (other, False)):
        await office.ok(
            "POST",
            f"/programs/exclusion-301/entries/{entry}/findings",
            office.staff("sam"),
            json={"is_product": is_product, "explanation": "By the maker's data sheet."},
            headers={"Idempotency-Key": f"f-{entry}"},
        )
    assert (await office.verdict(number, "exclusion-301"))["state"] == "due"
    assert (await office.verdict(other, "exclusion-301"))["code"] == "not-the-product"


async def test_a_preference_refund_takes_ordinary_duty_of_lines_that_claim_it(office: Office) -> None:
    await office.release(GSP_MODEL)
    days = {"entry_date": "2025-12-01", "import_date": "2025-11-30", "paid_on": "2025-12-10"}
    claimed = duties(("0201200200", 10_000, "400.00"), preference="A")
    number = await office.file(claimed, duties(("0201200200", 500, "20.00"), number=2), **days)
    await office.declare([number], program="gsp-retroactive")
    told = await office.verdict(number, "gsp-retroactive")
    assert (told["state"], told["removed_usd"]) == ("due", "400.00")


async def test_progress_counts_every_row_once(open_office: Office) -> None:
    office = open_office
    numbers = [await office.file() for _ in range(2)]
    declared = await office.declare([*numbers, numbers[0], "hello"])
    await office.ok(
        "POST",
        f"/programs/ieepa-2026/declarations/{declared['declaration_id']}/withdrawals",
        office.importer,
        json={"entries": [numbers[1]]},
    )
    told = await office.ok("GET", "/programs/ieepa-2026/progress", office.staff("kim"))
    states = {(each["state"], each["code"]): each["entries"] for each in told["states"]}
    assert states == {
        ("due", None): 1,
        ("withdrawn", None): 1,
        ("dropped", "repeated"): 1,
        ("dropped", "number-malformed"): 1,
    }
    assert (told["declared"], told["removed_usd"]) == (4, "9375.00")
    shown = await office.call("GET", f"{declared['results']}.csv", office.importer)
    assert shown.text.splitlines()[0].startswith("row,entry_number,given,state,code,fact,remedy,last_day")
    assert len(shown.text.splitlines()) == 5
    assert len(await rows(office.engine, program_trials)) == 1
