"""Calendar feeds of deadlines: made, read without a login, followed by subscribers, and closed."""

import re
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from icalendar import Calendar

from services.liquidation.store import deadlines as store
from services.liquidation.store.tables.records import metadata
from shared.runtime.clock import start_stopwatch
from shared.runtime.identity import RoleName
from tests.integration.liquidation import test_liquidation_api as api
from tests.integration.liquidation.builders import apply, routed, rows
from tests.integration.liquidation.test_liquidation_api import STAFF, Desk
from tests.integration.liquidation.test_liquidation_entry_lists import CASE
from tests.integration.liquidation.test_liquidation_requests import issued, letter_changed
from tests.integration.liquidation.test_liquidation_seen import IMPORTER, OTHER, file
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.parties import delegation, party, told

desk = api.desk

AGENT = "agent:1001"


def own(desk: Desk, key: str | None = None, number: str = IMPORTER) -> dict[str, str]:
    return desk.headers(RoleName.IMPORTER, key=key, importer_numbers=frozenset({number}), centers=frozenset())


def agent(desk: Desk, key: str | None = None) -> dict[str, str]:
    return desk.headers(RoleName.BROKER, key=key, party=AGENT, centers=frozenset())


async def make(desk: Desk, headers: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = await desk.client.post("/calendar-feeds", json={"name": "Deadlines"} | body, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def path_of(made: dict[str, Any]) -> str:
    address = str(made["address"])
    assert address.startswith("http://localhost:8003/calendar-feeds/")
    assert address.endswith(".ics")
    return address.removeprefix("http://localhost:8003")


async def subscribe(desk: Desk, made: dict[str, Any]) -> Calendar:
    answer = await desk.client.get(path_of(made))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    vobject.readOne(answer.text)  # a second reader of the format takes it
    return Calendar.from_ical(answer.text)


def events_of(calendar: Calendar) -> dict[tuple[str, str], Any]:
    """Events by what their summary says: kind of day, and entry."""
    found = {}
    for event in calendar.walk("VEVENT"):
        title, _, about = str(event["summary"]).removeprefix("Ended: ").rpartition(": ")
        found[title, about.partition(" ")[0]] = event
    return found


def unescaped(text: Any) -> str:
    """A property whose type the library does not know, as a reader reads it."""
    return re.sub(r"\\(.)", lambda escaped: "\n" if escaped[1] in "nN" else escaped[1], str(text))


def state_of(event: Any) -> tuple[date, int, str]:
    return event["dtstart"].dt, int(event["sequence"]), str(event["status"])


async def test_importer_makes_a_feed_and_a_calendar_program_reads_its_days_without_signing_in(desk: Desk) -> None:
    number = await file(desk, entered="2026-03-02")
    await file(desk, entered="2026-03-02", importer_number=OTHER)
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER, name="Deadlines; of, ours", alarm_days=3)
    calendar = await subscribe(desk, made)
    events = events_of(calendar)
    listed = await desk.client.get(f"/importers/{IMPORTER}/deadlines", headers=desk.headers(STAFF))
    dated = [each for each in listed.json()["items"] if each["on"] is not None]
    assert {key: str(each["dtstart"].dt) for key, each in events.items()} == {
        (each["title"], each["entry_number"]): each["on"] for each in dated
    }
    assert {about for _, about in events} == {number}
    assert (unescaped(calendar["x-wr-calname"]), unescaped(calendar["name"])) == ("Deadlines; of, ours",) * 2
    assert calendar["refresh-interval"].to_ical() == b"PT1H"
    ends = events["End of the period to liquidate", number]
    assert state_of(ends) == (date(2027, 3, 2), 0, "CONFIRMED")
    assert (ends["dtstart"].params["value"], ends["dtend"].dt) == ("DATE", date(2027, 3, 3))
    assert "19 USC 1504(a)(1)(A) (rule liq-1yr-entry)" in ends["description"]
    assert "If nothing is done: Deemed liquidated at the rate" in ends["description"]
    assert ends["url"] == f"http://localhost:8003/entries/{number}/timeline"
    planned = events["Scheduled liquidation", number]
    assert str(planned["summary"]).endswith("(policy)")
    assert str(planned["description"]).startswith("A policy of CBP, no law.")
    assert str(ends["description"]).startswith("Set by law.")
    (alarm,) = ends.walk("VALARM")
    assert alarm["trigger"].dt == timedelta(days=-3)


async def test_day_that_moves_has_the_next_sequence_and_one_that_is_answered_is_cancelled_for_a_while(
    desk: Desk,
) -> None:
    number = await file(desk, entered="2026-03-02")
    desk.clock.advance(datetime(2026, 12, 21, 18, tzinfo=UTC) - desk.clock.now())
    await apply(desk.engine, [routed(number), issued("request-1", "item-1", [number])])
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER, mine_only=True)
    reply = ("Reply to CBP 28 due", number)
    first = events_of(await subscribe(desk, made))[reply]
    assert state_of(first) == (date(2027, 1, 19), 0, "CONFIRMED")

    extended = letter_changed("request-1", "item-1", [number], 2, "extended", "2026-12-21", due_on="2027-02-08")
    await apply(desk.engine, [extended])
    assert state_of(events_of(await subscribe(desk, made))[reply]) == state_of(first)  # answered as it was made
    desk.clock.advance(timedelta(minutes=61))
    moved = events_of(await subscribe(desk, made))[reply]
    assert state_of(moved) == (date(2027, 2, 8), 1, "CONFIRMED")
    assert moved["uid"] == first["uid"]
    assert moved["dtstamp"].dt == desk.clock.now()

    ended = letter_changed("request-1", "item-1", [number], 3, "withdrawn", "2026-12-21", due_on="2027-02-08")
    await apply(desk.engine, [ended])
    desk.clock.advance(timedelta(minutes=61))
    cancelled = events_of(await subscribe(desk, made))[reply]
    assert state_of(cancelled) == (date(2027, 2, 8), 2, "CANCELLED")
    assert (cancelled["uid"], cancelled["summary"]) == (first["uid"], f"Ended: Reply to CBP 28 due: {number} (policy)")
    desk.clock.advance(timedelta(days=29))
    assert state_of(events_of(await subscribe(desk, made))[reply]) == state_of(cancelled)
    desk.clock.advance(timedelta(days=2))
    assert reply not in events_of(await subscribe(desk, made))


async def test_day_that_has_passed_stays_as_it_was_for_a_while_and_is_not_said_to_have_ended(desk: Desk) -> None:
    number = await file(desk, entered="2026-03-02")
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER)
    correction = ("Last day for a correction", number)
    before = events_of(await subscribe(desk, made))[correction]
    desk.clock.advance(datetime(2027, 1, 20, 18, tzinfo=UTC) - desk.clock.now())
    assert state_of(events_of(await subscribe(desk, made))[correction]) == state_of(before)
    desk.clock.advance(datetime(2027, 2, 20, 18, tzinfo=UTC) - desk.clock.now())
    assert correction not in events_of(await subscribe(desk, made))


async def test_day_that_is_not_known_is_no_event_and_is_named_in_the_description_of_the_calendar(desk: Desk) -> None:
    number = await file(desk, entered="2026-03-02", entry_type="03", lines=[line(cases=[CASE])])
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER)
    calendar = await subscribe(desk, made)
    assert all(each["dtstart"].dt for each in calendar.walk("VEVENT"))
    said = str(calendar["description"])
    assert said == unescaped(calendar["x-wr-caldesc"])
    assert "because the day is not known: 2." in said
    assert f"{number}: Liquidation suspended (" in said


async def test_address_is_kept_as_a_digest_shown_once_and_closed_for_good_when_it_is_revoked(desk: Desk) -> None:
    await file(desk)
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER)
    token = path_of(made).removeprefix("/calendar-feeds/").removesuffix(".ics")
    again = await desk.client.post(
        "/calendar-feeds", json={"name": "Deadlines", "owner": IMPORTER}, headers=own(desk, "key-1")
    )
    assert (again.status_code, again.json()["address"]) == (201, None)
    await subscribe(desk, made)
    kept = repr(await rows(desk.engine, metadata.tables["calendar_feeds"]))
    assert token not in kept
    assert token not in repr(await rows(desk.engine, metadata.tables["idempotency_keys"]))

    (listed,) = (await desk.client.get("/calendar-feeds", headers=own(desk))).json()
    assert (listed["feed_id"], listed["state"], "address" in listed) == (made["feed_id"], "open", False)
    assert listed["read_at"] is not None
    revoke = f"/calendar-feeds/{made['feed_id']}/revoke"
    foreign = await desk.client.post(revoke, headers=own(desk, number=OTHER))
    assert foreign.status_code == 404
    assert (await desk.client.get("/calendar-feeds", headers=own(desk, number=OTHER))).json() == []
    await subscribe(desk, made)
    revoked = await desk.client.post(revoke, headers=own(desk))
    assert (revoked.status_code, revoked.json()["state"], revoked.json()["revoked_by"]) == (200, "revoked", "kim")
    assert (await desk.client.post(revoke, headers=own(desk))).json() == revoked.json()
    assert not await rows(desk.engine, metadata.tables["calendar_days"])

    signed_by_another = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    told = [
        (answer.status_code, {**answer.json(), "instance": None, "trace_id": None})
        for path in (path_of(made), f"/calendar-feeds/{signed_by_another}.ics", "/calendar-feeds/x.ics")
        for answer in [await desk.client.get(path)]
    ]
    assert told[0][0] == 404
    assert told == [told[0]] * 3


async def test_address_closes_by_itself_after_the_days_that_the_operator_set(desk: Desk) -> None:
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER)
    assert made["expires_on"] == "2027-09-18"
    desk.clock.advance(datetime(2027, 9, 18, 18, tzinfo=UTC) - desk.clock.now())
    await subscribe(desk, made)
    desk.clock.advance(datetime(2027, 9, 19, 18, tzinfo=UTC) - desk.clock.now())
    assert (await desk.client.get(path_of(made))).status_code == 404
    (listed,) = (await desk.client.get("/calendar-feeds", headers=own(desk))).json()
    assert listed["state"] == "over"


async def test_party_chooses_clients_and_a_revoked_delegation_takes_their_days_out_at_once(desk: Desk) -> None:
    first = await file(desk, entered="2026-03-02")
    second = await file(desk, entered="2026-03-09", importer_number=OTHER)
    given = delegation("d-1", importer_number=IMPORTER, scopes=["see"])
    also = delegation("d-2", importer_number=OTHER)
    await apply(desk.engine, [told(party(AGENT), given, also)])
    both = await make(desk, agent(desk, "key-1"), owner=AGENT)
    one = await make(desk, agent(desk, "key-2"), owner=AGENT, clients=[IMPORTER])

    async def seen(made: dict[str, Any]) -> set[str]:
        return {about for _, about in events_of(await subscribe(desk, made))}

    assert (await seen(both), await seen(one)) == ({first, second}, {first})
    ended = delegation("d-1", 2, importer_number=IMPORTER, scopes=["see"], revoked_on=date(2026, 8, 14))
    await apply(desk.engine, [told(party(AGENT, 2), ended, also)])
    # No minute has passed: what a delegation no longer permits is not answered from what was made before.
    assert (await seen(both), await seen(one)) == ({second}, set())
    assert IMPORTER not in repr(await rows(desk.engine, metadata.tables["calendar_days"]))
    later = delegation("d-3", importer_number=IMPORTER, from_on=date(2026, 9, 1))
    await apply(desk.engine, [told(party(AGENT, 3), ended, also, later)])
    assert await seen(one) == set()
    desk.clock.advance(datetime(2026, 9, 1, 18, tzinfo=UTC) - desk.clock.now())
    assert await seen(one) == {first}


async def test_clients_are_those_that_delegated_sight_and_a_feed_is_of_whom_the_caller_speaks_for(desk: Desk) -> None:
    only_protest = delegation("d-1", importer_number=IMPORTER, scopes=["protest"])
    await apply(desk.engine, [told(party(AGENT), only_protest)])

    async def refuse(headers: dict[str, str], **body: Any) -> tuple[int, str]:
        answer = await desk.client.post("/calendar-feeds", json={"name": "x"} | body, headers=headers)
        return answer.status_code, answer.json()["code"]

    assert await refuse(agent(desk, "k1"), owner=AGENT, clients=[OTHER]) == (422, "calendar-clients")
    assert await refuse(own(desk, "k2"), owner=IMPORTER, clients=[IMPORTER]) == (422, "calendar-clients")
    assert await refuse(own(desk, "k3"), owner=OTHER) == (422, "not-your-calendar")
    assert await refuse(agent(desk, "k4"), owner="agent:2002") == (422, "not-your-calendar")
    assert await refuse(desk.headers(STAFF, key="k5"), owner=IMPORTER) == (403, "role-required")
    for number in range(10):
        await make(desk, own(desk, f"many-{number}"), owner=IMPORTER)
    assert await refuse(own(desk, "k6"), owner=IMPORTER) == (409, "too-many-calendar-feeds")


async def test_entry_that_goes_to_another_importer_leaves_the_calendar_without_a_word(desk: Desk) -> None:
    number = await file(desk, entered="2026-03-02")
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER)
    assert events_of(await subscribe(desk, made))
    async with desk.engine.begin() as connection:
        await connection.exec_driver_sql(f"UPDATE entries SET importer_number = '{OTHER}'")
    answer = await desk.client.get(path_of(made))
    assert number not in answer.text
    assert not events_of(Calendar.from_ical(answer.text))
    assert await rows(desk.engine, metadata.tables["calendar_days"]) == []


async def test_entry_of_which_no_day_is_known_leaves_the_description_when_it_goes_to_another_importer(
    desk: Desk,
) -> None:
    number = await file(desk, entered="2026-03-02", entry_type="03", lines=[line(cases=[CASE])])
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER)
    assert number in str((await subscribe(desk, made))["description"])
    async with desk.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM calendar_days")  # as if all its days were unknown
        await connection.exec_driver_sql(f"UPDATE entries SET importer_number = '{OTHER}'")
    answer = await desk.client.get(path_of(made))
    assert number not in answer.text.replace("\r\n ", "")


async def test_calendar_says_what_it_holds_and_nothing_more(desk: Desk) -> None:
    await file(desk, entered="2026-03-02")
    given = delegation("d-1", importer_number=IMPORTER, scopes=["see"])
    await apply(desk.engine, [told(party(AGENT), given)])

    async def said(made: dict[str, Any]) -> str:
        return str((await subscribe(desk, made))["description"])

    whole = await said(await make(desk, own(desk, "key-1"), owner=IMPORTER))
    assert whole == "In this calendar: every day that binds somebody, on the entries of one importer."
    mine = await said(await make(desk, own(desk, "key-2"), owner=IMPORTER, mine_only=True))
    assert mine.startswith("In this calendar: every day by which the importer has to act,")
    clients = await make(desk, agent(desk, "key-3"), owner=AGENT)
    assert "on the entries of the importers that have delegated to you" in await said(clients)
    chosen = await make(desk, agent(desk, "key-4"), owner=AGENT, clients=[IMPORTER])
    assert "on the entries of those of the chosen importers that have delegated to you" in await said(chosen)
    ended = delegation("d-1", 2, importer_number=IMPORTER, scopes=["see"], revoked_on=date(2026, 8, 14))
    await apply(desk.engine, [told(party(AGENT, 2), ended)])
    for made in (clients, chosen):
        assert (await said(made)).startswith("In this calendar: nothing: no importer")


async def test_clients_together_may_have_no_more_entries_than_a_feed_and_are_looked_up_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = desk.client._transport.app.state.feed_rules  # type: ignore[attr-defined]
    importers = [f"0{number}-345678900" for number in range(1, 5)]
    for number in importers:
        await file(desk, entered="2026-03-02", importer_number=number)
    given = [delegation(f"d-{number}", importer_number=number, scopes=["see"]) for number in importers]
    await apply(desk.engine, [told(party(AGENT), *given)])
    asked: list[Any] = []
    list_running = store.list_running

    async def count(*args: Any, **kwargs: Any) -> list[str]:
        asked.append(args)
        return await list_running(*args, **kwargs)

    monkeypatch.setattr(store, "list_running", count)
    # Nobody has to act on any of them: no day of them is in a calendar of the importer's own days, and they count.
    object.__setattr__(rules, "most_entries", 3)
    calendar = await subscribe(desk, await make(desk, agent(desk, "key-1"), owner=AGENT, mine_only=True))
    assert str(calendar["description"]).startswith("More than 3 entries may have a day here")
    object.__setattr__(rules, "most_entries", 4)
    calendar = await subscribe(desk, await make(desk, agent(desk, "key-2"), owner=AGENT))
    assert len({about for _, about in events_of(calendar)}) == 4
    assert len(asked) == 2


async def test_reader_that_has_the_calendar_already_is_told_so_and_nobody_else_keeps_it(desk: Desk) -> None:
    await file(desk)
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER)
    first = await desk.client.get(path_of(made))
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["referrer-policy"] == "no-referrer"
    known = {"If-None-Match": first.headers["etag"]}
    desk.clock.advance(timedelta(hours=5))
    same = await desk.client.get(path_of(made), headers=known)
    assert (same.status_code, same.content) == (304, b"")
    await file(desk, entered="2026-04-01")
    desk.clock.advance(timedelta(hours=5))
    assert (await desk.client.get(path_of(made), headers=known)).status_code == 200


async def test_feed_of_more_entries_than_one_may_have_says_so_and_shows_no_part(desk: Desk) -> None:
    object.__setattr__(desk.client._transport.app.state.feed_rules, "most_entries", 1)  # type: ignore[attr-defined]
    for _ in range(2):
        await file(desk)
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER)
    calendar = await subscribe(desk, made)
    assert not events_of(calendar)
    said = str(calendar["description"])
    assert said.startswith("More than 1 entries may have a day here: this calendar shows none of them")
    assert "In this calendar" not in said


@pytest.mark.parametrize("path", ["/calendar-feeds/secret-of-somebody.ics", "/calendar-feeds/secret-of-somebody"])
async def test_address_is_never_written_to_the_log(desk: Desk, path: str, caplog: Any, capsys: Any) -> None:
    await desk.client.get(path)
    logged = caplog.text + capsys.readouterr().out
    assert "secret-of-somebody" not in logged


@pytest.mark.timeout(1200)
@pytest.mark.verify
@pytest.mark.sharing
async def test_feed_of_2000_entries_answers_in_bounded_time(desk: Desk) -> None:
    """6,000 days are made once and answered again at once; the test prints how long each took."""
    numbers = [entry_number() for _ in range(2_000)]
    for first in range(0, len(numbers), 500):
        bodies = [entry_body(number, importer_number=IMPORTER) for number in numbers[first : first + 500]]
        await apply(desk.engine, [decoded("entry-filed", body) for body in bodies])
    made = await make(desk, own(desk, "key-1"), owner=IMPORTER)
    elapsed = start_stopwatch()
    answer = await desk.client.get(path_of(made))
    first_time = elapsed()
    elapsed = start_stopwatch()
    again = await desk.client.get(path_of(made))
    sys.stdout.write(f"made in {first_time:.1f} s, {len(answer.content):,} bytes; again in {elapsed() * 1000:.0f} ms\n")
    assert answer.text.count("BEGIN:VEVENT") == 6_000
    assert again.content == answer.content
    assert first_time < 300
    assert elapsed() < 30
