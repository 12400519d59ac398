"""Post-summary corrections, as CBP's notice of 1 November 2017 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.post_summary_correction import POST_SUMMARY_CORRECTION
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, ENTRY, ASSISTANT = "import-specialist", "entry-specialist", "assistant-center-director"
OPENED = date(2026, 7, 1)
CHECKS: dict[str, Any] = {
    "filed_on": date(2026, 7, 1),
    "precondition": "met",
    "window": "open",
    "type_change": "01-03",
    "other_bar": "none",
}
CHECKED = Line(OPENED, "record-checks", ENTRY, "received", None, CHECKS)
VALIDATED = Line(OPENED, "validate", ENTRY, "validated")
SELECTED = Line(
    date(2026, 7, 2),
    "select",
    IMPORT,
    "under-review",
    date(2026, 7, 15),
    {"selection_reason": "Duty loss alert.", "cutoff_on": date(2026, 7, 15)},
)
REJECTION: dict[str, Any] = {"reject_reason": "003", "remarks": "Classification not supported."}
OWED = Line(OPENED, "ask-for-payment", ENTRY, "awaiting-payment", None, {"owed_usd": "900.00"})


@pytest.mark.parametrize(
    ("entry_date", "scheduled_on", "last"),
    [
        (date(2025, 10, 1), date(2026, 8, 14), date(2026, 7, 28)),  # day 300 is before 30 July
        (date(2025, 10, 1), date(2026, 8, 7), date(2026, 7, 23)),  # 15 days before the schedule is earlier
    ],
)
def test_window_closes_by_the_earlier_of_300_days_and_15_before_the_schedule(
    entry_date: date, scheduled_on: date, last: date
) -> None:
    ended = walk(
        POST_SUMMARY_CORRECTION,
        OPENED,
        Line(
            OPENED,
            "record-window",
            ENTRY,
            "received",
            last,
            {"entry_date": entry_date, "scheduled_on": scheduled_on},
        ),
        Line(OPENED, "record-checks", ENTRY, "received", last, CHECKS),
        VALIDATED,
        Line(OPENED, "tell-first-filer", ENTRY, "validated", None, {"new_filer": "B77"}),
        Line(OPENED, "accept", ENTRY, "accepted"),
    )
    assert ended.outcome == "accepted"


@pytest.mark.parametrize(
    "check",
    [
        {"precondition": "not-paid"},
        {"precondition": "liquidated"},
        {"window": "closed"},
        {"type_change": "other"},
        {"other_bar": "team-reviewed"},
        {"other_bar": "mass-refund"},
    ],
)
def test_correction_that_fails_a_check_is_not_validated(check: dict[str, str]) -> None:
    standing = walk(
        POST_SUMMARY_CORRECTION, OPENED, Line(OPENED, "record-checks", ENTRY, "received", None, CHECKS | check)
    )
    assert barred(POST_SUMMARY_CORRECTION, standing, "validate", ENTRY) == "fact-missing"


def test_unchecked_correction_is_not_validated() -> None:
    standing = walk(POST_SUMMARY_CORRECTION, OPENED)
    assert barred(POST_SUMMARY_CORRECTION, standing, "validate", ENTRY) == "fact-missing"


def test_correction_that_adds_duty_is_accepted_when_it_is_paid() -> None:
    ended = walk(
        POST_SUMMARY_CORRECTION,
        OPENED,
        CHECKED,
        VALIDATED,
        OWED,
        Line(date(2026, 7, 6), "accept-paid", ENTRY, "accepted", None, {"paid_on": date(2026, 7, 6)}),
    )
    assert ended.outcome == "accepted"


def test_review_asks_the_importer_for_thirty_days_and_accepts() -> None:
    ended = walk(
        POST_SUMMARY_CORRECTION,
        OPENED,
        CHECKED,
        VALIDATED,
        Line(
            date(2026, 7, 2),
            "select",
            IMPORT,
            "under-review",
            date(2026, 9, 9),
            {"selection_reason": "Duty loss alert.", "cutoff_on": date(2026, 9, 9)},
        ),
        Line(
            date(2026, 7, 2),
            "request-information",
            IMPORT,
            "waiting-party",
            date(2026, 8, 1),
            {"questions": "Price?", "issued_on": date(2026, 7, 2)},
        ),
        Line(date(2026, 7, 20), "record-answer", IMPORT, "under-review", date(2026, 9, 9)),
        Line(
            date(2026, 7, 21),
            "accept-reviewed",
            IMPORT,
            "accepted",
            None,
            {"change": "01", "money_delta_usd": "-20.00", "decision_reasons": "Supported."},
        ),
    )
    assert ended.outcome == "accepted"


def test_correction_is_rejected_before_and_after_review() -> None:
    before = walk(POST_SUMMARY_CORRECTION, OPENED, Line(OPENED, "reject", ENTRY, "rejected", None, REJECTION))
    after = walk(
        POST_SUMMARY_CORRECTION,
        OPENED,
        CHECKED,
        VALIDATED,
        SELECTED,
        Line(date(2026, 7, 9), "reject-reviewed", IMPORT, "rejected", None, REJECTION),
    )
    assert (before.outcome, after.outcome) == ("rejected", "rejected")


def test_correction_is_reverted_by_a_supervisor_who_did_not_select_it() -> None:
    lines = (CHECKED, VALIDATED, OWED, SELECTED)
    standing = walk(POST_SUMMARY_CORRECTION, OPENED, *lines)
    assert barred(POST_SUMMARY_CORRECTION, standing, "revert", IMPORT) == "process-role"
    assert barred(POST_SUMMARY_CORRECTION, standing, "revert", ASSISTANT) == "second-person-required"
    ended = walk(
        POST_SUMMARY_CORRECTION,
        OPENED,
        *lines,
        Line(date(2026, 7, 9), "revert", ASSISTANT, "reverted", None, REJECTION, who="ada"),
    )
    assert ended.outcome == "reverted"


@pytest.mark.parametrize("act", ["follow-liquidation", "follow-deemed-liquidation"])
def test_liquidation_overtakes_the_correction(act: str) -> None:
    ended = walk(POST_SUMMARY_CORRECTION, OPENED, Line(date(2026, 7, 10), act, "", "overtaken"))
    assert ended.outcome == "overtaken"
