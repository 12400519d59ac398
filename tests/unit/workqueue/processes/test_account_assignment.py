"""Assignments of accounts, as 19 CFR 101.10 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.account_assignment import ACCOUNT_ASSIGNMENT
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, ASSISTANT, FIELD_OPERATIONS = "import-specialist", "assistant-center-director", "office-of-trade"
OPENED_ON = date(2026, 3, 2)
PROPOSAL: dict[str, Any] = {
    "proposed_center": "CEE003",
    "predominant_heading": "8708",
    "lines_counted": 412,
    "ground": "none",
    "is_broker": False,
}
PROPOSED = Line(
    OPENED_ON,
    "propose",
    IMPORT,
    "proposed",
    date(2026, 3, 16),  # ten working days, a goal
    PROPOSAL,
)
ASSIGNMENT: dict[str, Any] = {"center": "CEE003", "basis": "predominant-number", "effective_on": date(2026, 4, 1)}
ASSIGNED = (
    PROPOSED,
    Line(date(2026, 3, 4), "confirm", ASSISTANT, "confirmed", None, who="ann"),
    Line(
        date(2026, 3, 5),
        "assign",
        "",
        "assigned",
        date(2027, 3, 5),  # one year, a goal
        ASSIGNMENT,
    ),
)
DUE_AGAIN = (
    *ASSIGNED,
    Line(
        date(2027, 3, 1),
        "review-again",
        IMPORT,
        "review-due",
        None,
        {"predominant_heading": "8708", "review_reason": "A year has passed."},
    ),
)
APPEALED = (
    *ASSIGNED,
    Line(date(2026, 6, 1), "appeal", "", "appealed", None, {"filing_number": ["APPEAL-1"]}),
    Line(date(2026, 6, 8), "note-review", FIELD_OPERATIONS, "under-ofo-review", None, who="oda"),
)


def test_account_is_proposed_confirmed_by_another_assigned_and_kept_after_a_year() -> None:
    proposed = walk(ACCOUNT_ASSIGNMENT, OPENED_ON, PROPOSED)
    assert barred(ACCOUNT_ASSIGNMENT, proposed, "confirm", IMPORT, "kim") == "second-person-required"
    assert barred(ACCOUNT_ASSIGNMENT, proposed, "reject", IMPORT, "kim") == "second-person-required"
    assert barred(ACCOUNT_ASSIGNMENT, proposed, "assign", ASSISTANT, "ann") == "by-event"
    due = walk(ACCOUNT_ASSIGNMENT, OPENED_ON, *DUE_AGAIN)
    assert barred(ACCOUNT_ASSIGNMENT, due, "keep", IMPORT, "kim") == "second-person-required"
    kept = walk(
        ACCOUNT_ASSIGNMENT,
        OPENED_ON,
        *DUE_AGAIN,
        Line(date(2027, 3, 2), "keep", ASSISTANT, "kept", None, {"keep_reason": "As before."}, who="ann"),
    )
    assert kept.outcome == "kept"


def test_rejected_proposal_leaves_the_account_without_a_center() -> None:
    rejected = (
        PROPOSED,
        Line(date(2026, 3, 4), "reject", IMPORT, "unaligned", None, {"rejection_reason": "One shipment."}, who="lee"),
    )
    closed = walk(
        ACCOUNT_ASSIGNMENT,
        OPENED_ON,
        *rejected,
        Line(date(2026, 3, 5), "close", IMPORT, "closed", None, {"closed_reason": "Imports no more."}),
    )
    assert closed.outcome == "none-needed"


def test_field_operations_upholds_reassigns_or_the_appeal_is_withdrawn() -> None:
    standing = walk(ACCOUNT_ASSIGNMENT, OPENED_ON, *APPEALED)
    decision = {"decided_on": date(2026, 7, 1)}
    for person in ("kim", "ann"):
        assert barred(ACCOUNT_ASSIGNMENT, standing, "note-upheld", FIELD_OPERATIONS, person) == "second-person-required"
    assert barred(ACCOUNT_ASSIGNMENT, standing, "note-upheld", ASSISTANT, "eve") == "process-role"
    upheld = walk(
        ACCOUNT_ASSIGNMENT,
        OPENED_ON,
        *APPEALED,
        Line(date(2026, 7, 1), "note-upheld", FIELD_OPERATIONS, "upheld", None, decision, who="oda"),
    )
    assert upheld.outcome == "upheld"
    moved: dict[str, Any] = {"center": "CEE010", "basis": "appeal", "effective_on": date(2026, 8, 1)}
    reassigned = walk(
        ACCOUNT_ASSIGNMENT, OPENED_ON, *APPEALED, Line(date(2026, 7, 1), "reassign", "", "reassigned", None, moved)
    )
    assert reassigned.outcome == "reassigned"
    walk(
        ACCOUNT_ASSIGNMENT,
        OPENED_ON,
        *APPEALED,
        Line(
            date(2026, 7, 1),
            "note-withdrawn",
            FIELD_OPERATIONS,
            "assigned",
            date(2027, 7, 1),
            {"withdrawn_on": date(2026, 7, 1)},
            who="oda",
        ),
    )
