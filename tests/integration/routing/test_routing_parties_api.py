"""Parties and delegations over HTTP on a real database: who registers, sees, delegates and ends what."""

import csv
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from cli.demo import SAMPLES, delegation_of, parties_of
from services.routing.store.tables.parties import delegation_acts, delegations, parties, party_changes
from shared.runtime.identity import Identity, RoleName
from shared.runtime.together import together
from tests.integration.routing.matters import (
    BROKER,
    DIRECTOR,
    HOLDER,
    IMPORTER,
    OFFICE,
    OUTSIDER,
    SECOND,
    STRANGER,
    MakeEngine,
    Matters,
    open_matters,
)

OTHER_BROKER = Identity("other", "Other", frozenset({RoleName.BROKER}), filer_code="XYZ")
SURETY = Identity("sue", "Sue", frozenset({RoleName.SURETY}), surety_code="036")
BROKER_OF_CLIENTS = Identity(
    "clients", "Clients", frozenset({RoleName.BROKER}), filer_code="B76", importer_numbers=frozenset({IMPORTER})
)
SSN = "900-12-3456"
SSN_HOLDER = Identity("ssn", "Ssn", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({SSN}))
DESK: dict[str, Any] = {"process": "all", "name": "ENTRY DESK", "email": "entries@broker.example"}
PROTESTS: dict[str, Any] = {"process": "protest", "name": "PROTEST DESK", "phone": "555-0100"}
GRANT: dict[str, Any] = {"importer_number": IMPORTER, "scopes": ["protest", "respond"], "reason": "They act for us."}
END = {"reason": "We changed our broker."}


@pytest.fixture
async def matters(service_engine: MakeEngine) -> AsyncIterator[Matters]:
    async with open_matters(service_engine) as opened:
        rows = [
            {"party_id": "filer:B76", "name": "SYNTHETIC BROKER", "contacts": [DESK | {"verified_on": "2026-01-05"}]},
            {"party_id": "filer:XYZ", "name": "SYNTHETIC OTHER BROKER"},
            {"party_id": "surety:036", "name": "SYNTHETIC SURETY"},
        ]
        answer = await opened.call("POST", "/parties", json={"parties": rows, "reason": "From the list."})
        assert answer.json() == {"parties": 3, "changed": 3}
        yield opened


async def grant(
    matters: Matters, who: Identity = HOLDER, party: str = "filer:B76", *, key: str | None = None, **changes: Any
) -> httpx.Response:
    return await matters.call("POST", f"/parties/{party}/delegations", who, key=key, json=GRANT | changes)


async def granted(matters: Matters, who: Identity = HOLDER, party: str = "filer:B76", **changes: Any) -> dict[str, Any]:
    answer = await grant(matters, who, party, **changes)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def end(matters: Matters, delegation_id: str, who: Identity = HOLDER, **changes: Any) -> httpx.Response:
    return await matters.call("POST", f"/delegations/{delegation_id}/revoke", who, json=END | changes)


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def test_parties_are_listed_by_kind_and_page_for_everybody_without_contacts(matters: Matters) -> None:
    first = (await matters.call("GET", "/parties?kind=filer&limit=1", OUTSIDER)).json()
    assert first["items"] == [
        {
            "party_id": "filer:B76",
            "kind": "filer",
            "name": "SYNTHETIC BROKER",
            "state": "active",
            "closed_on": None,
        }
    ]
    second = (await matters.call("GET", first["next"], OUTSIDER)).json()
    assert [item["party_id"] for item in second["items"]] == ["filer:XYZ"]
    assert second["next"] is None


async def test_contacts_are_shown_to_staff_the_party_and_importers_that_delegated_to_it(matters: Matters) -> None:
    async def seen(who: Identity) -> Any:
        answer = await matters.call("GET", "/parties/filer:B76", who)
        assert answer.status_code == 200
        return answer.json()["contacts"]

    contact = {**DESK, "phone": None, "verified_on": "2026-01-05", "is_verification_due": False}
    assert await seen(OFFICE) == await seen(DIRECTOR) == await seen(BROKER) == [contact]
    assert await seen(HOLDER) is None
    assert await seen(OTHER_BROKER) is None
    delegation = await granted(matters)
    assert await seen(HOLDER) == [contact]
    assert await seen(OUTSIDER) is None
    await end(matters, delegation["delegation_id"])
    assert await seen(HOLDER) is None


async def test_party_that_nobody_registered_is_not_found(matters: Matters) -> None:
    assert code(await matters.call("GET", "/parties/agent:1001")) == (404, "not-found")
    assert (await matters.call("GET", "/parties/agent:10_01")).status_code == 422


@pytest.mark.parametrize("who", [HOLDER, BROKER, DIRECTOR], ids=lambda each: str(each.subject))
async def test_only_registrars_register(matters: Matters, who: Identity) -> None:
    body = {"name": "SYNTHETIC AGENT", "reason": "Asked."}
    assert code(await matters.call("PUT", "/parties/agent:1001", who, json=body)) == (403, "role-required")
    rows = {"parties": [{"party_id": "agent:1001", "name": "SYNTHETIC AGENT"}], "reason": "Asked."}
    assert code(await matters.call("POST", "/parties", who, json=rows)) == (403, "role-required")


async def test_change_needs_the_version_that_was_read_and_is_kept_in_the_history(matters: Matters) -> None:
    path, body = "/parties/filer:XYZ", {"name": "SYNTHETIC RENAMED", "contacts": [DESK], "reason": "A new name."}
    tag = (await matters.call("GET", path)).headers["etag"]
    assert code(await matters.call("PUT", path, json=body)) == (428, "precondition-missing")
    changed = await matters.call("PUT", path, if_match=tag, json=body)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert code(await matters.call("PUT", path, if_match=tag, json=body)) == (412, "stale")
    again = await matters.call("PUT", path, if_match=changed.headers["etag"], json=body)
    assert again.json()["version"] == 2
    history = (await matters.call("GET", f"{path}/history", OTHER_BROKER)).json()["items"]
    assert [(item["act"], item["version"], item["reason"]) for item in history] == [
        ("registered", 1, "From the list."),
        ("changed", 2, "A new name."),
    ]
    assert [change["field"] for change in history[1]["changes"]] == ["name", "contacts"]
    assert history[1]["changed_by"] is None, "a party is not told who at CBP did it"
    staff = (await matters.call("GET", f"{path}/history", DIRECTOR)).json()["items"]
    assert staff[1]["changed_by"] == OFFICE.subject


@pytest.mark.parametrize("who", [HOLDER, OTHER_BROKER, SURETY], ids=lambda each: str(each.subject))
async def test_strangers_find_neither_history_nor_delegations_of_a_party(matters: Matters, who: Identity) -> None:
    await granted(matters)
    for path in ("/parties/filer:B76/history", "/parties/filer:B76/delegations"):
        # An importer is no party at all: that is said before anything is looked up.
        expected = (403, "role-required") if who.has_role(RoleName.IMPORTER) else (404, "not-found")
        assert code(await matters.call("GET", path, who)) == expected


async def test_party_changes_its_contacts_and_only_registrars_verify_them(matters: Matters) -> None:
    path = "/parties/filer:B76/contacts"
    body = {"contacts": [DESK, PROTESTS | {"verified_on": "2026-03-16"}], "reason": "A desk for protests."}
    assert (await matters.call("PUT", path, BROKER, json=body)).status_code == 428
    changed = await matters.call("PUT", path, BROKER, if_match='"1"', json=body)
    assert [(each["process"], each["verified_on"]) for each in changed.json()["contacts"]] == [
        ("all", "2026-01-05"),
        ("protest", None),
    ]
    assert [each["is_verification_due"] for each in changed.json()["contacts"]] == [False, True]
    verified = await matters.call("PUT", path, OFFICE, if_match='"2"', json=body)
    assert [each["verified_on"] for each in verified.json()["contacts"]] == [None, "2026-03-16"]
    assert code(await matters.call("PUT", path, OTHER_BROKER, if_match='"3"', json=body)) == (403, "out-of-reach")


async def test_party_closes_on_a_day_that_has_come_and_then_nothing_has_force(matters: Matters) -> None:
    delegation = await granted(matters)
    assert delegation["is_in_force"]
    body = {"name": "SYNTHETIC BROKER", "closed_on": "2026-03-17", "reason": "Its licence ended."}
    ahead = await matters.call("PUT", "/parties/filer:B76", if_match='"1"', json=body)
    assert code(ahead) == (422, "closing-to-come")
    closed = await matters.call("PUT", "/parties/filer:B76", if_match='"1"', json=body | {"closed_on": "2026-03-16"})
    assert (closed.json()["state"], closed.json()["closed_on"]) == ("closed", "2026-03-16")
    read = await matters.call("GET", f"/delegations/{delegation['delegation_id']}", HOLDER)
    assert read.json()["is_in_force"] is False
    assert code(await grant(matters, scopes=["extend"])) == (409, "party-closed")


async def test_importer_delegates_and_a_repeated_call_gets_the_first_answer(matters: Matters) -> None:
    first = await grant(matters, key="same", to_on="2027-03-15")
    again = await grant(matters, key="same", to_on="2027-03-15")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    body = first.json()
    assert first.headers["location"] == f"/delegations/{body['delegation_id']}"
    assert {name: body[name] for name in ("party_id", "importer_number", "scopes", "from_on", "to_on")} == {
        "party_id": "filer:B76",
        "importer_number": IMPORTER,
        "scopes": ["protest", "respond"],
        "from_on": "2026-03-16",
        "to_on": "2027-03-15",
    }
    (act,) = body["history"]
    assert (act["act"], act["is_on_paper"], act["done_by"], act["reason"]) == (
        "granted",
        False,
        HOLDER.subject,
        "They act for us.",
    )
    assert len(await matters.rows(delegations)) == 1


@pytest.mark.parametrize(
    "who", [OUTSIDER, BROKER, BROKER_OF_CLIENTS, SURETY, DIRECTOR], ids=lambda each: str(each.subject)
)
async def test_nobody_but_the_importer_and_registrars_delegates(matters: Matters, who: Identity) -> None:
    assert code(await grant(matters, who)) in {(403, "role-required"), (403, "not-your-importer")}
    assert await matters.rows(delegations) == []


async def test_registrar_registers_a_paper_that_was_signed_before(matters: Matters) -> None:
    assert code(await grant(matters, from_on="2026-03-15")) == (422, "day-has-passed")
    body = await granted(matters, OFFICE, from_on="2025-01-01")
    assert (body["from_on"], body["history"][0]["is_on_paper"]) == ("2025-01-01", True)
    over = await granted(matters, OFFICE, party="filer:XYZ", from_on="2024-01-01", to_on="2024-12-31")
    assert (over["to_on"], over["is_in_force"]) == ("2024-12-31", False)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"from_on": "2026-04-01", "to_on": "2026-03-31"}, "days-out-of-order"),
        ({"to_on": "2026-03-15"}, "days-out-of-order"),
        ({"from_on": "2026-01-01", "to_on": "2026-03-15"}, "day-has-passed"),
        ({"scopes": ["everything"]}, "invalid-request"),
        ({"scopes": []}, "invalid-request"),
    ],
)
async def test_delegation_that_cannot_be_is_refused(matters: Matters, days: dict[str, Any], expected: str) -> None:
    assert code(await grant(matters, **days)) == (422, expected)


async def test_second_delegation_for_the_same_scope_and_days_is_refused_until_the_first_ends(matters: Matters) -> None:
    first = await granted(matters, to_on="2026-12-31")
    assert code(await grant(matters, scopes=["all"], from_on="2026-12-31")) == (409, "delegation-overlaps")
    await granted(matters, scopes=["all"], from_on="2027-01-01")
    await granted(matters, scopes=["extend"], to_on="2026-12-31")
    await granted(matters, party="filer:XYZ")
    await end(matters, first["delegation_id"])
    await granted(matters, to_on="2026-12-31")


async def test_two_calls_at_once_leave_one_delegation(matters: Matters) -> None:
    answers = await together(*(grant(matters) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await matters.rows(delegations)) == 1


async def test_importer_revokes_from_today_and_the_history_says_who(matters: Matters) -> None:
    delegation = await granted(matters)
    matters.clock.advance(timedelta(days=3))
    ended = (await end(matters, delegation["delegation_id"])).json()
    assert (ended["revoked_on"], ended["is_in_force"], ended["version"]) == ("2026-03-19", False, 2)
    assert [(act["act"], act["done_by"]) for act in ended["history"]] == [
        ("granted", HOLDER.subject),
        ("revoked", HOLDER.subject),
    ]
    assert code(await end(matters, delegation["delegation_id"])) == (409, "delegation-ended")


async def test_revocation_may_be_planned_and_come_sooner_but_not_reach_back(matters: Matters) -> None:
    number = (await granted(matters))["delegation_id"]
    assert code(await end(matters, number, revoked_on="2026-03-15")) == (422, "day-has-passed")
    planned = (await end(matters, number, revoked_on="2026-04-01")).json()
    assert (planned["revoked_on"], planned["is_in_force"]) == ("2026-04-01", True)
    assert code(await end(matters, number, revoked_on="2026-05-01")) == (409, "delegation-ended")
    assert (await end(matters, number)).json()["revoked_on"] == "2026-03-16"


async def test_delegate_renounces_and_a_registrar_revokes_on_paper(matters: Matters) -> None:
    one = (await granted(matters))["delegation_id"]
    two = (await granted(matters, party="filer:XYZ"))["delegation_id"]
    assert code(await end(matters, one, DIRECTOR)) == (403, "role-required")
    renounced = (await end(matters, one, BROKER)).json()
    revoked = (await end(matters, two, OFFICE)).json()
    assert [renounced["history"][-1][name] for name in ("act", "is_on_paper")] == ["renounced", False]
    assert [revoked["history"][-1][name] for name in ("act", "is_on_paper")] == ["revoked", True]


@pytest.mark.parametrize("stranger", [OUTSIDER, OTHER_BROKER, SURETY], ids=lambda each: str(each.subject))
async def test_strangers_find_no_delegation(matters: Matters, stranger: Identity) -> None:
    number = (await granted(matters))["delegation_id"]
    assert code(await matters.call("GET", f"/delegations/{number}", stranger)) == (404, "not-found")
    assert code(await end(matters, number, stranger)) == (404, "not-found")
    assert code(await matters.call("GET", f"/importers/{IMPORTER}/delegations", stranger)) == (404, "not-found")
    assert len(await matters.rows(delegation_acts)) == 1


async def test_importer_sees_what_it_delegated_and_a_party_what_was_delegated_to_it(matters: Matters) -> None:
    one = await granted(matters)
    two = await granted(matters, party="filer:XYZ")
    await granted(matters, importer_number=SECOND)
    mine = (await matters.call("GET", f"/importers/{IMPORTER}/delegations", HOLDER)).json()["items"]
    assert {item["delegation_id"] for item in mine} == {one["delegation_id"], two["delegation_id"]}
    assert (await matters.call("GET", f"/importers/{IMPORTER}/delegations", DIRECTOR)).json()["items"] == mine
    held = (await matters.call("GET", "/parties/filer:B76/delegations", BROKER)).json()["items"]
    assert {item["importer_number"] for item in held} == {IMPORTER, SECOND}
    assert (await matters.call("GET", f"/importers/{STRANGER}/delegations", OUTSIDER)).json()["items"] == []


async def test_delegations_come_in_pages(matters: Matters) -> None:
    numbers = [(await granted(matters, scopes=[scope]))["delegation_id"] for scope in ("protest", "extend", "refund")]
    found, path = [], f"/importers/{IMPORTER}/delegations?limit=2"
    while path:
        page = (await matters.call("GET", path, HOLDER)).json()
        found += [item["delegation_id"] for item in page["items"]]
        path = page["next"]
    assert found == sorted(numbers)


async def test_social_security_number_is_shown_to_its_holder_only(matters: Matters) -> None:
    number = (await granted(matters, SSN_HOLDER, importer_number=SSN))["delegation_id"]
    shown = {}
    for who in (SSN_HOLDER, BROKER, OFFICE):
        shown[who.subject] = (await matters.call("GET", f"/delegations/{number}", who)).json()["importer_number"]
    assert shown == {"ssn": SSN, "broker": "***-**-3456", "ofo": "***-**-3456"}


async def test_acting_for_somebody_is_kept(matters: Matters) -> None:
    deputy = Identity(
        "deputy", "D", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}), acting_for="holder"
    )
    await granted(matters, deputy)
    (row,) = await matters.rows(delegation_acts)
    assert (row["done_by"], row["acting_for"]) == ("deputy", "holder")


async def test_every_change_is_published_with_the_party_whole_and_the_delegation_that_changed(
    matters: Matters,
) -> None:
    number = (await granted(matters, to_on="2027-03-15"))["delegation_id"]
    await end(matters, number)
    told = [data for data in await matters.published("party-changed") if data["party_id"] == "filer:B76"]
    assert [(data["version"], [each["version"] for each in data["delegations"]]) for data in told] == [
        (1, []),
        (1, [1]),
        (1, [2]),
    ]
    assert told[-1]["delegations"] == [
        {
            "delegation_id": number,
            "version": 2,
            "importer_number": IMPORTER,
            "scopes": ["protest", "respond"],
            "from_on": "2026-03-16",
            "to_on": "2027-03-15",
            "revoked_on": "2026-03-16",
        }
    ]
    assert {data["contacts"][0]["email"] for data in told} == {DESK["email"]}


async def test_registration_that_is_repeated_changes_and_publishes_nothing(matters: Matters) -> None:
    before = (await matters.rows(parties), await matters.rows(party_changes), await matters.published("party-changed"))
    rows = [{"party_id": "filer:XYZ", "name": "SYNTHETIC OTHER BROKER"}]
    answer = await matters.call("POST", "/parties", json={"parties": rows, "reason": "Again."})
    assert answer.json() == {"parties": 1, "changed": 0}
    after = (await matters.rows(parties), await matters.rows(party_changes), await matters.published("party-changed"))
    assert after == before


async def test_closed_day_is_a_legal_day_in_new_york(matters: Matters) -> None:
    matters.clock.advance(timedelta(hours=13))  # 04:00 UTC on the 17th is midnight in New York
    body = {"name": "SYNTHETIC BROKER", "closed_on": "2026-03-17", "reason": "Its licence ended."}
    answer = await matters.call("PUT", "/parties/filer:B76", if_match='"1"', json=body)
    assert answer.status_code == 200, answer.text
    assert (await matters.rows(parties))[0]["closed_on"] == date(2026, 3, 17)


async def test_sample_is_taken_as_the_demonstration_sends_it(matters: Matters) -> None:
    with (SAMPLES / "parties.csv").open(encoding="utf-8", newline="") as file:
        rows = parties_of(csv.DictReader(file))
    answer = await matters.call("POST", "/parties", json={"parties": rows, "reason": "Of the sample."})
    assert answer.status_code == 201, answer.text
    assert {row["party_id"].partition(":")[0] for row in rows} == {"filer", "surety", "agent", "counsel"}
    with (SAMPLES / "delegations.csv").open(encoding="utf-8", newline="") as file:
        papers = [delegation_of(row) for row in csv.DictReader(file)]
    for path, body in papers:
        taken = await matters.call("POST", path, json=body)
        assert taken.status_code == 201, taken.text
    assert len(await matters.rows(delegations)) == len(papers) > 0
