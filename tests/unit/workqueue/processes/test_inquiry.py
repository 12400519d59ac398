"""Inquiries from the trade: answered, or responded to, within two working days."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.inquiry import INQUIRY
from tests.unit.workqueue.processes.walking import Line, barred, walk

MANAGER = "national-account-manager"
FRIDAY, TUESDAY = date(2026, 3, 6), date(2026, 3, 10)
TAKEN: dict[str, Any] = {"subject": "entry", "contact": "Kim, entry team"}
TAKE_UP = Line(FRIDAY, "take-up", MANAGER, "in-hand", TUESDAY, TAKEN)
ANSWER = Line(TUESDAY, "answer", MANAGER, "answered", None, {"answer": "It liquidates in May.", "answered_on": TUESDAY})


def test_inquiry_is_due_two_working_days_after_it_came_whoever_has_it() -> None:
    assert walk(INQUIRY, FRIDAY).due_on() == TUESDAY
    ended = walk(INQUIRY, FRIDAY, TAKE_UP, ANSWER, Line(TUESDAY, "close-answered", MANAGER, "closed"))
    assert ended.outcome == "answered"
    assert barred(INQUIRY, walk(INQUIRY, FRIDAY), "take-up", "importer") == "process-role"


def test_reply_meanwhile_promises_a_day_and_one_contact_stays_while_others_are_asked() -> None:
    standing = walk(
        INQUIRY,
        FRIDAY,
        TAKE_UP,
        Line(FRIDAY, "hand-on", MANAGER, "in-hand", TUESDAY, {"contact": "Lee", "handed_on_reason": "Leave."}),
        Line(
            date(2026, 3, 9),
            "ask-office",
            MANAGER,
            "waiting-for-office",
            TUESDAY,
            {"office": "The port of Savannah", "office_asked": "When it was released."},
        ),
        Line(
            TUESDAY,
            "reply-meanwhile",
            MANAGER,
            "waiting-for-office",
            date(2026, 3, 24),
            {"replied_on": TUESDAY, "promised_on": date(2026, 3, 24)},
        ),
        Line(
            date(2026, 3, 20),
            "record-office-answer",
            MANAGER,
            "in-hand",
            date(2026, 3, 24),
            {"office_answer": "On 3 March."},
        ),
    )
    assert standing.facts["contact"] == "Lee"


def test_reply_of_the_asker_and_a_reopening_begin_the_time_anew() -> None:
    ask = Line(TUESDAY, "ask-back", MANAGER, "waiting-for-asker", None, {"asked_back": "Which entry."})
    walk(
        INQUIRY,
        FRIDAY,
        TAKE_UP,
        ask,
        Line(
            date(2026, 3, 16),
            "record-reply",
            MANAGER,
            "in-hand",
            date(2026, 3, 18),
            {"asker_replied_on": date(2026, 3, 16)},
        ),
        Line(
            date(2026, 3, 17),
            "answer",
            MANAGER,
            "answered",
            None,
            {"answer": "In May.", "answered_on": date(2026, 3, 17)},
        ),
        Line(
            date(2026, 3, 23), "reopen", MANAGER, "in-hand", date(2026, 3, 25), {"reopened_reason": "Which day in May."}
        ),
    )
    silent = walk(INQUIRY, FRIDAY, TAKE_UP, ask, Line(date(2026, 4, 20), "close-silent", MANAGER, "closed"))
    assert silent.outcome == "no-reply"


def test_other_ends() -> None:
    ends = {
        "another-matter": (
            TAKE_UP,
            Line(FRIDAY, "close-as-matter", MANAGER, "closed", None, {"goes_on_as": "A protest."}),
        ),
        "another-office": (
            Line(FRIDAY, "close-elsewhere", MANAGER, "closed", None, {"for_office": "The port of Savannah"}),
        ),
        "withdrawn": (TAKE_UP, Line(FRIDAY, "withdraw", "importer", "closed", who="ida")),
        "no-inquiry": (Line(FRIDAY, "discard", MANAGER, "closed", None, {"discarded_as": "Advertising."}),),
    }
    for outcome, lines in ends.items():
        assert walk(INQUIRY, FRIDAY, *lines).outcome == outcome


def test_clock_that_runs_from_the_opening_counts_from_no_day_that_an_act_records_and_has_an_end() -> None:
    with pytest.raises(ValueError, match="runs from the opening and counts from promised_on"):
        replace(INQUIRY, begins=("response", "promised"))
    endless = tuple(replace(act, starts=(), ends=()) for act in INQUIRY.acts)
    with pytest.raises(ValueError, match="nothing ends clock response after the opening"):
        replace(INQUIRY, acts=endless)
    with pytest.raises(ValueError, match="the opening names reply"):
        replace(INQUIRY, begins=("reply",))
