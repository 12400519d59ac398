"""Reviews of entry summaries, as the processes of the Centers write them out (3.2)."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.entry_summary_review import ENTRY_SUMMARY_REVIEW
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, ENTRY, ASSISTANT = "import-specialist", "entry-specialist", "assistant-center-director"
OPENED = date(2026, 3, 2)
BEFORE = (
    Line(OPENED, "take-control", ENTRY, "cbp-control", None, {"controlled_on": date(2026, 3, 2)}),
    Line(OPENED, "select", IMPORT, "selected", None, {"selected_for": "rule"}),
    Line(OPENED, "assign", ASSISTANT, "assigned", None, {"assigned_to": "kim"}, who="ada"),
)
REVIEW = (
    *BEFORE,
    Line(
        OPENED,
        "begin-review",
        IMPORT,
        "in-review",
        date(2026, 5, 31),  # 90 days to reject
        {"accepted_on": date(2026, 3, 2)},
    ),
)
WINDOW = date(2026, 5, 31)
QUALITY: dict[str, Any] = {"issue_found": "yes", "issue_code": "01", "decision_reasons": "Assists left out."}
INCREASE = QUALITY | {"decision": "value-advance", "money_delta_usd": "900.00"}
NO_CHANGE = QUALITY | {"decision": "no-change", "money_delta_usd": "0.00"}
REJECTION: dict[str, Any] = {"reject_reason": "016", "remarks": "No invoice.", "rejected_on": date(2026, 3, 6)}


def test_increase_is_proposed_before_it_is_decided_and_ends_when_it_is_applied() -> None:
    standing = walk(ENTRY_SUMMARY_REVIEW, OPENED, *REVIEW)
    assert barred(ENTRY_SUMMARY_REVIEW, standing, "decide-increase", IMPORT) == "fact-missing"
    ended = walk(
        ENTRY_SUMMARY_REVIEW,
        OPENED,
        *REVIEW,
        Line(
            date(2026, 3, 3),
            "propose-action",
            IMPORT,
            "waiting-party",
            date(2026, 3, 23),  # 20 days
            {"proposed_usd": "900.00", "proposal_reasons": "Assists.", "proposed_on": date(2026, 3, 3)},
        ),
        Line(date(2026, 3, 20), "record-answer", IMPORT, "in-review", WINDOW, {"answer": "Agreed."}),
        Line(date(2026, 3, 24), "decide-increase", IMPORT, "decided", None, INCREASE),
        Line(date(2026, 3, 24), "follow-refusal", "", "in-review"),
        Line(date(2026, 3, 25), "decide-increase", IMPORT, "decided", None, INCREASE),
        Line(date(2026, 3, 25), "follow-application", "", "set-to-liquidate"),
    )
    assert ended.outcome == "set-to-liquidate"


def test_party_is_asked_by_form_28_and_for_documents_and_the_laboratory_reports() -> None:
    ended = walk(
        ENTRY_SUMMARY_REVIEW,
        OPENED,
        *REVIEW,
        Line(
            date(2026, 3, 3),
            "request-information",
            IMPORT,
            "waiting-party",
            date(2026, 4, 2),
            {"questions": "Assists?", "issued_on": date(2026, 3, 3)},
        ),
        Line(date(2026, 4, 3), "record-silence", IMPORT, "in-review", WINDOW),
        Line(
            date(2026, 4, 6),
            "request-documents",
            ENTRY,
            "waiting-party",
            date(2026, 5, 6),
            {"documents": "2", "requested_on": date(2026, 4, 6)},
        ),
        Line(date(2026, 4, 10), "record-answer", IMPORT, "in-review", WINDOW),
        Line(
            date(2026, 4, 13),
            "send-sample",
            IMPORT,
            "waiting-laboratory",
            WINDOW,
            {"sample": "Fibre content", "sample_sent_on": date(2026, 4, 13)},
        ),
        Line(
            date(2026, 5, 4),
            "record-report",
            IMPORT,
            "in-review",
            WINDOW,
            {"report_number": "NY2026", "report_findings": "Cotton."},
        ),
        Line(
            date(2026, 5, 5),
            "set-cutoff",
            IMPORT,
            "in-review",
            date(2026, 5, 13),
            {"scheduled_on": date(2026, 5, 15), "cutoff_on": date(2026, 5, 13)},
        ),
        Line(date(2026, 5, 6), "decide", IMPORT, "decided", None, NO_CHANGE),
        Line(date(2026, 5, 6), "follow-application", "", "set-to-liquidate"),
    )
    assert ended.outcome == "set-to-liquidate"


def test_increase_of_up_to_15_dollars_needs_no_notice() -> None:
    ended = walk(
        ENTRY_SUMMARY_REVIEW,
        OPENED,
        *REVIEW,
        Line(OPENED, "decide-small-increase", IMPORT, "decided", None, INCREASE | {"money_delta_usd": "12.00"}),
    )
    assert ended.stage == "decided"


def test_rejected_summary_is_resubmitted_in_two_working_days_accepted_rejected_again_and_cancelled() -> None:
    ended = walk(
        ENTRY_SUMMARY_REVIEW,
        OPENED,
        *REVIEW,
        Line(date(2026, 3, 6), "reject", ENTRY, "rejected", date(2026, 3, 10), REJECTION),  # Friday: Tuesday after
        Line(date(2026, 3, 10), "record-resubmission", ENTRY, "resubmitted"),
        Line(date(2026, 3, 10), "accept-resubmission", ENTRY, "accepted"),
        Line(
            date(2026, 3, 11),
            "reject",
            ENTRY,
            "rejected",
            date(2026, 3, 13),
            REJECTION | {"rejected_on": date(2026, 3, 11)},
        ),
        Line(date(2026, 3, 16), "cancel", ENTRY, "cancelled", None, {"cancellation_reason": "Not resubmitted."}),
    )
    assert ended.outcome == "cancelled"


def test_late_reject_is_for_cases_and_a_supervisor_other_than_the_reviewer() -> None:
    plain = walk(ENTRY_SUMMARY_REVIEW, OPENED, *REVIEW)
    assert barred(ENTRY_SUMMARY_REVIEW, plain, "reject-late", ASSISTANT, "ada") == "fact-missing"
    assert barred(ENTRY_SUMMARY_REVIEW, plain, "pass-late-reject-window", IMPORT) == "fact-missing"
    with_case = (
        *BEFORE,
        Line(
            OPENED,
            "begin-case-review",
            IMPORT,
            "in-review",
            WINDOW,
            {"accepted_on": date(2026, 3, 2), "case_numbers": ["A-570-001"]},
        ),
        Line(date(2026, 6, 1), "pass-reject-window", IMPORT, "in-review", date(2026, 12, 27)),  # day 300
    )
    standing = walk(ENTRY_SUMMARY_REVIEW, OPENED, *with_case)
    assert barred(ENTRY_SUMMARY_REVIEW, standing, "reject-late", IMPORT) == "process-role"
    assert barred(ENTRY_SUMMARY_REVIEW, standing, "reject-late", ASSISTANT) == "second-person-required"
    walk(
        ENTRY_SUMMARY_REVIEW,
        OPENED,
        *with_case,
        Line(
            date(2026, 6, 2),
            "reject-late",
            ASSISTANT,
            "rejected",
            date(2026, 6, 4),
            REJECTION | {"reject_reason": "011", "rejected_on": date(2026, 6, 2)},
            who="ada",
        ),
    )
    passed = walk(
        ENTRY_SUMMARY_REVIEW,
        OPENED,
        *with_case,
        Line(date(2026, 12, 28), "pass-late-reject-window", IMPORT, "in-review"),
    )
    assert passed.due_on() is None


def test_summary_is_inactivated() -> None:
    ended = walk(
        ENTRY_SUMMARY_REVIEW,
        OPENED,
        Line(OPENED, "inactivate", ENTRY, "inactivated", None, {"inactivation_reason": "Entered twice."}),
    )
    assert ended.outcome == "inactivated"


@pytest.mark.parametrize(
    ("act", "outcome", "opens"),
    [
        ("refer-case", "referred-ad-cvd", "ad-cvd"),
        ("refer-preference", "referred-preference", "preference"),
        ("refer-fraud", "referred-fraud", None),
        ("refer-headquarters", "referred-headquarters", "internal-advice"),
    ],
)
def test_review_is_referred(act: str, outcome: str, opens: str | None) -> None:
    ended = walk(
        ENTRY_SUMMARY_REVIEW,
        OPENED,
        *REVIEW,
        Line(date(2026, 3, 4), act, IMPORT, "referred", None, {"referral_reasons": "Not for this review."}),
    )
    assert (ended.outcome, ENTRY_SUMMARY_REVIEW.act(act).opens) == (outcome, opens)


@pytest.mark.parametrize("act", ["follow-liquidation", "follow-deemed-liquidation"])
def test_liquidation_overtakes_the_review(act: str) -> None:
    ended = walk(ENTRY_SUMMARY_REVIEW, OPENED, *REVIEW, Line(date(2026, 3, 13), act, "", "overtaken"))
    assert ended.outcome == "overtaken"
