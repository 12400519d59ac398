"""One act on many items (Q7): looked at before, begun by a second person over the limits, gone on with after a kill."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from services.workqueue.acts import bulk as acts
from services.workqueue.domain.bulk import Limits
from services.workqueue.store.tables import bulk_items, item_acts, item_events, items
from shared.customs.sampling import draw_sample
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import filing_item_id
from tests.integration.workqueue.desk import DIVISIONS, KIM, Desk
from tests.integration.workqueue.events import filing_routed, legal_act, routed
from tests.integration.workqueue.test_workqueue_compartment import matter, name
from tests.integration.workqueue.test_workqueue_staff import people, put, queue
from tests.support.events import entry_number

CENTER = frozenset({"CEE007"})
ROLES = frozenset({RoleName.ASSISTANT_CENTER_DIRECTOR})
DAN = Identity("dan", "Dan Moss", ROLES, centers=CENTER, divisions=DIVISIONS)
SUE = Identity("sue", "Sue Dahl", ROLES, centers=CENTER, divisions=DIVISIONS)
AWAY = Identity("ann", "Ann Field", ROLES, centers=frozenset({"CEE001"}), divisions=DIVISIONS)
LIMITS = Limits(1_000, 10_000_000)
VALIDATED = {
    "claim_type": "41",
    "earliest_imported_on": "2025-01-10",
    "completed_on": "2026-03-01",
    "claimed_usd": "120.50",
    "has_accelerated_payment": False,
}
BY_SAMPLE = {
    "criteria": "Claims below 500 dollars with electronic proof of export.",
    "batch": ["March"],
    "sampled": ["two claims"],
    "liquidation_reason": "57",
    "due_usd": {"from": "claimed_usd"},
}


async def ask(desk: Desk, key: str = "b1", who: Identity = DAN, **body: Any) -> Any:
    given = {"act": "assign", "to": "kim", "query": "state=open", "reason": "Lee is away."} | body
    given = {name: value for name, value in given.items() if value is not None}
    return await desk.call("POST", "/bulk-runs", who, json=given, headers={"Idempotency-Key": key})


async def settle(desk: Desk, run: str, act: str = "begin", who: Identity = DAN) -> Any:
    return await desk.call("POST", f"/bulk-runs/{run}/acts", who, json={"act": act})


async def read(desk: Desk, run: str, who: Identity = DAN) -> Any:
    return (await desk.call("GET", f"/bulk-runs/{run}", who)).json()


async def test_q7_preview_counts_money_and_refusals_and_changes_nothing(desk: Desk) -> None:
    await queue(desk, 2)
    await desk.apply(routed(entry_number(9), importer_number="12-345678900"))
    await put(desk, "kim", interests=["12-345678900"])
    assert (await ask(desk, who=AWAY)).json()["code"] == "bulk-empty"
    assert (await ask(desk, query="stat=open")).status_code == 422
    assert (await ask(desk, to=None)).status_code == 422
    asked = await ask(desk)
    told = asked.json()
    assert (asked.status_code, told["state"], told["items"], told["foreseen"]) == (201, "ready", 3, 1), asked.text
    assert (told["value_usd"], told["needs_second"]) == (2_000, False)  # the two others are worth 1,000 each
    assert told["refusals"] == [{"code": "conflict-of-interest", "items": 1}]
    assert (await ask(desk)).json() == told
    assert {row.assigned_to for row in await desk.rows(items)} == {None}
    refused = (await desk.call("GET", f"/bulk-runs/{told['run_id']}/items", DAN)).json()["items"]
    assert [each["code"] for each in refused].count("conflict-of-interest") == 1


async def test_q7_run_does_each_item_and_tells_what_became_of_it(desk: Desk) -> None:
    first, *_ = await queue(desk, 3)
    await put(desk, "kim")
    run = (await ask(desk)).json()["run_id"]
    assert (await settle(desk, run, who=AWAY)).status_code == 404
    assert (await settle(desk, run)).json()["state"] == "running"
    await desk.apply(routed(entry_number(1), version=2, processes=[]))
    assert await acts.go_on(desk.engine, desk.clock.now(), LIMITS) == 3
    told = await read(desk, run)
    assert (told["state"], told["done"], told["refused"], told["pending"]) == ("done", 2, 1, 0)
    refused = (await desk.call("GET", f"/bulk-runs/{run}/items?state=refused", DAN)).json()["items"]
    assert [(each["item_id"], each["code"]) for each in refused] == [(first, "item-cancelled")]
    assert [(each["entry_number"], each["protest_number"]) for each in refused] == [(entry_number(1), None)]
    lines = [row for row in await desk.rows(item_events) if row.change == "assigned"]
    assert [(row.actor, len(lines)) for row in lines] == [("dan", 2), ("dan", 2)]
    assert await acts.go_on(desk.engine, desk.clock.now(), LIMITS) == 0
    assert (await settle(desk, run)).json()["code"] == "bulk-settled"


async def test_q7_over_the_limits_a_second_person_begins_the_run(desk: Desk) -> None:
    for serial in (1, 2):
        await desk.apply(routed(entry_number(serial), value_usd=5_000_001))
    await put(desk, "kim")
    told = (await ask(desk)).json()
    assert (told["needs_second"], told["value_usd"]) == (True, 10_000_002)
    refused = await settle(desk, told["run_id"])
    assert (refused.status_code, refused.json()["code"]) == (403, "second-person-required")
    assert (await settle(desk, told["run_id"], who=SUE)).json()["begun_by"] == "sue"
    await acts.go_on(desk.engine, desk.clock.now(), LIMITS)
    lines = [row for row in await desk.rows(item_events) if row.change == "assigned"]
    assert {row.actor for row in lines} == {"dan"}


async def test_q7_every_act_is_that_of_a_person_on_one_item(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=["quota"]), legal_act(entry))
    for number, body in enumerate(
        (
            {"act": "set-day", "due_on": "2027-01-20", "to": None},
            {"act": "offer", "to_center": "CEE005", "to": None},
            {"act": "no-change", "to": None},
        )
    ):
        who = DAN if body["act"] != "no-change" else KIM
        asked = await ask(desk, f"k{number}", who, **body)
        assert (asked.status_code, asked.json()["foreseen"]) == (201, 0), asked.text
        assert {name: asked.json()[name] for name in body} == body
        await settle(desk, asked.json()["run_id"], who=who)
        await acts.go_on(desk.engine, desk.clock.now(), LIMITS)
        told = await read(desk, asked.json()["run_id"], who)
        assert (told["state"], told["done"]) == ("done", 1), told
    (row,) = await desk.rows(items)
    assert (str(row.due_on), row.state, row.holder) == ("2027-01-20", "completed", "kim")
    assert [each["type"] for each in await desk.published()][-1] == "gov.cbp.work.review-decided.v1"


async def test_q7_withdrawn_run_leaves_the_rest(desk: Desk) -> None:
    await queue(desk, 2)
    await put(desk, "kim")
    run = (await ask(desk)).json()["run_id"]
    await settle(desk, run)
    assert (await settle(desk, run, "withdraw")).json()["state"] == "withdrawn"
    assert await acts.go_on(desk.engine, desk.clock.now(), LIMITS) == 0
    assert {row.assigned_to for row in await desk.rows(items)} == {None}


async def test_run_under_an_acting_authority_that_has_ended_is_refused_item_by_item(desk: Desk) -> None:
    await queue(desk, 2)
    await put(desk, "kim")
    days = {"from_on": "2026-03-02", "to_on": "2026-03-06", "reason": "Leave."}
    body = {"center": "CEE007", "from_subject": "sue", "to_subject": "dan", **days}
    await people(desk, "sue", "dan")
    proposed = await desk.call("POST", "/staff/delegations", DAN, json=body, headers={"Idempotency-Key": "d1"})
    path = f"/staff/delegations/{proposed.json()['delegation_id']}"
    boss = replace(SUE, subject="bea")
    assert (await desk.call("POST", f"{path}/release", boss)).status_code == 200
    acting = replace(DAN, acting_for="sue")
    run = (await ask(desk, who=acting)).json()["run_id"]
    assert (await settle(desk, run, who=acting)).status_code == 200
    assert (await desk.call("POST", f"{path}/end", boss)).status_code == 200
    await acts.go_on(desk.engine, desk.clock.now(), LIMITS)
    told = await read(desk, run, acting)
    assert (told["state"], told["done"], told["refused"]) == ("done", 0, 2)
    assert told["refusals"] == [{"code": "no-acting-authority", "items": 2}]


async def test_run_over_two_centers_is_read_and_begun_by_who_may_in_both(desk: Desk) -> None:
    both = replace(DAN, centers=frozenset({"CEE001", "CEE007"}))
    await desk.apply(routed(entry_number(1)), routed(entry_number(2), center="CEE001", value_usd=20_000_000))
    run = (await ask(desk, who=both, act="offer", to=None, to_center="CEE005")).json()
    assert (run["items"], run["needs_second"]) == (2, True)
    listed = (await desk.call("GET", "/bulk-runs?state=ready", both)).json()["items"]
    assert [(each["run_id"], each["act"], each["to_center"], each["state"]) for each in listed] == [
        (run["run_id"], "offer", "CEE005", "ready")
    ]
    assert (await desk.call("GET", "/bulk-runs?state=done", both)).json()["items"] == []
    for one in (SUE, AWAY):
        assert (await desk.call("GET", "/bulk-runs", one)).json()["items"] == []
        assert (await settle(desk, run["run_id"], who=one)).status_code == 404
        assert (await desk.call("GET", f"/bulk-runs/{run['run_id']}/items", one)).status_code == 404
    second = replace(SUE, centers=both.centers)
    [seen] = (await desk.call("GET", "/bulk-runs", second)).json()["items"]
    assert seen["run_id"] == run["run_id"]
    assert (await settle(desk, run["run_id"], who=second)).json()["state"] == "running"


async def test_list_of_runs_goes_on_from_its_place(desk: Desk) -> None:
    await desk.apply(routed(entry_number(1)))
    asked = [(await ask(desk, key=f"run-{number}")).json()["run_id"] for number in range(3)]
    first = (await desk.call("GET", "/bulk-runs?limit=2", DAN)).json()
    rest = (await desk.call("GET", first["next"], DAN)).json()
    assert rest["next"] is None
    assert {each["run_id"] for each in first["items"] + rest["items"]} == set(asked)


async def test_sensitive_matter_is_in_no_run_not_even_of_who_knows_of_it(desk: Desk) -> None:
    hidden = await matter(desk)
    await name(desk, hidden, "dan")
    assert (await desk.call("GET", f"/items/{hidden}", DAN)).status_code == 200
    assert (await ask(desk, query="kind=matter")).json()["code"] == "bulk-empty"


FILL = """
INSERT INTO items (item_id, kind, process, importer_number, center, division, priority, opened_at, due_on, state, token,
                   acts, value_usd, stage)
SELECT gen_random_uuid(), 'matter', 'inquiry', '07-345678900', 'CEE007', 'enforcement', 1,
       '2026-01-01'::timestamptz + n * interval '1 second', '2026-06-03', 'open', 0, 0, 10, 'received'
FROM generate_series(1, $1::integer) AS numbers(n)
"""
WORKER = """
import asyncio, sys
from datetime import UTC, datetime
from services.workqueue.acts import bulk
from services.workqueue.domain.bulk import Limits
from shared.db.engine import create_engine
async def main():
    engine = create_engine(sys.argv[1], application="bulk-worker")
    print("begins", flush=True)
    await bulk.go_on(engine, datetime(2026, 3, 2, 19, tzinfo=UTC), Limits(1000, 10_000_000))
asyncio.run(main())
"""


async def count(desk: Desk, state: str) -> int:
    async with transaction(desk.engine) as tx:
        rows = await bulk.fetch(tx, "SELECT count(*) AS found FROM bulk_items WHERE state = $1", state)
    return int(rows[0]["found"])


@pytest.mark.timeout(180)
async def test_q7_run_that_is_killed_in_the_middle_goes_on_and_does_no_item_twice(unchecked_desk: Desk) -> None:
    desk = unchecked_desk
    async with transaction(desk.engine) as tx:
        await bulk.execute(tx, FILL, 4_000)
    await put(desk, "kim")
    run = (await ask(desk)).json()
    assert run["state"] == "looking"
    await acts.go_on(desk.engine, desk.clock.now(), LIMITS)
    ready = await read(desk, run["run_id"])
    assert (ready["state"], ready["items"], ready["needs_second"]) == ("ready", 4_000, True)
    assert (await settle(desk, run["run_id"], who=SUE)).status_code == 200
    url = desk.engine.url.render_as_string(hide_password=False)
    worker = subprocess.Popen([sys.executable, "-c", WORKER, url], stdout=subprocess.DEVNULL)  # noqa: ASYNC220
    try:
        until = time.monotonic() + 120
        while not await count(desk, "done"):
            assert worker.poll() is None
            assert time.monotonic() < until
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    before = await count(desk, "done")
    assert 0 < before < 4_000
    await acts.go_on(desk.engine, desk.clock.now(), LIMITS)
    told = await read(desk, run["run_id"])
    assert (told["state"], told["done"], told["refused"]) == ("done", 4_000, 0)
    lines = Counter(row.item_id for row in await desk.rows(item_events) if row.change == "assigned")
    assert (len(lines), set(lines.values())) == (4_000, {1})
    assert {row.assigned_to for row in await desk.rows(items)} == {"kim"}
    assert len(await desk.rows(bulk_items)) == 4_000


DEE = Identity("dee", "Dee Brook", frozenset({RoleName.DRAWBACK_SPECIALIST}), centers=CENTER, divisions=DIVISIONS)


async def claims(desk: Desk, count: int) -> list[str]:
    """Drawback claims that were found complete, by filing."""
    found = []
    for number in range(count):
        await desk.apply(filing_routed(f"DRAW-{number}", kind="drawback-claim", center="CEE007"))
        found.append(str(filing_item_id(f"DRAW-{number}")))
    validate = {
        "act": "act",
        "process_act": "validate",
        "fields": VALIDATED,
        "to": None,
        "query": "process=drawback-claim&state=open",
    }
    asked = await ask(desk, "validate", DEE, **validate)
    assert (asked.status_code, asked.json().get("foreseen")) == (201, 0), asked.text
    await settle(desk, asked.json()["run_id"], who=DEE)
    await acts.go_on(desk.engine, desk.clock.now(), LIMITS)
    assert (await read(desk, asked.json()["run_id"], DEE))["done"] == count
    return found


async def test_drawback_claims_are_verified_in_bulk_by_criteria_when_their_sample_was_looked_at(desk: Desk) -> None:
    await claims(desk, 6)
    body = {
        "act": "act",
        "process_act": "verify-by-sample",
        "fields": BY_SAMPLE,
        "to": None,
        "sample": 2,
        "query": "process=drawback-claim&stage=validated",
    }
    run = (await ask(desk, "verify", DEE, **body)).json()
    assert (run["items"], run["foreseen"], run["sample"]) == (6, 0, 2), run
    line = (await desk.call("GET", "/bulk-runs?state=ready", DEE)).json()["items"][0]
    assert line == {name: run[name] for name in line}  # the list tells the same of it
    assert (line["process_act"], line["sample"]) == ("verify-by-sample", 2)
    early = await settle(desk, run["run_id"], who=DEE)
    assert (early.status_code, early.json()["code"]) == (409, "sample-open")
    path = f"/bulk-runs/{run['run_id']}/sample"
    shown = (await desk.call("GET", path, DEE)).json()
    sample = shown["items"]
    assert run["run_id"] != shown["seed"]  # which follows from the caller's key: they would know the sample beforehand
    assert (len(sample), sample) == (2, (await desk.call("GET", path, DEE)).json()["items"])
    drawn = draw_sample(shown["seed"], range(1, 7), 2)  # the rule that protests in bulk share, here in SQL
    assert tuple(each["number"] for each in sample) == drawn
    outside = next(number for number in range(1, 7) if number not in {each["number"] for each in sample})
    says = {"verdict": "fits", "says": "Proof of export is complete."}
    assert (await desk.call("POST", f"{path}/{outside}", DEE, json=says)).status_code == 404
    for each in sample:
        assert (await desk.call("POST", f"{path}/{each['number']}", DEE, json=says)).status_code == 200
    again = await desk.call("POST", f"{path}/{sample[0]['number']}", DEE, json=says)
    assert again.json()["code"] == "checked-before"
    assert (await settle(desk, run["run_id"], who=DEE)).status_code == 200
    await acts.go_on(desk.engine, desk.clock.now(), LIMITS)
    assert (await read(desk, run["run_id"], DEE))["done"] == 6
    assert {row.stage for row in await desk.rows(items)} == {"verified"}
    verified = [row.fields["due_usd"] for row in await desk.rows(item_acts) if row.act == "verify-by-sample"]
    assert verified == ["120.50"] * 6  # each what its own claimant claimed


async def test_sample_of_a_run_that_has_begun_is_what_was_looked_at_whatever_became_of_it(desk: Desk) -> None:
    await claims(desk, 3)
    body = {"act": "act", "process_act": "verify-by-sample", "fields": BY_SAMPLE, "to": None, "sample": 1}
    query = "process=drawback-claim&stage=validated"
    run = (await ask(desk, "verify", DEE, **body, query=query)).json()["run_id"]
    path = f"/bulk-runs/{run}/sample"
    (one,) = (await desk.call("GET", path, DEE)).json()["items"]
    says = {"verdict": "fits", "says": "Proof of export is complete."}
    looked_at = (await desk.call("POST", f"{path}/{one['number']}", DEE, json=says)).json()
    await desk.claim(one["item_id"], KIM)  # so that the run is refused this one
    assert (await settle(desk, run, who=DEE)).status_code == 200
    await acts.go_on(desk.engine, desk.clock.now(), LIMITS)
    told = await read(desk, run, DEE)
    assert (told["done"], told["refused"]) == (2, 1), told
    assert (await desk.call("GET", path, DEE)).json() == looked_at


async def test_run_whose_sample_differs_does_not_begin(desk: Desk) -> None:
    await claims(desk, 2)
    body = {"act": "act", "process_act": "verify-by-sample", "fields": BY_SAMPLE, "to": None, "sample": 1}
    run = (await ask(desk, "verify", DEE, **body, query="process=drawback-claim")).json()["run_id"]
    (one,) = (await desk.call("GET", f"/bulk-runs/{run}/sample", DEE)).json()["items"]
    says = {"verdict": "differs", "says": "No proof of export."}
    await desk.call("POST", f"/bulk-runs/{run}/sample/{one['number']}", DEE, json=says)
    assert (await settle(desk, run, who=DEE)).json()["code"] == "sample-differs"
    assert (await settle(desk, run, "withdraw", DEE)).status_code == 200


async def test_bulk_act_that_writes_letters_or_is_none_of_the_process_is_refused(desk: Desk) -> None:
    await claims(desk, 1)
    for number, act in enumerate(("request-documents", "sing")):
        body = {"act": "act", "process_act": act, "fields": {}, "to": None, "query": "process=drawback-claim"}
        told = (await ask(desk, f"n{number}", DEE, **body)).json()
        assert told["foreseen"] == 1, told
