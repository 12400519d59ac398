"""What the API says of days that cannot both be right, of barred corrections, and of the clocks of special entries."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.liquidation.store.tables.records import entry_versions
from shared.runtime.identity import RoleName
from tests.integration.liquidation import test_liquidation_acts as acts
from tests.integration.liquidation import test_liquidation_api as api
from tests.integration.liquidation import test_liquidation_protests as protests
from tests.integration.liquidation.builders import apply, rows
from tests.integration.liquidation.test_liquidation_acts import CASE, REFUND, Office, of_case
from tests.integration.liquidation.test_liquidation_api import STAFF, Desk
from tests.integration.liquidation.test_liquidation_clock_facts import put, record_of
from tests.integration.liquidation.test_liquidation_powers_api import liquidated
from tests.support.events import decoded, entry_body, entry_number, line

desk = api.desk
office = acts.office
protest_desk = protests.desk

IMPORTER, SSN = "07-345678900", "123-45-6789"


async def calculate(desk: Desk, **facts: Any) -> httpx.Response:
    return await desk.client.post("/deadline-calculator", json=facts, headers=desk.headers(RoleName.IMPORTER))


async def test_calculator_names_both_fields_and_both_days_of_every_pair(desk: Desk) -> None:
    answer = await calculate(
        desk,
        entry_type="03",
        entry_date="2026-03-02",
        liquidated_on="2026-03-01",
        suspensions=[{"ground": "A", "authority": "agency", "began_on": "2026-03-02", "lift_noticed_on": "2026-03-01"}],
        protest_received_on="2026-06-30",
        denied_on="2026-06-29",
        acceleration_mailed_on="2026-06-28",
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "days-out-of-order")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["rule"], problem["citation"]) == ("liquidation-date", "19 CFR 159.9(a)-(c)(1)")
    assert "Correct one of the two days" in problem["remedy"]
    assert [(each["field"], each["rule"]) for each in problem["errors"]] == [
        ("body.liquidated_on", "liquidation-date"),
        ("body.suspensions.0.lift_noticed_on", "susp-lift-6mo"),
        ("body.denied_on", "protest-denial-notice"),
        ("body.acceleration_mailed_on", "protest-accel-request"),
    ]
    assert problem["errors"][2]["message"] == (
        "denied_on 2026-06-29 is before protest_received_on 2026-06-30: a protest is denied after it was received"
    )


async def test_calculator_takes_a_premature_protest_and_a_denial_by_law_before_the_notice(desk: Desk) -> None:
    facts = {"entry_type": "01", "entry_date": "2025-03-03", "liquidated_on": "2026-01-05"}
    early = await calculate(desk, **facts, protest_received_on="2025-12-01")
    assert early.status_code == 200
    later = {"protest_received_on": "2026-06-30", "acceleration_mailed_on": "2026-07-10", "denied_on": "2026-09-01"}
    assert (await calculate(desk, **facts, **later)).status_code == 200


@pytest.mark.parametrize(
    ("entry_type", "facts"),
    [
        ("21", {"final_withdrawal_on": "2026-03-01"}),
        ("21", {"withdrawn_on": "2026-03-01"}),
        ("41", {"designated_imports": [{"liquidated_on": "2026-02-02", "final_1514_on": "2026-02-02"}]}),
    ],
)
async def test_record_and_calculator_refuse_the_same_days_in_the_same_words(
    desk: Desk, entry_type: str, facts: dict[str, Any]
) -> None:
    number = entry_number()
    await apply(desk.engine, [decoded("entry-filed", entry_body(number, entry_type=entry_type))])
    recorded = await put(desk, number, 0, **facts)
    calculated = await calculate(desk, entry_type=entry_type, entry_date="2026-03-02", **facts)
    alike = ("status", "code", "rule", "citation", "detail", "remedy", "errors")
    assert recorded.status_code == 422
    assert {name: recorded.json()[name] for name in alike} == {name: calculated.json()[name] for name in alike}
    assert (await record_of(desk, number))["state"] != "scheduled"


async def test_extension_is_posted_after_it_was_asked_for_and_after_entry(desk: Desk) -> None:
    number = await desk.file()
    asked = {"reason": "importer-request", "posted_on": "2026-06-01", "requested_on": "2026-06-02"}
    late = await desk.extend(number, "key-1", **asked)
    assert (late.status_code, late.json()["rule"]) == (422, "ext-request-late")
    assert "Posted_on 2026-06-01 is before requested_on 2026-06-02" in late.json()["detail"]
    before = await desk.extend(number, "key-2", posted_on="2026-03-01")
    assert (before.status_code, before.json()["errors"][0]["field"]) == (422, "body.posted_on")
    assert "entry_date 2026-03-02" in before.json()["detail"]


async def test_removal_before_the_suspension_began_ends_nothing_and_says_both_days(office: Office) -> None:
    await office.file(entry_type="03", lines=[of_case(1)])
    name = await office.instruct("1", noticed_on="2026-03-01", predicate={"case_numbers": [CASE]})
    path = f"/instructions/{name}/results"
    (result,) = (await office.call("GET", path, role=RoleName.ADCVD_TEAM)).json()["items"]
    assert (result["outcome"], result["rule"]) == ("nothing-to-lift", "susp-lift-6mo")
    assert "noticed_on 2026-03-01 is before began_on of adcvd-case:" in result["detail"]


@pytest.mark.parametrize(
    ("power", "detail"),
    [
        (
            {"writer": "claim-1520d", "preference_claimed_on": "2026-02-28"},
            "Preference_claimed_on 2026-02-28 is before imported_on 2026-03-01",
        ),
        (
            {"writer": "duty-1592d", "violated_on": "2026-03-02", "fraud_discovered_on": "2026-03-01"},
            "Fraud_discovered_on 2026-03-01 is before violated_on 2026-03-02",
        ),
    ],
)
async def test_power_whose_days_are_out_of_order_is_refused_by_both(
    office: Office, power: dict[str, str], detail: str
) -> None:
    number = await liquidated(office)
    answer = await office.act(number, "reliquidations", "r", REFUND | power)
    assert (answer.status_code, answer.json()["code"]) == (422, "days-out-of-order")
    assert detail in answer.json()["detail"]


async def test_acceleration_asked_before_its_protest_is_refused(protest_desk: protests.Desk) -> None:
    desk = protest_desk
    protest = await desk.filed(await desk.liquidated())
    received_on = desk.clock.now().date()
    answer = await desk.act(
        protest, "request-acceleration", desk.importer, mailed_on=str(received_on - timedelta(days=1))
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["rule"]) == (422, "days-out-of-order", "protest-accel-request")
    assert f"is before protest_received_on {received_on}" in problem["detail"]
    assert problem["errors"][0]["field"] == "body.mailed_on"
    await desk.done(protest, "request-acceleration", desk.importer, mailed_on=str(received_on))


async def correct(desk: Desk, number: str, version: int, filed_on: str, **changes: Any) -> None:
    body = entry_body(number, version=version, **changes)
    await apply(desk.engine, [decoded("entry-corrected", body, time=f"{filed_on}T17:00:00Z")])


async def test_barred_correction_names_its_field_with_both_values_and_days(desk: Desk) -> None:
    number = await desk.file()
    await correct(desk, number, 2, "2026-04-01", port_of_entry="1101", reconciliation_issues=["value"])
    await correct(desk, number, 3, "2026-12-28", entry_type="23")
    record = await record_of(desk, number)
    told = {each["version"]: (each["barred_as"], each["barred_because"]) for each in record["versions"]}
    assert told == {
        1: (None, None),
        2: (
            "correction-changes-port",
            "port_of_entry changed from 2704 to 1101; reconciliation flag changed from false to true",
        ),
        3: (
            "correction-changes-type",
            "entry_type changed from 01 to 23; filed on 2026-12-28, after the window closed on 2026-12-27",
        ),
    }
    conflicts = {each["kind"]: (each["rule"], each["detail"]) for each in record["conflicts"]}
    assert conflicts["correction-changes-port"][0] == "psc-cannot"
    assert conflicts["correction-changes-port"][1].startswith("version 2 does not govern: port_of_entry changed")


async def test_bar_shows_a_social_security_number_to_nobody_else(desk: Desk) -> None:
    number = await desk.file()
    await correct(desk, number, 2, "2026-04-01", importer_number=SSN)
    owner = desk.headers(RoleName.IMPORTER, importer_numbers=frozenset({IMPORTER}))
    seen = (await desk.client.get(f"/entries/{number}", headers=owner)).text
    assert f"importer_number changed from {IMPORTER} to " in seen
    assert SSN not in seen
    assert SSN not in (await desk.client.get(f"/entries/{number}", headers=desk.headers(STAFF))).text
    holder = desk.headers(RoleName.IMPORTER, importer_numbers=frozenset({IMPORTER, SSN}))
    assert f"to {SSN}" in (await desk.client.get(f"/entries/{number}", headers=holder)).text


async def test_record_timeline_and_calculator_have_one_window(desk: Desk) -> None:
    number = await desk.file()
    asked = {"reason": "importer-request", "posted_on": "2026-06-01", "requested_on": "2026-05-01"}
    assert (await desk.extend(number, "key-1", **asked)).status_code == 201
    until = (await record_of(desk, number))["correction"]
    timeline = (await desk.client.get(f"/entries/{number}/timeline", headers=desk.headers(STAFF))).json()["coming"]
    shown = {each["rule"]["id"]: each["safe"] for each in timeline}
    facts = {"entry_type": "01", "entry_date": "2026-03-02", "extensions": [asked], "corrected_on": "2027-12-30"}
    answer = (await calculate(desk, **facts)).json()
    clocks = {each["rule"]: each["last_arguable"] for each in answer["clocks"]}
    assert until["until"] == shown["psc-window-extended"] == clocks["psc-window-extended"] == "2027-12-30"
    assert ("psc-window-extended", "may-be-corrected") in {
        (each["rule"], each["outcome"]) for each in answer["findings"]
    }
    late = (await calculate(desk, **facts | {"corrected_on": "2027-12-31"})).json()["findings"]
    assert [each["why"] for each in late] == ["filed on 2027-12-31, after the window closed on 2027-12-30"]


async def test_temporary_importation_has_its_window_and_its_end_on_the_timeline(desk: Desk) -> None:
    lines = [line(hts="9813007500")]
    number = await desk.file(entry_type="23", lines=lines)
    timeline = (await desk.client.get(f"/entries/{number}/timeline", headers=desk.headers(STAFF))).json()["coming"]
    shown = {each["rule"]["id"]: (each["what"], each["safe"], each["last_arguable"]) for each in timeline}
    assert shown["tib-short-heading"] == ("temporary importation ends", "2026-09-01", "2026-09-01")
    assert shown["psc-window"] == ("last day for a correction", "2026-12-27", "2026-12-27")
    assert (await record_of(desk, number))["correction"]["until"] == "2026-12-27"
    await correct(desk, number, 2, "2026-12-27", entry_type="23", lines=lines)
    await correct(desk, number, 3, "2026-12-28", entry_type="23", lines=lines)
    barred = {row.version: row.barred_as for row in await rows(desk.engine, entry_versions)}
    assert barred == {1: None, 2: None, 3: "correction-outside-window"}


async def test_flagged_entry_and_reconciliation_show_when_it_is_due(desk: Desk) -> None:
    flagged = await desk.file(reconciliation_issues=["value", "USMCA"])
    headers = desk.headers(STAFF)
    timeline = (await desk.client.get(f"/entries/{flagged}/timeline", headers=headers)).json()["coming"]
    shown = {each["rule"]["id"]: (each["safe"], each["last_arguable"]) for each in timeline}
    assert shown["recon-other"] == ("2027-11-22", "2027-12-02")
    assert shown["recon-fta"] == ("2027-03-01", "2027-03-01")
    settled = await desk.file(entry_type="09", reconciliation_issues=["value"])
    path = f"/entries/{settled}/timeline"
    missing = {
        each["rule"]["id"]: each["inputs"] for each in (await desk.client.get(path, headers=headers)).json()["coming"]
    }
    assert missing["recon-other"] == {"missing": "reconciliation_due_on"}
    assert (await put(desk, settled, 0, reconciliation_due_on="2027-06-01")).status_code == 200
    known = {
        each["rule"]["id"]: each["safe"] for each in (await desk.client.get(path, headers=headers)).json()["coming"]
    }
    assert known["recon-other"] == "2027-06-01"
