"""Referrals to partner agencies: sent, acknowledged, answered, closed."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.agency_referral import AGENCY_REFERRAL
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, HEAD = "import-specialist", "assistant-center-director"
MONDAY, BY, LATER = date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 30)
QUESTION: dict[str, Any] = {"question": "Is the registration good?", "sent_on": MONDAY, "answer_by": BY}
SEND = Line(MONDAY, "send", IMPORT, "sent", BY, QUESTION | {"agency": "FDA", "kind": "certificate"})
ACKNOWLEDGE = Line(
    date(2026, 3, 4),
    "record-acknowledgement",
    IMPORT,
    "acknowledged",
    BY,
    {"acknowledged_on": date(2026, 3, 4)},
)
ANSWER = Line(
    date(2026, 3, 20),
    "record-answer",
    IMPORT,
    "answered",
    None,
    {"answer": "no-objection", "answer_text": "It is good.", "answered_on": date(2026, 3, 20)},
)


def test_referral_is_answered_and_closed_with_what_was_done() -> None:
    close = Line(date(2026, 3, 21), "close", IMPORT, "closed", None, {"applied": "Review went on."})
    assert walk(AGENCY_REFERRAL, MONDAY, SEND, ACKNOWLEDGE, ANSWER, close).outcome == "answered"


def test_agency_is_asked_again_or_further_for_another_day() -> None:
    again = {"asked_again_on": date(2026, 4, 1), "answer_by": LATER}
    walk(
        AGENCY_REFERRAL,
        MONDAY,
        SEND,
        ACKNOWLEDGE,
        Line(date(2026, 4, 1), "ask-again", IMPORT, "acknowledged", LATER, again),
        ANSWER,
        Line(
            date(2026, 4, 2),
            "ask-further",
            IMPORT,
            "sent",
            LATER,
            {"question": "Since when?", "sent_on": date(2026, 4, 2), "answer_by": LATER},
        ),
    )


def test_question_without_an_answer_is_closed_by_another_person() -> None:
    sent = walk(AGENCY_REFERRAL, MONDAY, SEND)
    assert barred(AGENCY_REFERRAL, sent, "close-information", IMPORT) == "fact-missing"
    assert barred(AGENCY_REFERRAL, sent, "close-unanswered", HEAD, "kim") == "second-person-required"
    why = {"unanswered_reasons": "The importer showed the certificate."}
    ended = walk(AGENCY_REFERRAL, MONDAY, SEND, Line(LATER, "close-unanswered", HEAD, "closed", None, why, who="ada"))
    assert ended.outcome == "unanswered"


def test_other_ends() -> None:
    violation = Line(MONDAY, "send", IMPORT, "sent", BY, QUESTION | {"agency": "CPSC", "kind": "violation"})
    informed = walk(AGENCY_REFERRAL, MONDAY, violation, Line(MONDAY, "close-information", IMPORT, "closed"))
    assert informed.outcome == "informed"
    back = Line(MONDAY, "withdraw", IMPORT, "closed", None, {"withdrawn_reasons": "The goods were exported."})
    assert walk(AGENCY_REFERRAL, MONDAY, SEND, back).outcome == "withdrawn"
    assert walk(AGENCY_REFERRAL, MONDAY, Line(MONDAY, "discard", IMPORT, "closed")).outcome == "withdrawn"
