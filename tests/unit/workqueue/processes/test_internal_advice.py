"""Internal advice, as 19 CFR 177.11 and the processes of the Centers write it out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.internal_advice import INTERNAL_ADVICE
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, DIRECTOR, HEADQUARTERS = "import-specialist", "center-director", "regulations-and-rulings"
OPENED_ON = date(2026, 3, 2)
VIEW_BY = date(2026, 4, 1)  # 30 days, a goal
ENTRIES = {"entries": ["B7600000024"]}


def taken_up(asked_by: str) -> Line:
    """The request of the Center or of a party."""
    asked: dict[str, Any] = {
        "transaction": "current",
        "asked_by": asked_by,
        "asked_on": OPENED_ON,
        "question": "Is the kit one article?",
    }
    return Line(OPENED_ON, "take-up", IMPORT, "requested", VIEW_BY, asked | ENTRIES)


WRITTEN = (
    taken_up("importer"),
    Line(
        date(2026, 3, 3),
        "propose-extension",
        IMPORT,
        "requested",
        VIEW_BY,
        ENTRIES | {"extension_reason": "Headquarters is asked."},
    ),
    Line(date(2026, 3, 9), "write-view", IMPORT, "center-view-written", VIEW_BY, {"view": "One article: rule 3(b)."}),
)
SENT = (*WRITTEN, Line(date(2026, 3, 10), "send", DIRECTOR, "sent-hq", None, {"sent_on": date(2026, 3, 10)}, who="dan"))
DECIDED = (
    *SENT,
    Line(
        date(2026, 3, 20), "assign-at-headquarters", HEADQUARTERS, "hq-assigned", None, {"case_number": "H1"}, who="roy"
    ),
    Line(
        date(2026, 4, 6),
        "question",
        HEADQUARTERS,
        "hq-question",
        date(2026, 4, 20),  # ten working days
        {"headquarters_question": "Packed where?"},
        who="roy",
    ),
    Line(date(2026, 4, 10), "reply", IMPORT, "hq-assigned", None, {"answer": "In the plant."}),
    Line(
        date(2026, 6, 1),
        "decide",
        HEADQUARTERS,
        "decided",
        date(2026, 7, 1),  # 30 days, a goal
        {"ruling_number": "H1", "decided_on": date(2026, 6, 1), "holding": "One article."},
        who="roy",
    ),
)
APPLIED: dict[str, Any] = {"applied_entries": ["B7600000024"], "applied_how": "Liquidated as held."}


def test_view_is_signed_by_another_headquarters_decides_and_the_center_applies() -> None:
    written = walk(INTERNAL_ADVICE, OPENED_ON, *WRITTEN)
    assert barred(INTERNAL_ADVICE, written, "send", DIRECTOR, "kim") == "second-person-required"
    assert barred(INTERNAL_ADVICE, written, "return", DIRECTOR, "kim") == "second-person-required"
    assert barred(INTERNAL_ADVICE, written, "refuse", DIRECTOR, "kim") == "second-person-required"
    sent = walk(INTERNAL_ADVICE, OPENED_ON, *SENT)
    assert barred(INTERNAL_ADVICE, sent, "decide", DIRECTOR, "dan") == "process-role"
    assigned = walk(INTERNAL_ADVICE, OPENED_ON, *DECIDED[:-3])
    assert barred(INTERNAL_ADVICE, assigned, "decide", HEADQUARTERS, "kim") == "second-person-required"
    applied = walk(
        INTERNAL_ADVICE, OPENED_ON, *DECIDED, Line(date(2026, 6, 8), "apply", IMPORT, "applied", None, APPLIED)
    )
    assert applied.outcome == "applied"


def test_decision_may_be_published() -> None:
    published = walk(
        INTERNAL_ADVICE,
        OPENED_ON,
        *DECIDED,
        Line(
            date(2026, 7, 1),
            "apply-published",
            IMPORT,
            "published",
            None,
            APPLIED | {"published_on": date(2026, 6, 30)},
        ),
    )
    assert published.outcome == "published"


def test_what_is_asked_must_be_placed_in_time_before_the_view_is_written() -> None:
    opened = walk(INTERNAL_ADVICE, OPENED_ON)
    assert barred(INTERNAL_ADVICE, opened, "write-view", IMPORT) == "fact-missing"
    own = walk(INTERNAL_ADVICE, OPENED_ON, taken_up("center"))
    assert barred(INTERNAL_ADVICE, own, "refuse", DIRECTOR, "dan") == "fact-missing"


def test_refusal_may_be_appealed_to_headquarters_which_wants_the_question_or_not() -> None:
    refused = (
        taken_up("importer"),
        Line(
            date(2026, 3, 9),
            "refuse",
            DIRECTOR,
            "refused",
            None,
            {"refusal_reasons": "No question of law.", "refused_on": date(2026, 3, 9)},
            who="dan",
        ),
    )
    appealed = (
        *refused,
        Line(date(2026, 3, 20), "record-appeal", IMPORT, "refusal-appealed", None, {"appealed_on": date(2026, 3, 20)}),
    )
    standing = walk(INTERNAL_ADVICE, OPENED_ON, *appealed)
    for act in ("uphold-refusal", "reverse-refusal"):
        assert barred(INTERNAL_ADVICE, standing, act, HEADQUARTERS, "dan") == "second-person-required"
    why = {"appeal_reasons": "The question is one of law."}
    upheld = walk(
        INTERNAL_ADVICE,
        OPENED_ON,
        *appealed,
        Line(date(2026, 4, 6), "uphold-refusal", HEADQUARTERS, "closed", None, why, who="roy"),
    )
    assert upheld.outcome == "refused"
    reversed_on = date(2026, 4, 6)
    wanted = walk(
        INTERNAL_ADVICE,
        OPENED_ON,
        *appealed,
        Line(reversed_on, "reverse-refusal", HEADQUARTERS, "requested", date(2026, 5, 6), why, who="roy"),
    )
    assert wanted.outcome is None
    closed = walk(
        INTERNAL_ADVICE,
        OPENED_ON,
        *refused,
        Line(date(2026, 5, 4), "close-refused", IMPORT, "closed", None, {"closed_on": date(2026, 5, 4)}),
    )
    assert closed.outcome == "refused"


def test_view_is_returned_and_headquarters_declines_or_the_request_is_withdrawn() -> None:
    walk(
        INTERNAL_ADVICE,
        OPENED_ON,
        *WRITTEN,
        Line(
            date(2026, 3, 10), "return", DIRECTOR, "requested", VIEW_BY, {"return_reason": "Cite rulings."}, who="dan"
        ),
    )
    declined = walk(
        INTERNAL_ADVICE,
        OPENED_ON,
        *SENT,
        Line(date(2026, 4, 6), "decline", HEADQUARTERS, "closed", None, {"decline_reasons": "In court."}, who="roy"),
    )
    assert declined.outcome == "declined"
    withdrawn = walk(
        INTERNAL_ADVICE,
        OPENED_ON,
        *SENT,
        Line(date(2026, 4, 6), "withdraw", IMPORT, "closed", None, {"withdrawn_on": date(2026, 4, 6)}),
    )
    assert withdrawn.outcome == "withdrawn"
