"""Requests to extend liquidation, as 19 USC 1504(b), 19 CFR 159.12 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.extension_request import EXTENSION_REQUEST
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, DIRECTOR, ASSISTANT = "import-specialist", "center-director", "assistant-center-director"
OPENED_ON = date(2026, 3, 2)
PERIOD_ENDS = date(2026, 5, 15)
TAKEN_UP: dict[str, Any] = {
    "entries": ["B7600000024"],
    "requested_on": date(2026, 2, 27),
    "period_ends_on": PERIOD_ENDS,
    "extended_months": 0,
    "cause": "The assists are being counted.",
}
TAKE_UP = Line(OPENED_ON, "take-up", IMPORT, "in-review", PERIOD_ENDS, TAKEN_UP)


def recommended(what: str) -> tuple[Line, ...]:
    """In time, asked for more, recommended."""
    return (
        TAKE_UP,
        Line(
            date(2026, 3, 3),
            "ask-party",
            IMPORT,
            "waiting-party",
            date(2026, 3, 13),  # ten days
            {"missing": "Until when?"},
        ),
        Line(date(2026, 3, 10), "record-answer", IMPORT, "in-review", PERIOD_ENDS, {"is_answered": True}),
        Line(
            date(2026, 3, 11),
            "recommend",
            IMPORT,
            "recommended",
            PERIOD_ENDS,
            {"recommendation": what, "recommendation_reasons": "The count ends in June."},
        ),
    )


GRANTED = (
    *recommended("grant"),
    Line(
        date(2026, 3, 12),
        "grant",
        DIRECTOR,
        "awaiting-posting",
        PERIOD_ENDS,
        {"months": 12, "signed_on": date(2026, 3, 12)},
        who="dan",
    ),
)


def test_extension_is_signed_by_the_director_and_holds_once_liquidation_has_posted_it() -> None:
    standing = walk(EXTENSION_REQUEST, OPENED_ON, *recommended("grant"))
    assert barred(EXTENSION_REQUEST, standing, "grant", DIRECTOR, "kim") == "second-person-required"
    assert barred(EXTENSION_REQUEST, standing, "grant", ASSISTANT, "ann") == "process-role"
    assert barred(EXTENSION_REQUEST, standing, "return", ASSISTANT, "kim") == "second-person-required"
    assert barred(EXTENSION_REQUEST, standing, "deny", DIRECTOR, "dan") == "fact-missing"
    assert barred(EXTENSION_REQUEST, standing, "post", DIRECTOR, "dan") == "by-event"
    extended = walk(
        EXTENSION_REQUEST,
        OPENED_ON,
        *GRANTED,
        Line(date(2026, 3, 13), "post", "", "extended", None, {"posted_on": date(2026, 3, 13)}),
    )
    assert extended.outcome == "extended"


def test_request_is_denied_as_recommended_or_returned() -> None:
    standing = walk(EXTENSION_REQUEST, OPENED_ON, *recommended("deny"))
    assert barred(EXTENSION_REQUEST, standing, "grant", DIRECTOR, "dan") == "fact-missing"
    assert barred(EXTENSION_REQUEST, standing, "deny", DIRECTOR, "kim") == "second-person-required"
    denied = walk(
        EXTENSION_REQUEST,
        OPENED_ON,
        *recommended("deny"),
        Line(date(2026, 3, 12), "deny", DIRECTOR, "denied", None, {"denial_reasons": "No cause."}, who="dan"),
    )
    assert denied.outcome == "denied"
    walk(
        EXTENSION_REQUEST,
        OPENED_ON,
        *recommended("deny"),
        Line(date(2026, 3, 12), "return", ASSISTANT, "in-review", PERIOD_ENDS, {"return_reason": "Why?"}, who="ann"),
    )


def test_period_that_ends_before_the_posting_is_not_extended() -> None:
    overtaken = walk(
        EXTENSION_REQUEST,
        OPENED_ON,
        *GRANTED,
        Line(date(2026, 5, 16), "deem-liquidated", "", "overtaken", None, {"deemed_on": PERIOD_ENDS}),
    )
    assert overtaken.outcome == "deemed-liquidated"
    liquidated = walk(
        EXTENSION_REQUEST,
        OPENED_ON,
        TAKE_UP,
        Line(date(2026, 3, 6), "liquidate", "", "overtaken", None, {"liquidated_on": date(2026, 3, 6)}),
    )
    assert liquidated.outcome == "liquidated"


def test_late_and_withdrawn_requests_end() -> None:
    late = walk(
        EXTENSION_REQUEST,
        OPENED_ON,
        Line(
            OPENED_ON,
            "refuse-late",
            IMPORT,
            "late",
            None,
            {"requested_on": OPENED_ON, "ended_on": date(2026, 3, 1)},
        ),
    )
    assert late.outcome == "late"
    withdrawn = walk(
        EXTENSION_REQUEST,
        OPENED_ON,
        TAKE_UP,
        Line(date(2026, 3, 9), "withdraw", IMPORT, "withdrawn", None, {"withdrawn_on": date(2026, 3, 9)}),
    )
    assert withdrawn.outcome == "withdrawn"
