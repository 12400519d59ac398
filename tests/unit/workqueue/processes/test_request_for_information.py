"""Requests for information, as CBP Form 28 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.request_for_information import REQUEST_FOR_INFORMATION
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT = "import-specialist"
OPENED = date(2026, 3, 2)
NONE_BEFORE = Line(OPENED, "check-earlier-requests", IMPORT, "draft", None, {"earlier_requests": "none"})
SOME_BEFORE = Line(OPENED, "check-earlier-requests", IMPORT, "draft", None, {"earlier_requests": "some"})
FORM: dict[str, Any] = {
    "purpose": "value",
    "entry_numbers": ["B7603245278"],
    "questions": "Assists?",
    "issued_on": date(2026, 3, 2),
}
ISSUED = Line(OPENED, "issue", IMPORT, "issued", date(2026, 4, 1), FORM)  # 30 days from 2 March
ANSWERED = Line(date(2026, 3, 30), "record-response", IMPORT, "responded")


def _assess(finding: str) -> Line:
    return Line(
        date(2026, 4, 6), "assess", IMPORT, "assessed", None, {"assessment": finding, "findings": "No assists."}
    )


def test_answer_in_thirty_days_that_supports_the_declaration_closes_the_request() -> None:
    standing = walk(REQUEST_FOR_INFORMATION, OPENED, NONE_BEFORE, ISSUED, ANSWERED, _assess("supports"))
    assert barred(REQUEST_FOR_INFORMATION, standing, "propose-action", IMPORT) == "fact-missing"
    ended = walk(
        REQUEST_FOR_INFORMATION,
        OPENED,
        NONE_BEFORE,
        ISSUED,
        ANSWERED,
        _assess("supports"),
        Line(date(2026, 4, 6), "close", IMPORT, "closed"),
    )
    assert ended.outcome == "no-action"


def test_silence_after_a_reminder_and_more_time_leads_to_a_notice_of_action() -> None:
    ended = walk(
        REQUEST_FOR_INFORMATION,
        OPENED,
        NONE_BEFORE,
        ISSUED,
        Line(date(2026, 3, 23), "remind", IMPORT, "reminded", date(2026, 4, 1), {"reminded_on": date(2026, 3, 23)}),
        Line(
            date(2026, 3, 31),
            "extend-reply",
            IMPORT,
            "reminded",
            date(2026, 4, 15),
            {"answer_by": date(2026, 4, 15), "asked_by": "The importer, for records abroad."},
        ),
        Line(date(2026, 4, 16), "record-silence", IMPORT, "overdue"),
        _assess("insufficient"),
        Line(date(2026, 4, 17), "propose-action", IMPORT, "cf29-proposed"),
    )
    assert ended.outcome == "action-proposed"
    assert REQUEST_FOR_INFORMATION.act("propose-action").opens == "notice-of-action"


def test_second_request_on_the_same_issue_needs_a_supervisor_who_is_another_person() -> None:
    first = walk(REQUEST_FOR_INFORMATION, OPENED, NONE_BEFORE)
    assert barred(REQUEST_FOR_INFORMATION, first, "approve-repetition", "center-director", "ada") == "fact-missing"
    standing = walk(REQUEST_FOR_INFORMATION, OPENED, SOME_BEFORE)
    assert barred(REQUEST_FOR_INFORMATION, standing, "issue", IMPORT) == "fact-missing"
    assert barred(REQUEST_FOR_INFORMATION, standing, "issue-again", IMPORT) == "fact-missing"
    assert barred(REQUEST_FOR_INFORMATION, standing, "approve-repetition", IMPORT) == "process-role"
    assert (
        barred(REQUEST_FOR_INFORMATION, standing, "approve-repetition", "center-director") == "second-person-required"
    )
    ended = walk(
        REQUEST_FOR_INFORMATION,
        OPENED,
        SOME_BEFORE,
        Line(
            OPENED,
            "approve-repetition",
            "assistant-center-director",
            "draft",
            None,
            {"repetition_reason": "Other goods since."},
            who="ada",
        ),
        Line(OPENED, "issue-again", IMPORT, "issued", date(2026, 4, 1), FORM),
        Line(date(2026, 3, 5), "withdraw", IMPORT, "closed", None, {"withdrawal_reason": "Answered by telephone."}),
    )
    assert ended.outcome == "withdrawn"
