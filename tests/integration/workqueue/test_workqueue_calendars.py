"""The calendar of an officer: the clocks of what they hold or are assigned, of their team, and of nobody else."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import vobject
from icalendar import Calendar

from services.workqueue.store.tables.core import metadata
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import KIM, LEE, Desk
from tests.integration.workqueue.events import legal_act
from tests.integration.workqueue.test_workqueue_clocks import CUTOFF, DAN, act, review
from tests.integration.workqueue.test_workqueue_staff import put

DEEMED = date(2027, 3, 2)


async def make(desk: Desk, who: Identity = KIM, key: str = "feed", **body: Any) -> dict[str, Any]:
    given = {"name": "My clocks"} | body
    answer = await desk.call("POST", "/calendar-feeds", who, json=given, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def read(desk: Desk, made: dict[str, Any], after: timedelta = timedelta(minutes=61)) -> Calendar:
    """As a calendar program reads it later, without a login; by then it is made anew in any case."""
    desk.clock.advance(after)
    answer = await desk.client.get(made["address"].removeprefix("http://localhost:8002"))
    assert answer.status_code == 200, answer.text
    vobject.readOne(answer.text)
    return Calendar.from_ical(answer.text)


def days(calendar: Calendar) -> dict[tuple[str, str], tuple[date, int, str]]:
    found = {}
    for event in calendar.walk("VEVENT"):
        title, _, about = str(event["summary"]).removeprefix("Ended: ").rpartition(": ")
        told = event["dtstart"].dt, int(event["sequence"]), str(event["status"])
        found[title, about.removesuffix(" (policy)")] = told
    return found


async def hold(desk: Desk, who: Identity = KIM) -> tuple[str, str, int]:
    """An entry's review that somebody holds for days."""
    entry, item = await review(desk)
    token = await desk.claim(item, who)
    async with desk.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE items SET lease_until = '2027-12-31' WHERE lease_until IS NOT NULL")
    return entry, str(item), token


async def test_officer_has_the_clocks_of_what_they_hold_told_apart_by_law_and_policy(desk: Desk) -> None:
    entry, item, _ = await hold(desk)
    other, *_ = await hold(desk, LEE)
    calendar = await read(desk, await make(desk, alarm_days=1))
    assert days(calendar) == {
        ("Review to end", entry): (CUTOFF, 0, "CONFIRMED"),
        ("Entry deemed liquidated", entry): (DEEMED, 0, "CONFIRMED"),
    }
    assert other not in calendar.to_ical().decode()
    law, policy = sorted(calendar.walk("VEVENT"), key=lambda event: str(event["summary"]))
    assert str(law["description"]).startswith("Set by law.\n19 USC 1504(a)")
    assert str(policy["description"]).startswith("A policy of CBP, no law.")
    assert policy["url"] == f"http://localhost:8002/items/{item}"
    assert policy["categories"].to_ical() == b"POLICY"


async def test_clock_that_moves_moves_one_that_stands_still_is_named_and_one_that_is_given_up_ends(desk: Desk) -> None:
    entry, item, token = await hold(desk)
    made = await make(desk)
    await read(desk, made)
    assert (await act(desk, item, act="set-day", due_on="2027-01-20")).status_code == 200
    assert days(await read(desk, made))["Review to end", entry] == (date(2027, 1, 20), 1, "CONFIRMED")
    await desk.apply(legal_act(entry, 2, "rescheduled", scheduled_on="2027-02-12"))
    assert days(await read(desk, made))["Review to end", entry] == (date(2027, 2, 10), 2, "CONFIRMED")
    assert (await act(desk, item, act="pause", pause="laboratory")).status_code == 200
    standing = await read(desk, made)
    assert days(standing)["Review to end", entry] == (date(2027, 2, 10), 3, "CANCELLED")
    assert "A report of the laboratory is awaited" in str(standing["description"])
    assert (await act(desk, item, act="resume")).status_code == 200
    assert days(await read(desk, made))["Review to end", entry][1:] == (4, "CONFIRMED")
    released = await desk.call("POST", f"/items/{item}/release", json={"token": token})
    assert released.status_code == 204, released.text
    assert {status for *_, status in days(await read(desk, made)).values()} == {"CANCELLED"}


async def test_team_is_that_of_the_register_and_only_by_choice(desk: Desk) -> None:
    entry, *_ = await hold(desk, LEE)
    alone, together = await make(desk, key="a"), await make(desk, key="b", team=True)
    assert days(await read(desk, together)) == {}
    for subject in ("kim", "lee"):
        assert (await put(desk, subject, teams=["machinery"])).status_code == 200
    calendar = await read(desk, together)
    assert {about for _, about in days(calendar)} == {entry}
    assert "Held by Lee Park." in str(calendar.walk("VEVENT")[0]["description"])
    assert days(await read(desk, alone)) == {}
    said = [str((await read(desk, each))["description"]) for each in (alone, together)]
    assert said[0].startswith("In this calendar: every clock of the items that you hold or are assigned,")
    assert said[1].startswith("In this calendar: every clock of the items that you, or those in your teams, hold")


async def test_what_is_assigned_is_there_and_what_the_officer_does_not_read_is_not(desk: Desk) -> None:
    entry, item = await review(desk)
    assert (await put(desk, "kim")).status_code == 200
    given = await desk.call("POST", f"/items/{item}/assign", DAN, json={"to": "kim", "reason": "She knows it."})
    assert given.status_code == 200, given.text
    assert {about for _, about in days(await read(desk, await make(desk)))} == {entry}
    elsewhere = replace(KIM, centers=frozenset({"CEE001"}))
    assert days(await read(desk, await make(desk, elsewhere, key="x"))) == {}


async def test_matter_that_becomes_sensitive_leaves_the_calendar_without_a_word(desk: Desk) -> None:
    entry, *_ = await hold(desk)
    made = await make(desk)
    assert {about for _, about in days(await read(desk, made))} == {entry}
    async with desk.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE items SET knowers = '[\"kim\"]'")
    calendar = await read(desk, made, timedelta())
    assert not calendar.walk("VEVENT")
    assert entry not in calendar.to_ical().decode()
    async with desk.engine.begin() as connection:  # no act names people on a review: its history would say so
        await connection.exec_driver_sql("UPDATE items SET knowers = NULL")


async def test_feed_is_the_officers_own_and_ends_when_it_is_revoked(desk: Desk) -> None:
    made = await make(desk)
    assert (await desk.call("GET", "/calendar-feeds", LEE)).json() == []
    revoke = f"/calendar-feeds/{made['feed_id']}/revoke"
    assert (await desk.call("POST", revoke, LEE)).status_code == 404
    assert (await desk.call("POST", revoke)).status_code == 200
    path = made["address"].removeprefix("http://localhost:8002")
    assert (await desk.client.get(path)).status_code == 404
    assert made["address"] not in repr(await desk.rows(metadata.tables["calendar_feeds"]))
    importer = Identity("pat", "Pat", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({"07-345678900"}))
    refused = await desk.call(
        "POST", "/calendar-feeds", importer, json={"name": "x"}, headers={"Idempotency-Key": "no"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "role-required")
