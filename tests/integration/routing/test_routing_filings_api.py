"""Filings routed from events, who has them, and moves of open matters, on a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import text

from services.routing.store import moves as move_store
from services.routing.store.tables import moves
from services.routing.store.tables.decisions import routing_decisions
from services.routing.store.tables.filings import filing_contents, post_entry_filings
from shared.contracts.post_entry import FilingKind
from shared.db.transaction import transaction
from shared.runtime.errors import Transient
from tests.integration.routing.matters import (
    BROKER,
    DIRECTOR,
    HOLDER,
    IMPORTER,
    OFFICE,
    OTHER_DIRECTOR,
    OUTSIDER,
    SURETY,
    MakeEngine,
    Matters,
    filing,
    open_matters,
    said,
)
from tests.support.events import decoded, entry_body, entry_number


@pytest.fixture
async def matters(service_engine: MakeEngine) -> AsyncIterator[Matters]:
    async with open_matters(service_engine) as opened:
        yield opened


def move(to: str = "CEE005", of: str = "CEE007") -> dict[str, Any]:
    return {"from_center": of, "to_center": to, "reason": "SYNTHETIC: goods of another Center."}


async def lock_soon(matters: Matters, number: str) -> None:
    async with transaction(matters.engine) as moving:
        await moving.connection.execute(text("SET LOCAL lock_timeout = '20ms'"))
        await move_store.lock(moving, number)


async def test_broker_sees_the_filing_that_it_made(matters: Matters) -> None:
    await matters.receive(filing(filed_by={"role": "broker", "id": "B76"}))
    assert (await matters.call("GET", "/post-entry-filings/SYN-1", BROKER)).status_code == 200


async def test_surety_sees_and_lists_what_it_filed_and_no_other_learns_of_the_importer(matters: Matters) -> None:
    await matters.receive(filing(filed_by={"role": "surety", "id": "036"}), filing(number="SYN-2"))
    importer = filing().data.importer_number
    listed = await matters.call("GET", f"/importers/{importer}/post-entry-filings", SURETY)
    assert [each["filing_number"] for each in listed.json()["items"]] == ["SYN-1"]
    assert (await matters.call("GET", "/post-entry-filings/SYN-1", SURETY)).status_code == 200
    assert (await matters.call("GET", "/post-entry-filings/SYN-2", SURETY)).status_code == 404
    other = replace(SURETY, surety_code="777")
    for path in ("/post-entry-filings/SYN-1", f"/importers/{importer}/post-entry-filings"):
        assert (await matters.call("GET", path, other)).status_code == 404


async def test_filing_of_every_kind_is_routed_and_published(matters: Matters) -> None:
    await matters.register()
    await matters.receive(*(filing(kind.value, f"SYN-{kind.value}") for kind in FilingKind))
    published = await matters.published("filing-routed")
    assert {item["kind"] for item in published} == {kind.value for kind in FilingKind}
    assert {item["center"] for item in published} == {"CEE007"}
    assert all(item["authority"] and item["reasons"] and item["sequence"] == 1 for item in published)


async def test_who_has_a_filing_since_when_until_when_and_why(matters: Matters) -> None:
    await matters.register()
    await matters.call(
        "POST",
        "/directory/changes",
        json={
            "kind": "contact",
            "code": "protests",
            "center": "CEE007",
            "action": "open",
            "effective_on": "2026-03-01",
            "details": {"process": "protest", "phone": "555 0100", "email": "protests@center.example"},
            "reason": "SYNTHETIC.",
        },
    )
    await matters.receive(filing(body={"filed_with": "2704", "further_review": True}))
    answer = await matters.call("GET", "/post-entry-filings/SYN-1", HOLDER)
    out = answer.json()
    assert answer.status_code == 200, out
    assert (out["held_by"]["center"], out["held_by"]["city"]) == ("CEE007", "Los Angeles")
    assert [contact["phone"] for contact in out["held_by"]["contacts"]] == ["555 0100"]
    assert (out["forwarded_from"], out["received_at"], out["held_by"]["since"]) == (
        "port 2704",
        "2026-03-02T15:00:00Z",
        "2026-03-02T15:00:00Z",
    )
    assert [clock["rule"] for clock in out["clocks"]] == ["protest-decide-2y", "afr-forward"]
    assert (await matters.call("GET", "/post-entry-filings/SYN-1", OUTSIDER)).status_code == 404
    assert (await matters.call("GET", "/post-entry-filings/SYN-1", BROKER)).status_code == 404
    assert (await matters.call("GET", "/post-entry-filings/SYN-2", OFFICE)).status_code == 404


async def test_filing_of_an_importer_whose_number_is_a_social_security_number_masks_it(matters: Matters) -> None:
    await matters.receive(filing(importer="900-12-3456"))
    answer = await matters.call("GET", "/post-entry-filings/SYN-1", OFFICE)
    assert answer.status_code == 200
    assert "900-12-3456" not in answer.text


async def test_filings_of_an_importer_come_newest_first_in_pages(matters: Matters) -> None:
    await matters.receive(
        *(filing(number=f"SYN-{day}", received_at=f"2026-03-0{day}T15:00:00Z") for day in (1, 2, 3)),
        filing("petition", "SYN-9", received_at="2026-03-03T15:00:00Z"),
    )
    path = f"/importers/{IMPORTER}/post-entry-filings"
    first = (await matters.call("GET", path, HOLDER, params={"limit": 3})).json()
    assert [item["filing_number"] for item in first["items"]] == ["SYN-9", "SYN-3", "SYN-2"]
    rest = (await matters.call("GET", first["next"], HOLDER)).json()
    assert [item["filing_number"] for item in rest["items"]] == ["SYN-1"]
    only = (await matters.call("GET", path, HOLDER, params={"kind": "petition"})).json()["items"]
    assert [item["filing_number"] for item in only] == ["SYN-9"]
    assert (await matters.call("GET", path, OUTSIDER)).status_code == 404


async def test_of_two_contents_under_one_number_the_earlier_stands_in_any_order(service_engine: MakeEngine) -> None:
    events = [
        filing(id="a", time="2026-03-02T10:00:00Z", body={"n": 1}),
        filing(id="b", time="2026-03-02T11:00:00Z", body={"n": 2}),
        filing(id="c", time="2026-03-02T12:00:00Z", body={"n": 1}),
        filing("petition", id="d", time="2026-03-02T09:00:00Z", body={"n": 3}),
    ]
    seen = set()
    for position, order in enumerate(list(permutations(events))[::5]):
        async with open_matters(service_engine) as matters:
            if position % 2:
                await matters.receive(*order)
            else:
                for event in (*order, order[0]):
                    await matters.receive(event)
            tables = [said(await matters.rows(table)) for table in (post_entry_filings, filing_contents)]
            seen.add(repr(tables))
            out = (await matters.call("GET", "/post-entry-filings/SYN-1")).json()
            assert (out["kind"], out["contradictions"]) == ("petition", 2)
            assert (await matters.published("filing-routed"))[-1]["kind"] == "petition"
    assert len(seen) == 1


async def test_repeat_of_a_filing_publishes_nothing(matters: Matters) -> None:
    await matters.receive(filing(id="a"))
    await matters.receive(filing(id="a"), filing(id="b", time="2026-03-02T20:00:00Z"))
    assert len(await matters.published("filing-routed")) == 1


async def test_moved_filing_keeps_receipt_and_clocks(matters: Matters) -> None:
    await matters.register()
    await matters.receive(filing())
    answer = await matters.call("POST", "/post-entry-filings/SYN-1/moves", DIRECTOR, json=move())
    assert answer.status_code == 201, answer.text
    first, second = await matters.published("filing-routed")
    assert (second["center"], second["sequence"], second["reasons"][0]["code"]) == ("CEE005", 2, "moved")
    assert (second["received_at"], second["clocks"]) == (first["received_at"], first["clocks"])
    out = (await matters.call("GET", "/post-entry-filings/SYN-1", HOLDER)).json()
    assert (out["held_by"]["center"], out["moves"][0]["moved_by"]) == ("CEE005", None)
    assert out["held_by"]["since"] == "2026-03-16T15:00:00Z"


async def test_content_that_comes_to_stand_after_a_move_is_published_with_the_moved_center(matters: Matters) -> None:
    await matters.register()
    await matters.receive(filing(id="b", time="2026-03-02T20:00:00Z"))
    await matters.call("POST", "/post-entry-filings/SYN-1/moves", DIRECTOR, json=move())
    await matters.receive(filing("petition", id="a", time="2026-03-02T10:00:00Z"))
    last = (await matters.published("filing-routed"))[-1]
    assert (last["kind"], last["center"], last["sequence"]) == ("petition", "CEE005", 2)


async def test_moved_entry_is_published_again_and_its_later_versions_stay_with_the_new_center(matters: Matters) -> None:
    await matters.register()
    number = entry_number()
    await matters.receive(decoded("entry-filed", entry_body(number)))
    answer = await matters.call("POST", f"/entries/{number}/moves", DIRECTOR, json=move())
    assert answer.status_code == 201, answer.text
    assert (answer.json()["sequence"], answer.json()["moved_by"]) == (1, "dana")
    corrected = entry_body(number, version=2, reasons=["H06"])
    await matters.receive(decoded("entry-corrected", corrected))
    filed, moved, later = await matters.published("entry-routed")
    assert [(item["version"], item["center"], item["move"]) for item in (filed, moved, later)] == [
        (1, "CEE007", 0),
        (1, "CEE005", 1),
        (2, "CEE005", 1),
    ]
    assert [item["reasons"][0]["code"] for item in (moved, later)] == ["moved", "moved"]
    kept = await matters.rows(routing_decisions)
    assert [row["center"] for row in kept] == ["CEE007", "CEE005"]

    back = await matters.call("POST", f"/entries/{number}/moves", OTHER_DIRECTOR, json=move("CEE007", "CEE005"))
    assert back.status_code == 201, back.text
    last = (await matters.published("entry-routed"))[-1]
    assert (last["version"], last["center"], last["move"]) == (2, "CEE007", 2)
    assert [reason["code"] for reason in last["reasons"]].count("moved") == 1


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        (OTHER_DIRECTOR, move(), 404, "not-found"),
        (HOLDER, move(), 403, "role-required"),
        (OFFICE, move("CEE005", "CEE001"), 409, "moved-meanwhile"),
        (DIRECTOR, move("CEE007"), 422, "nothing-to-move"),
        (DIRECTOR, move("CEE099"), 422, "unknown-center"),
    ],
)
async def test_move_that_may_not_be_is_refused_and_changes_nothing(
    matters: Matters, who: Any, body: dict[str, Any], status: int, code: str
) -> None:
    await matters.register()
    number = entry_number()
    await matters.receive(decoded("entry-filed", entry_body(number)), filing())
    for path in (f"/entries/{number}/moves", "/post-entry-filings/SYN-1/moves"):
        answer = await matters.call("POST", path, who, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await matters.rows(moves) == []


async def test_move_sent_again_under_its_key_moves_once(matters: Matters) -> None:
    await matters.register()
    await matters.receive(filing())
    answers = [
        await matters.call("POST", "/post-entry-filings/SYN-1/moves", DIRECTOR, key="one", json=move())
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(await matters.rows(moves)) == 1


async def test_move_waits_for_the_version_that_is_just_being_decided(matters: Matters) -> None:
    number = entry_number()
    async with transaction(matters.engine) as deciding:
        assert await move_store.load(deciding, [number, entry_number()]) == {}
        with pytest.raises(Transient, match="lock timeout"):
            await lock_soon(matters, number)
        async with transaction(matters.engine) as other:
            assert await move_store.load(other, [number]) == {}  # decisions do not wait for each other


async def test_move_of_what_is_not_there_is_not_found(matters: Matters) -> None:
    for path in (f"/entries/{entry_number()}/moves", "/post-entry-filings/SYN-9/moves"):
        assert (await matters.call("POST", path, DIRECTOR, json=move())).status_code == 404


async def test_authority_is_told_with_basis_and_certainty(matters: Matters) -> None:
    now = (await matters.call("GET", "/authority", HOLDER, params={"function": "protests"})).json()
    assert ([row["role"] for row in now["holders"]], now["is_uncertain"]) == (["center-director"], False)
    then = await matters.call("GET", "/authority", HOLDER, params={"function": "protest", "on": "2015-01-05"})
    assert [row["concurrent_with"] for row in then.json()["holders"]] == ["protests-dual-port", "protests-dual-center"]
    joint = (await matters.call("GET", "/authority", HOLDER, params={"function": "sampling"})).json()
    assert (joint["is_uncertain"], "not certain" in joint["says"]) == (True, True)
    unknown = await matters.call("GET", "/authority", HOLDER, params={"function": "magic"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-function")
    assert "protests" in unknown.json()["remedy"]
    every = (await matters.call("GET", "/authority/functions", HOLDER)).json()
    assert {"protests", "release", "drawback"} <= {item["function"] for item in every}
