"""The work queue's handler on a real database."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from services.workqueue.handlers.item_ids import entry_item_id, protest_item_id
from services.workqueue.store.tables import entries, items, protests
from services.workqueue.store.tables.items import item_events
from shared.db.transaction import transaction
from shared.runtime.together import together
from tests.integration.workqueue.desk import KIM, Desk
from tests.integration.workqueue.events import assigned, consultation, filing_routed, legal_act, protest_act, routed
from tests.support.events import FUTURE_WORD, entry_number

LATER = "2026-03-02T13:00:00Z"


async def test_entry_gets_one_item_for_each_process(desk: Desk) -> None:
    entry = entry_number()
    outgoing = await desk.apply(routed(entry, processes=("ad-cvd", "preference")))
    rows = await desk.rows(items)
    assert {(row.process, row.state, row.center, row.division) for row in rows} == {
        ("ad-cvd", "open", "CEE007", "enforcement"),
        ("preference", "open", "CEE007", "enforcement"),
    }
    assert [(each.data.change, each.data.sequence, each.data.state) for each in outgoing] == [
        ("routed", 100, "open")
    ] * 2


async def test_no_review_lane_gives_no_item(desk: Desk) -> None:
    assert await desk.apply(routed(entry_number(), processes=())) == []
    assert await desk.rows(items) == []


async def test_repeat_changes_nothing(desk: Desk) -> None:
    event = routed(entry_number())
    await desk.apply(event, event)
    before = await desk.rows(item_events)
    assert await desk.apply(event) == []
    assert await desk.rows(item_events) == before


async def test_process_that_the_correction_drops_is_cancelled(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, 1, ("ad-cvd",)))
    outgoing = await desk.apply(routed(entry, 2, ("preference",)))
    assert {(row.process, row.state) for row in await desk.rows(items)} == {
        ("ad-cvd", "cancelled"),
        ("preference", "open"),
    }
    assert {(each.data.process, each.data.change, each.data.sequence) for each in outgoing} == {
        ("ad-cvd", "cancelled", 200),
        ("preference", "routed", 200),
    }


async def test_older_version_that_comes_late_adds_its_history_only(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, 2, ("preference",)))
    await desk.apply(routed(entry, 1, ("ad-cvd",)))
    assert {(row.process, row.state) for row in await desk.rows(items)} == {
        ("ad-cvd", "cancelled"),
        ("preference", "open"),
    }
    assert {(row.change, row.sequence) for row in await desk.rows(item_events)} == {
        ("routed", 100),
        ("cancelled", 200),
        ("routed", 200),
    }


async def test_due_date_is_the_wednesday_before_the_scheduled_friday(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(legal_act(entry, scheduled_on="2027-01-15"))
    await desk.apply(routed(entry))
    assert [row.due_on for row in await desk.rows(items)] == [date(2027, 1, 13)]
    await desk.apply(legal_act(entry, 2, "rescheduled", scheduled_on="2027-01-22"))
    assert [row.due_on for row in await desk.rows(items)] == [date(2027, 1, 20)]
    await desk.apply(legal_act(entry, 3, "suspended"))
    assert [row.due_on for row in await desk.rows(items)] == [None]


async def test_older_date_that_comes_late_is_passed_over(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry), legal_act(entry, 2, scheduled_on="2027-01-22"))
    await desk.apply(legal_act(entry, 1, scheduled_on="2027-01-15"))
    assert [row.due_on for row in await desk.rows(items)] == [date(2027, 1, 20)]


async def test_act_by_an_unknown_change_gives_the_dates_and_ends_nothing(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry), legal_act(entry, 1, FUTURE_WORD, scheduled_on="2027-01-22", to_state=FUTURE_WORD))
    assert [(row.state, row.due_on) for row in await desk.rows(items)] == [("open", date(2027, 1, 20))]
    assert [row.state for row in await desk.rows(entries)] == [FUTURE_WORD]


async def test_unknown_change_of_a_protest_gives_its_facts_and_settles_nothing(desk: Desk) -> None:
    await desk.apply(
        protest_act("P-1", entry_number()), protest_act("P-1", None, 2, FUTURE_WORD, decide_by="2029-03-01")
    )
    assert [(row.state, row.due_on) for row in await desk.rows(items)] == [("open", date(2029, 3, 1))]


async def test_liquidation_cancels_what_is_not_completed(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=("ad-cvd", "preference")))
    done = entry_item_id(entry, "ad-cvd")
    token = await desk.claim(done)
    body = {"token": token, "outcome": "no-change", "reasons": [{"code": "as-entered", "text": "As entered."}]}
    assert (await desk.call("POST", f"/items/{done}/complete", KIM, json=body)).status_code == 200
    outgoing = await desk.apply(legal_act(entry, 2, "liquidated"))
    assert {(row.process, row.state) for row in await desk.rows(items)} == {
        ("ad-cvd", "completed"),
        ("preference", "cancelled"),
    }
    assert [(each.data.change, each.data.sequence) for each in outgoing] == [("cancelled", 10_000_000)]


async def test_liquidation_before_routing_gives_a_cancelled_item(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(legal_act(entry, 2, "deemed-liquidated"))
    outgoing = await desk.apply(routed(entry))
    assert [row.state for row in await desk.rows(items) if row.kind == "review"] == ["cancelled"]
    assert [each.data.change for each in outgoing] == ["routed", "cancelled"]


async def test_correction_that_drops_a_claimed_item_comes_after_the_claim(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry))
    await desk.claim(entry_item_id(entry, "ad-cvd"))
    (cancelled,) = await desk.apply(routed(entry, 2, ()))
    assert (cancelled.data.change, cancelled.data.sequence) == ("cancelled", 1_000_002)
    (row,) = await desk.rows(items)
    assert (row.state, row.holder, row.token) == ("cancelled", None, 1)


async def test_correction_that_keeps_a_claimed_item_keeps_the_claim(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry))
    await desk.claim(entry_item_id(entry, "ad-cvd"))
    (kept,) = await desk.apply(routed(entry, 2, value_usd=5_000_000))
    assert (kept.data.change, kept.data.sequence, kept.data.state) == ("routed", 1_000_002, "claimed")
    (row,) = await desk.rows(items)
    assert (row.state, row.holder, row.value_usd) == ("claimed", "kim", 5_000_000)


async def test_of_two_contradicting_versions_the_earlier_stands_in_any_order(desk: Desk) -> None:
    one, other = entry_number(), entry_number()
    early, late = {"time": "2026-03-02T10:00:00Z"}, {"time": "2026-03-02T11:00:00Z"}
    await desk.apply(routed(one, processes=("ad-cvd",), **early))
    await desk.apply(routed(one, processes=("quota",), **late))
    await desk.apply(routed(other, processes=("quota",), **late))
    await desk.apply(routed(other, processes=("ad-cvd",), **early))
    states = {(row.entry_number, row.process): row.state for row in await desk.rows(items)}
    assert states == {
        (one, "ad-cvd"): "open",
        (one, "quota"): "cancelled",
        (other, "ad-cvd"): "open",
        (other, "quota"): "cancelled",
    }


@pytest.mark.parametrize("called_for", [[("ad-cvd",), (), ("ad-cvd",)], [(), ("ad-cvd",), ()]])
async def test_history_of_contradicting_versions_ends_with_the_state(
    desk: Desk, called_for: list[tuple[str, ...]]
) -> None:
    entry = entry_number()
    await desk.apply(*(routed(entry, 1, each, id=f"event-{at}") for at, each in enumerate(called_for)))
    answer = (await desk.call("GET", f"/items/{entry_item_id(entry, 'ad-cvd')}")).json()
    assert answer["history"][-1]["state"] == answer["state"] == ("open" if called_for[0] else "cancelled")


async def test_protest_is_work_of_the_entrys_center_due_when_it_must_be_decided(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(routed(entry, processes=()), legal_act(entry, 2, "liquidated"))
    await desk.apply(protest_act("2704-27-100001", entry))
    (row,) = await desk.rows(items)
    assert (row.process, row.center, row.division, row.state) == (
        "protest",
        "CEE007",
        "validation-and-compliance",
        "open",
    )
    assert (row.entry_number, row.protest_number, row.due_on) == (entry, "2704-27-100001", date(2029, 2, 1))


async def test_protest_goes_to_the_importers_center_until_the_entry_is_known(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(protest_act("2704-27-100001", entry))
    assert [row.center for row in await desk.rows(items)] == ["PNDING"]
    await desk.apply(assigned(1, "CEE003"))
    assert [row.center for row in await desk.rows(items)] == ["CEE003"]
    await desk.apply(assigned(3, "CEE005"), assigned(2, "CEE004"))
    assert [row.center for row in await desk.rows(items)] == ["CEE005"]
    await desk.apply(routed(entry, processes=()))
    assert [row.center for row in await desk.rows(items)] == ["CEE007"]
    await desk.apply(assigned(4, "CEE001"))
    assert [row.center for row in await desk.rows(items)] == ["CEE007"]


async def test_settled_protest_is_no_work_even_when_the_filing_comes_last(desk: Desk) -> None:
    entry = entry_number()
    await desk.apply(protest_act("2704-27-100001", entry, 2, "withdrawn"))
    assert await desk.rows(items) == []
    outgoing = await desk.apply(protest_act("2704-27-100001", entry, 1, "filed"))
    assert [row.state for row in await desk.rows(items)] == ["cancelled"]
    assert [each.data.change for each in outgoing] == ["routed", "cancelled"]


async def test_a_voided_denial_opens_the_work_again_as_a_new_item(desk: Desk) -> None:
    number, entry = "2704-27-100001", entry_number()
    await desk.apply(routed(entry, processes=()), protest_act(number, entry))
    await desk.apply(protest_act(number, entry, 5, "decided", time="2027-03-05T12:00:00Z"))
    outgoing = await desk.apply(protest_act(number, entry, 6, "reopened", time="2027-03-06T12:00:00Z"))
    assert [(each.data.item_id, each.data.change) for each in outgoing] == [(str(protest_item_id(number, 6)), "routed")]
    states = {row.item_id: (row.state, row.center, row.due_on, row.opened_at) for row in await desk.rows(items)}
    opened = {state[0]: state for state in states.values()}
    assert states[protest_item_id(number)][0] == "cancelled"
    # The two years to decide run from the filing all the same.
    assert opened["open"] == ("open", "CEE007", date(2029, 2, 1), datetime(2027, 3, 6, 12, tzinfo=UTC))
    answer = (await desk.call("GET", f"/items/{protest_item_id(number, 6)}")).json()
    assert answer["history"][0]["reasons"][0]["citation"] == "19 USC 1515(d)"
    await desk.apply(protest_act(number, entry, 9, "decided", time="2027-03-09T12:00:00Z"))
    assert {row.state for row in await desk.rows(items)} == {"cancelled"}


async def test_a_voided_denial_opens_another_item_that_is_claimed_anew(desk: Desk) -> None:
    number = "2704-27-100001"
    await desk.apply(assigned(1, "CEE007"), protest_act(number, entry_number()))
    await desk.call("POST", "/items/next")
    await desk.apply(protest_act(number, None, 2, "decided"), protest_act(number, None, 3, "reopened"))
    assert {row.item_id: row.state for row in await desk.rows(items)} == {
        protest_item_id(number): "cancelled",
        protest_item_id(number, 3): "open",
    }
    again = (await desk.call("POST", "/items/next")).json()
    assert again["item_id"] == str(protest_item_id(number, 3))
    assert (await desk.call("POST", f"/items/{again['item_id']}/release", json={"token": again["token"]})).is_success


async def test_a_reopening_that_comes_before_the_denial_leaves_the_same_work(desk: Desk) -> None:
    number = "2704-27-100001"
    for sequence, change in ((3, "reopened"), (1, "filed"), (2, "decided")):
        await desk.apply(protest_act(number, None, sequence, change))
    assert {row.item_id: row.state for row in await desk.rows(items)} == {
        protest_item_id(number): "cancelled",
        protest_item_id(number, 3): "open",
    }
    assert [row.settled_as for row in await desk.rows(protests)] == [None]


async def test_a_protest_settled_before_its_acts_were_kept_is_reopened_like_any_other(desk: Desk) -> None:
    number = "2704-27-100001"
    await desk.apply(protest_act(number, None), protest_act(number, None, 2, "decided"))
    async with transaction(desk.engine) as tx:
        await tx.connection.execute(text("UPDATE protests SET turnings = '[]'"))
    outgoing = await desk.apply(protest_act(number, None, 3, "reopened"))
    assert [each.data.change for each in outgoing] == ["routed"]
    assert Counter(row.state for row in await desk.rows(items)) == {"cancelled": 1, "open": 1}


async def test_protest_without_entries_has_no_entry_number(desk: Desk) -> None:
    await desk.apply(protest_act("2704-27-100002", None))
    assert [(row.entry_number, row.center) for row in await desk.rows(items)] == [(None, "PNDING")]


async def test_members_that_work_on_the_same_entries_at_once_agree(desk: Desk) -> None:
    numbers = [entry_number() for _ in range(100)]
    filed = [protest_act(f"2704-27-{serial:06d}", number) for serial, number in enumerate(numbers)]
    batches = [
        [routed(number) for number in numbers],
        [routed(number, 2, ("quota",)) for number in reversed(numbers)],
        [legal_act(number, 1) for number in numbers],
        [legal_act(number, 2, "rescheduled", scheduled_on="2027-01-22") for number in reversed(numbers)],
        filed,
        [assigned(1, "CEE003"), assigned(2, "CEE005")],
        [filing_routed(f"PD-{serial:06d}", center="PNDING") for serial in range(100)],
        [filing_routed(f"PD-{serial:06d}", center="PNDING", time=LATER) for serial in reversed(range(100))],
        [routed(number, move=1, center="CEE001", id=f"move-{number}") for number in numbers],
    ]
    await together(*(desk.apply(*batch) for batch in batches))
    rows = await desk.rows(items)
    assert Counter((row.process, row.state, row.center, row.due_on) for row in rows) == {
        ("ad-cvd", "cancelled", "CEE007", date(2027, 1, 20)): 100,
        ("quota", "open", "CEE007", date(2027, 1, 20)): 100,
        ("protest", "open", "CEE007", date(2029, 2, 1)): 100,
        ("prior-disclosure", "open", "CEE005", date(2026, 4, 1)): 100,
    }
    assert len(await desk.rows(item_events)) == 700


async def test_invariants_find_what_must_not_be(unchecked_desk: Desk) -> None:
    entry = entry_number()
    await unchecked_desk.apply(
        routed(entry, processes=("ad-cvd", "quota", "preference"), consultations=[consultation()]),
        protest_act("2704-27-100001", entry),
        protest_act("2704-27-100002", None),
        filing_routed("PD-1"),
        filing_routed("PD-2", entry_numbers=[entry]),
        routed(entry_number(), id="moved", center="CEE001"),
    )
    async with transaction(unchecked_desk.engine) as tx:
        for statement in (
            f"UPDATE items SET state = 'claimed' WHERE process = 'ad-cvd' AND entry_number = '{entry}'",
            "UPDATE held_items SET holder = 'lee' WHERE item_id IN (SELECT item_id FROM items WHERE state = 'claimed')",
            "UPDATE items SET state = 'completed' WHERE process = 'quota'",
            "DELETE FROM items WHERE process IN ('preference', 'consultation') OR filing_number = 'PD-1'",
            "DELETE FROM items WHERE protest_number = '2704-27-100001'",
            "UPDATE protests SET settled_as = 'decided' WHERE protest_number = '2704-27-100002'",
            "UPDATE items SET due_on = '2026-03-31', stage = 'received' WHERE filing_number = 'PD-2'",
            "INSERT INTO item_acts (item_id, number, act, at, done_by, done_by_name, fields, reasons, stage, authority)"
            " SELECT item_id, 1, 'acknowledge', now(), 'kim', 'Kim Reyes', '{}', '[]', 'acknowledged',"
            " 'item.act/center' FROM items WHERE filing_number = 'PD-2'",
            "UPDATE routed_versions SET center = 'CEE009' WHERE event_id = 'moved'",
            f"UPDATE entries SET liquidated_on = '2027-01-15' WHERE entry_number = '{entry}'",
        ):
            await tx.connection.execute(text(statement))
    violations = await unchecked_desk.violations()
    assert {name: len(found) for name, found in violations.items()} == {
        "claimed-items-are-held": 1,
        "offered-and-held-items-are-in-step": 1,
        "routed-processes-have-items": 1,
        "filed-protests-have-items": 1,
        "work-on-protests-while-they-are-open": 1,
        "consulted-centers-have-items": 1,
        "filings-have-items": 2,
        "completed-items-have-decisions": 1,
        "live-items-follow-their-entry": 1,
        "live-items-are-with-the-center-of-record": 1,
        "state-is-the-last-change": 2,
        "stage-is-that-of-the-last-act": 1,
        "knowers-are-those-who-are-named": 0,  # broken in the tests of the compartment
    }
