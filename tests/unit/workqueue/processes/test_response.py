"""Answers to requests and notices, as 19 CFR 152.2 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.response import RESPONSE
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, ASSISTANT = "import-specialist", "assistant-center-director"
OPENED_ON = date(2026, 3, 2)
ASSESS_BY = date(2026, 3, 23)  # 15 working days, a goal
MATCHED: dict[str, Any] = {
    "request": ["0b9f1c52-0000-4000-8000-000000000001"],
    "form": "CBP-29",
    "answered_on": OPENED_ON,
    "answer_due_on": date(2026, 3, 10),
    "is_late": False,
}
BEGUN = (
    Line(OPENED_ON, "match", IMPORT, "matched", ASSESS_BY, MATCHED),
    Line(date(2026, 3, 3), "begin", IMPORT, "in-assessment", ASSESS_BY),
)


def assessed(next_step: str, due_on: date, *before: Line) -> tuple[Line, ...]:
    """Begun, whatever came between, assessed."""
    return (
        *BEGUN,
        *before,
        Line(
            date(2026, 5, 4),
            "assess",
            IMPORT,
            "assessed",
            due_on,
            {
                "assessment": "insufficient",
                "next_step": next_step,
                "effect_usd": "310.00",
                "assessment_reasons": "No proof of payment.",
            },
        ),
    )


def test_answer_is_assessed_while_the_goal_stands_still_for_the_party() -> None:
    standing = walk(
        RESPONSE,
        OPENED_ON,
        *assessed(
            "no-change",
            date(2026, 4, 2),  # the goal stood for ten days
            Line(
                date(2026, 3, 4),
                "ask-party",
                IMPORT,
                "waiting-party",
                date(2026, 4, 3),  # 30 days
                {"missing": "The contract.", "requested_on": date(2026, 3, 4)},
            ),
            Line(date(2026, 3, 14), "record-answer", IMPORT, "in-assessment", date(2026, 4, 2), {"is_answered": True}),
        ),
        Line(date(2026, 5, 5), "close-without-action", IMPORT, "closed"),
    )
    assert standing.outcome == "no-action"


def test_another_center_and_the_laboratory_are_asked() -> None:
    walk(
        RESPONSE,
        OPENED_ON,
        *BEGUN,
        Line(
            date(2026, 3, 4),
            "ask-center",
            IMPORT,
            "another-center",
            None,
            {"asked_center": "CEE004", "center_question": "Knit or woven?"},
        ),
        Line(date(2026, 3, 9), "record-advice", IMPORT, "in-assessment", date(2026, 3, 28), {"advice": "Knit."}),
        Line(date(2026, 3, 9), "send-sample", IMPORT, "laboratory", None, {"sample": "One shirt: fiber by weight."}),
        Line(
            date(2026, 3, 19),
            "record-report",
            IMPORT,
            "in-assessment",
            date(2026, 4, 7),
            {"report": ["NY20260001"], "report_says": "60 percent cotton."},
        ),
    )


def test_action_is_confirmed_by_another_person_and_only_where_it_follows() -> None:
    standing = walk(RESPONSE, OPENED_ON, *assessed("take-action", ASSESS_BY))
    assert barred(RESPONSE, standing, "confirm-action", ASSISTANT, "kim") == "second-person-required"
    assert barred(RESPONSE, standing, "return", ASSISTANT, "kim") == "second-person-required"
    assert barred(RESPONSE, standing, "close-without-action", IMPORT) == "fact-missing"
    closed = walk(
        RESPONSE,
        OPENED_ON,
        *assessed("take-action", ASSESS_BY),
        Line(date(2026, 5, 5), "confirm-action", ASSISTANT, "closed", None, {"duty_increase_usd": "310.00"}, who="ann"),
    )
    assert closed.outcome == "action"
    none = walk(RESPONSE, OPENED_ON, *assessed("withdraw-action", ASSESS_BY))
    assert barred(RESPONSE, none, "confirm-action", ASSISTANT, "ann") == "fact-missing"
    walk(
        RESPONSE,
        OPENED_ON,
        *assessed("take-action", ASSESS_BY),
        Line(
            date(2026, 5, 5), "return", ASSISTANT, "in-assessment", ASSESS_BY, {"return_reason": "Read it."}, who="ann"
        ),
    )


def test_answer_to_nothing_and_withdrawn_answer_are_closed() -> None:
    unmatched = walk(
        RESPONSE,
        OPENED_ON,
        Line(OPENED_ON, "close-unmatched", IMPORT, "closed", None, {"closed_reason": "Nothing was asked."}),
    )
    assert unmatched.outcome == "unmatched"
    withdrawn = walk(
        RESPONSE,
        OPENED_ON,
        *BEGUN,
        Line(date(2026, 3, 9), "withdraw", IMPORT, "closed", None, {"withdrawn_on": date(2026, 3, 9)}),
    )
    assert withdrawn.outcome == "withdrawn"
