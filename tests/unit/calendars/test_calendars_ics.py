"""What a feed looks like to calendar programs, as two libraries read it; text from outside breaks out of nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from shared.calendars.day import Day, ToldDay
from shared.calendars.feed import AddressKey, Choices, hash_token, read_choices
from shared.calendars.ics import write_calendar

AT = datetime(2026, 8, 14, 18, tzinfo=UTC)
HOSTILE = (
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:forged\r\nSUMMARY:forged",
    "x\nATTACH:https://evil.example\n",
    'a;b,c:d\\n\\,"quoted" <script>',
    "\x00\x07\x1b[31m\u2028\u2029\x85END:VCALENDAR",
    "é" * 200 + "\U0001f4c5" * 60,
    "\ud800 half of a pair",
)


def written(text: str, state: Any = "running", **changes: Any) -> str:
    day = Day("uid-1@x", "07-345678900", text, date(2026, 9, 1), "law", text, text, text, "/entries/1", (text,))
    unknown = Day("uid-2@x", "07-345678900", text, None, "goal", text, text, None, "/entries/2", missing=text)
    given = {"scope": f"all. {text}", "notice": None, "alarm_days": 2, "base_url": "https://c.example"} | changes
    given = {"refresh": timedelta(hours=1)} | given
    return write_calendar(text, [ToldDay(day, 3, state, AT)], [unknown], **given)


def demand_whole(body: str) -> Any:
    """Well-formed lines, one event, nothing forged, in both readers; gives the event."""
    for line in body.encode().split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
    calendar = Calendar.from_ical(body)
    (event,) = calendar.walk("VEVENT")
    names = {"UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "STATUS", "TRANSP", "CLASS", "SUMMARY"}
    assert set(event) == names | {"DESCRIPTION", "CATEGORIES", "URL"}
    assert event["uid"] == "uid-1@x"
    second = vobject.readOne(body)
    assert second.vevent.uid.value == "uid-1@x"
    assert second.vevent.dtstart.value == date(2026, 9, 1)
    assert second.vevent.sequence.value == "3"
    assert second.vevent.summary.value.split() == str(event["summary"]).split()
    assert len(second.contents["vevent"]) == 1
    return event


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_is_folded_and_escaped(text: str) -> None:
    demand_whole(written(text))


@given(st.text(max_size=300))
def test_no_text_breaks_out(text: str) -> None:
    demand_whole(written(text))


def test_ended_day_is_cancelled_and_reminds_of_nothing() -> None:
    body = written("B7603245278", "ended")
    event = demand_whole(body)
    assert (event["status"], str(event["summary"])) == ("CANCELLED", "Ended: B7603245278: B7603245278")
    assert not event.walk("VALARM")


def test_alarm_is_by_choice_alone() -> None:
    assert Calendar.from_ical(written("x", alarm_days=None)).walk("VALARM") == []
    assert len(Calendar.from_ical(written("x")).walk("VALARM")) == 1


def test_same_days_give_the_same_text() -> None:
    assert written("x") == written("x")


def test_token_is_signed_and_only_its_digest_tells_it() -> None:
    key = AddressKey("k" * 32)
    first, second = key.fresh_token(), key.fresh_token()
    assert first != second
    assert key.is_signed(first)
    assert not AddressKey("z" * 32).is_signed(first)
    wrong = [first[:-1], first + "A", "A" + first[1:] if first[0] != "A" else "B" + first[1:], "", "é", first.upper()]
    assert not any(map(key.is_signed, wrong))
    assert len({hash_token(first), hash_token(second)}) == 2


def test_choices_are_read_as_they_were_kept() -> None:
    for choices in (Choices(), Choices(("07-345678900",), is_mine_only=True, has_team=True, alarm_days=0)):
        assert read_choices(choices.document()) == choices
