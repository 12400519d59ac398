"""Clocks of items (Q5) and who is told as they run down (Q6): law is nobody's to set, policy is set with a reason."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.workqueue.acts.clock import escalate
from services.workqueue.domain.due import LEVELS, PAUSES
from services.workqueue.handlers.item_ids import entry_item_id
from services.workqueue.store.tables import escalations, items
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, KIM, Desk
from tests.integration.workqueue.events import IMPORTER, legal_act, protest_act, routed
from tests.support.events import entry_number

DAN = Identity(
    "dan",
    "Dan Moss",
    frozenset({RoleName.ASSISTANT_CENTER_DIRECTOR}),
    centers=frozenset({"CEE007"}),
    divisions=DIVISIONS,
)
DIRECTOR = Identity("dora", "Dora", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE007"}))
HEADQUARTERS = Identity("hal", "Hal", frozenset({RoleName.OFFICE_OF_TRADE}))
CUTOFF = date(2027, 1, 13)
"""The Wednesday before the Friday of 2027-01-15, on which the entry is scheduled: processes 3.2, by hand."""


async def review(desk: Desk) -> Any:
    """A review whose entry is scheduled for 2027-01-15 and liquidates by law on 2027-03-02."""
    entry = entry_number()
    await desk.apply(routed(entry, processes=["quota"]), legal_act(entry))
    return entry, entry_item_id(entry, "quota")


async def act(desk: Desk, item: Any, who: Identity = DAN, **body: Any) -> Any:
    clock = {"clock": "review-cutoff", "reason": "The importer asked."}
    return await desk.call("POST", f"/items/{item}/clocks", who, json=clock | body)


async def clocks(desk: Desk, item: Any) -> dict[str, dict[str, Any]]:
    answer = await desk.call("GET", f"/items/{item}/clocks")
    assert answer.status_code == 200, answer.text
    return {each["clock"]: each for each in answer.json()["clocks"]}


async def due_on(desk: Desk, item: Any) -> date | None:
    day: date | None = next(row.due_on for row in await desk.rows(items) if row.item_id == item)
    return day


async def test_q5_supervisor_sets_a_policy_day_with_a_reason_and_nobody_sets_one_of_law(desk: Desk) -> None:
    _, item = await review(desk)
    found = await clocks(desk, item)
    assert (found["review-cutoff"]["kind"], found["review-cutoff"]["due_on"]) == ("policy", str(CUTOFF))
    assert (found["deemed-liquidation"]["kind"], found["deemed-liquidation"]["due_on"]) == ("statutory", "2027-03-02")
    assert found["deemed-liquidation"]["began_on"] == "2026-03-02"
    later = {"act": "set-day", "due_on": "2027-01-20"}
    assert (await act(desk, item, KIM, **later)).status_code == 403
    law = await act(desk, item, **(later | {"clock": "deemed-liquidation"}))
    assert (law.status_code, law.json()["code"]) == (409, "statutory-clock"), law.text
    assert (await act(desk, item, act="set-day", due_on="2026-03-01")).json()["code"] == "day-is-over"
    assert (await act(desk, item, **(later | {"clock": "none"}))).status_code == 404
    assert (await act(desk, item, **(later | {"reason": ""}))).status_code == 422
    answer = await act(desk, item, **later)
    assert (answer.status_code, answer.json()["due_on"]) == (200, "2027-01-20"), answer.text
    assert await due_on(desk, item) == date(2027, 1, 20)
    history = (await desk.call("GET", f"/items/{item}")).json()["history"]
    assert (history[-1]["change"], history[-1]["actor"]) == ("day-set", "dan")
    assert "2027-01-13 becomes 2027-01-20. The importer asked." in history[-1]["reasons"][0]["text"]


async def test_q5_day_is_computed_from_its_source_each_time_and_a_day_set_ends_with_another_source(desk: Desk) -> None:
    entry, item = await review(desk)
    await act(desk, item, act="set-day", due_on="2027-01-20")
    await desk.apply(routed(entry, version=2, processes=["quota"]))
    assert await due_on(desk, item) == date(2027, 1, 20)
    await desk.apply(legal_act(entry, 2, "rescheduled", scheduled_on="2027-02-12"))
    assert await due_on(desk, item) == date(2027, 2, 10)
    assert (await clocks(desk, item))["review-cutoff"]["set_on"] is None


async def test_q5_policy_clock_stands_still_for_an_enumerated_reason_and_goes_on_with_the_days_left(desk: Desk) -> None:
    _, item = await review(desk)
    assert (await act(desk, item, act="pause", pause="holiday")).status_code == 422
    assert (await act(desk, item, act="pause")).status_code == 422
    assert (await act(desk, item, act="resume")).json()["code"] == "clock-runs"
    assert (await act(desk, item, act="pause", pause="laboratory", clock="deemed-liquidation")).status_code == 409
    paused = await act(desk, item, act="pause", pause="laboratory")
    assert paused.json()["clocks"][0]["pause"] == "laboratory", paused.text
    assert (await act(desk, item, act="pause", pause="court")).json()["code"] == "clock-stands"
    desk.clock.advance(timedelta(days=14))
    assert (await act(desk, item, act="resume")).json()["due_on"] == str(CUTOFF + timedelta(days=14))
    assert "closed by order" in PAUSES["government-closed"]


async def test_q5_item_whose_clock_stands_still_is_nowhere_listed_or_counted_as_late(
    desk: Desk,
) -> None:
    entry, item = await review(desk)
    opened = {"process": "engagement", "title": "Visit", "importer_number": IMPORTER, "center": "CEE007"}
    matter = (await desk.call("POST", "/items", json=opened, headers={"Idempotency-Key": "visit"})).json()["item_id"]
    token = await desk.claim(matter)
    planned = {"planned_on": "2026-04-01", "kind": "visit", "topics": "Scrap", "guests": "Two"}
    body = {"act": "set-day", "token": token, "fields": planned}
    answer = await desk.call("POST", f"/items/{matter}/acts", json=body, headers={"Idempotency-Key": "day"})
    assert answer.status_code == 201, answer.text
    (goal,) = await clocks(desk, matter)

    async def late() -> tuple[int, int, int, int]:
        listed = (await desk.call("GET", "/items?overdue=true")).json()["items"]
        in_span = (await desk.call("GET", "/items?due=overdue")).json()["items"]
        queues = (await desk.call("GET", "/queues")).json()
        ages = (await desk.call("GET", "/management", DIRECTOR)).json()["ageing"]
        return len(listed), len(in_span), sum(each["overdue"] for each in queues), sum(each["late"] for each in ages)

    for each, clock in ((item, "review-cutoff"), (matter, goal)):
        paused = await act(desk, each, act="pause", pause="importer", clock=clock)
        assert (paused.status_code, paused.json()["due_on"]) == (200, None), paused.text
    desk.clock.advance(timedelta(days=330))  # 26 January 2027: both days are over
    assert await late() == (0, 0, 0, 0)
    await desk.apply(routed(entry, version=2, processes=["quota"]))
    assert await late() == (0, 0, 0, 0), "what is heard of the entry does not let the clock go on"
    for each, clock in ((item, "review-cutoff"), (matter, goal)):
        await act(desk, each, act="resume", clock=clock)
    assert await late() == (0, 0, 0, 0)
    desk.clock.advance(timedelta(days=330))
    assert await late() == (2, 2, 2, 2)


@pytest.mark.parametrize(
    ("passed", "level", "told"),
    [
        (364, 0, []),
        (365, 50, ["holder"]),
        (548, 75, ["team-lead"]),
        (657, 90, ["assistant-center-director"]),
        (730, 100, ["center-director", "headquarters"]),
    ],
)
async def test_q6_statutory_clock_is_told_up_the_chain_and_at_its_end_to_headquarters(
    desk: Desk, passed: int, level: int, told: list[str]
) -> None:
    entry = entry_number()
    filed = {"received_at": "2026-03-02T15:00:00Z", "decide_by": "2028-03-02"}
    await desk.apply(routed(entry), protest_act("270426-100001", entry, **filed))
    (protest,) = [row for row in await desk.rows(items) if row.kind == "protest"]
    assert (protest.opened_at.date(), protest.due_on) == (date(2026, 3, 2), date(2028, 3, 2))  # 731 days
    now = datetime(2026, 3, 2, 18, tzinfo=UTC) + timedelta(days=passed + (1 if level else 0))
    await escalate(desk.engine, now)
    rows = [row for row in await desk.rows(escalations) if row.item_id == protest.item_id]
    assert [(row.level, row.told, row.kind) for row in rows] == ([(level, told, "statutory")] if level else [])
    await escalate(desk.engine, now)
    assert len([row for row in await desk.rows(escalations) if row.item_id == protest.item_id]) == len(rows)
    changes = [each["data"] for each in await desk.published() if each["data"].get("change") == "escalated"]
    assert len([each for each in changes if each["item_id"] == str(protest.item_id)]) == len(rows)


async def test_q6_policy_clock_ends_with_the_center_director_and_one_that_stands_tells_nobody(desk: Desk) -> None:
    _, item = await review(desk)
    late = datetime(2027, 1, 14, 18, tzinfo=UTC)
    await act(desk, item, act="pause", pause="laboratory")
    await escalate(desk.engine, late)
    rows = await desk.rows(escalations)
    assert [(row.clock, row.level, row.told) for row in rows] == [("deemed-liquidation", 75, ["team-lead"])]
    await act(desk, item, act="resume")
    await escalate(desk.engine, late)
    rows = [row for row in await desk.rows(escalations) if row.clock == "review-cutoff"]
    assert [(row.level, row.told, row.kind) for row in rows] == [(100, ["center-director"], "policy")]
    listed = (await desk.call("GET", "/escalations?level=100", HEADQUARTERS)).json()["items"]
    assert [each["clock"] for each in listed] == ["review-cutoff"]
    assert (await desk.call("GET", "/escalations?told=headquarters", HEADQUARTERS)).json()["items"] == []
    assert [level for level, _ in LEVELS] == [50, 75, 90, 100]


async def test_q6_item_is_looked_at_again_on_the_day_of_its_next_level_or_when_its_day_moves(desk: Desk) -> None:
    entry, item = await review(desk)

    async def look(on: date) -> tuple[int, date | None]:
        count = await escalate(desk.engine, datetime(on.year, on.month, on.day, 18, tzinfo=UTC))
        (row,) = await desk.rows(items)
        return count, row.escalates_on if row.lasting_state == "open" else None  # the index has no others

    # In hand since 2 March 2026: 317 days to the cut-off of 13 January 2027, 365 to the deemed liquidation.
    assert await look(date(2026, 8, 7)) == (0, date(2026, 8, 8))
    assert await look(date(2026, 8, 8)) == (1, date(2026, 9, 1))
    # The cut-off becomes that of 10 February.
    await desk.apply(legal_act(entry, 2, "rescheduled", scheduled_on="2027-02-12"))
    assert await look(date(2026, 8, 21)) == (0, date(2026, 8, 22))
    assert await look(date(2026, 8, 22)) == (1, date(2026, 9, 1))
    await desk.apply(legal_act(entry, 3, "rescheduled", scheduled_on="2027-01-15"))
    assert await look(date(2026, 8, 23)) == (0, date(2026, 9, 1))  # of that day the holder was told
    await act(desk, item, act="pause", pause="laboratory")
    assert await look(date(2026, 10, 27)) == (1, date(2026, 12, 1))  # half of the other; three quarters stand still
    await act(desk, item, act="resume")
    assert await look(date(2026, 10, 27)) == (1, date(2026, 12, 1))
    await desk.apply(legal_act(entry, 4, "liquidated"))
    assert await look(date(2027, 3, 3)) == (0, None)
