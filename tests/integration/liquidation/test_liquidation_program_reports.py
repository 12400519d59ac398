"""Reports to a court: what stood on a day, the same bytes whenever it is asked for, signed by two people."""

import csv
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from hashlib import sha256
from io import StringIO
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.program_posting import post_programs
from services.liquidation.acts.program_proofs import seal_ended
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.store.tables.programs import program_report_signatures, program_reports, program_runs
from shared.db.transaction import transaction
from shared.runtime.identity import RoleName
from tests.integration.liquidation.builders import rows
from tests.integration.liquidation.payment_desk import Desk
from tests.integration.liquidation.program_office import (
    IEEPA,
    IEEPA_MODEL,
    IMPORTER,
    Office,
    duties,
    liquidated,
    open_office_on,
)

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
MONDAY = date(2026, 6, 15)
AT = "/programs/ieepa-2026"


@pytest.fixture
async def office(service_engine: MakeEngine) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        await office.release(IEEPA_MODEL)
        yield office


async def make(office: Office, subject: str = "kim", key: str = "r-1") -> dict[str, Any]:
    return await office.ok("POST", f"{AT}/reports", office.staff(subject), headers={"Idempotency-Key": key})


async def read(office: Office, day: date, path: str = "report") -> httpx.Response:
    return await office.call("GET", f"{AT}/{path}?as_of={day}", office.staff("kim"))


async def posted(office: Office) -> None:
    """One entry posted of which the importer cannot be paid, one due in a later run, one dropped."""
    async with transaction(office.engine) as tx:
        account = (
            "INSERT INTO importer_refund_accounts (importer_number, revision, effective_on, is_corporation,"
            " has_ach_enrollment, has_valid_bank_data, has_paper_waiver, recorded_by)"
            " VALUES (:importer, 1, '2026-01-01', true, true, false, false, 'k')"
        )
        await tx.connection.execute(text(account), {"importer": IMPORTER})
    numbers = [await office.file(), await office.file(duties(("8471300100", 1_000, "0.00")))]
    await office.declare(numbers)
    await office.judge()
    office.on(MONDAY)
    assert await post_programs(office.engine, office.clock, POLICY) == 1
    await seal_ended(office.engine, office.clock)
    await office.declare([await office.file()], key="d-2")
    await office.judge()


async def test_report_tells_what_was_declared_posted_excluded_and_waits_with_the_root_of_each_run(
    office: Office,
) -> None:
    await posted(office)
    made = await make(office)
    answer = await read(office, MONDAY)
    report = answer.json()
    (run,) = await rows(office.engine, program_runs)
    assert report["money"] == {
        "potential_usd": "9375.00",
        "posted_usd": "9534.03",  # 9,375.00 with interest of 39 days at 6 % and 76 at 5 %
        "removed_usd": "9375.00",
        "interest_usd": "159.03",
        "other_in_refunds_usd": "0.00",
        "waiting_for_bank_data_usd": "9534.03",
        "ready_usd": "0.00",
        "certified_usd": "0.00",
        "sent_usd": "0.00",
        "sent_to_banks_usd": "0.00",
        "returned_and_open_usd": "0.00",
        "ever_returned_usd": "0.00",
    }
    assert [(each["state"], each["code"], each["entries"]) for each in report["entries"]] == [
        ("dropped", "no-heading", 1),
        ("due", None, 1),
        ("posted", None, 1),
    ]
    assert [(each["act"], each["outcome"], each["entries"]) for each in report["posted"]] == [
        ("liquidate", "refund", 1)
    ]
    (excluded,) = report["excluded"]
    assert (excluded["code"], excluded["admitted_by"]) == (
        "no-heading",
        "If the summary is wrong, correct it while it can be, or protest by the last day.",
    )
    assert [each["fact"] for each in report["waiting_for_bank_data"]] == ["bank-data"]
    assert [(each["run"], each["leaves"], each["root"]) for each in report["runs"]] == [(1, 1, run.root.hex())]
    assert report["reached_and_not_declared"] == {"entries": 0, "accepted": 0, "by_code": []}
    # Of 10 February 2026 and not liquidated: by operation of law a year later.
    assert [(each["state"], each["days"], each["first_day"]) for each in report["days_left"]] == [
        ("due", "more", "2027-02-10")
    ]
    assert sha256(answer.content).hexdigest() == made["sha256"]
    assert answer.headers["etag"] == f'"{made["sha256"]}"'


async def test_report_of_a_day_is_made_once_and_is_the_same_bytes_whatever_comes_later(office: Office) -> None:
    await posted(office)
    first = await make(office)
    kept, table = (await read(office, MONDAY)).content, (await read(office, MONDAY, "report.csv")).content
    await office.declare([await office.file()], key="d-3")
    again = await make(office, "lee", "r-2")
    assert again == first
    office.on(MONDAY + timedelta(days=1))
    later = await make(office, "lee", "r-3")
    assert (later["as_of"], later["sha256"] != first["sha256"]) == ("2026-06-16", True)
    assert (await read(office, MONDAY)).content == kept
    assert (await read(office, MONDAY, "report.csv")).content == table
    listed = await office.ok("GET", f"{AT}/reports", office.staff("kim"))
    assert [each["as_of"] for each in listed["items"]] == ["2026-06-16", "2026-06-15"]
    page = await office.ok("GET", f"{AT}/reports?limit=1", office.staff("kim"))
    rest = await office.ok("GET", page["next"], office.staff("kim"))
    assert [each["as_of"] for each in rest["items"]] == ["2026-06-15"]


async def test_report_of_a_day_on_which_none_was_made_is_refused_with_those_that_were(office: Office) -> None:
    office.on(MONDAY)
    assert (await read(office, MONDAY)).json()["code"] == "report-not-made"
    await make(office)
    for day in (MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)):
        refused = await read(office, day)
        assert (refused.status_code, refused.json()["code"]) == (409, "report-not-made")
        assert str(MONDAY) in refused.json()["detail"]


async def test_report_is_signed_by_two_people_who_read_these_bytes(office: Office) -> None:
    office.on(MONDAY)
    made = await make(office)
    path = f"{AT}/reports/{MONDAY}/signatures"

    async def sign(subject: str, digest: str = made["sha256"]) -> httpx.Response:
        return await office.call("POST", path, office.staff(subject), json={"sha256": digest})

    other = await sign("kim", "ab" * 32)
    assert (other.status_code, other.json()["code"]) == (409, "report-differs")
    assert (await sign("kim")).json()["is_signed"] is False
    again = await sign("kim")  # the answer was lost
    assert (again.status_code, again.json()["is_signed"]) == (201, False)
    assert [each["signed_by"] for each in again.json()["signatures"]] == ["kim"]
    assert (await sign("kim", "ab" * 32)).json()["code"] == "report-differs"
    deputy = office.headers(RoleName.LIQUIDATION_SPECIALIST, subject="deputy", acting_for="kim")
    own = await office.call("POST", path, deputy, json={"sha256": made["sha256"]})
    assert (own.status_code, own.json()["code"]) == (403, "second-person-required")
    done = (await sign("lee")).json()
    assert done["is_signed"] is True
    assert (await sign("lee")).json() == (await sign("kim")).json() == done
    assert [each["signed_by"] for each in done["signatures"]] == ["kim", "lee"]
    third = await sign("max")
    assert (third.status_code, third.json()["code"]) == (409, "report-signed")
    kept = await rows(office.engine, program_report_signatures)
    assert {each.sha256.hex() for each in kept} == {made["sha256"]}
    assert all(each.authority.startswith("program.sign") for each in kept)
    importer = await office.call("POST", path, office.importer, json={"sha256": made["sha256"]})
    assert importer.status_code == 403


async def test_report_counts_what_is_reached_and_not_declared_on_its_day(office: Office) -> None:
    """Whatever the last trial found, and whoever declared since."""
    reached = [await office.file(), await office.file()]
    dropped = await office.file(duties(("8471300100", 1_000, "0.00"), (IEEPA, 0, "50.00")), entry_date="2024-02-09")
    await office.ok("POST", f"{AT}/revisions/1/trials", office.staff("kim"), headers={"Idempotency-Key": "t-2"})
    await office.declare([reached[0]])
    await office.judge()

    async def undeclared_on(day: date) -> dict[str, Any]:
        office.on(day)
        await make(office, key=f"r-{day}")
        report = (await read(office, day)).json()
        table = list(csv.DictReader(StringIO((await read(office, day, "report.csv")).text)))
        told = [row for row in table if row["section"] == "reached_and_not_declared"]
        found: dict[str, Any] = report["reached_and_not_declared"]
        assert [row["entries"] for row in told] == [str(each["entries"]) for each in found["by_code"]]
        return found

    outside = {"code": "entered-outside", "entries": 1, "removed_usd": "0.00"}
    assert await undeclared_on(MONDAY) == {
        "entries": 2,
        "accepted": 1,
        "by_code": [{"code": None, "entries": 1, "removed_usd": "9375.00"}, outside],
    }
    await office.declare([reached[1]], key="d-2")
    await office.judge()
    assert await undeclared_on(MONDAY + timedelta(days=1)) == {"entries": 1, "accepted": 0, "by_code": [outside]}
    await office.declare([dropped], key="d-3")
    await office.judge()
    assert (await undeclared_on(MONDAY + timedelta(days=2)))["by_code"] == []


async def test_days_left_are_to_the_last_day_of_a_reliquidation(office: Office) -> None:
    number, day = await liquidated(office)
    office.on(day + timedelta(days=70))
    await office.declare([number])
    await office.judge()
    await make(office)
    (left,) = (await read(office, day + timedelta(days=70))).json()["days_left"]
    cohorts = {each["name"]: each for each in IEEPA_MODEL["cohorts"]}
    verdict = await office.verdict(number)
    last = day + timedelta(days=cohorts[verdict["cohort"]]["last_day"])
    assert (left["days"], left["first_day"]) == ("11-30", last.isoformat())


async def test_report_of_a_program_that_was_never_released_is_refused(service_engine: MakeEngine) -> None:
    async with open_office_on(await service_engine("liquidation")) as office:
        await office.draft(IEEPA_MODEL)
        key = {"Idempotency-Key": "r-1"}
        closed = await office.call("POST", f"{AT}/reports", office.staff("kim"), headers=key)
        assert (closed.status_code, closed.json()["code"]) == (409, "program-closed")
        none = await office.call("POST", "/programs/nothing/reports", office.staff("kim"), headers=key)
        assert none.status_code == 404
        assert await rows(office.engine, program_reports) == []


async def test_report_tells_what_was_certified_sent_and_returned_and_the_proof_its_payment(office: Office) -> None:
    desk = Desk(office)
    await desk.account()
    number = await office.file()
    await office.declare([number])
    await desk.post(number)
    assert await desk.close(MONDAY + timedelta(days=1)) == 1

    async def money_on(day: date) -> dict[str, str]:
        office.on(day)
        await make(office, key=f"r-{day}")
        found: dict[str, str] = (await read(office, day)).json()["money"]
        return found

    day = MONDAY + timedelta(days=2)
    assert (await money_on(day))["ready_usd"] == "9534.03"
    await desk.pay(day + timedelta(days=1))
    sent = await money_on(day + timedelta(days=1))
    assert (sent["ready_usd"], sent["sent_usd"], sent["sent_to_banks_usd"]) == ("0.00", "9534.03", "9534.03")
    office.on(day + timedelta(days=2))
    back = {"returned_on": (day + timedelta(days=2)).isoformat(), "reason": "The account is closed."}
    returned = await desk.act("returns", "max", **back)
    assert returned.status_code == 201, returned.text
    later = await money_on(day + timedelta(days=2))
    assert (later["sent_to_banks_usd"], later["returned_and_open_usd"]) == ("0.00", "9534.03")
    proof = await office.ok("GET", f"{AT}/entries/{number}/proof", office.importer)
    assert proof["told"]["payment"] == {
        "payment": "P000000001",
        "state": "returned",
        "part": returned.json()["part"],
        "certified_on": proof["told"]["payment"]["certified_on"],
        "paid_on": proof["told"]["payment"]["paid_on"],
        "statement": "/payments/P000000001/statement",
    }


async def test_csv_has_the_figures_of_the_document(office: Office) -> None:
    await posted(office)
    await make(office)
    report = (await read(office, MONDAY)).json()
    table = list(csv.DictReader(StringIO((await read(office, MONDAY, "report.csv")).text)))
    states = {row["state"]: row["entries"] for row in table if row["section"] == "entries"}
    assert states == {"dropped": "1", "due": "1", "posted": "1"}
    (root,) = [row["root"] for row in table if row["section"] == "runs"]
    assert root == report["runs"][0]["root"]
    money = {row["state"]: row["refund_usd"] for row in table if row["section"] == "money"}
    assert {f"{name}_usd": amount for name, amount in money.items()} == report["money"]
    assert len([row for row in table if row["section"] == "event_position"]) == len(report["event_position"])


async def test_document_is_canonical(office: Office) -> None:
    office.on(MONDAY)
    await make(office)
    content = (await read(office, MONDAY)).text
    assert content == json.dumps(json.loads(content), sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"


async def test_chief_counsel_and_director_make_and_sign_and_auditors_read(office: Office) -> None:
    office.on(MONDAY)
    counsel = office.headers(RoleName.CHIEF_COUNSEL, subject="counsel")
    made = await office.ok("POST", f"{AT}/reports", counsel, headers={"Idempotency-Key": "r-1"})
    auditor = office.headers(RoleName.AUDITOR, subject="auditor")
    assert (await office.call("GET", f"{AT}/report?as_of={MONDAY}", auditor)).status_code == 200
    for who, status in ((auditor, 403), (counsel, 201)):
        path = f"{AT}/reports/{MONDAY}/signatures"
        assert (await office.call("POST", path, who, json={"sha256": made["sha256"]})).status_code == status
