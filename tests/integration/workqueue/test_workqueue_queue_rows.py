"""What a work queue must do (domain/queue.md): each row that no other module names, over HTTP as a person meets it.

Views are Q8, bulk Q7, clocks Q5 and Q6, balance Q14 and related work Q16, transfers Q15: each has a module of its own.
"""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.workqueue.store.tables import item_events, items
from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from shared.runtime.errors import Transient
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, KIM, LEE, Desk
from tests.integration.workqueue.events import consultation, decision_refused, legal_act, routed
from tests.integration.workqueue.test_workqueue_staff import people, put, queue
from tests.support.events import entry_number

from services.workqueue.acts.claim import WorkWanted, claim_next_alone  # isort: skip
from services.workqueue.domain.processes.table import PROCESSES  # isort: skip

HERE = Path(__file__).parent
ROWS = ("q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q13", "q14", "q15", "q16", "q17", "q18")


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_list_has_a_test_that_names_it(row: str) -> None:
    named = [line for path in HERE.glob("test_*.py") for line in path.read_text("utf-8").splitlines()]
    assert [line for line in named if line.startswith((f"async def test_{row}_", f"def test_{row}_"))]


async def test_q1_second_claimant_is_told_who_holds_the_item(desk: Desk) -> None:
    (item,) = await queue(desk, 1)
    await desk.claim(item, KIM)
    second = await desk.call("POST", f"/items/{item}/claim", LEE)
    assert (second.status_code, second.json()["code"]) == (409, "already-claimed")
    assert "Kim Reyes holds the item" in second.json()["detail"]


async def test_q2_lease_ends_without_heartbeat_and_a_stale_token_writes_nothing(desk: Desk) -> None:
    (item,) = await queue(desk, 1)
    token = await desk.claim(item, KIM)
    desk.clock.advance(timedelta(minutes=20))
    assert (await desk.call("POST", f"/items/{item}/heartbeat", KIM, json={"token": token})).status_code == 200
    desk.clock.advance(timedelta(minutes=29))
    assert (await desk.call("POST", f"/items/{item}/claim", LEE)).status_code == 409
    desk.clock.advance(timedelta(minutes=2))
    assert await desk.claim(item, LEE) == token + 1
    stale = await desk.call("POST", f"/items/{item}/release", KIM, json={"token": token})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale-token")
    (row,) = await desk.rows(items)
    assert (row.holder, row.state) == ("lee", "claimed")


async def test_q3_next_is_mine_then_by_day_urgency_and_age_and_passes_over_what_waits(desk: Desk) -> None:
    for serial, process in enumerate(("quota", "quota", "ad-cvd", "quota", "quota"), 1):
        await desk.apply(routed(entry_number(serial), processes=[process], time=f"2026-03-02T0{serial}:00:00Z"))
    await desk.apply(legal_act(entry_number(2)))
    by_entry = {row.entry_number: str(row.item_id) for row in await desk.rows(items)}
    first, due, urgent, assigned, waits = (by_entry[entry_number(serial)] for serial in range(1, 6))
    await put(desk, "kim")
    dan = Identity("dan", "Dan", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE007"}))
    assign = {"to": "kim", "reason": "Hers."}
    assert (await desk.call("POST", f"/items/{assigned}/assign", dan, json=assign)).status_code == 200
    async with transaction(desk.engine) as tx:
        await bulk.execute(tx, "UPDATE items SET waits_for = 'laboratory' WHERE item_id = $1", waits)
    taken = []
    for _ in range(4):
        answer = await desk.call("POST", "/items/next", KIM)
        taken.append(answer.json()["item_id"])
        assert answer.json()["why"]
    assert taken == [assigned, due, urgent, first]
    assert (await desk.call("POST", "/items/next", KIM)).status_code == 204
    async with transaction(desk.engine) as tx:
        await bulk.execute(tx, "UPDATE items SET waits_for = NULL")


async def test_q3_claim_is_told_as_it_stands_and_has_one_line_and_one_event(desk: Desk) -> None:
    (item,) = await queue(desk, 1)
    taken = (await desk.call("POST", "/items/next", KIM)).json()
    told = [each for each in await desk.published() if each["data"]["change"] == "claimed"]
    history = [
        each for each in (await desk.call("GET", f"/items/{item}")).json()["history"] if each["change"] == "claimed"
    ]
    assert (len(told), len(history), taken["item_id"]) == (1, 1, item)
    event, data = told[0], told[0]["data"]
    (row,) = await desk.rows(items)
    # What the same change says when it is made by its id, but for its time and number.
    await desk.call("POST", f"/items/{item}/release", KIM, json={"token": taken["token"]})
    await desk.claim(item, KIM)
    by_id = [each for each in await desk.published() if each["data"]["change"] == "claimed"][-1]
    varies = {"sequence", "at"}
    assert {name: value for name, value in data.items() if name not in varies} == {
        name: value
        for name, value in by_id["data"].items()
        if name not in varies and (value is not None or name in data) and value not in ([], ())
    }
    assert event.keys() == by_id.keys()
    assert (event["source"], event["type"], event["subject"]) == (by_id["source"], by_id["type"], item)
    assert event["id"] != by_id["id"]
    assert (data["sequence"], data["actor"]["subject"]) == (history[0]["sequence"], row.holder)


async def test_item_says_what_selected_its_entry_and_why_its_center_has_it(desk: Desk) -> None:
    by_account, goods = entry_number(1), [consultation()]
    await desk.apply(routed(by_account, processes=["quota"], consultations=goods, duty_usd="9375.00"))
    listed = (await desk.call("GET", "/items", KIM)).json()["items"]
    told = {(each["kind"], each["entry_number"]): each for each in listed}
    review = told["review", by_account]
    sent = routed(by_account, processes=["quota"], consultations=goods).data.reasons
    assert review["duty_usd"] == "9375.00"
    assert review["center_reason"]["code"] == sent[0].code == "center-by-account"
    assert [each["code"] for each in review["selected"]] == [sent[-1].code]
    assert review["selected"][0]["fact"] == sent[-1].fact
    detail = (await desk.call("GET", f"/items/{review['item_id']}", KIM)).json()
    assert detail["selected"] == review["selected"]

    await desk.apply(routed(by_account, 2, processes=["quota"], duty_usd="10.00", move=1, center="CEE007"))
    moved = (await desk.call("GET", f"/items/{review['item_id']}", KIM)).json()
    assert (moved["center_reason"]["code"], moved["duty_usd"]) == ("moved", "10.00")
    table = (await desk.call("GET", f"/items.csv?entry={by_account}&kind=review", KIM)).text.splitlines()
    cells = dict(zip(table[0].split(","), table[1].split(","), strict=True))
    assert (cells["duty_usd"], cells["why_here"]) == ("10.00", review["selected"][0]["text"])


async def test_items_are_found_by_a_tariff_number_of_their_entry(desk: Desk) -> None:
    await desk.apply(routed(entry_number(1), processes=["quota"]))
    goods = routed(entry_number(1), processes=["quota"]).data.goods
    tariff = next(each.tariff for each in goods if each.tariff)

    async def found(query: str) -> int:
        return int((await desk.call("GET", f"/items/count?{query}", KIM)).json()["count"])

    assert await found(f"tariff={tariff}") == 1
    assert await found(f"tariff=0101210010&tariff={tariff}") == 1
    assert await found("tariff=0101210010") == 0
    assert (await desk.call("GET", "/items?tariff=84", KIM)).status_code == 422


async def test_q4_skill_that_is_demanded_relaxes_after_its_time_and_that_is_recorded(desk: Desk) -> None:
    (item,) = await queue(desk, 1)
    dan = Identity("dan", "Dan", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE007"}))
    demand = {"kind": "program", "code": "ad-cvd", "level": 2, "is_mandatory": True, "relax_hours": 24}
    path = "/centers/CEE007/skill-demands/ad-cvd"
    assert (await desk.call("PUT", path, dan, json={"demands": [demand]})).status_code == 200
    assert (await desk.call("POST", "/items/next", KIM)).status_code == 204
    desk.clock.advance(timedelta(hours=25))
    assert "nobody with program ad-cvd" in (await desk.call("POST", "/items/next", KIM)).json()["why"]
    lines = [row for row in await desk.rows(item_events) if row.change == "claimed"]
    assert [row.reasons[0]["fact"] for row in lines] == ["program ad-cvd"]
    assert lines[0].reasons[0]["text"] == "Nobody with the skill program ad-cvd took it in time."
    assert item


async def test_q9_act_under_a_delegation_says_for_whom(desk: Desk) -> None:
    (item,) = await queue(desk, 1)
    roles, center = frozenset({RoleName.CENTER_DIRECTOR}), frozenset({"CEE007"})
    dan, sue = Identity("dan", "Dan", roles, centers=center), Identity("sue", "Sue", roles, centers=center)
    days = {"from_on": "2026-03-02", "to_on": "2026-03-06", "reason": "Leave."}
    body = {"center": "CEE007", "from_subject": "lee", "to_subject": "kim", **days}
    await people(desk, "kim", "lee")
    proposed = await desk.call("POST", "/staff/delegations", sue, json=body, headers={"Idempotency-Key": "d1"})
    path = f"/staff/delegations/{proposed.json()['delegation_id']}/release"
    assert (await desk.call("POST", path, dan)).status_code == 200
    acting = Identity("kim", "Kim Reyes", KIM.roles, centers=center, divisions=DIVISIONS, acting_for="lee")
    taken = (await desk.call("POST", "/items/next", acting)).json()
    decision = {"token": taken["token"], "outcome": "no-change", "reasons": [{"code": "ok", "text": "As entered."}]}
    ended = await desk.call("POST", f"/items/{item}/complete", acting, json=decision)
    assert ended.status_code == 200, ended.text
    told = [each["data"] for each in await desk.published()]
    by = [each.get("actor") or each.get("decided_by") for each in told][-3:]
    assert {(each["subject"], each["acting_for"]) for each in by} == {("kim", "lee")}


async def test_q13_conflict_of_interest_stops_claim_and_next(desk: Desk) -> None:
    (item,) = await queue(desk, 1)
    await put(desk, "kim", interests=["07-345678900"])
    refused = await desk.call("POST", f"/items/{item}/claim", KIM)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict-of-interest")
    assert (await desk.call("POST", "/items/next", KIM)).status_code == 204
    assert (await desk.call("POST", "/items/next", LEE)).json()["item_id"] == item


async def test_q17_item_says_whom_it_waits_for_since_when_and_until_when(desk: Desk) -> None:
    about = {"process": "internal-advice", "title": "Which heading", "center": "CEE007"}
    about |= {"importer_number": "07-345678900"}
    waiting = [
        (process.code, stage.code)
        for process in PROCESSES.values()
        for stage in process.stages
        if stage.waits_for in {"importer", "laboratory", "headquarters", "commerce", "court"}
    ]
    assert len(waiting) > 20
    body = about | {"process": "prior-disclosure"}
    opened = await desk.call("POST", "/items", json=body, headers={"Idempotency-Key": "m1"})
    item = opened.json()["item_id"]
    token = await desk.claim(item)
    process = PROCESSES["prior-disclosure"]
    act = {"act": "acknowledge", "token": token, "fields": {"received_on": "2026-03-02", "is_oral": False}}
    done = await desk.call("POST", f"/items/{item}/acts", json=act, headers={"Idempotency-Key": "m2"})
    assert done.status_code == 201, done.text
    told: dict[str, Any] = (await desk.call("GET", f"/items/{item}")).json()
    assert told["waits_for"] == process.stage(told["stage"]).waits_for
    assert told["stage_since"] is not None
    assert (await desk.call("GET", "/items?waits_for=nobody")).json()["items"][0]["item_id"] == item


async def test_q18_undo_adds_a_line_and_takes_none_away(desk: Desk) -> None:
    (item,) = await queue(desk, 1)
    decision = {"token": await desk.claim(item), "outcome": "no-change", "reasons": [{"code": "ok", "text": "Fine."}]}
    decided = await desk.call("POST", f"/items/{item}/complete", json=decision)
    assert decided.status_code == 200, decided.text
    before = await desk.rows(item_events)
    (reviewed,) = {row.item_id for row in before}
    (entry,) = {row.entry_number for row in await desk.rows(items)}
    await desk.apply(decision_refused(entry, decided.json()["decision_id"]))
    after = await desk.rows(item_events)
    assert [row for row in after if row in before] == before
    assert [row.change for row in after if row not in before and row.item_id == reviewed] == ["reopened"]


KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'claimant' ORDER BY random() LIMIT 3
"""


@pytest.mark.timeout(180)
async def test_q1_of_32_clients_whose_connections_are_killed_no_two_have_one_item(unchecked_desk: Desk) -> None:
    count = 600
    fill = """
    INSERT INTO items (item_id, kind, process, entry_number, importer_number, center, division, priority, opened_at,
                       due_on, state, token, acts)
    SELECT gen_random_uuid(), 'review', 'quota', 'E' || n, '07-345678900', 'CEE007', 'enforcement', 1,
           '2026-01-01'::timestamptz + n * interval '1 second', '2026-06-03', 'open', 0, 0
    FROM generate_series(1, $1::integer) AS numbers(n)"""
    async with transaction(unchecked_desk.engine) as tx:
        await bulk.execute(tx, fill, count)
    url = unchecked_desk.engine.url.render_as_string(hide_password=False)
    engine = create_engine(url, application="claimant", pool_size=32)
    given: Counter[Any] = Counter()
    broken = 0

    async def claim(number: int) -> None:
        nonlocal broken
        who = Identity(f"user-{number}", "User", KIM.roles, centers=KIM.centers, divisions=DIVISIONS)
        while True:
            try:
                taken = await claim_next_alone(
                    engine, who, unchecked_desk.clock.now(), timedelta(minutes=30), WorkWanted()
                )
            except Transient:
                broken += 1
                continue
            if taken is None:
                return
            given[taken[0].item_id] += 1

    async def kill() -> None:
        async with unchecked_desk.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            while sum(given.values()) < count // 2:
                await connection.execute(text(KILL))
                await asyncio.sleep(random.uniform(0.001, 0.02))

    async with asyncio.TaskGroup() as group:
        group.create_task(kill())
        for number in range(32):
            group.create_task(claim(number))
    await engine.dispose()
    assert broken > 0
    assert set(given.values()) == {1}
    rows = await unchecked_desk.rows(items)
    assert {(row.state, row.token, row.acts) for row in rows} == {("claimed", 1, 1)}
    lines = Counter(row.item_id for row in await unchecked_desk.rows(item_events))
    assert (len(lines), set(lines.values())) == (count, {1})
    events = Counter(each["subject"] for each in await unchecked_desk.published())
    assert (len(events), set(events.values())) == (count, {1})
    # What a connection lost after its commit is claimed and has its line, and whoever asked was told that it failed.
    assert count - broken <= len(given) <= count
