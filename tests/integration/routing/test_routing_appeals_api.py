"""Appeals against the assigned Center on a real database."""

from collections.abc import AsyncIterator
from itertools import permutations
from typing import Any

import httpx
import pytest

from services.routing.store.tables import appeals, assignments
from services.routing.store.tables.appeals import appeal_steps
from shared.runtime.identity import Identity, RoleName
from tests.integration.routing.matters import (
    BROKER,
    DIRECTOR,
    HOLDER,
    IMPORTER,
    OFFICE,
    OUTSIDER,
    SECOND,
    STRANGER,
    SURETY,
    MakeEngine,
    Matters,
    filing,
    open_matters,
    said,
)

COMPLETE: dict[str, Any] = {
    "importer_number": IMPORTER,
    "current_center": "CEE007",
    "preferred_center": "CEE010",
    "importer_numbers": [IMPORTER, SECOND],
    "bond_numbers": {IMPORTER: "SYN-B1", SECOND: "SYN-B2"},
    "justification": "SYNTHETIC: machinery.",
    "import_history": [{"hts": "8479", "value_usd": 900_000}],
}
REASSIGN: dict[str, Any] = {
    "outcome": "reassigned",
    "center": "CEE010",
    "effective_on": "2026-04-01",
    "reasons": ["SYNTHETIC: the goods are machinery."],
}


@pytest.fixture
async def matters(service_engine: MakeEngine) -> AsyncIterator[Matters]:
    async with open_matters(service_engine) as opened:
        await opened.register()
        await opened.register(SECOND, "CEE005")
        yield opened


async def file(matters: Matters, who: Identity = HOLDER, **changes: Any) -> httpx.Response:
    return await matters.call("POST", "/appeals", who, json=COMPLETE | changes)


async def act(matters: Matters, number: str, what: str, who: Identity = OFFICE, **body: Any) -> httpx.Response:
    read = await matters.call("GET", f"/appeals/{number}", OFFICE)
    return await matters.call("POST", f"/appeals/{number}/{what}", who, if_match=read.headers["etag"], json=body)


async def test_granted_appeal_assigns_all_numbers_anew_and_says_why(matters: Matters) -> None:
    answer = await file(matters)
    assert (answer.status_code, answer.json()["is_complete"]) == (201, True), answer.text
    assert answer.headers["location"] == f"/appeals/{answer.json()['appeal_number']}"
    number = answer.json()["appeal_number"]
    assert (await act(matters, number, "review")).json()["state"] == "under-review"
    decided = await act(matters, number, "decision", **REASSIGN)
    assert (decided.status_code, decided.json()["state"], decided.json()["may_do"]) == (200, "reassigned", [])
    told = {
        item["importer_number"]: item for item in await matters.published("account-assigned") if item["sequence"] == 2
    }
    assert {key: (item["previous_center"], item["center"], item["basis"]) for key, item in told.items()} == {
        IMPORTER: ("CEE007", "CEE010", "appeal"),
        SECOND: ("CEE005", "CEE010", "appeal"),
    }
    assert [reason["code"] for reason in told[IMPORTER]["reasons"]] == ["appeal", "appeal-reason"]
    before = await matters.call("GET", f"/importers/{IMPORTER}/assignment", HOLDER, params={"on": "2026-03-31"})
    after = await matters.call("GET", f"/importers/{IMPORTER}/assignment", HOLDER, params={"on": "2026-04-01"})
    assert (before.json()["center"], after.json()["center"]) == ("CEE007", "CEE010")
    history = (await matters.call("GET", f"/appeals/{number}", HOLDER)).json()["history"]
    assert [(step["act"], step["done_by"]) for step in history] == [("take-up", None), ("reassign", None)]


async def test_appeal_stays_nothing_and_has_no_known_deadline(matters: Matters) -> None:
    out = (await file(matters)).json()
    assert "keeps its authority" in out["effect"]
    assert out["clocks"] == ["The rules as read state no day by which an appeal must be filed or decided."]
    assert (out["decides"], out["authority"]) == ("Office of Field Operations", "assignment-appeal-ofo")


async def test_incomplete_appeal_is_kept_listed_and_supplied_later(matters: Matters) -> None:
    out = (await file(matters, bond_numbers={}, import_history=[])).json()
    number = out["appeal_number"]
    assert {check["code"]: check["missing"] for check in out["checks"] if not check["is_given"]} == {
        "importer-numbers": "It gives no bond number for 2 of 2 importer numbers.",
        "import-data": "It gives no imports by heading and value, nor a projection.",
    }
    listed = (await matters.call("GET", "/appeals", params={"state": "appealed", "current_center": "CEE007"})).json()
    assert [(item["appeal_number"], item["is_complete"]) for item in listed["items"]] == [(number, False)]
    refused = await act(matters, number, "review")
    assert (refused.status_code, refused.json()["code"]) == (422, "reason-required")
    assert "no bond number" in refused.json()["detail"]

    bonds = {"bond_numbers": COMPLETE["bond_numbers"], "import_history": COMPLETE["import_history"]}
    supplied = await act(matters, number, "supplements", HOLDER, **bonds)
    assert (supplied.status_code, supplied.json()["is_complete"]) == (200, True), supplied.text
    assert supplied.json()["history"][0]["done_by"] == "holder"
    assert (await act(matters, number, "review")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"current_center": None, "preferred_center": None}, "appeal-names-no-center", "names no Center"),
        ({"current_center": "CEE005"}, "appeal-names-other-center", "the account is assigned to CEE007"),
        ({"current_center": None, "preferred_center": "CEE007"}, "appeal-names-own-center", "to CEE007 already"),
    ],
)
async def test_appeal_with_nothing_to_decide_is_refused(
    matters: Matters, changes: dict[str, Any], code: str, says: str
) -> None:
    refused = await file(matters, **changes)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert says in refused.json()["detail"]
    assert refused.json()["citation"].startswith("19 CFR 101.10")
    assert await matters.rows(appeals) == []


async def test_appeal_of_an_account_without_a_center_names_none_as_current(matters: Matters) -> None:
    await matters.register(STRANGER, None)
    whole = Identity("all", "All", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({STRANGER}))
    own = {"importer_number": STRANGER, "importer_numbers": [STRANGER], "bond_numbers": {STRANGER: "1"}}
    refused = await file(matters, whole, **own)
    assert (refused.status_code, refused.json()["code"]) == (422, "appeal-names-other-center")
    assert "the account has no Center" in refused.json()["detail"]
    assert (await file(matters, whole, **own, current_center=None)).status_code == 201


async def test_supplement_that_leaves_nothing_to_decide_is_refused(matters: Matters) -> None:
    number = (await file(matters, current_center=None)).json()["appeal_number"]
    refused = await act(matters, number, "supplements", HOLDER, current_center="CEE005")
    assert (refused.status_code, refused.json()["code"]) == (422, "appeal-names-other-center")
    taken = await act(matters, number, "supplements", HOLDER, current_center="CEE007")
    assert (taken.status_code, taken.json()["current_center"], taken.json()["flaw"]) == (200, "CEE007", None)


async def test_appeal_by_event_says_what_is_wrong_with_it_until_that_is_supplied(matters: Matters) -> None:
    received = {"received_at": "2026-03-16T15:00:00Z"}
    await matters.receive(filing("center-appeal", body={}, **received))
    await matters.receive(filing("center-appeal", "SYN-2", body={"current_center": "CEE005"}, **received))
    told = {item["filing_number"]: item["reasons"] for item in await matters.published("filing-routed")}
    assert "appeal-names-no-center" in {reason["code"] for reason in told["SYN-1"]}
    (wrong,) = [reason for reason in told["SYN-2"] if reason["code"] == "appeal-names-other-center"]
    assert "the account is assigned to CEE007. Name CEE007 as the current Center." in wrong["text"]
    read = (await matters.call("GET", "/appeals/SYN-1", HOLDER)).json()
    assert read["flaw"]["code"] == "appeal-names-no-center"
    centers = {"current_center": "CEE007", "preferred_center": "CEE010"}
    assert (await act(matters, "SYN-1", "supplements", HOLDER, **centers)).json()["flaw"] is None


async def test_incomplete_appeal_is_taken_up_with_a_written_reason(matters: Matters) -> None:
    number = (await file(matters, bond_numbers={})).json()["appeal_number"]
    taken = await act(matters, number, "review", reason="SYNTHETIC: the bonds are on file.")
    assert (taken.status_code, taken.json()["history"][0]["reasons"]) == (200, ["SYNTHETIC: the bonds are on file."])


async def test_appeal_is_upheld_with_reasons_and_changes_no_assignment(matters: Matters) -> None:
    number = (await file(matters)).json()["appeal_number"]
    await act(matters, number, "review")
    assert (await act(matters, number, "decision", outcome="upheld", reasons=[])).status_code == 422
    mixed = await act(matters, number, "decision", outcome="upheld", reasons=["No."], center="CEE010")
    assert mixed.json()["code"] == "nothing-to-assign"
    assert (await act(matters, number, "decision", outcome="upheld", reasons=["No."])).json()["state"] == "upheld"
    assert {row["sequence"] for row in await matters.rows(assignments)} == {1}


async def test_center_director_may_not_decide(matters: Matters) -> None:
    number = (await file(matters)).json()["appeal_number"]
    for what, body in (("review", {}), ("decision", REASSIGN)):
        assert (await act(matters, number, what, DIRECTOR, **body)).status_code == 403


async def test_nothing_is_decided_without_review_nor_after_a_withdrawal(matters: Matters) -> None:
    number = (await file(matters)).json()["appeal_number"]
    early = await act(matters, number, "decision", **REASSIGN)
    assert (early.status_code, early.json()["code"]) == (409, "not-possible")
    assert (await act(matters, number, "withdrawal", HOLDER, reason="Settled.")).json()["state"] == "withdrawn"
    assert (await act(matters, number, "review")).status_code == 409
    assert (await act(matters, number, "supplements", HOLDER, justification="More.")).status_code == 409


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"effective_on": "2026-03-15"}, "day-passed"),
        ({"effective_on": None}, "assignment-incomplete"),
        ({"center": "CEE099"}, "unknown-center"),
    ],
)
async def test_assignment_that_cannot_be_is_refused(matters: Matters, changes: dict[str, Any], code: str) -> None:
    number = (await file(matters)).json()["appeal_number"]
    await act(matters, number, "review")
    refused = await act(matters, number, "decision", **(REASSIGN | changes))
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await matters.call("GET", f"/appeals/{number}")).json()["state"] == "under-review"


async def test_numbers_without_account_are_registered_first(matters: Matters) -> None:
    whole = Identity("all", "All", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER, STRANGER}))
    answer = await file(matters, whole, importer_numbers=[STRANGER], bond_numbers={IMPORTER: "1", STRANGER: "2"})
    number = answer.json()["appeal_number"]
    await act(matters, number, "review")
    refused = await act(matters, number, "decision", **REASSIGN)
    assert (refused.status_code, refused.json()["code"]) == (409, "unknown-account")
    await matters.register(STRANGER, None)
    assert (await act(matters, number, "decision", **REASSIGN)).status_code == 200


async def test_appeal_is_made_and_seen_by_those_who_act_for_the_importer(matters: Matters) -> None:
    refused = await file(matters, OUTSIDER)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-importer")
    assert (await file(matters, BROKER)).status_code == 403
    assert (await file(matters, DIRECTOR)).status_code == 403
    authorised = {"filer_code": "B76", "name": "SYNTHETIC BROKER"}
    await matters.register(brokers=[authorised])
    assert (await file(matters, BROKER)).status_code == 403  # not for the second number
    await matters.register(SECOND, "CEE005", brokers=[authorised])
    answer = await file(matters, BROKER)
    assert (answer.status_code, answer.json()["filed_by"]["role"]) == (201, "broker")
    number = answer.json()["appeal_number"]
    assert (await matters.call("GET", f"/appeals/{number}", BROKER)).status_code == 200
    assert (await matters.call("GET", f"/appeals/{number}", OUTSIDER)).status_code == 404
    assert [len((await matters.call("GET", "/appeals", who)).json()["items"]) for who in (HOLDER, OUTSIDER)] == [1, 0]


async def test_appeal_sent_again_under_its_key_is_one_appeal(matters: Matters) -> None:
    answers = [await matters.call("POST", "/appeals", HOLDER, key="one", json=COMPLETE) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await matters.rows(appeals)) == 1


async def test_change_meant_for_another_copy_is_refused(matters: Matters) -> None:
    answer = await file(matters)
    number, tag = answer.json()["appeal_number"], answer.headers["etag"]
    path = f"/appeals/{number}/review"
    assert (await matters.call("POST", path, json={})).status_code == 428
    assert (await matters.call("POST", path, if_match=tag, json={})).status_code == 200
    assert (await matters.call("POST", path, if_match=tag, json={})).status_code == 412
    assert len(await matters.rows(appeal_steps)) == 1


async def test_appeal_that_comes_as_an_event_is_one_appeal_in_any_order(service_engine: MakeEngine) -> None:
    events = [
        filing("center-appeal", id="a", time="2026-03-02T10:00:00Z", body={"current_center": "CEE007"}),
        filing("center-appeal", id="b", time="2026-03-02T11:00:00Z", body={"current_center": "CEE005"}),
        filing("center-appeal", id="c", time="2026-03-02T12:00:00Z", body={"current_center": "CEE007"}),
    ]
    seen = set()
    for order in list(permutations(events))[::2]:
        async with open_matters(service_engine) as opened:
            for event in order:
                await opened.receive(event)
            await opened.receive(*order)
            seen.add(repr(said(await opened.rows(appeals))))
            out = (await opened.call("GET", "/appeals/SYN-1", HOLDER)).json()
            assert (out["state"], out["current_center"], out["is_complete"]) == ("appealed", "CEE007", False)
    assert len(seen) == 1


async def test_event_that_is_repeated_leaves_what_people_did(matters: Matters) -> None:
    await matters.receive(filing("center-appeal", id="a", body={"current_center": "CEE007"}))
    assert (await act(matters, "SYN-1", "review", reason="SYNTHETIC.")).status_code == 200
    await matters.receive(filing("center-appeal", id="a", body={"current_center": "CEE007"}))
    assert (await matters.call("GET", "/appeals/SYN-1")).json()["state"] == "under-review"


async def test_appellant_adds_files_and_internal_ones_stay_with_staff(matters: Matters) -> None:
    number = (await file(matters)).json()["appeal_number"]
    path = f"/appeals/{number}/files"
    sent: dict[str, Any] = {"files": {"file": ("imports.csv", b"hts,value\n8479,900000\n")}}
    added = await matters.call("POST", path, HOLDER, **sent)
    assert (added.status_code, added.json()["kind"], added.json()["level"]) == (201, "csv", "party"), added.text
    internal = await matters.call("POST", path, OFFICE, **sent)
    assert (internal.json()["level"], internal.json()["authority"]) == ("internal", "appeal-file.add/national")
    denied = await matters.call("POST", path, DIRECTOR, **sent)
    assert (denied.status_code, denied.json()["code"]) == (403, "role-required")
    for who, count in ((OFFICE, 2), (DIRECTOR, 2), (HOLDER, 1)):
        assert len((await matters.call("GET", path, who)).json()["items"]) == count
    secret = f"{path}/{internal.json()['file_id']}/content"
    assert (await matters.call("GET", secret, DIRECTOR)).status_code == 200
    assert (await matters.call("GET", secret, HOLDER)).status_code == 404
    for who in (OUTSIDER, SURETY):
        assert (await matters.call("GET", path, who)).status_code == 404
        assert (await matters.call("POST", path, who, **sent)).status_code in {403, 404}
    given = await matters.call("GET", f"{path}/{added.json()['file_id']}/content", HOLDER)
    assert given.content == sent["files"]["file"][1]


async def test_broker_of_the_account_adds_files_to_its_appeal(matters: Matters) -> None:
    number = (await file(matters)).json()["appeal_number"]
    sent: dict[str, Any] = {"files": {"file": ("a.txt", b"A projection.")}}
    assert (await matters.call("POST", f"/appeals/{number}/files", BROKER, **sent)).status_code == 404
    await matters.register(brokers=[{"filer_code": "B76", "name": "SYNTHETIC", "from": "2026-01-01"}])
    added = await matters.call("POST", f"/appeals/{number}/files", BROKER, **sent)
    assert added.status_code == 201, added.text
