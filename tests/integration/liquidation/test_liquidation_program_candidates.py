"""What an importer could declare to a program, which declarations it made, and what codes mean; plans of the lists."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.domain.program.definition import definition_from_json
from services.liquidation.store import declarations, program_candidates
from services.liquidation.store.declarations import Speaker
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.access import EVERYTHING, reach_of
from shared.runtime.identity import Identity, RoleName
from tests.integration.liquidation.program_office import (
    IEEPA_MODEL,
    IMPORTER,
    Office,
    duties,
    liquidated,
    open_office_on,
    program,
)
from tests.integration.liquidation.test_liquidation_list_plans import BIG, explain_call

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

CANDIDATES = f"/importers/{IMPORTER}/program-candidates"
OTHERS_GOODS = duties(("8471300100", 125_000, "0.00"), ("99038815", 0, "9375.00"))


@pytest.fixture
async def office(service_engine: MakeEngine) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        yield office


async def candidates(office: Office, who: dict[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
    params = {"program": "ieepa-2026"} | query
    found: list[dict[str, Any]] = (await office.ok("GET", CANDIDATES, who or office.importer, params=params))["items"]
    return found


async def test_what_nobody_declared_is_listed_with_what_declaring_it_would_come_to(office: Office) -> None:
    await office.release(IEEPA_MODEL)
    first, second = await office.file(), await office.file(entry_date="2026-02-20", paid_on="2026-02-20")
    outside = await office.file(entry_date="2026-02-24", import_date="2026-02-24")
    other = await office.file(OTHERS_GOODS)
    found = await candidates(office)
    assert [each["entry_number"] for each in found] == [first, second], "first what the law liquidates first"
    assert not {outside, other} & {each["entry_number"] for each in found}
    verdict = found[0]["verdict"]
    assert (verdict["state"], verdict["act"], verdict["removed_usd"]) == ("due", "liquidate", "9375.00")
    assert verdict["notes"] == ["payee-unknown"]
    assert found[0]["period_ends_on"] == "2027-02-10"
    await office.declare([first])
    assert [each["entry_number"] for each in await candidates(office)] == [second]


async def test_what_was_taken_back_or_asked_for_by_a_stranger_is_listed_again(office: Office) -> None:
    await office.release(IEEPA_MODEL)
    number, strangers = await office.file(), await office.file(number="SP700000014")
    stranger = office.broker("SP7")
    await office.declare([number, strangers], who=stranger, key="theirs")  # filer of one of them alone
    assert {each["entry_number"] for each in await candidates(office)} == {number}
    declared = await office.declare([number])
    assert await candidates(office) == []
    path = f"/programs/ieepa-2026/declarations/{declared['declaration_id']}/withdrawals"
    await office.ok("POST", path, office.importer, json={})
    assert [each["entry_number"] for each in await candidates(office)] == [number]


async def test_what_is_final_is_listed_with_the_day_to_protest(office: Office) -> None:
    number, on = await liquidated(office)
    office.on(on + timedelta(days=81))
    await office.release(IEEPA_MODEL)
    (found,) = await candidates(office)
    assert found["entry_number"] == number
    assert found["liquidated_on"] == on.isoformat()
    assert found["verdict"]["code"] == "final-1501"
    assert date.fromisoformat(found["verdict"]["last_day"]) > on + timedelta(days=170)


async def test_candidates_go_on_page_by_page_and_only_to_who_sees_them(office: Office) -> None:
    await office.release(IEEPA_MODEL)
    days = [f"2026-02-{day:02}" for day in (3, 3, 4, 5, 6)]
    numbers = [await office.file(entry_date=day, import_date=day, paid_on=day) for day in days]
    seen: list[str] = []
    after = None
    while True:
        params = {"program": "ieepa-2026", "limit": 2} | ({"after": after} if after else {})
        answer = await office.ok("GET", CANDIDATES, office.importer, params=params)
        seen += [each["entry_number"] for each in answer["items"]]
        if answer["next"] is None:
            break
        after = answer["next"].partition("after=")[2].partition("&")[0]
    assert sorted(seen) == sorted(numbers)
    assert len(await candidates(office, office.broker())) == 5, "the filer of them all"
    nobody = office.headers(
        RoleName.IMPORTER, subject="other", importer_numbers=frozenset({"70-253082900"}), centers=frozenset()
    )
    hidden = await office.call("GET", CANDIDATES, nobody, params={"program": "ieepa-2026"})
    assert hidden.status_code == 404
    (first, *_) = await candidates(office, office.staff("kim"))
    assert first["verdict"]["state"] == "due", "staff see what the importer would"


async def test_a_program_that_is_not_declared_to_has_no_candidates(office: Office) -> None:
    await office.release(program(program="of-itself", intake="automatic", corrections={"lock": False}))
    for code, said in (("of-itself", "program-takes-itself"), ("nothing", "not-found")):
        answer = await office.call("GET", CANDIDATES, office.importer, params={"program": code})
        assert (answer.status_code, answer.json()["code"]) == (409 if code == "of-itself" else 404, said)


async def test_candidates_say_when_lists_are_not_taken_now(office: Office) -> None:
    days = IEEPA_MODEL["declaring"] | {"from": "2026-04-21", "until": "2026-04-22", "max_rows": 1}
    await office.release(program(declaring=days))
    numbers = {await office.file(), await office.file()}
    for day in (20, 21, 23):
        office.on(date(2026, 4, day))
        if day == 21:
            assert {each["entry_number"] for each in await candidates(office)} == numbers, "a list of any length"
            continue
        answer = await office.call("GET", CANDIDATES, office.importer, params={"program": "ieepa-2026"})
        assert (answer.status_code, answer.json()["code"]) == (409, "program-closed")
        assert "from 2026-04-21 to 2026-04-22" in answer.json()["detail"]


async def test_declarations_are_listed_to_who_made_them_the_last_first(office: Office) -> None:
    await office.release(IEEPA_MODEL)
    number, other = await office.file(), await office.file()
    first = await office.declare([number], key="d-1")
    office.on(date(2026, 4, 21))
    second = await office.declare([other, "B76-000"], key="d-2")
    theirs = await office.declare([await office.file()], who=office.broker(), key="d-3")
    path = "/programs/ieepa-2026/declarations"
    mine = (await office.ok("GET", path, office.importer))["items"]
    assert [each["declaration_id"] for each in mine] == [second["declaration_id"], first["declaration_id"]]
    # Which payees could not be paid is looked up for one declaration, and not for each of a list.
    whole = await office.ok("GET", f"{path}/{second['declaration_id']}", office.importer)
    assert mine[0] == whole | {"payees_not_ready": None}
    assert {(each["state"], each["code"]) for each in mine[0]["states"]} == {
        ("due", None),
        ("dropped", "number-malformed"),
    }
    assert [each["declaration_id"] for each in (await office.ok("GET", path, office.broker()))["items"]] == [
        theirs["declaration_id"]
    ]
    every = (await office.ok("GET", path, office.staff("kim")))["items"]
    assert {each["declaration_id"] for each in every} == {each["declaration_id"] for each in (first, second, theirs)}
    page = await office.ok("GET", path, office.importer, params={"limit": 1})
    rest = await office.ok("GET", page["next"], office.importer)
    assert [each["declaration_id"] for each in rest["items"]] == [first["declaration_id"]]


async def test_drafts_of_programs_are_not_told_to_the_trade(office: Office) -> None:
    await office.draft(IEEPA_MODEL)
    answer = await office.call("GET", "/programs/ieepa-2026/declarations", office.importer)
    assert answer.status_code == 404


async def test_codes_are_said_in_words(office: Office) -> None:
    found = await office.ok("GET", "/program-codes", office.importer)
    codes = {each["code"]: each for each in found["codes"]}
    assert codes["final-1501"]["citation"] == "19 USC 1501"
    assert "drawback" in codes["drawback-designated"]["remedy"]
    assert {each["code"] for each in found["states"]} == {
        *("read", "dropped", "withdrawn", "nothing", "waiting", "due", "posted"),
    }


# One entry in ten is the large importer's; every fifth has a duty that the program removes, half of these declared.
_ENTRIES = """
INSERT INTO entries (entry_number, state, version, governed_at, importer_number, entry_type, surety_code, port_of_entry,
    entry_date, center, is_suspended, scheduled_on, deemed_on, duty_cents, fees_cents)
SELECT 'B76' || lpad(n::text, 8, '0'), 'scheduled', 1, entered,
    '07-' || lpad((CASE WHEN n % 10 = 0 THEN 0 ELSE n % 3000 END)::text, 9, '0'), '01', '036', '2704', entered,
    'CEE007', n % 20 = 0, entered + 319, CASE WHEN n % 20 > 0 THEN entered + 365 END, 100, 100
FROM (SELECT n, DATE '2025-02-10' + n / 274 AS entered FROM generate_series(1, 100000) AS n) AS given
"""
_DUTIES = """
INSERT INTO special_duties (entry_number, version, line_number, hts, value_usd, duty_cents, origin, goods,
    base_duty_cents)
SELECT 'B76' || lpad(n::text, 8, '0'), 1, 1, CASE WHEN n / 10 % 5 = 0 THEN '99030124' ELSE '99038815' END, 0, 1000,
    'CN', '8471300100', 0
FROM generate_series(1, 100000) AS n
"""
_DECLARED = """
INSERT INTO declared_entries (declaration_id, row_number, program, entry_number, state)
SELECT 'd-' || n % 400, n, 'ieepa-2026', 'B76' || lpad((n * 100)::text, 8, '0'), 'due'
FROM generate_series(1, 1000) AS n
"""
_DECLARATIONS = """
INSERT INTO declarations (declaration_id, program, door, form, state, next_row, content_digest, received_at,
    progressed_at, importers, made_by)
SELECT 'd-' || n, 'ieepa-2026', 'upload', 'csv', 'judged', 3, '', now() - n * interval '1 minute', now(),
    ARRAY['07-' || lpad((n % 3000)::text, 9, '0')], 'owner-' || n % 3000
FROM generate_series(1, 60000) AS n
"""


async def test_lists_go_along_an_index_until_their_page_is_full(service_engine: MakeEngine) -> None:
    rules = definition_from_json(IEEPA_MODEL)
    async with transaction(await service_engine("liquidation")) as tx:
        for statement in (_ENTRIES, _DUTIES, _DECLARED, _DECLARATIONS):
            await bulk.execute(tx, statement)
        await bulk.execute(tx, "ANALYZE entries, special_duties, declared_entries, declarations")
        importers = {BIG: EVERYTHING, "07-000000007": reach_of(*_importer("07-000000007"))}
        for number, reach in importers.items():
            read = partial(
                program_candidates.list_candidates, reach=reach, importer_number=number, program=rules, limit=51
            )
            for after in (None, (date(2026, 6, 1), "B7600000000")):
                for plan in await explain_call(tx, partial(read, after=after)):
                    assert "Seq Scan" not in plan, plan
                    assert "entries_importer_period" in plan, plan
        speaker: Speaker = _Speaker("owner-7", frozenset({"07-000000007"}), None)
        given = (False, sorted(speaker.importers), speaker.filer_code, speaker.subject)
        query = f"EXPLAIN {declarations._DECLARATIONS}"
        plan = "\n".join(row[0] for row in await bulk.fetch(tx, query, "ieepa-2026", None, None, *given, 21))
        assert "Index Scan Backward using declarations_program" in plan, plan


def _importer(number: str) -> tuple[Identity, str, date]:
    caller = Identity("owner", "Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({number}))
    return caller, "refund-declaration.read", date(2026, 4, 20)


class _Speaker:
    def __init__(self, subject: str, importers: frozenset[str], filer_code: str | None) -> None:
        self.subject, self.importers, self.filer_code = subject, importers, filer_code
