"""Law-enforcement-sensitive matters, as an insider would look for them: by every list, count, link, id and act."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.workqueue.store.sealed import SEALED
from services.workqueue.store.tables import items, need_to_know, need_to_know_removals
from shared.db.transaction import transaction
from shared.runtime import sealing
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, KIM, LEE, Desk
from tests.integration.workqueue.test_workqueue_matters import DAN, done, opened
from tests.support.invariants import find_violations

CENTER = frozenset({"CEE007"})
TED = Identity(
    "ted", "Ted Cho", frozenset({RoleName.TRADE_ENFORCEMENT_COORDINATOR}), centers=CENTER, divisions=DIVISIONS
)
FAR = replace(TED, subject="tia", centers=frozenset({"CEE001"}))
AUDITOR = Identity("aud", "Ada Udo", frozenset({RoleName.AUDITOR}))
OPERATOR = Identity("ops", "Ops", frozenset({RoleName.OPERATOR}))
COUNSEL = Identity("cho", "Cho Counsel", frozenset({RoleName.CHIEF_COUNSEL}))
AGENT = Identity("hal", "Hal Agent", frozenset({RoleName.HSI}))
ENTRY = "B7600000031"
ABSENT = "00000000-0000-0000-0000-000000000009"
FRAUD = {"process": "commercial-fraud", "title": "Two sets of invoices", "entry_numbers": [ENTRY]}
LEAD = {"indicator": "Two invoices.", "discovered_on": "2026-03-02", "need_to_know": "Kim, Ted."}
INSIDERS = {
    "colleague": LEE,
    "director": DAN,
    "coordinator of another Center": FAR,
    "auditor": AUDITOR,
    "operator": OPERATOR,
    "counsel": COUNSEL,
    "agent": AGENT,
    "who acts for the opener": replace(LEE, acting_for="kim"),
}


async def matter(desk: Desk) -> str:
    answer = await opened(desk, **FRAUD)
    assert answer.status_code == 201, answer.text
    item_id: str = answer.json()["item_id"]
    return item_id


async def name(desk: Desk, item_id: str, subject: str, who: Identity = KIM) -> Any:
    body = {"subject": subject, "reason": "Works on it."}
    return await desk.call("POST", f"/items/{item_id}/need-to-know", who, json=body)


@pytest.mark.parametrize("who", INSIDERS)
async def test_who_need_not_know_learns_of_no_matter_by_any_way(desk: Desk, who: str) -> None:
    insider, item_id = INSIDERS[who], await matter(desk)
    for query in ("", "?process=commercial-fraud", f"?entry={ENTRY}", "?importer=07-345678900", "?kind=matter"):
        answer = await desk.call("GET", f"/items{query}", insider)
        assert answer.json().get("items", []) == [], query
    queues = await desk.call("GET", "/queues", insider)
    assert queues.json() == [], queues.text
    figures = (await desk.call("GET", "/figures", insider)).json()
    assert (figures["open"], figures["by_queue"]) == (0, {})
    following = await desk.call("POST", "/items/next", insider, json={})
    assert following.status_code in {204, 403, 422}, following.text
    tried = {
        ("GET", ""): None,
        ("GET", "/goods"): None,
        ("GET", "/files"): None,
        ("GET", "/need-to-know"): None,
        ("POST", "/claim"): None,
        ("POST", "/heartbeat"): {"token": 1},
        ("POST", "/release"): {"token": 1},
        ("POST", "/acts"): {"act": "take-as-lead", "token": 1},
        ("POST", "/assign"): {"to": insider.subject, "reason": "Mine."},
        ("POST", "/need-to-know"): {"subject": insider.subject, "reason": "Mine."},
        ("POST", "/drafts"): {"token": 1, "questions": ["What?"]},
        ("POST", "/requests"): {"token": 1, "questions": ["What?"]},
        ("POST", "/complete"): {"token": 1, "outcome": "no-change", "reasons": [{"code": "x", "text": "x"}]},
        ("DELETE", "/need-to-know/kim"): None,
    }
    absent = "00000000-0000-0000-0000-000000000009"
    for (method, path), body in tried.items():
        answers = [
            await desk.call(
                method, f"/items/{each}{path}", insider, json=body, headers={"Idempotency-Key": f"{path}{each}"}
            )
            for each in (item_id, absent)
        ]
        there, nowhere = ((each.status_code, each.json().get("code")) for each in answers)
        assert there == nowhere, (path, answers[0].text)
        assert there[0] in {403, 404}, (path, answers[0].text)
    link = await opened(desk, insider, key="link", process="inquiry", linked_item=item_id, title="x", entry_numbers=[])
    assert link.status_code in {403, 404}, link.text
    assert [row.item_id for row in await desk.rows(items) if row.process != "commercial-fraud"] == []


WHERE = {
    "center": "CEE007",
    "importer_number": "07-345678900",
    "entry_number": ENTRY,
    "period": "2026-Q1",
    "process": "commercial-fraud",
    "code": "commercial-fraud",
    "subject": "kim",
}
ASKED = (
    "",
    "?entry=B7600000031",
    "?importer=07-345678900",
    "?process=commercial-fraud",
    "?holder=kim",
    "?text=invoices",
    "?state=claimed",
)
"""What a list, a count and a table are asked for: by entry, importer, process, holder and words of the title."""


def looked_at(desk: Desk) -> list[str]:
    """Every path that reads and names no item, letter or run: lists, counts, tables, figures, histories, exports."""
    found = []
    for path, operations in desk.app.openapi()["paths"].items():
        named = re.findall(r"{(\w+)}", path)
        # The counters of the process count the calls themselves, ours among them.
        if "get" not in operations or not set(named) <= WHERE.keys() or path == "/metrics":
            continue
        whole = path
        for each in named:
            whole = whole.replace(f"{{{each}}}", WHERE[each])
        found += [f"{whole}{query}" for query in ASKED] if path in {"/items", "/items/count", "/items.csv"} else [whole]
    return found


async def seen_by(desk: Desk, who: Identity) -> dict[str, tuple[int, str | None, str]]:
    """What somebody is answered on every such path: status, ETag, body."""
    told = {}
    for path in looked_at(desk):
        answer = await desk.call("GET", path, who)
        text = re.sub(r'"oldest_seconds":[0-9.]+', "", answer.text)  # time passes for everybody
        told[path] = (answer.status_code, answer.headers.get("etag"), text.replace(answer_id(answer), ""))
    return told


def answer_id(answer: Any) -> str:
    """What differs in two refusals by itself: the id of the trace."""
    body = answer.json() if "json" in answer.headers.get("content-type", "") else None
    return str(body.get("trace_id", "\0")) if isinstance(body, dict) else "\0"


@pytest.mark.parametrize("who", ["director", "auditor", "operator", "who acts for the opener"])
async def test_no_answer_differs_for_who_need_not_know_when_there_is_a_matter(desk: Desk, who: str) -> None:
    """All that can be read is read before and after: no list, count, search, table, figure, history or ETag differs."""
    await opened(desk, key="plain", process="inquiry", title="Status of invoices", entry_numbers=[])
    insider = INSIDERS[who]
    before = await seen_by(desk, insider)
    assert len(before) > 30
    item_id = await matter(desk)
    token = await desk.claim(item_id)
    assert (await done(desk, item_id, "take-as-lead", token=token, fields=LEAD)).status_code == 201
    note = {"level": "law-enforcement", "text": "Two sets of invoices."}
    noted = await desk.call("POST", f"/items/{item_id}/notes", KIM, json=note, headers={"Idempotency-Key": "n"})
    assert noted.status_code == 201, noted.text
    after = await seen_by(desk, insider)
    assert {path for path in before if before[path] != after[path]} == set()
    assert all(item_id not in text for _, _, text in after.values())
    for path in (
        f"/history/{item_id}",
        f"/items/{item_id}/reads",
        f"/items/{item_id}/votes",
        f"/items/{item_id}/notes",
    ):
        there, nowhere = (
            await desk.call("GET", path, insider),
            await desk.call("GET", path.replace(item_id, ABSENT), insider),
        )
        assert there.status_code == nowhere.status_code, path
        assert "invoices" not in there.text
        assert there.headers.get("etag") == nowhere.headers.get("etag")
    body = {"act": "assign", "to": insider.subject, "query": "process=commercial-fraud", "reason": "Mine."}
    run = await desk.call("POST", "/bulk-runs", insider, json=body, headers={"Idempotency-Key": "b"})
    assert run.json()["code"] in {"bulk-empty", "role-required", "no-acting-authority"}, run.text
    # Those who know of it do see it there: the paths that were looked at are those by which it can be seen.
    known = await seen_by(desk, KIM)
    assert {path for path, (_, _, text) in known.items() if item_id in text} >= {"/items", "/items.csv"}


async def test_nothing_of_it_leaves_the_work_queue(desk: Desk) -> None:
    item_id = await matter(desk)
    token = await desk.claim(item_id)
    await done(desk, item_id, "take-as-lead", token=token, fields=LEAD)
    assert await desk.published() == []
    letter = await desk.call(
        "POST",
        f"/items/{item_id}/requests",
        json={"token": token, "questions": ["Why two invoices?"]},
        headers={"Idempotency-Key": "q"},
    )
    assert (letter.status_code, letter.json()["code"]) == (422, "quiet-matter"), letter.text


async def test_opener_and_coordinator_know_and_name_others_who_then_know(desk: Desk) -> None:
    item_id = await matter(desk)
    for who in (KIM, TED):
        listed = (await desk.call("GET", "/items", who)).json()["items"]
        assert [each["item_id"] for each in listed] == [item_id]
    assert (await desk.call("GET", f"/items/{item_id}", LEE)).status_code == 404
    named = await name(desk, item_id, "lee", TED)
    assert [(each["subject"], each["added_by"]) for each in named.json()["items"]] == [("kim", "kim"), ("lee", "ted")]
    assert (await name(desk, item_id, "lee", TED)).json() == named.json()
    assert (await desk.call("GET", f"/items/{item_id}", LEE)).status_code == 200
    assert (await desk.call("POST", "/items/next", LEE, json={})).json()["item_id"] == item_id
    stays = await desk.call("DELETE", f"/items/{item_id}/need-to-know/lee", KIM)
    assert (stays.status_code, stays.json()["code"]) == (409, "stays-named")
    token = (await desk.call("GET", f"/items/{item_id}", LEE)).json()["token"]
    assert (await desk.call("POST", f"/items/{item_id}/release", LEE, json={"token": token})).is_success
    assert (await desk.call("DELETE", f"/items/{item_id}/need-to-know/lee", KIM)).status_code == 200
    assert (await desk.call("GET", f"/items/{item_id}", LEE)).status_code == 404
    assert (await desk.call("POST", "/items/next", LEE, json={})).status_code == 204
    assert {row.subject: row.added_by for row in await desk.rows(need_to_know)} == {"kim": "kim", "lee": "ted"}
    (removal,) = await desk.rows(need_to_know_removals)
    assert (removal.subject, removal.removed_by) == ("lee", "kim")
    named = (await desk.call("GET", f"/items/{item_id}/need-to-know", KIM)).json()["items"]
    assert {each["subject"]: each["removed_by"] for each in named} == {"kim": None, "lee": "kim"}
    # Named again, and taken off again: each time is a line.
    desk.clock.advance(timedelta(minutes=1))
    await name(desk, item_id, "lee", TED)
    assert (await desk.call("GET", f"/items/{item_id}", LEE)).status_code == 200
    assert (await desk.call("DELETE", f"/items/{item_id}/need-to-know/lee", TED)).status_code == 200
    assert [row.removed_by for row in await desk.rows(need_to_know_removals)] == ["kim", "ted"]


REMOVALS_ATTACKED = {
    "blame": "UPDATE need_to_know_removals SET removed_by = 'ted'",
    "date": "UPDATE need_to_know_removals SET removed_at = removed_at - interval '1 day'",
    "forget": "DELETE FROM need_to_know_removals",
}


@pytest.mark.parametrize("attack", REMOVALS_ATTACKED)
async def test_removal_from_the_list_is_under_seal(unchecked_desk: Desk, attack: str) -> None:
    desk = unchecked_desk
    item_id = await matter(desk)
    await name(desk, item_id, "lee")
    assert (await desk.call("DELETE", f"/items/{item_id}/need-to-know/lee", KIM)).status_code == 200
    await sealing.seal_what_waits(desk.engine, SEALED, desk.clock.now())
    assert not any((await find_violations(desk.engine, sealing.invariants(SEALED))).values())
    async with transaction(desk.engine) as tx:
        await tx.connection.execute(text(REMOVALS_ATTACKED[attack]))
    found = await find_violations(desk.engine, sealing.invariants(SEALED))
    (told,) = found["history-stands-as-sealed"]
    assert told.startswith(f"need_to_know_removals of {item_id}"), told


async def test_list_that_says_other_than_its_history_is_found(unchecked_desk: Desk) -> None:
    desk = unchecked_desk
    item_id = await matter(desk)
    await name(desk, item_id, "lee")
    assert not any((await desk.violations()).values())
    for forged in (
        """UPDATE items SET knowers = '["kim", "lee", "eve"]'""",
        "INSERT INTO need_to_know_removals VALUES ((SELECT item_id FROM items), 'lee', (SELECT added_at FROM"
        " need_to_know WHERE subject = 'lee'), 'eve', now())",
    ):
        async with transaction(desk.engine) as tx:
            await tx.connection.execute(text(forged))
        found = await desk.violations()
        assert list(found["knowers-are-those-who-are-named"]) == [
            f"{item_id} is known to others than those who are named on it by its history"
        ]
        async with transaction(desk.engine) as tx:
            await tx.connection.execute(text("""UPDATE items SET knowers = '["kim", "lee"]'"""))


async def test_removal_by_the_release_before_is_noted_as_a_line(unchecked_desk: Desk) -> None:
    desk = unchecked_desk
    item_id = await matter(desk)
    await name(desk, item_id, "lee")
    async with transaction(desk.engine) as tx:
        before = "UPDATE need_to_know SET removed_by = 'kim', removed_at = now() WHERE subject = 'lee'"
        await tx.connection.execute(text(before))
    (removal,) = await desk.rows(need_to_know_removals)
    assert (str(removal.item_id), removal.subject, removal.removed_by) == (item_id, "lee", "kim")


async def test_agent_reads_and_acts_on_the_matter_that_names_them_and_on_no_other(desk: Desk) -> None:
    item_id = await matter(desk)
    other = (await opened(desk, key="other", **FRAUD)).json()["item_id"]
    plain = (await opened(desk, key="plain", process="inquiry", title="Status", entry_numbers=[])).json()["item_id"]
    await name(desk, item_id, "hal")
    quiet = {"suspected_violation": "Two sets of invoices."}
    assert [each["item_id"] for each in (await desk.call("GET", "/items", AGENT)).json()["items"]] == [item_id]
    led = await done(desk, item_id, "open-investigation", AGENT, fields=quiet)
    assert led.status_code == 201, led.text
    (kept,) = (await desk.call("GET", f"/items/{item_id}", AGENT)).json()["matter"]["acts"]
    assert kept["authority"] == "item.act/named"
    for there in (other, plain):
        assert (await desk.call("GET", f"/items/{there}", AGENT)).status_code == 404
        assert (await done(desk, there, "open-investigation", AGENT, key=there, fields=quiet)).status_code == 404
    assert (await desk.call("POST", f"/items/{item_id}/claim", AGENT)).status_code == 403
    assert (await opened(desk, AGENT, key="own", **FRAUD)).status_code == 403
    await desk.call("DELETE", f"/items/{item_id}/need-to-know/hal")
    assert (await desk.call("GET", f"/items/{item_id}", AGENT)).status_code == 404


async def test_matter_opened_from_it_shows_its_origin_to_nobody_who_need_not_know(desk: Desk) -> None:
    item_id = await matter(desk)
    token = await desk.claim(item_id)
    board = await opened(desk, key="board", process="inquiry", title="Status", entry_numbers=[], linked_item=item_id)
    assert board.status_code == 201, board.text
    path = f"/items/{board.json()['item_id']}"
    mine, theirs = (await desk.call("GET", path)).json(), (await desk.call("GET", path, LEE)).json()
    assert ([each["item_id"] for each in mine["linked"]], mine["matter"]["linked_item"]) == ([item_id], item_id)
    assert (theirs["linked"], theirs["matter"]["linked_item"]) == ([], None)
    assert token


async def test_tables_are_shown_to_whoever_works_here(desk: Desk) -> None:
    public = {each["code"] for each in (await desk.client.get("/processes")).json()["items"]}
    staff = {each["code"] for each in (await desk.call("GET", "/processes")).json()["items"]}
    assert staff - public == {"cear", "commercial-fraud"}
    assert (await desk.client.get("/processes/cear")).status_code == 404
